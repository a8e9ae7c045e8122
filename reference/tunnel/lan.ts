/**
 * The virtual LAN in one family, and what a tunnel client has of it: in IPv4 an address, in IPv6 a /64. Each has a number,
 * counted from the first one of the LAN. A tunnel client has the same number in both families, so servers that give the
 * same addresses give the same prefixes.
 */
import { addressOctets, addressText } from '../packets/addresses.ts';
import { maskAt, networkOf, type Prefix, sameStart } from '../packets/prefix.ts';

export class Lan {
  /** The address of the server's adapter, 4 or 16 octets. */
  readonly own: Uint8Array;
  /** The whole LAN: its first address, and its length, up to 32 or 64. */
  readonly prefix: Prefix;
  /** How many addresses, or /64s, it has. */
  readonly size: number;
  /** Bits of what a tunnel client has: 32 or 64. */
  readonly #bits: number;
  readonly #first: Uint8Array;

  /** @param own the server's address with the length of the LAN, which is 16 at least in IPv6 */
  constructor(own: Prefix) {
    this.own = addressOctets(own.address);
    this.prefix = networkOf(own);
    this.#bits = this.own.length === 4 ? 32 : 64;
    this.size = 2 ** (this.#bits - own.length);
    this.#first = addressOctets(this.prefix.address);
  }

  /** The address as a prefix of 32 bits, or the /64, with a number from 0 to below `size`. */
  nth(number: number): Prefix {
    const octets = this.#first.slice();
    for (let index = this.#bits / 8 - 1, left = number; left > 0; index -= 1, left = Math.floor(left / 256))
      octets[index]! |= left % 256;
    return { address: addressText(octets), length: this.#bits };
  }

  /** The number of the address at `offset`, or of its /64; undefined outside the LAN. Read in place, for each datagram. */
  numberOf(octets: Uint8Array, offset = 0): number | undefined {
    const { length } = this.prefix;
    if (!sameStart(this.#first, octets, length, offset)) return undefined;
    let number = 0;
    for (let index = length >> 3; 8 * index < this.#bits; index += 1)
      number = number * 256 + (octets[offset + index]! & ~maskAt(index, length));
    return number;
  }

  /** In IPv4 the first and the last address are the network and the broadcast address. */
  isHost(number: number): boolean {
    return number > 0 && number < this.size - 1;
  }
}
