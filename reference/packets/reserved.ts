/** Addresses that no peer may name, and that no relay connects to unless the configuration allows it. */
import { addressOctets, addressText, isIpv6 } from './addresses.ts';
import { contains, hostPrefix, overlaps, type Prefix, parsePrefix, prefixText, sameStart } from './prefix.ts';

const prefixes = {
  unspecified: ['0.0.0.0/8', '::/128'],
  loopback: ['127.0.0.0/8', '::1/128'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  multicast: ['224.0.0.0/4', 'ff00::/8'],
  broadcast: ['255.255.255.255/32'],
  'an IPv4 address inside IPv6': ['::ffff:0:0/96'],
} as const;

type ReservedKind = keyof typeof prefixes;
type AddressKind = ReservedKind | 'ordinary';

interface Reserved {
  readonly kind: ReservedKind;
  readonly prefix: Prefix;
}

const reserved: readonly Reserved[] = Object.entries(prefixes).flatMap(([kind, texts]) =>
  texts.map((text) => ({ kind: kind as ReservedKind, prefix: parsePrefix(text) })),
);

/** An IPv4 address inside IPv6 (::ffff:a.b.c.d) counts as the IPv4 address it is; a zone does not count. */
export function kindOf(address: string): AddressKind {
  const host = hostPrefix(plainAddress(address));
  return reserved.find(({ prefix }) => contains(prefix, host))?.kind ?? 'ordinary';
}

/** First address and length of each reserved prefix, by the octets of an address. */
const starts = new Map(
  [4, 16].map((length) => {
    const firsts = reserved.map(({ prefix }) => ({ first: addressOctets(prefix.address), length: prefix.length }));
    return [length, firsts.filter(({ first }) => first.length === length)];
  }),
);

/** @param address 4 or 16 octets: asked for each datagram */
export function isReserved(address: Uint8Array): boolean {
  for (const { first, length } of starts.get(address.length) ?? []) if (sameStart(first, address, length)) return true;
  return false;
}

/** Why a prefix is refused, a line for the user; undefined when it shares no address with a reserved one. */
export function reservedFault(prefix: Prefix): string | undefined {
  const found = reserved.find((one) => overlaps(one.prefix, prefix));
  return found && `${prefixText(prefix)} shares addresses with ${prefixText(found.prefix)}, which is ${found.kind}`;
}

/** An address as a socket gives it, without its zone; an IPv4 address inside IPv6 becomes the IPv4 address. */
export function plainAddress(address: string): string {
  const text = address.replace(/%.*$/, '');
  if (!isIpv6(text)) return text;
  const octets = addressOctets(text);
  const mapped = octets.subarray(0, 10).every((octet) => octet === 0) && octets[10] === 0xff && octets[11] === 0xff;
  return mapped ? addressText(octets.subarray(12)) : text;
}
