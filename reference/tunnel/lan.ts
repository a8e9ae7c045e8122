/** The virtual LAN, and other prefixes with which datagrams are compared. */
import { wordAt } from '../octets.ts';
import { addressOctets, addressText } from '../packets/addresses.ts';
import { maskAt, maskOctets, networkOf, type Prefix, sameStart } from '../packets/prefix.ts';

/** A prefix with which each datagram is compared: 32 bits at once, and those beyond only if they are equal. */
export class Network {
  /** The first address, 4 or 16 octets. */
  readonly first: Uint8Array;
  readonly length: number;
  readonly #word: number;
  readonly #mask: number;

  constructor(prefix: Prefix) {
    this.first = addressOctets(networkOf(prefix).address);
    this.length = prefix.length;
    this.#word = wordAt(this.first, 0);
    this.#mask = wordAt(maskOctets(prefix.length, 16), 0);
  }

  /** Whether the address at `offset`, of the same family, is in it. */
  has(octets: Uint8Array, offset: number): boolean {
    if ((wordAt(octets, offset) & this.#mask) >>> 0 !== this.#word) return false;
    return this.length <= 32 || sameStart(this.first, octets, this.length, offset);
  }
}

/**
 * The virtual LAN in one family, and what a tunnel client has of it: in IPv4 an address, in IPv6 a /64. Each has a number,
 * counted from the first one of the LAN. A tunnel client has the same number in both families, so servers that give the
 * same addresses give the same prefixes.
 */
export class Lan {
  /** The address of the server's adapter, 4 or 16 octets. */
  readonly own: Uint8Array;
  /** The whole LAN: its first address, and its length, up to 32 or 64. */
  readonly prefix: Prefix;
  /** How many addresses, or /64s, it has. */
  readonly size: number;
  /** Bits of what a tunnel client has: 32 or 64. */
  readonly #bits: number;
  readonly #network: Network;

  /** @param own the server's address with the length of the LAN, which is 16 at least in IPv6 */
  constructor(own: Prefix) {
    this.own = addressOctets(own.address);
    this.prefix = networkOf(own);
    this.#bits = this.own.length === 4 ? 32 : 64;
    this.size = 2 ** (this.#bits - own.length);
    this.#network = new Network(own);
  }

  /** The address as a prefix of 32 bits, or the /64, with a number from 0 to below `size`. */
  nth(number: number): Prefix {
    const octets = this.#network.first.slice();
    for (let index = this.#bits / 8 - 1, left = number; left > 0; index -= 1, left = Math.floor(left / 256))
      octets[index]! |= left % 256;
    return { address: addressText(octets), length: this.#bits };
  }

  /** The number of the address at `offset`, or of its /64; undefined outside the LAN. Read in place, for each datagram. */
  numberOf(octets: Uint8Array, offset = 0): number | undefined {
    const { length } = this.#network;
    if (!this.#network.has(octets, offset)) return undefined;
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
