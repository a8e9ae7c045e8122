/** [EP] fig. 13 at work: the tunnel relay, one node a pair of connections. */
import { Malformed, Unexpected } from '../errors.ts';
import { type RelayAction, type RelayEvent, type RelayState, relayMachine } from '../machines/relay.ts';
import { Deadlines, type Timers } from '../machines/timers.ts';
import { decodeClose, encodeClose } from '../wire/close.ts';
import { Deframer } from '../wire/deframer.ts';
import { bounds } from '../wire/frame.ts';
import { FrameType, Status, statusName } from '../wire/identifiers.ts';
import { decodeRelay, findSelf } from '../wire/relay.ts';
import type { Cause, Effect, Input, Node, Side } from './effect.ts';
import { Flow, type FrameStart, type Position } from './flow.ts';
import { Stepper } from './stepper.ts';

export interface RelayOptions {
  /** Without port: this relay finds itself on the tunnel path by them. */
  readonly names: readonly string[];
  readonly timers: Timers;
  /** False when there are too many connections already. */
  readonly opening?: () => boolean;
}

const other: Readonly<Record<Side, Side>> = { upstream: 'downstream', downstream: 'upstream' };

/** Until the next node has answered, only this much of a frame passes to it: a relay is no port scanner's tool. */
const largestFirstFrame = bounds.REQUEST.max;

interface Link {
  open: boolean;
  /** The peer has shut down writing. */
  ended: boolean;
}

