/** Whose IPv6 addresses are whose: a tunnel client has all of its /64. */
import { ipv6Octets, isIpv6 } from '../../packets/addresses.ts';
import type { Prefix } from '../../packets/prefix.ts';
import type { Lan6 } from '../lan6.ts';
import type { Holding, Place, Table } from './table.ts';

interface Route<Session> {
  readonly network: Uint8Array;
  readonly length: number;
  readonly session: Session;
}

export class Table6<Session> implements Table<Session> {
  readonly #lan: Lan6;
  /** By the numbers of their /64s. */
  readonly #clients = new Map<number, Session>();
  #routes: Route<Session>[] = [];
  readonly #others: readonly Omit<Route<Session>, 'session'>[];
  readonly #isClient: (number: number) => boolean;

  /**
   * @param isClient in a group: whether the /64 with a number can be that of a tunnel client of any member
   * @param networks in a group: the networks behind tunnel clients of any member
   */
  constructor(lan: Lan6, isClient: (number: number) => boolean = () => false, networks: readonly Prefix[] = []) {
    this.#lan = lan;
    this.#isClient = isClient;
    this.#others = networks.filter(ofIpv6).map(routeOf);
  }

  add(session: Session, { prefix, networks }: Holding): void {
    const number = prefix && this.#lan.numberOf(ipv6Octets(prefix.address), 0);
    if (number !== undefined) this.#clients.set(number, session);
    const routes = networks.filter(ofIpv6).map((network) => ({ ...routeOf(network), session }));
    this.#routes = [...routes, ...this.#routes].sort((one, other) => other.length - one.length);
  }

  remove(session: Session): void {
    for (const [number, holder] of this.#clients) if (holder === session) this.#clients.delete(number);
    this.#routes = this.#routes.filter((route) => route.session !== session);
  }

  holder(octets: Uint8Array, offset: number): Session | undefined {
    if (staysOnLink(octets, offset)) return undefined;
    const number = this.#lan.numberOf(octets, offset);
    const client = number === undefined ? undefined : this.#clients.get(number);
    return client ?? this.#routes.find((route) => covers(route, octets, offset))?.session;
  }

  place(octets: Uint8Array, offset: number): Place {
    if (staysOnLink(octets, offset)) return 'nobody';
    if (this.#lan.own.every((octet, index) => octet === octets[offset + index])) return 'own';
    return this.#lan.numberOf(octets, offset) === undefined ? 'other' : 'lan';
  }

  elsewhere(octets: Uint8Array, offset: number): boolean {
    const number = this.#lan.numberOf(octets, offset);
    if (number !== undefined && this.#isClient(number)) return true;
    return this.#others.some((route) => covers(route, octets, offset));
  }
}

const ofIpv6 = ({ address }: Prefix): boolean => isIpv6(address);
const routeOf = ({ address, length }: Prefix) => ({ network: ipv6Octets(address), length });

/** Link-local and multicast addresses: no node has them beyond the tunnel, even where `::/0` is behind a client. */
function staysOnLink(octets: Uint8Array, offset: number): boolean {
  const first = octets[offset] ?? 0;
  return first === 0xff || (first === 0xfe && ((octets[offset + 1] ?? 0) & 0xc0) === 0x80);
}

function covers({ network, length }: Omit<Route<unknown>, 'session'>, octets: Uint8Array, offset: number): boolean {
  for (let bit = 0; bit < length; bit += 8) {
    const kept = 0xff << (8 - Math.min(8, length - bit));
    if ((((network[bit / 8] ?? 0) ^ (octets[offset + bit / 8] ?? 0)) & kept & 0xff) !== 0) return false;
  }
  return true;
}
