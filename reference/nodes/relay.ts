/** [EP] fig. 13 at work: the tunnel relay, one node a pair of connections. */
import { Unexpected } from '../errors.ts';
import { type RelayEvent, type RelayState, relayMachine } from '../machines/relay.ts';
import type { Timers } from '../machines/timers.ts';
import { concat, viewOf } from '../octets.ts';
import { decodeClose, encodeClose } from '../wire/close.ts';
import { Deframer } from '../wire/deframer.ts';
import { bounds, frameStartLength } from '../wire/frame-start.ts';
import { FrameType, Status } from '../wire/identifiers.ts';
import { decodeRelay, findSelf } from '../wire/relay.ts';
import { byNetwork, byPeer, bySelf, faultOf } from './cause.ts';
import { type Effect, type Input, type Node, other, type Side, sides } from './effect.ts';
import { Flow, type FrameStart, type Outcome, type Position } from './flow.ts';
import { RunningMachine } from './running-machine.ts';

export interface RelayOptions {
  /** Without port: this relay finds itself on the tunnel path by them. */
  readonly names: readonly string[];
  readonly timers: Timers;
  /** False when there are too many connections already. */
  readonly opening?: () => boolean;
  /** Is called once, when the connection comes to its end. */
  readonly ending?: () => void;
}

/** Longest frame that passes before the next node has answered, so that a relay is of no use to scan ports (RLY-11). */
const largestFirstFrame = bounds.REQUEST.max;

interface Link {
  open: boolean;
  /** The peer has shut down writing. */
  ended: boolean;
}

