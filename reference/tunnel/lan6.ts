/**
 * The virtual LAN in IPv6: a prefix in which every tunnel client has a /64 of its own. Its number is that of the client's
 * IPv4 address among those of the virtual LAN, so that whoever gives the same addresses gives the same prefixes.
 */

import { wordAt } from '../octets.ts';
import { ipv6Octets, ipv6Text } from '../packets/addresses.ts';
import type { Prefix } from '../packets/prefix.ts';

export class Lan6 {
  /** The address of the server's adapter, 16 octets; in the /64 that has number 0. */
  readonly own: Uint8Array;
  /** Bits of the prefix, 16 to 63. */
  readonly length: number;
  /** Of the prefix's first 64 bits, the two halves and their masks; signed, as bitwise operators have it. */
  readonly #high: number;
  readonly #low: number;
  readonly #highMask: number;
  readonly #lowMask: number;

  /** @param own the server's address with the length of the prefix */
  constructor(own: Prefix) {
    this.own = ipv6Octets(own.address);
    this.length = own.length;
    this.#highMask = mask(own.length);
    this.#lowMask = mask(own.length - 32);
    this.#high = wordAt(this.own, 0) & this.#highMask;
    this.#low = wordAt(this.own, 4) & this.#lowMask;
  }

  /** The whole of it. */
  get prefix(): Prefix {
    return { address: this.subnet(0).address, length: this.length };
  }

  /** The /64 with a number, 0 to 2^(64 - length) - 1. */
  subnet(number: number): Prefix {
    const octets = new Uint8Array(16);
    const view = new DataView(octets.buffer);
    view.setUint32(0, (this.#high | (number / 2 ** 32)) >>> 0);
    view.setUint32(4, (this.#low | (number % 2 ** 32)) >>> 0);
    return { address: ipv6Text(octets), length: 64 };
  }

  /** @returns the number of the /64 that an address at `offset` is in; undefined outside the prefix */
  numberOf(octets: Uint8Array, offset: number): number | undefined {
    const high = wordAt(octets, offset);
    const low = wordAt(octets, offset + 4);
    if ((high & this.#highMask) !== this.#high || (low & this.#lowMask) !== this.#low) return undefined;
    return ((high & ~this.#highMask) >>> 0) * 2 ** 32 + ((low & ~this.#lowMask) >>> 0);
  }
}

/** The first `bits` of 32. */
function mask(bits: number): number {
  return bits <= 0 ? 0 : -1 << (32 - Math.min(32, bits));
}
