/** [EP] fig. 4, 78; fig. 13, 239: which of several alternative tunnel servers, as docs/protocol.md §15.1 orders them. */
import { isIPv4 } from 'node:net';
import { defaultPort, parseNodeName } from '../../wire/names.ts';
import { Tally } from '../limits.ts';
import type { Endpoint } from '../transport.ts';
import type { GroupMember, Resolver } from './resolver.ts';

/** Milliseconds for which a member that did not accept comes last. */
const restingTime = 30_000;

export interface MemberStatus {
  /** `host:port`. */
  readonly member: string;
  /** Connections that are open now, those being made included. */
  readonly open: number;
  readonly accepted: number;
  readonly failed: number;
  readonly resting: boolean;
}

/** A member with the addresses at which it can be reached. */
export interface Reachable extends GroupMember {
  readonly endpoints: readonly Endpoint[];
}

/**
 * The servers that a name of the tunnel path stands for: those of its SRV records, or itself.
 * @param name `host[:port]`
 * @param last whether it is the last of the path: only then may it stand for a group
 * @param admits the ports and endpoints that may be connected to
 * @returns at least one, each with an endpoint at least. @throws why there is none
 */
export async function reachable(
  resolver: Resolver,
  name: string,
  last: boolean,
  admits: { readonly port?: (port: number) => boolean; readonly endpoint?: (endpoint: Endpoint) => boolean } = {},
): Promise<Reachable[]> {
  const { host, port } = parseNodeName(name);
  const mayBeGroup = last && port === undefined && !isIPv4(host);
  const services = mayBeGroup ? await resolver.services(host) : [];
  const itself = { host, port: port ?? defaultPort, priority: 0, weight: 0 };
  const members = services.length > 0 ? services : [itself];
  const allowed = members.filter((member) => admits.port?.(member.port) ?? true);
  if (allowed.length === 0) throw new Error(`${name}: port ${members[0]?.port} is not on the allow-list`);
  const resolved = await Promise.all(
    allowed.map(async (member) => {
      const addresses = await resolver.addresses(member.host).catch((error: unknown) => {
        // If one member has no address, the others are used.
        if (allowed.length === 1) throw error;
        return [];
      });
      const endpoints = addresses.map((address) => ({ address, port: member.port }));
      return { ...member, endpoints: endpoints.filter((endpoint) => admits.endpoint?.(endpoint) ?? true) };
    }),
  );
  const found = resolved.filter(({ endpoints }) => endpoints.length > 0);
  if (found.length === 0) throw new Error(`${name} has no address that may be connected to`);
  return found;
}

/** Rejects when the endpoint does not accept, or when the signal aborts. */
export type Connect<Connection> = (endpoint: Endpoint, signal: AbortSignal) => Promise<Connection>;

export interface Opened<Connection> {
  readonly connection: Connection;
  /** To be called when it has ended. */
  readonly release: () => void;
}

export interface Attempt {
  /** Aborts when the connection is no longer wanted. */
  readonly signal: AbortSignal;
  /** Milliseconds that all attempts together may take. */
  readonly patience: number;
}

/** Remembers what became of each member, for as long as the process lives. */
export class Group {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #open = new Tally();
  readonly #accepted = new Tally();
  readonly #failed = new Tally();
  readonly #restingUntil = new Map<string, number>();

  /** @param random from 0 to below 1 */
  constructor(now: () => number, random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  /**
   * Tries one member after the other, and each at one endpoint after the other, each for its share of the time.
   * @throws the last reason why none accepted
   */
  async open<Connection>(
    members: readonly Reachable[],
    connect: Connect<Connection>,
    { signal, patience }: Attempt,
  ): Promise<Opened<Connection>> {
    const untried = [...members];
    const share = Math.ceil(patience / untried.reduce((sum, { endpoints }) => sum + endpoints.length, 0));
    let failure: unknown;
    while (untried.length > 0) {
      // Chosen and counted at once: connections that are made side by side see each other.
      const member = this.choose(untried);
      untried.splice(untried.indexOf(member), 1);
      const release = this.use(member);
      for (const endpoint of member.endpoints) {
        try {
          signal.throwIfAborted();
          const connection = await connect(endpoint, AbortSignal.any([signal, AbortSignal.timeout(share)]));
          this.#accept(member);
          return { connection, release };
        } catch (error) {
          failure = error;
        }
      }
      release();
      signal.throwIfAborted();
      this.#fail(member);
    }
    throw failure;
  }

  /** The member to try first. @param members at least one */
  choose<Member extends GroupMember>(members: readonly Member[]): Member {
    const order = (one: Member, other: Member): number =>
      Number(this.#rests(one)) - Number(this.#rests(other)) ||
      one.priority - other.priority ||
      this.#open.of(key(one)) - this.#open.of(key(other));
    const best = members.toSorted(order)[0] as Member;
    return this.#draw(members.filter((member) => order(member, best) === 0));
  }

  /** A connection to a member is being made. @returns what to call when it has ended. */
  use(member: GroupMember): () => void {
    this.#open.add(key(member));
    return () => this.#open.remove(key(member));
  }

  #accept(member: GroupMember): void {
    this.#restingUntil.delete(key(member));
    this.#accepted.add(key(member));
  }

  #fail(member: GroupMember): void {
    this.#restingUntil.set(key(member), this.#now() + restingTime);
    this.#failed.add(key(member));
  }

  get status(): MemberStatus[] {
    const known = new Set([...this.#accepted.keys(), ...this.#failed.keys()]);
    return [...known].toSorted().map((member) => ({
      member,
      open: this.#open.of(member),
      accepted: this.#accepted.of(member),
      failed: this.#failed.of(member),
      resting: (this.#restingUntil.get(member) ?? 0) > this.#now(),
    }));
  }

  #rests(member: GroupMember): boolean {
    return (this.#restingUntil.get(key(member)) ?? 0) > this.#now();
  }

  /** RFC 2782: in proportion to the weights, where all are 0 equally. */
  #draw<Member extends GroupMember>(equals: readonly Member[]): Member {
    const total = equals.reduce((sum, { weight }) => sum + weight, 0);
    const share = (member: Member): number => (total === 0 ? 1 / equals.length : member.weight / total);
    let left = this.#random();
    for (const member of equals) {
      left -= share(member);
      if (left < 0) return member;
    }
    return equals.at(-1) as Member;
  }
}

const key = ({ host, port }: GroupMember): string => `${host}:${port}`;
