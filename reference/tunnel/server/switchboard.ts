/** One adapter, many tunnels: which of them a datagram goes to, and whether it may come from the one it came from. */
import type { Prefix } from '../addresses.ts';
import { ipv4Number } from '../config/values.ts';

/** What the policy gives to a name. */
export interface Holding {
  /** The tunnel client's address on the virtual LAN. */
  readonly address: string;
  /** Its /64, where the server has IPv6. */
  readonly prefix?: Prefix | undefined;
  /** Subnets behind the tunnel client, for site-to-site tunnels. */
  readonly networks: readonly Prefix[];
}

interface Route<Session> {
  readonly network: number;
  readonly mask: number;
  readonly session: Session;
}

/** What the operator allows, and who else there is. */
export interface Terms {
  /** Whether datagrams pass from one tunnel client, or a network behind it, to another. */
  readonly clientToClient?: boolean;
  /** In a group: whether an address may be that of a client, or behind one, which another member has. */
  readonly elsewhere?: ((address: number) => boolean) | undefined;
}

/** IPv4 alone: other datagrams go nowhere. */
export class Switchboard<Session> {
  readonly #hosts = new Map<number, Session>();
  #routes: Route<Session>[] = [];
  readonly #own: number;
  readonly #lan: Pick<Route<Session>, 'network' | 'mask'>;
  readonly #terms: Terms;

  /** @param lan the server's own address with the prefix length of the virtual LAN. */
  constructor(lan: Prefix, terms: Terms = {}) {
    this.#terms = terms;
    this.#own = ipv4Number(lan.address);
    this.#lan = masked(lan);
  }

  /** A later session takes the address over from an earlier one. */
  add(session: Session, { address, networks }: Holding): void {
    this.#hosts.set(ipv4Number(address), session);
    const routes = networks.map((prefix) => ({ ...masked(prefix), session }));
    this.#routes = [...routes, ...this.#routes].sort((one, other) => other.mask - one.mask);
  }

  /** Leaves alone what a later session has taken over. */
  remove(session: Session): void {
    for (const [address, holder] of this.#hosts) if (holder === session) this.#hosts.delete(address);
    this.#routes = this.#routes.filter((route) => route.session !== session);
  }

  /** Whose datagram this is, by its destination address; longest prefix first. */
  destination(datagram: Uint8Array): Session | undefined {
    // RFC 791 §3.1: the destination is at octet 16.
    return isIpv4(datagram) ? this.#holder(addressAt(datagram, 16)) : undefined;
  }

  /**
   * Whether this session holds the source address, and may send to the destination.
   * @param source 4 octets; IPv6 is nobody's
   * @param destination 4 octets
   */
  permits(session: Session, source: Uint8Array, destination: Uint8Array): boolean {
    if (source.length !== 4 || this.#holder(addressAt(source, 0)) !== session) return false;
    const to = addressAt(destination, 0);
    if (to === this.#own) return true;
    const { clientToClient = false, elsewhere } = this.#terms;
    const holder = this.#holder(to);
    if (holder !== undefined) return clientToClient && holder !== session;
    if (elsewhere === undefined) return !this.#inLan(to);
    return !this.#isReserved(to) && (clientToClient || !elsewhere(to));
  }

  /** Whether a session has this very address. */
  holds(address: string): boolean {
    return this.#hosts.has(ipv4Number(address));
  }

  #inLan(address: number): boolean {
    return (address & this.#lan.mask) >>> 0 === this.#lan.network;
  }

  /** The network and the broadcast address of the virtual LAN. */
  #isReserved(address: number): boolean {
    const host = (address & ~this.#lan.mask) >>> 0;
    return this.#inLan(address) && (host === 0 || host === ~this.#lan.mask >>> 0);
  }

  #holder(address: number): Session | undefined {
    return (
      this.#hosts.get(address) ?? this.#routes.find(({ network, mask }) => (address & mask) >>> 0 === network)?.session
    );
  }
}

const isIpv4 = (datagram: Uint8Array): boolean => datagram.length >= 20 && (datagram[0] ?? 0) >>> 4 === 4;

function addressAt(datagram: Uint8Array, offset: number): number {
  return (
    (((datagram[offset] ?? 0) << 24) |
      ((datagram[offset + 1] ?? 0) << 16) |
      ((datagram[offset + 2] ?? 0) << 8) |
      (datagram[offset + 3] ?? 0)) >>>
    0
  );
}

function masked({ address, length }: Prefix): { network: number; mask: number } {
  const mask = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  return { network: (ipv4Number(address) & mask) >>> 0, mask };
}