/** Inputs and times (ms) go in, effects come out. *Upstream* is the side of the initiator, *downstream* the other. */
export class RelayNode implements Node {
  readonly canSend = false;
  readonly #options: RelayOptions;
  readonly #machine;
  readonly #deframer = new Deframer();
  readonly #flows: Readonly<Record<Side, Flow>> = { upstream: new Flow(), downstream: new Flow() };
  readonly #links: Readonly<Record<Side, Link>> = {
    upstream: { open: false, ended: false },
    downstream: { open: false, ended: false },
  };
  /** Octets that came from each side and passed here. */
  readonly passed: Record<Side, number> = { upstream: 0, downstream: 0 };
  #relay = { octets: new Uint8Array(0), path: [] as readonly string[], position: 0 };
  #next = { name: '', group: false };
  /** What has come behind RELAY before the relay connects. */
  #behind: { readonly parts: Uint8Array[]; length: number } = { parts: [], length: 0 };
  /** The octets that the event *frame* is about. */
  #received: { readonly octets: Uint8Array; readonly side: Side } = { octets: new Uint8Array(0), side: 'upstream' };
  /** From upstream, until the next node is connected. */
  #held: Uint8Array[] = [];
  #framesBeforeAnswer = 0;
  #answered = false;
  #handedOver = false;
  #disconnecting = false;
  #ending = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#machine = new RunningMachine(relayMachine, options.timers, {
      'choose forwarding address 239': () => this.#choose(),
      open: () => this.#machine.emit({ type: 'open', ...this.#next }),
      'forward RELAY': () => this.#forwardRelay(),
      hold: () => this.#pass((octets) => this.#held.push(octets.slice())),
      forward: () => this.#forward(),
      'send CLOSE': () => this.#sendClose(),
      'send CLOSE and disconnect': () => this.#closeAtOnce(),
      'shut down writing': () => this.#shutDown(),
      disconnect: () => this.#disconnect(),
      discard: () => {},
      report: () => this.#machine.report(false),
    });
  }

  get state(): RelayState {
    return this.#machine.state;
  }

  get deadline(): number | undefined {
    return this.#machine.deadlines.next;
  }

  handle(input: Input, now: number): readonly Effect[] {
    const effects = this.#machine.begin(now);
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
        this.#refuse('connect failed', Status.nextNodeUnreachable, input.reason);
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
        this.#met(input.outcome, input.side);
        break;
      case 'time':
        this.#time();
        break;
      case 'command':
        if (input.command !== 'connect') this.#refuse('end session', Status.shuttingDown);
        break;
      case 'gives way':
        this.#refuse('gives way', Status.resourceLimit);
        break;
      case 'datagrams':
      case 'given back':
      case 'superseded':
      case 'network changed':
        break;
      default:
        input satisfies never;
    }
    if (this.#machine.phase === 'ending' && !this.#ending) {
      this.#ending = true;
      this.#options.ending?.();
    }
    return effects;
  }

  /**
   * After the effect `answered` something else can pass the octets. No input `octets` may follow. The other inputs
   * follow as before, each after all octets before it have passed.
   * @returns for each side where in its frames it is; undefined when it is too late
   */
  handOver(): Readonly<Record<Side, Position>> | undefined {
    const { upstream, downstream } = this.#links;
    if (this.state !== 'Forward' || !this.#answered || upstream.ended || downstream.ended) return undefined;
    this.#handedOver = true;
    return { upstream: this.#flows.upstream.position, downstream: this.#flows.downstream.position };
  }

  #refuse(event: RelayEvent, status: number, reason?: string): void {
    this.#machine.end({ event, cause: bySelf(status, reason) });
  }

  #accepted(): void {
    const first = this.state === 'Accept Wait';
    if (first) this.#links.upstream.open = true;
    this.#machine.step('tcp accepted');
    if (first && this.#options.opening?.() === false) this.#refuse('resource limit', Status.resourceLimit);
  }

  #established(): void {
    if (this.state === 'Forward Connect') {
      this.#links.downstream.open = true;
      this.#machine.step('tcp established');
    } else this.#machine.emit({ type: 'disconnect', side: 'downstream', abort: true });
  }

  #time(): void {
    for (const _ of this.#machine.due()) {
      const status = this.state === 'Forward Connect' ? Status.nextNodeUnreachable : Status.timeout;
      this.#refuse('timeout', status, `timeout in ${this.state}`);
    }
  }

  #octets(octets: Uint8Array, side: Side): void {
    if (!this.#links[side].open || octets.length === 0) return;
    if (this.#machine.phase === 'opening' && this.#relay.path.length > 0) this.#receiveBehind(octets);
    else if (this.#machine.phase === 'opening') this.#receiveRelay(octets);
    else this.#frame(octets, side);
  }

  /** The state decides whether they are held, forwarded or discarded. */
  #frame(octets: Uint8Array, side: Side): void {
    this.#received = { octets, side };
    this.#machine.step('frame');
  }

  #receiveRelay(octets: Uint8Array): void {
    this.#deframer.push(octets);
    try {
      const frame = this.#deframer.next();
      if (frame === undefined) return;
      if (frame.type === 'RELAY') this.#route(frame.octets);
      else if (frame.type === 'CLOSE')
        this.#machine.end({ event: 'close received', cause: byPeer(decodeClose(frame.octets).status) });
      else throw new Unexpected(`${frame.type} in ${this.state}`);
    } catch (error) {
      this.#machine.end(faultOf(error));
    }
  }

  /** [EP] fig. 4, step 74: finds itself in the string buffer. */
  #route(octets: Uint8Array): void {
    const { path } = decodeRelay(octets);
    const position = findSelf(path, this.#options.names);
    if (position === undefined || position === path.length - 1) {
      this.#refuse('relay refused', Status.notOnPath);
      return;
    }
    this.#relay = { octets: octets.slice(), path, position };
    const following = this.#deframer.takeUnread();
    if (following.length > 0) this.#receiveBehind(following);
  }

  /** The relay connects onward once the frame behind RELAY is whole: who is silent costs the next node nothing. */
  #receiveBehind(octets: Uint8Array): void {
    const behind = this.#behind;
    behind.parts.push(octets.slice());
    behind.length += octets.length;
    if (behind.length < frameStartLength) return;
    const start = behind.length === octets.length ? octets : concat(...behind.parts.slice(0, frameStartLength));
    const length = viewOf(start).getUint32(0);
    const isClose = start[4] === FrameType.CLOSE;
    if (length < frameStartLength || length > (isClose ? bounds.CLOSE.max : largestFirstFrame))
      this.#refuse('protocol error', Status.protocolError, 'a frame that must not pass');
    else if (behind.length >= length && isClose)
      this.#machine.end({ event: 'close received', cause: { by: 'peer', reason: 'CLOSE from upstream' } });
    else if (behind.length >= length) {
      this.#behind = { parts: [], length: 0 };
      this.#machine.step('relay');
      for (const part of behind.parts) this.#frame(part, 'upstream');
    }
  }

  /** [EP] fig. 4, step 74: the node after this one. */
  #choose(): void {
    const { path, position } = this.#relay;
    this.#next = { name: path[position + 1] ?? '', group: position + 2 === path.length };
  }

  #forward(): void {
    const side = other[this.#received.side];
    this.#pass((octets) => this.#machine.emit({ type: 'send', octets, side }));
  }

  /** Follows the frames in what was received; whatever may pass goes to `to`. */
  #pass(to: (octets: Uint8Array) => void): void {
    const { octets, side } = this.#received;
    const outcome = this.#flows[side].take(
      octets,
      (start) => this.#admit(start, side),
      (part) => {
        this.passed[side] += part.length;
        to(part);
      },
    );
    if (outcome !== 'passed') this.#met(outcome, side);
  }

  #met(outcome: Exclude<Outcome, 'passed'>, side: Side): void {
    if (outcome === 'refused') this.#refuse('protocol error', Status.protocolError, 'a frame that must not pass');
    else {
      const event = this.state === 'Forward' ? 'close frame' : 'close received';
      this.#machine.end({ event, cause: { by: 'peer', reason: `CLOSE from ${side}` } });
    }
  }

  /** Before the next node has answered, one frame and a CLOSE may go there; its answer must look like a frame. */
  #admit({ length, type }: FrameStart, side: Side): boolean {
    if (this.#answered) return true;
    if (side === 'downstream') {
      this.#answered = length <= bounds.DATA.max;
      if (this.#answered) this.#machine.emit({ type: 'answered' });
      return this.#answered;
    }
    if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;
    this.#framesBeforeAnswer += 1;
    return this.#framesBeforeAnswer === 1 && length <= largestFirstFrame;
  }

  #endOfStream(side: Side): void {
    const link = this.#links[side];
    if (!link.open) return;
    link.ended = true;
    if (this.state === 'Forward' && this.#answered && !this.#handedOver) {
      const octets = this.#flows[side].takeStart();
      if (octets.length > 0) this.#machine.emit({ type: 'send', octets, side: other[side] });
    }
    if (this.state === 'Dying') this.#bothEnded();
    else this.#broken(`${side} ended without CLOSE`);
  }

  /** A connection is gone: with `reason` by an error, else because it was closed. */
  #lost(side: Side, reason: string | undefined): void {
    const link = this.#links[side];
    if (!link.open) return;
    link.open = false;
    if (this.state !== 'Dying') this.#broken(`${side}: ${reason ?? 'the connection was closed'}`);
    if (this.state === 'Dying') this.#bothEnded(reason);
  }

  #broken(reason: string): void {
    this.#machine.end({ event: 'network error', cause: byNetwork(reason) });
  }

  /** Dying is over when both connections are closed. They are closed early when both peers have ended their streams. */
  #bothEnded(reason?: string): void {
    const open = Object.values(this.#links).filter((link) => link.open);
    if (open.length === 0) this.#machine.step(reason === undefined ? 'disconnected' : 'network error');
    else if (open.every((link) => link.ended) && !this.#disconnecting) this.#machine.step('end of stream');
  }

  #forwardRelay(): void {
    this.#machine.emit({ type: 'send', octets: this.#relay.octets, side: 'downstream' });
    for (const octets of this.#held) this.#machine.emit({ type: 'send', octets, side: 'downstream' });
    this.#held = [];
  }

  /** Never sent into the middle of a frame. */
  #sendClose(): void {
    if ((this.#flows.downstream.within && !this.#handedOver) || !this.#links.upstream.open) return;
    const octets = encodeClose({ type: 'CLOSE', status: this.#machine.status });
    this.#machine.emit({ type: 'send', octets, side: 'upstream' });
  }

  /** What was sent leaves, and nothing is waited for. */
  #closeAtOnce(): void {
    this.#sendClose();
    this.#held = [];
    this.#disconnecting = true;
    this.#machine.emit({ type: 'disconnect', side: 'downstream', abort: true });
    this.#machine.emit({ type: 'disconnect', side: 'upstream', abort: false });
  }

  #shutDown(): void {
    this.#held = [];
    for (const side of sides)
      if (this.#links[side].open) this.#machine.emit({ type: 'finish', side });
      else if (side === 'downstream') this.#machine.emit({ type: 'disconnect', side, abort: true });
    this.#bothEnded();
  }

  #disconnect(): void {
    const abort = this.#disconnecting || !Object.values(this.#links).every(({ open, ended }) => ended || !open);
    this.#disconnecting = true;
    for (const side of sides)
      if (this.#links[side].open || side === 'downstream') this.#machine.emit({ type: 'disconnect', side, abort });
  }
}
