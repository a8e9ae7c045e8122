/** [EP] fig. 13, 239: which address a relay forwards to, and whether it may. */
import { parseNodeName } from '../wire/names.ts';
import { kindOf } from './addresses.ts';
import { type Group, type MemberStatus, membersOf } from './group.ts';
import type { Endpoint, Resolver, Service } from './resolver.ts';
import type { RelayFile } from './schemas.ts';

export interface Opened<Connection> {
  readonly connection: Connection;
  /** To be called when it has ended. */
  readonly release: () => void;
}

/** A member with the addresses that may be connected to. */
interface Reachable extends Service {
  readonly endpoints: readonly Endpoint[];
}

export interface ForwardingOptions {
  readonly policy: Pick<RelayFile, 'allow' | 'allowAddresses'>;
  readonly resolver: Resolver;
  readonly group: Group;
  /** Whether this relay itself listens there. */
  readonly isOwn: (endpoint: Endpoint) => boolean;
  /** Milliseconds that all attempts together may take. */
  readonly patience: number;
}

/** Connects to the next node. Nothing is connected to that wasn't looked at here. */
export class Forwarding {
  readonly #options: ForwardingOptions;

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  get members(): MemberStatus[] {
    return this.#options.group.status;
  }

  /**
   * Tries one member after the other, and each at one address after the other, each for its share of the time.
   * @param name `host[:port]` of the next node
   * @param last whether that is the tunnel server
   * @param connect rejects when the endpoint does not accept, or when its signal aborts
   * @param signal the connection is no longer wanted
   * @throws the reason why none was reached
   */
  async open<Connection>(
    name: string,
    last: boolean,
    connect: (endpoint: Endpoint, signal: AbortSignal) => Promise<Connection>,
    signal: AbortSignal,
  ): Promise<Opened<Connection>> {
    const { group, patience } = this.#options;
    const untried = await this.#reachable(name, last);
    const share = Math.ceil(patience / untried.reduce((sum, { endpoints }) => sum + endpoints.length, 0));
    let failure: unknown;
    while (untried.length > 0) {
      // Chosen and counted at once: connections that are made side by side see each other.
      const member = group.choose(untried);
      untried.splice(untried.indexOf(member), 1);
      const release = group.use(member);
      for (const endpoint of member.endpoints) {
        try {
          signal.throwIfAborted();
          const connection = await connect(endpoint, AbortSignal.any([signal, AbortSignal.timeout(share)]));
          group.accepted(member);
          return { connection, release };
        } catch (error) {
          failure = error;
        }
      }
      release();
      signal.throwIfAborted();
      group.failed(member);
    }
    throw failure;
  }

  async #reachable(name: string, last: boolean): Promise<Reachable[]> {
    const { host } = parseNodeName(name);
    const entry = this.#options.policy.allow.find((allowed) => allowed.name === host);
    if (entry === undefined) throw new Error(`${host} is not on the allow-list`);
    const members = await membersOf(this.#options.resolver, name, last);
    const allowed = members.filter((member) => entry.ports.includes(member.port));
    if (allowed.length === 0) throw new Error(`${name}: port ${members[0]?.port} is not on the allow-list`);
    const resolved = await Promise.all(allowed.map((member) => this.#resolve(member, allowed.length > 1)));
    const reachable = resolved.filter(({ endpoints }) => endpoints.length > 0);
    if (reachable.length === 0) throw new Error(`${name} has no address that this relay may connect to`);
    return reachable;
  }

  /** @param others whether there are others, so that this one may be passed over when its name has no address. */
  async #resolve(member: Service, others: boolean): Promise<Reachable> {
    let addresses: readonly string[] = [];
    try {
      addresses = await this.#options.resolver.addresses(member.host);
    } catch (error) {
      if (!others) throw error;
    }
    const { port } = member;
    const endpoints = addresses.map((address) => ({ address, port })).filter((endpoint) => this.#permitted(endpoint));
    return { ...member, endpoints };
  }

  #permitted(endpoint: Endpoint): boolean {
    const { policy, isOwn } = this.#options;
    const kind = kindOf(endpoint.address);
    const allowed = kind === 'ordinary' || policy.allowAddresses.some((allowedKind) => allowedKind === kind);
    return allowed && !isOwn(endpoint);
  }
}
