/** For tests: initiator and server, and relays between them, joined in memory and driven on virtual time. */
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

/** Towards the server, or towards the initiator. */
export type Direction = 'there' | 'back';
type EffectOf<T extends Effect['type']> = Extract<Effect, { type: T }>;

export interface PairOptions {
  readonly suite?: number;
  readonly transforms?: readonly number[];
  readonly relays?: number;
  readonly initiator?: Partial<InitiatorOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly relay?: Partial<RelayOptions>;
  /** What the server's authority says; grants the first transform that it knows unless given. */
  readonly verdict?: (request: AuthorizationRequest) => Grant | Refusal;
}

/** One end of a transport connection. */
interface End {
  readonly host: Host;
  readonly side: Side | undefined;
  readonly direction: Direction;
  other: End;
  open: boolean;
  finished: boolean;
}

/** A node, what it asked for, and its connections. */
export class Host {
  readonly node: Node;
  readonly effects: Effect[] = [];
  readonly ends = new Map<Side | undefined, End>();

  constructor(node: Node) {
    this.node = node;
  }

  all<T extends Effect['type']>(type: T): EffectOf<T>[] {
    return this.effects.filter((effect): effect is EffectOf<T> => effect.type === type);
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

export class Pair {
  now = 0;
  readonly initiator: Host;
  /** The newest server and relays, in order of the path. */
  relays: Host[] = [];
  /** Every server node there was: one a connection. */
  readonly servers: Host[] = [];
  /** Every octet string as the initiator's connection carried it, before `tamper`. */
  readonly wire: Record<Direction, Uint8Array[]> = { there: [], back: [] };
  /** Changes, drops (nothing) or multiplies what passes on the initiator's connection. */
  tamper: (octets: Uint8Array, direction: Direction) => readonly Uint8Array[] = (octets) => [octets];
  /** Octets a read brings at most. */
  cut = Number.POSITIVE_INFINITY;
  /** Whether connections can be opened; a string is the reason why not. */
  reachable: true | string = true;
  /** Connections that are asked for and not answered. */
  mute = false;
  readonly asked: AuthorizationRequest[] = [];
  readonly authorityCalls: string[] = [];
  readonly #options: PairOptions;
  readonly #path: readonly string[];
  readonly #tasks: (() => void)[] = [];

  constructor(options: PairOptions = {}) {
    this.#options = options;
    const relays = Array.from({ length: options.relays ?? 0 }, (_, index) => `relay-${index}.test`);
    this.#path = options.initiator?.path ?? [...relays, 'server.test:3265'];
    this.initiator = new Host(
      new InitiatorNode({
        name: 'alice',
        staticPrivate: initiatorKeys.privateKey,
        server: { publicKey: serverKeys.publicKey, suite: options.suite ?? Suite.x25519 },
        path: this.#path,
        transforms: options.transforms ?? [Transform.aes256gcm],
        lifetimes,
        timers: defaultTimers,
        randomness: deterministicRandomness({}),
        reconnect: true,
        ...options.initiator,
      }),
    );
  }

  /** The newest. */
  get server(): Host {
    return this.servers.at(-1)!;
  }

  input(host: Host, input: Input): this {
    this.#handle(host, input);
    this.#drain();
    return this;
  }

  connect(): this {
    return this.input(this.initiator, { type: 'command', command: 'connect' });
  }

  send(host: Host, datagram: Uint8Array): this {
    return this.input(host, { type: 'datagram', datagram });
  }

  /** Octets from `host`'s peer, by nobody's hand. */
  inject(host: Host, octets: Uint8Array, side?: Side): this {
    return this.input(host, side === undefined ? { type: 'octets', octets } : { type: 'octets', octets, side });
  }

  /** Lets virtual time pass, waking every node at its deadlines. */
  pass(milliseconds: number): this {
    const until = this.now + milliseconds;
    for (;;) {
      const hosts = [this.initiator, ...this.relays, ...this.servers];
      const due = hosts.filter(({ node }) => node.deadline !== undefined && node.deadline <= until);
      if (due.length === 0) break;
      const [first] = due.sort((one, other) => one.node.deadline! - other.node.deadline!);
      this.now = Math.max(this.now, first!.node.deadline!);
      this.input(first!, { type: 'time' });
    }
    this.now = until;
    return this;
  }

  #handle(host: Host, input: Input): void {
    for (const effect of host.node.handle(input, this.now)) {
      host.effects.push(effect);
      this.#perform(host, effect);
    }
  }

  #later(host: Host, input: Input): void {
    this.#tasks.push(() => this.#handle(host, input));
  }

  #drain(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) task();
  }

  #perform(host: Host, effect: Effect): void {
    if (effect.type === 'open') this.#open(host);
    else if (effect.type === 'send') this.#carry(host.ends.get(effect.side), effect.octets);
    else if (effect.type === 'finish') this.#finish(host.ends.get(effect.side));
    else if (effect.type === 'disconnect') this.#disconnect(host, effect.side);
  }

  #open(host: Host): void {
    if (this.mute) return;
    if (this.reachable !== true) {
      this.#later(host, { type: 'tcp failed', reason: this.reachable });
      return;
    }
    if (host === this.initiator) this.relays = [];
    const last = this.relays.length === this.#path.length - 1;
    const next = new Host(last ? this.newServer() : this.#newRelay());
    if (last) this.servers.push(next);
    else this.relays.push(next);
    const far = {
      host: next,
      side: last ? undefined : 'upstream',
      direction: 'back',
      open: true,
      finished: false,
    } as End;
    const side = host === this.initiator ? undefined : 'downstream';
    const near: End = { host, side, direction: 'there', open: true, finished: false, other: far };
    far.other = near;
    host.ends.set(near.side, near);
    next.ends.set(far.side, far);
    this.#later(next, { type: 'tcp accepted' });
    this.#later(host, { type: 'tcp established' });
  }

  #carry(end: End | undefined, octets: Uint8Array): void {
    if (end === undefined || !end.open || end.finished) return;
    const watched = end.host === this.initiator || end.other.host === this.initiator;
    if (watched) this.wire[end.direction].push(octets.slice());
    const parts = watched ? this.tamper(octets.slice(), end.direction) : [octets.slice()];
    for (const part of parts)
      for (let at = 0; at < part.length; at += this.cut)
        this.#toPeer(end, { type: 'octets', octets: part.slice(at, at + this.cut) });
  }

  #finish(end: End | undefined): void {
    if (end === undefined || !end.open || end.finished) return;
    end.finished = true;
    this.#toPeer(end, { type: 'end of stream' });
  }

  #disconnect(host: Host, side: Side | undefined): void {
    const end = host.ends.get(side);
    this.#later(host, { type: 'disconnected', ...(side === undefined ? {} : { side }) });
    if (end === undefined || !end.open) return;
    this.#finish(end);
    end.open = false;
  }

  #toPeer({ other }: End, input: Extract<Input, { readonly side?: Side }>): void {
    const { side } = other;
    this.#tasks.push(() => {
      if (other.open) this.#handle(other.host, side === undefined ? input : { ...input, side });
    });
  }

  /** One connection to the server of this pair. */
  newServer(): ServerNode {
    return new ServerNode({
      names: ['server.test'],
      staticPrivate: serverKeys.privateKey,
      authority: this.#authority(),
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
        const transform = request.transforms.find((id) => known.includes(id)) ?? 0;
        return { type: 'grant', transform, lifetimes: request.lifetimes, clientData };
      },
      confirmed: () => void this.authorityCalls.push('confirmed'),
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
