/** [EP] fig. 13, 239: which address a relay forwards to, and whether it may. */
import { defaultPort, parseNodeName } from '../wire/names.ts';
import { kindOf } from './addresses.ts';
import { Tally } from './limits.ts';
import type { Endpoint, Resolver, Service } from './resolver.ts';
import type { RelayFile } from './schemas.ts';

/** An address that a relay may connect to; the group member it belongs to is counted while it is in use. */
export interface Candidate extends Endpoint {
  readonly member: string;
}

/** Milliseconds for which a member that didn't answer comes last. */
const rest = 30_000;

/** Chooses among the addresses of the next node. Nothing is connected to that wasn't looked at here. */
export class Forwarding {
  readonly #config: Pick<RelayFile, 'allow' | 'allowAddresses'>;
  readonly #resolver: Resolver;
  readonly #now: () => number;
  readonly #used = new Tally();
  readonly #restingUntil = new Map<string, number>();

  constructor(config: Pick<RelayFile, 'allow' | 'allowAddresses'>, resolver: Resolver, now: () => number) {
    this.#config = config;
    this.#resolver = resolver;
    this.#now = now;
  }

  /**
   * @param name `host[:port]` of the next node.
   * @param last whether that is the tunnel server: only then may a name stand for a group (RFC 2782).
   * @returns addresses in the order to try. Rejects with the reason when there is none.
   */
  async candidates(name: string, last: boolean): Promise<Candidate[]> {
    const { host, port } = parseNodeName(name);
    const entry = this.#config.allow.find((allowed) => allowed.name === host);
    if (entry === undefined) throw new Error(`${host} is not on the allow-list`);
    const group = last && port === undefined ? await this.#resolver.services(host) : [];
    const members = group.length > 0 ? this.#order(group) : [{ host, port: port ?? defaultPort }];
    const allowed = members.filter((member) => entry.ports.includes(member.port));
    if (allowed.length === 0) throw new Error(`${name}: port ${members[0]?.port} is not on the allow-list`);
    const found: Candidate[] = [];
    for (const member of allowed)
      for (const address of await this.#addresses(member.host, allowed.length > 1)) {
        if (!this.#permitted(address)) continue;
        found.push({ address, port: member.port, member: `${member.host}:${member.port}` });
      }
    if (found.length === 0) throw new Error(`${name} has no address that this relay may connect to`);
    return found;
  }

  /** A connection to a member begins. @returns what to call when it ends. */
  use({ member }: Candidate): () => void {
    this.#restingUntil.delete(member);
    this.#used.add(member);
    return () => this.#used.remove(member);
  }

  /** A member didn't answer: others come first for a while. */
  avoid({ member }: Candidate): void {
    this.#restingUntil.set(member, this.#now() + rest);
  }

  /** Rested members last; priority; then the least used, by weight where that is equal. */
  #order(group: readonly Service[]): Service[] {
    const resting = ({ host, port }: Service): number =>
      (this.#restingUntil.get(`${host}:${port}`) ?? 0) > this.#now() ? 1 : 0;
    const used = ({ host, port }: Service): number => this.#used.of(`${host}:${port}`);
    return group.toSorted(
      (one, other) =>
        resting(one) - resting(other) ||
        one.priority - other.priority ||
        used(one) - used(other) ||
        other.weight - one.weight,
    );
  }

  async #addresses(host: string, others: boolean): Promise<readonly string[]> {
    try {
      return await this.#resolver.addresses(host);
    } catch (error) {
      if (others) return [];
      throw error;
    }
  }

  #permitted(address: string): boolean {
    const kind = kindOf(address);
    return kind === 'ordinary' || this.#config.allowAddresses.some((allowed) => allowed === kind);
  }
}
