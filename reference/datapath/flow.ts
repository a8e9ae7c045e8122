/**
 * The two addresses of a datagram of TCP. What a role decides about such a datagram depends on its addresses alone, so that
 * those of one connection are looked up once, and not each.
 */
import { IpProtocol } from '../packets/ipv4.ts';

/** RFC 791 §3.1 and RFC 8200 §3: where both addresses lie, and the number of what the datagram carries. */
const header4 = { protocol: 9, addresses: 12, end: 20 } as const;
const header6 = { protocol: 6, addresses: 8, end: 40 } as const;

export class Flow {
  readonly #addresses = new Uint8Array(header6.end - header6.addresses);
  /** Of IP; 0: none is kept. */
  #version = 0;

  /** Whether the whole datagram at `at` is one of TCP between the addresses that are kept, 8 octets or 32 in IPv6. */
  has(octets: Uint8Array, at: number): boolean {
    const version = octets[at]! >> 4;
    if (version !== this.#version) return false;
    const header = version === 4 ? header4 : header6;
    if (octets[at + header.protocol] !== IpProtocol.tcp) return false;
    const kept = this.#addresses;
    const from = at + header.addresses;
    const length = header.end - header.addresses;
    for (let index = 0; index < length; index += 1) if (octets[from + index] !== kept[index]) return false;
    return true;
  }

  /** Keeps the addresses of the whole datagram at `at`, if it is one of TCP. @returns whether it is */
  keep(octets: Uint8Array, at: number): boolean {
    const version = octets[at]! >> 4;
    const { protocol, addresses, end } = version === 4 ? header4 : header6;
    if (octets[at + protocol] !== IpProtocol.tcp) return false;
    this.#addresses.set(octets.subarray(at + addresses, at + end));
    this.#version = version;
    return true;
  }

  forget(): void {
    this.#version = 0;
  }
}
