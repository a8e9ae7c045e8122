/**
 * IPv4 and IPv6 addresses: octets in a packet, text everywhere else. Text is canonical (a dotted quad, or RFC 5952), so
 * that two addresses are equal when their texts are. Decoded messages hold what their readers use: text in IPv4, ARP and
 * DHCP, whose addresses are compared with those of the configuration; octets in IPv6, where link-local addresses and
 * prefixes of 8 octets are made of them.
 */
import { Misuse } from '../errors.ts';

/** Loaded by who needs it, as the thread of the data path does not: it takes 2 ms of processor time. */
const net = () => process.getBuiltinModule('node:net');

export const unspecifiedIpv4 = '0.0.0.0';
export const broadcastIpv4 = '255.255.255.255';

/** Of text that is an address. */
export const isIpv6 = (text: string): boolean => text.includes(':');

/** 0 if the text is no address, or names a zone. Node's own `isIP` compiles a large pattern first, which takes 5 ms. */
export function addressFamily(text: string): 4 | 6 | 0 {
  if (!isIpv6(text)) return net().isIPv4(text) ? 4 : 0;
  if (text.includes('%')) return 0;
  try {
    canonicalIpv6(text);
    return 6;
  } catch {
    return 0;
  }
}

/** The text of RFC 5952. @throws Error when the text is no IPv6 address */
function canonicalIpv6(address: string): string {
  const { SocketAddress } = net();
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

/** 4 or 16 octets. @throws Misuse when the text is no address, or names a zone */
export const addressOctets = (text: string): Uint8Array => (isIpv6(text) ? ipv6Octets(text) : ipv4Octets(text));

/** @param octets 4 or 16 @throws Misuse for any other number */
export const addressText = (octets: Uint8Array): string => (octets.length === 4 ? ipv4Text(octets) : ipv6Text(octets));

/** "10.8.0.1" for 4 octets. */
export const ipv4Text = (octets: Uint8Array): string => octets.join('.');

/** 4 octets for "10.8.0.1". @throws Misuse when the text is no dotted quad */
export function ipv4Octets(text: string): Uint8Array {
  const parts = text.split('.');
  const octets = parts.map(Number);
  const wrong = octets.some((octet, index) => !(octet >= 0 && octet <= 255) || String(octet) !== parts[index]);
  if (parts.length !== 4 || wrong) throw new Misuse(`${JSON.stringify(text)} is no IPv4 address`);
  return Uint8Array.from(octets);
}

/** "fd00:8:0:a::1" for 16 octets: the text of RFC 5952. @throws Misuse when they are not 16 */
export function ipv6Text(octets: Uint8Array): string {
  if (octets.length !== 16) throw new Misuse(`an IPv6 address has 16 octets, not ${octets.length}`);
  const address = octets.toHex().replace(/.{4}(?=.)/g, '$&:');
  return canonicalIpv6(address);
}

/** 16 octets for any text of RFC 4291 §2.2. @throws Misuse when the text is none, or names a zone */
export function ipv6Octets(text: string): Uint8Array {
  if (addressFamily(text) !== 6) throw new Misuse(`${JSON.stringify(text)} is no IPv6 address`);
  const [head = [], tail = []] = text.split('::').map(octetsOf);
  return Uint8Array.from([...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail]);
}

/** The octets of the groups on one side of `::`, or of all groups if there is no `::`. */
function octetsOf(groups: string): number[] {
  if (groups === '') return [];
  return groups.split(':').flatMap((group) => {
    if (group.includes('.')) return [...ipv4Octets(group)];
    const value = Number.parseInt(group, 16);
    return [value >>> 8, value & 0xff];
  });
}
