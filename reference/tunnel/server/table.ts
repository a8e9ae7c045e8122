/** Whose addresses are whose at a tunnel server, in one family. Addresses are read where they stand in a datagram. */
import { wordAt } from '../../octets.ts';
import { isIpv6 } from '../../packets/addresses.ts';
import { type Prefix, sameStart } from '../../packets/prefix.ts';
import { type Lan, Network } from '../lan.ts';

/** What the policy gives to a name. */
export interface ClientAddresses {
  /** The tunnel client's address on the virtual LAN. */
  readonly address: string;
  /** Its /64, where the server has IPv6. */
  readonly prefix?: Prefix | undefined;
  /** Subnets behind the tunnel client, for site-to-site tunnels; of either family. */
  readonly networks: readonly Prefix[];
}

/** What a tunnel client itself is reached at: its address, and its /64. */
export function ownPrefixes({ address, prefix }: Omit<ClientAddresses, 'networks'>): readonly Prefix[] {
  return [{ address, length: 32 }, ...(prefix === undefined ? [] : [prefix])];
}

/**
 * Where an address lies: that of the server's adapter; one that no node has, such as a broadcast address; the virtual LAN;
 * or somewhere else.
 */
export type Location = 'own' | 'nobody' | 'lan' | 'other';

/** Tunnel clients that any member of a group may have. */
export interface GroupClients {
  /** Whether a number of the virtual LAN can be that of one. */
  readonly hasClient: (number: number) => boolean;
  /** The networks behind them, of either family. */
  readonly networks: readonly Prefix[];
}

/** 255.255.255.255 */
const broadcast = 0xffff_ffff;
/** `::` */
const unspecified = new Uint8Array(16);
/** `::ffff:0:0/96`: IPv4 addresses inside IPv6. */
const mapped = new Uint8Array(16).fill(0xff, 10, 12);
const mappedLength = 96;

/** Addresses and subnets of confirmed sessions. `Session` only tells sessions apart. */
export class Table<Session> {
  readonly #lan: Lan;
  readonly #group: { readonly hasClient: GroupClients['hasClient']; readonly networks: readonly Network[] };
  /** By their numbers in the virtual LAN. */
  readonly #clients = new Map<number, Session>();
  /** The longest prefix first. */
  #networks: { readonly network: Network; readonly session: Session }[] = [];

  constructor(lan: Lan, group: GroupClients = { hasClient: () => false, networks: [] }) {
    this.#lan = lan;
    this.#group = { hasClient: group.hasClient, networks: this.#ofFamily(group.networks) };
  }

  /** A later session takes addresses over from an earlier one. */
  add(session: Session, addresses: ClientAddresses): void {
    const [own] = this.#ofFamily(ownPrefixes(addresses));
    const number = own && this.#lan.numberOf(own.first);
    if (number !== undefined) this.#clients.set(number, session);
    const added = this.#ofFamily(addresses.networks).map((network) => ({ network, session }));
    this.#networks = [...added, ...this.#networks].sort((one, other) => other.network.length - one.network.length);
  }

  /** Leaves alone what a later session has taken over. */
  remove(session: Session): void {
    for (const [number, holder] of this.#clients) if (holder === session) this.#clients.delete(number);
    this.#networks = this.#networks.filter(({ session: holder }) => holder !== session);
  }

  /** Who has an address: a tunnel client, or the one with the longest prefix behind it. */
  holder(octets: Uint8Array, offset = 0): Session | undefined {
    if (this.#isReserved(octets, offset)) return undefined;
    const number = this.#lan.numberOf(octets, offset);
    if (number !== undefined && this.#isNobody(number)) return undefined;
    const client = number === undefined ? undefined : this.#clients.get(number);
    if (client !== undefined) return client;
    for (const { network, session } of this.#networks) if (network.has(octets, offset)) return session;
    return undefined;
  }

  /** Whether a session may send from an address: its own, or one of a network behind it, which may be behind others too. */
  sendsFrom(session: Session, octets: Uint8Array): boolean {
    const holder = this.holder(octets);
    if (holder === session) return true;
    // Nobody may use the own address of another.
    if (holder === undefined || this.hasClient(octets)) return false;
    return this.#networks.some((one) => one.session === session && one.network.has(octets, 0));
  }

  /** Whether an address is that of a tunnel client itself. */
  hasClient(octets: Uint8Array): boolean {
    const number = this.#lan.numberOf(octets);
    return number !== undefined && this.#clients.has(number);
  }

  locate(octets: Uint8Array, offset = 0): Location {
    const { own } = this.#lan;
    if (this.#isReserved(octets, offset)) return 'nobody';
    if (sameStart(own, octets, own.length * 8, offset)) return 'own';
    const number = this.#lan.numberOf(octets, offset);
    if (number === undefined) return 'other';
    return this.#isNobody(number) ? 'nobody' : 'lan';
  }

  /** Whether a tunnel client of any member of the group can have the address, or be before it. */
  isOfGroup(octets: Uint8Array, offset = 0): boolean {
    const number = this.#lan.numberOf(octets, offset);
    if (number !== undefined && this.#group.hasClient(number)) return true;
    return this.#group.networks.some((network) => network.has(octets, offset));
  }

  /** The first address of the LAN names it, and the last one is its broadcast address. */
  #isNobody(number: number): boolean {
    const { own, size } = this.#lan;
    return own.length === 4 && (number === 0 || number === size - 1);
  }

  /**
   * Multicast, link-local, loopback, broadcast and unspecified addresses, and IPv4 inside IPv6: no node has them beyond the
   * tunnel, even where a default route is behind a client.
   */
  #isReserved(octets: Uint8Array, offset: number): boolean {
    const [first, second] = [octets[offset] ?? 0, octets[offset + 1] ?? 0];
    if (this.#lan.own.length === 4)
      return (
        first === 0 ||
        first === 127 ||
        (first === 169 && second === 254) ||
        first >>> 4 === 14 ||
        wordAt(octets, offset) === broadcast
      );
    if (first === 0xff || (first === 0xfe && (second & 0xc0) === 0x80)) return true;
    if (first === 0 && sameStart(mapped, octets, mappedLength, offset)) return true;
    // `::` and `::1`.
    return first === 0 && sameStart(unspecified, octets, 127, offset);
  }

  #ofFamily(prefixes: readonly Prefix[]): Network[] {
    const six = this.#lan.own.length === 16;
    return prefixes.filter(({ address }) => isIpv6(address) === six).map((prefix) => new Network(prefix));
  }
}
