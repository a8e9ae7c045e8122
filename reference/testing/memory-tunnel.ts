/** For tests: a tunnel in memory, from the initiator through relays to the server, driven on virtual time. */
import { generateKeyPair } from '../crypto/identity.ts';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { defaultTimers } from '../machines/timers.ts';
import type { Authority, AuthorizationRequest, Grant, Refusal } from '../nodes/authority.ts';
import type { Effect, Input, Node, Side } from '../nodes/effect.ts';
import { InitiatorNode, type InitiatorOptions } from '../nodes/initiator.ts';
import { RelayNode, type RelayOptions } from '../nodes/relay.ts';
import { ServerNode, type ServerOptions } from '../nodes/server.ts';
import { Suite, Transform } from '../wire/identifiers.ts';
import { fromNetworkSettings } from '../wire/network-settings.ts';

type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

interface MemoryTunnelOptions {
  readonly suite?: number;
  readonly transforms?: readonly number[];
  readonly relays?: number;
  readonly initiator?: Partial<InitiatorOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly relay?: Partial<RelayOptions>;
  /** What the server's authority says; unless given, it grants the first transform that it knows, and refuses if there is none. */
  readonly verdict?: (request: AuthorizationRequest) => Grant | Refusal;
}

/** One end of a transport connection. */
interface ConnectionEnd {
  readonly driven: DrivenNode;
  readonly side: Side | undefined;
  /** Where its octets go: downstream to the server, upstream to the initiator. */
  readonly direction: Side;
  other: ConnectionEnd;
  open: boolean;
  finished: boolean;
}

/** A node, what it asked for, and its connections. */
export class DrivenNode {
  readonly node: Node;
  readonly effects: Effect[] = [];
  readonly ends = new Map<Side | undefined, ConnectionEnd>();

  constructor(node: Node) {
    this.node = node;
  }

  all<T extends Effect['type']>(type: T): EffectOf<T>[] {
    return this.effects.filter((effect): effect is EffectOf<T> => effect.type === type);
  }

  /** Datagrams of an end point that could not be sent at once. */
  get queueCounts(): unknown {
    return 'queueCounts' in this.node ? this.node.queueCounts : undefined;
  }

  /** The states it went through. */
  get states(): string[] {
    return this.all('transition').flatMap(({ from, to }) => (to === undefined || to === from ? [] : [to]));
  }
}

export const initiatorKeys = generateKeyPair();
export const serverKeys = generateKeyPair();
export const lifetimes = { seconds: 3600, frames: 1n << 32n, octets: 1n << 40n };

export const clientData = fromNetworkSettings({
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [],
  dns: [],
  search: [],
  clientPhysical: Uint8Array.of(6, 0, 0, 0, 0, 1),
  serverPhysical: Uint8Array.of(6, 0, 0, 0, 0, 2),
});

/** Nothing of the system is used: connections are arrays of octets, and `now` counts milliseconds from 0. */
export class MemoryTunnel {
  now = 0;
  readonly initiator: DrivenNode;
  /** The newest server and relays, in order of the path. */
  relays: DrivenNode[] = [];
  /** Every server node there was: one a connection. */
  readonly servers: DrivenNode[] = [];
  /** Every octet string as the initiator's connection carried it, before `tamper`, by the way it went. */
  readonly wire: Record<Side, Uint8Array[]> = { downstream: [], upstream: [] };
  /** Changes, drops (nothing) or multiplies what passes on the initiator's connection. */
  tamper: (octets: Uint8Array, direction: Side) => readonly Uint8Array[] = (octets) => [octets];
  /** Octets a read brings at most. */
  readLength = Number.POSITIVE_INFINITY;
  /** Whether connections can be opened; a string is the reason why not. */
  reachable: true | string = true;
  /** Whether attempts to open a connection stay without an answer. */
  mute = false;
  readonly asked: AuthorizationRequest[] = [];
  readonly authorityCalls: string[] = [];
  readonly #options: MemoryTunnelOptions;
  readonly #path: readonly string[];
  readonly #tasks: (() => void)[] = [];
  #freshness = 1;

  constructor(options: MemoryTunnelOptions = {}) {
    this.#options = options;
    const relays = Array.from({ length: options.relays ?? 0 }, (_, index) => `relay-${index}.test`);
    this.#path = options.initiator?.path ?? [...relays, 'server.test:3265'];
    this.initiator = new DrivenNode(
      new InitiatorNode({
        name: 'alice',
        staticPrivate: initiatorKeys.privateKey,
        server: { publicKey: serverKeys.publicKey, suite: options.suite ?? Suite.x25519 },
        path: this.#path,
        transforms: options.transforms ?? [Transform.aes256gcm],
        lifetimes,
        freshness: () => BigInt(this.#freshness++),
        timers: defaultTimers,
        randomness: deterministicRandomness({}),
        reconnect: true,
        ...options.initiator,
      }),
    );
  }

  /** The newest. */
  get server(): DrivenNode {
    return this.servers.at(-1)!;
  }

  input(driven: DrivenNode, input: Input): this {
    this.#handle(driven, input);
    this.#drain();
    return this;
  }

  connect(): this {
    return this.input(this.initiator, { type: 'command', command: 'connect' });
  }

  send(driven: DrivenNode, datagram: Uint8Array): this {
    return this.input(driven, { type: 'datagrams', datagrams: [datagram] });
  }

  /** Octets as if the node's peer had sent them. */
  inject(driven: DrivenNode, octets: Uint8Array, side?: Side): this {
    return this.input(driven, side === undefined ? { type: 'octets', octets } : { type: 'octets', octets, side });
  }

  /** Lets virtual time pass, waking every node at its deadlines. */
  pass(milliseconds: number): this {
    const until = this.now + milliseconds;
    for (;;) {
      const nodes = [this.initiator, ...this.relays, ...this.servers];
      const due = nodes.filter(({ node }) => node.deadline !== undefined && node.deadline <= until);
      if (due.length === 0) break;
      const [first] = due.sort((one, other) => one.node.deadline! - other.node.deadline!);
      this.now = Math.max(this.now, first!.node.deadline!);
      this.input(first!, { type: 'time' });
    }
    this.now = until;
    return this;
  }

  #handle(driven: DrivenNode, input: Input): void {
    for (const effect of driven.node.handle(input, this.now)) {
      driven.effects.push(effect);
      this.#perform(driven, effect);
    }
  }

