/** Whose IPv4 addresses are whose. */

import { wordAt } from '../../octets.ts';
import { isIpv6 } from '../../packets/addresses.ts';
import type { Prefix } from '../../packets/prefix.ts';
import { ipv4Number } from '../config/values.ts';
import type { Holding, Place, Table } from './table.ts';

interface Route<Session> {
  readonly network: number;
  readonly mask: number;
  readonly session: Session;
}

export class Table4<Session> implements Table<Session> {
  readonly #hosts = new Map<number, Session>();
  #routes: Route<Session>[] = [];
  readonly #own: number;
  readonly #lan: Pick<Route<Session>, 'network' | 'mask'>;
  readonly #elsewhere: (address: number) => boolean;

  /** @param lan the server's own address with the prefix length of the virtual LAN. */
  constructor(lan: Prefix, elsewhere: (address: number) => boolean = () => false) {
    this.#own = ipv4Number(lan.address);
    this.#lan = masked(lan);
    this.#elsewhere = elsewhere;
  }

  add(session: Session, { address, networks }: Holding): void {
    this.#hosts.set(ipv4Number(address), session);
    const routes = networks
      .filter(({ address: network }) => !isIpv6(network))
      .map((prefix) => ({ ...masked(prefix), session }));
    this.#routes = [...routes, ...this.#routes].sort((one, other) => other.mask - one.mask);
  }

  remove(session: Session): void {
    for (const [address, holder] of this.#hosts) if (holder === session) this.#hosts.delete(address);
    this.#routes = this.#routes.filter((route) => route.session !== session);
  }

  holder(octets: Uint8Array, offset: number): Session | undefined {
    const address = wordAt(octets, offset);
    return (
      this.#hosts.get(address) ?? this.#routes.find(({ network, mask }) => (address & mask) >>> 0 === network)?.session
    );
  }

  /** The network and the broadcast address of the virtual LAN are nobody's. */
  place(octets: Uint8Array, offset: number): Place {
    const address = wordAt(octets, offset);
    if (address === this.#own) return 'own';
    if ((address & this.#lan.mask) >>> 0 !== this.#lan.network) return 'other';
    const host = (address & ~this.#lan.mask) >>> 0;
    return host === 0 || host === ~this.#lan.mask >>> 0 ? 'nobody' : 'lan';
  }

  elsewhere(octets: Uint8Array, offset: number): boolean {
    return this.#elsewhere(wordAt(octets, offset));
  }

  /** Whether a session has this very address. */
  holds(address: string): boolean {
    return this.#hosts.has(ipv4Number(address));
  }
}

function masked({ address, length }: Prefix): { network: number; mask: number } {
  const mask = length === 0 ? 0 : (0xffff_ffff << (32 - length)) >>> 0;
  return { network: (ipv4Number(address) & mask) >>> 0, mask };
}