export class RelayNode implements Node {
  readonly canSend = false;
  readonly #options: RelayOptions;
  readonly #deadlines = new Deadlines<'state'>();
  readonly #stepper: Stepper<RelayState, RelayEvent, RelayAction>;
  readonly #deframer = new Deframer();
  readonly #flows: Readonly<Record<Side, Flow>> = { upstream: new Flow(), downstream: new Flow() };
  readonly #links: Readonly<Record<Side, Link>> = {
    upstream: { open: false, ended: false },
    downstream: { open: false, ended: false },
  };
  /** Octets that came from each side and passed here. */
  readonly passed: Record<Side, number> = { upstream: 0, downstream: 0 };
  #now = 0;
  #effects: Effect[] = [];
  #relay = new Uint8Array(0);
  #next = { name: '', group: false };
  /** From upstream, while there is nobody to pass it to. */
  #held: Uint8Array[] = [];
  #framesBeforeAnswer = 0;
  #answered = false;
  #handedOver = false;
  #disconnecting = false;
  #status: number = Status.protocolError;
  #cause: Cause | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#stepper = new Stepper<RelayState, RelayEvent, RelayAction>({
      machine: relayMachine,
      timers: options.timers,
      deadlines: this.#deadlines,
      now: () => this.#now,
      emit: (effect) => this.#emit(effect),
      actions: {
        'choose forwarding address 239': () => {},
        open: () => this.#emit({ type: 'open', ...this.#next }),
        'forward RELAY': () => this.#forwardRelay(),
        hold: () => {},
        forward: () => {},
        'send CLOSE': () => this.#sendClose(),
        'shut down writing': () => this.#shutDown(),
        disconnect: () => this.#disconnect(),
        discard: () => {},
      },
    });
  }

  get state(): RelayState {
    return this.#stepper.state;
  }

  get deadline(): number | undefined {
    return this.#deadlines.next;
  }

  handle(input: Input, now: number): readonly Effect[] {
    this.#now = now;
    this.#effects = [];
    this.#take(input);
    return this.#effects;
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'octets':
        this.#octets(input.octets, input.side ?? 'upstream');
        break;
      case 'tcp accepted':
        this.#accepted();
        break;
      case 'tcp established':
        this.#established();
        break;
      case 'tcp failed':
        this.#end('connect failed', Status.nextNodeUnreachable, input.reason);
        break;
      case 'end of stream':
        this.#endOfStream(input.side ?? 'upstream');
        break;
      case 'network error':
        this.#lost(input.side ?? 'upstream', input.reason);
        break;
      case 'disconnected':
        this.#lost(input.side ?? 'upstream', undefined);
        break;
      case 'met':
        this.#met(input.what, input.side);
        break;
      case 'time':
        this.#time();
        break;
      case 'command':
        if (input.command !== 'connect') this.#end('end session', Status.shuttingDown);
        break;
      case 'datagram':
      case 'superseded':
      case 'network changed':
        break;
      default:
        input satisfies never;
    }
  }

  /**
   * Gives the passing of octets away, after the effect `answered`: no input `octets` may follow, but the other inputs do
   * as ever, after all octets before them have passed. Undefined when it is too late.
   * @returns for each side where in its frames it is
   */
  handOver(): Readonly<Record<Side, Position>> | undefined {
    const { upstream, downstream } = this.#links;
    if (this.state !== 'Forward' || !this.#answered || upstream.ended || downstream.ended) return undefined;
    this.#handedOver = true;
    return { upstream: this.#flows.upstream.position, downstream: this.#flows.downstream.position };
  }

  #emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  #step(event: RelayEvent): void {
    const { state } = this;
    this.#stepper.step(event);
    if (state === 'Dead' || this.state !== 'Dead') return;
    this.#emit({ type: 'ended', cause: this.#cause ?? { by: 'self', reason: 'end' }, retry: false });
  }

  #end(event: RelayEvent, status: number, reason = statusName(status)): void {
    this.#status = status;
    this.#cause ??= { status, by: 'self', reason };
    this.#step(event);
  }

  #accepted(): void {
    const first = this.state === 'Accept Wait';
    if (first) this.#links.upstream.open = true;
    this.#step('tcp accepted');
    if (first && this.#options.opening?.() === false) this.#end('resource limit', Status.resourceLimit);
  }

  #established(): void {
    if (this.state === 'Forward Connect') {
      this.#links.downstream.open = true;
      this.#step('tcp established');
    } else this.#emit({ type: 'disconnect', side: 'downstream', abort: true });
  }

  #time(): void {
    if (this.#deadlines.take(this.#now) === undefined) return;
    const status = this.state === 'Forward Connect' ? Status.nextNodeUnreachable : Status.timeout;
    this.#end('timeout', status, `timeout in ${this.state}`);
  }

  #octets(octets: Uint8Array, side: Side): void {
    if (!this.#links[side].open) return;
    if (this.state === 'Receive Relay') this.#receiveRelay(octets);
    else if (this.state === 'Forward Connect' || this.state === 'Forward') this.#forward(octets, side);
    else if (this.state === 'Dying') this.#step('frame');
  }

  #receiveRelay(octets: Uint8Array): void {
    this.#deframer.push(octets);
    try {
      const frame = this.#deframer.next();
      if (frame === undefined) return;
      if (frame.type === 'RELAY') this.#route(frame.octets);
      else if (frame.type === 'CLOSE') this.#closed(decodeClose(frame.octets).status);
      else throw new Unexpected(`${frame.type} in ${this.state}`);
    } catch (error) {
      if (error instanceof Unexpected) this.#end('protocol error', Status.protocolError, error.message);
      else if (!(error instanceof Malformed)) throw error;
      else if (error.status === Status.unsupportedVersion) this.#end('unsupported version', error.status);
      else this.#end('protocol error', error.status, error.message);
    }
  }

  /** [EP] fig. 4, step 74: finds itself in the string buffer, and the node after it. */
  #route(octets: Uint8Array): void {
    const { path } = decodeRelay(octets);
    const position = findSelf(path, this.#options.names);
    const name = position === undefined ? undefined : path[position + 1];
    if (position === undefined || name === undefined) {
      this.#end('relay refused', Status.notOnPath);
      return;
    }
    this.#relay = octets.slice();
    this.#next = { name, group: position + 2 === path.length };
    this.#step('relay');
    this.#forward(this.#deframer.takeRest(), 'upstream');
  }

  #forward(octets: Uint8Array, side: Side): void {
    if (octets.length === 0) return;
    this.#step('frame');
    const to = other[side];
    const pass = (part: Uint8Array): void => {
      this.passed[side] += part.length;
      if (this.state === 'Forward') this.#emit({ type: 'send', octets: part, side: to });
      else this.#held.push(part.slice());
    };
    const outcome = this.#flows[side].take(octets, (start) => this.#admit(start, side), pass);
    if (outcome !== 'passed') this.#met(outcome, side);
  }

  #met(what: 'close frame' | 'refused', side: Side): void {
    if (what === 'refused') this.#end('protocol error', Status.protocolError, 'a frame that must not pass');
    else {
      this.#cause ??= { by: 'peer', reason: `CLOSE from ${side}` };
      this.#step(this.state === 'Forward' ? 'close frame' : 'close received');
    }
  }

  /** Before the next node has answered: one frame downstream, and a CLOSE; upstream something that may be a frame. */
  #admit({ length, type }: FrameStart, side: Side): boolean {
    if (this.#answered) return true;
    if (side === 'downstream') {
      this.#answered = length <= bounds.DATA.max;
      if (this.#answered) this.#emit({ type: 'answered' });
      return this.#answered;
    }
    if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;
    this.#framesBeforeAnswer += 1;
    return this.#framesBeforeAnswer === 1 && length <= largestFirstFrame;
  }

  #closed(status: number): void {
    this.#cause ??= { status, by: 'peer', reason: statusName(status) };
    this.#step('close received');
  }

  #endOfStream(side: Side): void {
    const link = this.#links[side];
    if (!link.open) return;
    link.ended = true;
    if (this.state === 'Forward' && this.#answered && !this.#handedOver) {
      const octets = this.#flows[side].rest();
      if (octets.length > 0) this.#emit({ type: 'send', octets, side: other[side] });
    }
    if (this.state !== 'Dying') {
      this.#cause ??= { by: 'network', reason: `${side} ended without CLOSE` };
      this.#step('network error');
    } else this.#bothEnded();
  }

  /** A connection is gone: with `reason` by an error, else because it was closed. */
  #lost(side: Side, reason: string | undefined): void {
    const link = this.#links[side];
    if (!link.open) return;
    link.open = false;
    if (this.state !== 'Dying') {
      this.#cause ??= { by: 'network', reason: `${side}: ${reason ?? 'the connection was closed'}` };
      this.#step('network error');
    }
    if (this.state === 'Dying') this.#bothEnded(reason);
  }

  /** Dying is over once neither connection is left; and ends early once neither has anything more to say. */
  #bothEnded(reason?: string): void {
    const open = Object.values(this.#links).filter((link) => link.open);
    if (open.length === 0) this.#step(reason === undefined ? 'disconnected' : 'network error');
    else if (open.every((link) => link.ended) && !this.#disconnecting) this.#step('end of stream');
  }

  #forwardRelay(): void {
    this.#emit({ type: 'send', octets: this.#relay, side: 'downstream' });
    for (const octets of this.#held) this.#emit({ type: 'send', octets, side: 'downstream' });
    this.#held = [];
  }

  /** Never into the middle of a frame. */
  #sendClose(): void {
    if ((this.#flows.downstream.within && !this.#handedOver) || !this.#links.upstream.open) return;
    this.#emit({ type: 'send', octets: encodeClose({ type: 'CLOSE', status: this.#status }), side: 'upstream' });
  }

  #shutDown(): void {
    this.#held = [];
    for (const side of ['upstream', 'downstream'] as const)
      if (this.#links[side].open) this.#emit({ type: 'finish', side });
      else if (side === 'downstream') this.#emit({ type: 'disconnect', side, abort: true });
    this.#bothEnded();
  }

  #disconnect(): void {
    const abort = this.#disconnecting || !Object.values(this.#links).every(({ open, ended }) => ended || !open);
    this.#disconnecting = true;
    for (const side of ['upstream', 'downstream'] as const)
      if (this.#links[side].open || side === 'downstream') this.#emit({ type: 'disconnect', side, abort });
  }
}