  #later(driven: DrivenNode, input: Input): void {
    this.#tasks.push(() => this.#handle(driven, input));
  }

  #drain(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
  }

  #perform(driven: DrivenNode, effect: Effect): void {
    if (effect.type === 'open') this.#open(driven);
    else if (effect.type === 'send') this.#carry(driven.ends.get(effect.side), effect.octets);
    else if (effect.type === 'finish') this.#finish(driven.ends.get(effect.side));
    else if (effect.type === 'disconnect') this.#disconnect(driven, effect.side);
  }

  #open(driven: DrivenNode): void {
    if (this.mute) return;
    if (this.reachable !== true) {
      this.#later(driven, { type: 'tcp failed', reason: this.reachable });
      return;
    }
    if (driven === this.initiator) this.relays = [];
    const last = this.relays.length === this.#path.length - 1;
    const next = new DrivenNode(last ? this.newServer() : this.#newRelay());
    if (last) this.servers.push(next);
    else this.relays.push(next);
    const far = {
      driven: next,
      side: last ? undefined : 'upstream',
      direction: 'upstream',
      open: true,
      finished: false,
    } as ConnectionEnd;
    const side = driven === this.initiator ? undefined : 'downstream';
    const near: ConnectionEnd = { driven, side, direction: 'downstream', open: true, finished: false, other: far };
    far.other = near;
    driven.ends.set(near.side, near);
    next.ends.set(far.side, far);
    this.#later(next, { type: 'tcp accepted' });
    this.#later(driven, { type: 'tcp established' });
  }

  #carry(end: ConnectionEnd | undefined, octets: Uint8Array): void {
    if (end === undefined || !end.open || end.finished) return;
    const watched = end.driven === this.initiator || end.other.driven === this.initiator;
    if (watched) this.wire[end.direction].push(octets.slice());
    const parts = watched ? this.tamper(octets.slice(), end.direction) : [octets.slice()];
    for (const part of parts)
      for (let at = 0; at < part.length; at += this.readLength)
        this.#toPeer(end, { type: 'octets', octets: part.slice(at, at + this.readLength) });
  }

  #finish(end: ConnectionEnd | undefined): void {
    if (end === undefined || !end.open || end.finished) return;
    end.finished = true;
    this.#toPeer(end, { type: 'end of stream' });
  }

  #disconnect(driven: DrivenNode, side: Side | undefined): void {
    const end = driven.ends.get(side);
    this.#later(driven, { type: 'disconnected', ...(side === undefined ? {} : { side }) });
    if (end === undefined || !end.open) return;
    this.#finish(end);
    end.open = false;
  }

  #toPeer({ other }: ConnectionEnd, input: Extract<Input, { readonly side?: Side }>): void {
    const { side } = other;
    this.#tasks.push(() => {
      if (other.open) this.#handle(other.driven, side === undefined ? input : { ...input, side });
    });
  }

  /** One connection to the server of this tunnel. */
  newServer(): ServerNode {
    return new ServerNode({
      names: ['server.test'],
      staticPrivate: serverKeys.privateKey,
      authority: this.#authority(),
      giveWay: () => {},
      timers: defaultTimers,
      randomness: deterministicRandomness({}),
      source: '192.0.2.1',
      ...this.#options.server,
    });
  }

  #newRelay(): RelayNode {
    return new RelayNode({
      names: [`relay-${this.relays.length}.test`],
      timers: defaultTimers,
      ...this.#options.relay,
    });
  }

  #authority(): Authority {
    const known: readonly number[] = Object.values(Transform);
    return {
      opening: () => true,
      authorize: (_peer, request) => {
        this.asked.push(request);
        if (this.#options.verdict !== undefined) return this.#options.verdict(request);
        const transform = request.transforms.find((id) => known.includes(id));
        if (transform === undefined) return { type: 'refusal', reason: 'no common transform' };
        return { type: 'grant', transform, lifetimes: request.lifetimes, clientData };
      },
      confirmed: () => void this.authorityCalls.push('confirmed'),
      ending: () => {},
      ended: () => void this.authorityCalls.push('ended'),
    };
  }
}

/** An IPv4 datagram as far as the tunnel looks: the first nibble. */
export function datagram(length = 60, fill = 0): Uint8Array {
  const octets = new Uint8Array(length).fill(fill);
  octets[0] = 0x45;
  return octets;
}
