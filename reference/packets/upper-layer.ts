/** What an IP datagram carries, behind options (RFC 791 §3.1) and extension headers (RFC 8200 §4). All is read in place. */
import { Icmpv6Type } from './icmpv6.ts';
import { IpProtocol } from './ipv4.ts';

/** The header of what a datagram carries. */
interface UpperLayer {
  /** IANA's number: 17 is UDP. */
  readonly protocol: number;
  readonly offset: number;
}

const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Hop-by-hop options, routing, fragment, authentication, destination options: RFC 8200 §4. */
const EXTENSIONS: ReadonlySet<number | undefined> = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60]);
/** Redirect (RFC 792), router advertisement and router solicitation (RFC 1256). */
const ICMP_OF_A_LINK: ReadonlySet<number> = new Set([5, 9, 10]);
const REDIRECT6 = 137;
/** Ports of clients: RFC 2131 §4.1, RFC 8415 §7.2. */
const DHCP_CLIENT = 68;
const DHCPV6_CLIENT = 546;

/**
 * @param octets hold a whole datagram
 * @param start where it begins
 * @returns undefined in a fragment that is not the first: it has no such header
 */
export function upperLayerOf(octets: Uint8Array, start = 0): UpperLayer | undefined {
  return (octets[start] ?? 0) >> 4 === 4 ? upperLayerOf4(octets, start) : upperLayerOf6(octets, start);
}

function upperLayerOf4(octets: Uint8Array, start: number): UpperLayer | undefined {
  const fragmentOffset = (((octets[start + 6] ?? 0) & 0x1f) << 8) | (octets[start + 7] ?? 0);
  if (fragmentOffset > 0) return undefined;
  return { protocol: octets[start + 9] ?? 0, offset: start + ((octets[start] ?? 0) & 0x0f) * 4 };
}

function upperLayerOf6(octets: Uint8Array, start: number): UpperLayer | undefined {
  let header = octets[start + 6];
  let at = start + 40;
  while (EXTENSIONS.has(header)) {
    // Only the first fragment holds the headers that follow.
    if (header === FRAGMENT && (((octets[at + 2] ?? 0) << 8) | (octets[at + 3] ?? 0)) >= 8) return undefined;
    const length = extensionLength(header, octets[at + 1] ?? 0);
    header = octets[at];
    at += length;
  }
  return { protocol: header ?? 0, offset: at };
}

/** Octets of an extension header, from its own length field: RFC 8200 §4 and RFC 4302 §2.2 count differently. */
function extensionLength(header: number | undefined, field: number): number {
  if (header === FRAGMENT) return 8;
  return header === AUTHENTICATION ? 4 * (field + 2) : 8 * (field + 1);
}

/** Whether an IPv6 datagram is neighbour discovery, types 133 to 137, valid or not. */
export function carriesDiscovery(octets: Uint8Array, start = 0): boolean {
  const upper = upperLayerOf(octets, start);
  const type = upper?.protocol === IpProtocol.icmpv6 ? (octets[upper.offset] ?? 0) : 0;
  return type >= Icmpv6Type.routerSolicitation && type <= REDIRECT6;
}

/**
 * Whether a whole datagram is of those by which the nodes of a link configure each other: neighbour and router discovery,
 * redirects, and DHCP messages to clients. Whoever is not on the link has no use for them.
 */
export function configuresLink(datagram: Uint8Array): boolean {
  const six = (datagram[0] ?? 0) >> 4 === 6;
  if (six && carriesDiscovery(datagram)) return true;
  const upper = upperLayerOf(datagram);
  if (upper === undefined) return false;
  const { protocol, offset } = upper;
  if (protocol === IpProtocol.icmp && !six) return ICMP_OF_A_LINK.has(datagram[offset] ?? 0);
  if (protocol !== IpProtocol.udp) return false;
  const port = ((datagram[offset + 2] ?? 0) << 8) | (datagram[offset + 3] ?? 0);
  return port === (six ? DHCPV6_CLIENT : DHCP_CLIENT);
}
