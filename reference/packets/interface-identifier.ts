/** IPv6 addresses that follow from a physical one, by modified EUI-64: RFC 4291 §2.5.1 and appendix A. */
import { Misuse } from '../errors.ts';

const LINK_LOCAL = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0);

/** @param physical 6 octets @returns 16 octets, in fe80::/64 */
export function linkLocalOf(physical: Uint8Array): Uint8Array {
  return interfaceAddress(LINK_LOCAL, physical);
}

/**
 * The address that a stack with a physical address gives itself in a /64.
 * @param prefix 8 octets or more
 * @param physical 6 octets
 * @returns 16 octets
 */
export function interfaceAddress(prefix: Uint8Array, physical: Uint8Array): Uint8Array {
  if (physical.length !== 6) throw new Misuse('a physical address is 6 octets');
  const [first = 0, second = 0, third = 0, ...last] = physical;
  return Uint8Array.of(...prefix.subarray(0, 8), first ^ 0x02, second, third, 0xff, 0xfe, ...last);
}
