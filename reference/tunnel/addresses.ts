/** What kind of address one is, and which prefix it is in. Numeric text in, verdicts out. */
import { BlockList, isIP } from 'node:net';
import { contains, isIpv6, type Prefix } from '../adapter/prefix.ts';

export { contains, isIpv6, type Prefix };

/** Prefixes that no peer may name and no relay connects to unless told so. */
const kinds = {
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  broadcast: ['255.255.255.255/32'],
} as const;
export type AddressKind = keyof typeof kinds | 'ordinary';

export function parsePrefix(text: string): Prefix {
  const [address = '', length = ''] = text.split('/');
  return { address, length: Number(length) };
}

const lists = Object.entries(kinds).map(([kind, prefixes]) => {
  const list = new BlockList();
  for (const text of prefixes) {
    const { address, length } = parsePrefix(text);
    list.addSubnet(address, length, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return { kind: kind as AddressKind, list };
});

/** An IPv4 address inside IPv6 (::ffff:a.b.c.d) counts as the IPv4 address it is. */
export function kindOf(address: string): AddressKind {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const text = mapped ?? address.replace(/%.*$/, '');
  const family = isIP(text) === 6 ? 'ipv6' : 'ipv4';
  return lists.find(({ list }) => list.check(text, family))?.kind ?? 'ordinary';
}

/** Whether the two share an address. */
export function overlaps(one: Prefix, other: Prefix): boolean {
  return contains(one, { ...other, length: maximum(other) }) || contains(other, { ...one, length: maximum(one) });
}

/** The reserved prefix that shares addresses with this one, if any. */
export function reservedWithin(prefix: Prefix): { prefix: string; kind: AddressKind } | undefined {
  for (const [kind, reserved] of Object.entries(kinds)) {
    const found = reserved.find((text) => overlaps(parsePrefix(text), prefix));
    if (found !== undefined) return { prefix: found, kind: kind as AddressKind };
  }
  return undefined;
}

const maximum = ({ address }: Prefix): number => (isIP(address) === 6 ? 128 : 32);
