/** Prefixes of addresses, as text and a length. */
import { BlockList, isIP } from 'node:net';

export interface Prefix {
  /** Numeric IPv4 or IPv6. */
  readonly address: string;
  /** 0 to 32, or 0 to 128. */
  readonly length: number;
}

/** Of an address or a prefix, numeric. */
export const isIpv6 = (text: string): boolean => text.includes(':');

export function textOf({ address, length }: Prefix): string {
  return `${address}/${length}`;
}

/** Whether `inner` is wholly inside `outer`. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  const kind = isIP(outer.address);
  if (kind === 0 || kind !== isIP(inner.address) || inner.length < outer.length) return false;
  const list = new BlockList();
  const name = kind === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(outer.address, outer.length, name);
  return list.check(inner.address, name);
}
