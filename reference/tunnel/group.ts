/** [EP] fig. 4, 78; fig. 13, 239: which of several alternative tunnel servers, as docs/protocol.md §15.1 orders them. */
import { defaultPort, parseNodeName } from '../wire/names.ts';
import { Tally } from './limits.ts';
import type { Resolver, Service } from './resolver.ts';

/** Milliseconds for which a member that did not accept comes last. */
const rest = 30_000;

export interface MemberStatus {
  /** `host:port`. */
  readonly member: string;
  /** Connections that are open now, those being made included. */
  readonly open: number;
  readonly accepted: number;
  readonly failed: number;
  readonly resting: boolean;
}

/**
 * The servers that a name of the tunnel path stands for: those of its SRV records, or itself.
 * @param name `host[:port]`
 * @param last whether it is the last of the path: only then may it stand for a group
 */
export async function membersOf(resolver: Resolver, name: string, last: boolean): Promise<Service[]> {
  const { host, port } = parseNodeName(name);
  const services = last && port === undefined ? await resolver.services(host) : [];
  return services.length > 0 ? [...services] : [{ host, port: port ?? defaultPort, priority: 0, weight: 0 }];
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

  /** The member to try first. @param members at least one */
  choose<Member extends Service>(members: readonly Member[]): Member {
    const order = (one: Member, other: Member): number =>
      Number(this.#rests(one)) - Number(this.#rests(other)) ||
      one.priority - other.priority ||
      this.#open.of(key(one)) - this.#open.of(key(other));
    const best = members.toSorted(order)[0] as Member;
    return this.#draw(members.filter((member) => order(member, best) === 0));
  }

  /** A connection to a member is being made. @returns what to call when it has ended. */
  use(member: Service): () => void {
    this.#open.add(key(member));
    return () => this.#open.remove(key(member));
  }

  accepted(member: Service): void {
    this.#restingUntil.delete(key(member));
    this.#accepted.add(key(member));
  }

  failed(member: Service): void {
    this.#restingUntil.set(key(member), this.#now() + rest);
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

  #rests(member: Service): boolean {
    return (this.#restingUntil.get(key(member)) ?? 0) > this.#now();
  }

  /** RFC 2782: in proportion to the weights, where all are 0 equally. */
  #draw<Member extends Service>(equals: readonly Member[]): Member {
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

const key = ({ host, port }: Service): string => `${host}:${port}`;
