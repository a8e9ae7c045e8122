/** IPv6's part of the ARP server emulator ([EP] fig. 16, 304): neighbour and router discovery, RFC 4861. */
import { concat, viewOf } from '../octets.ts';
import { decodeEthernet, EtherType, encodeEthernet } from '../packets/ethernet.ts';
import {
  decodeIcmpv6,
  decodeNeighbourOptions,
  encodeIcmpv6,
  encodeNeighbourOptions,
  Icmpv6Type,
  type NeighbourOptionField,
  NeighbourOptionType,
} from '../packets/icmpv6.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { IpProtocol } from '../packets/ipv4.ts';
import { decodeIpv6, encodeIpv6 } from '../packets/ipv6.ts';
import { unlessMalformed } from './unless-malformed.ts';

export interface RouterAdvertisement {
  /** The reserved physical address of the router's adapter, 6 octets. */
  readonly physical: Uint8Array;
  /** What the client data says (RFC 4861 §4.6, RFC 4191, RFC 8106), what matters most first. */
  readonly options: readonly NeighbourOptionField[];
  /** Seconds for which it is a default router; 0: it is none. */
  readonly routerLifetime: number;
}

export interface NeighbourView {
  /** @returns the physical address behind an IPv6 address of 16 octets, or undefined when nobody here has it */
  readonly physicalOf: (address: Uint8Array) => Uint8Array | undefined;
  /** Absent where there is no router. */
  readonly advertisement?: RouterAdvertisement | undefined;
}

/** RFC 4861 §7.1.1: a lower one shows that the packet was forwarded. */
const HOP_LIMIT = 255;
/** Router, solicited, override. */
const FLAGS = 0xe0;
const CURRENT_HOP_LIMIT = 64;
const REDIRECT = 137;
/** Octets of options in an advertisement of 1280, which every link carries (RFC 8200 §5): IPv6 header 40, fixed part 16. */
const MOST_OPTIONS = 1280 - 56;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Hop-by-hop options, routing, fragment, authentication, destination options: RFC 8200 §4. */
const EXTENSIONS: ReadonlySet<number | undefined> = new Set([0, 43, FRAGMENT, AUTHENTICATION, 60]);
const ALL_NODES = Uint8Array.of(0xff, 0x02, ...new Uint8Array(13), 1);
const ALL_NODES_PHYSICAL = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/**
 * Whether a frame is of neighbour discovery, types 133 to 137; none of it ever leaves through the tunnel, not even behind
 * extension headers, where RFC 6980 §5 has it dropped.
 */
export function concernsNeighbour(frame: Uint8Array): boolean {
  if (frame.length < 55 || ((frame[12]! << 8) | frame[13]!) !== EtherType.ipv6) return false;
  let header = frame[20];
  let at = 54;
  while (EXTENSIONS.has(header)) {
    // A fragment that is not the first holds no header that could be told.
    if (header === FRAGMENT && (((frame[at + 2] ?? 0) << 8) | (frame[at + 3] ?? 0)) >= 8) return false;
    const length = extensionLength(header, frame[at + 1] ?? 0);
    header = frame[at];
    at += length;
  }
  const type = frame[at] ?? 0;
  return header === IpProtocol.icmpv6 && type >= Icmpv6Type.routerSolicitation && type <= REDIRECT;
}

/** Octets of an extension header, from its own length field: RFC 8200 §4 and RFC 4302 §2.2 count differently. */
function extensionLength(header: number | undefined, field: number): number {
  if (header === FRAGMENT) return 8;
  return header === AUTHENTICATION ? 4 * (field + 2) : 8 * (field + 1);
}

/** The reply to a neighbour or router solicitation, as an Ethernet frame. */
export function answerNeighbour(frame: Uint8Array, view: NeighbourView): Uint8Array | undefined {
  const asked = unlessMalformed(() => solicitationIn(frame));
  if (asked?.type === Icmpv6Type.neighbourSolicitation) return answerAddress(asked, view);
  if (asked?.type === Icmpv6Type.routerSolicitation && view.advertisement)
    return answerRouter(asked, view.advertisement);
  return undefined;
}

interface Solicitation {
  readonly type: number;
  /** The asking stack's physical address. */
  readonly physical: Uint8Array;
  /** Its IPv6 address, 16 octets, or `::`. */
  readonly source: Uint8Array;
  /** What it asks for, in a neighbour solicitation. */
  readonly target: Uint8Array;
}

/** Octets of the fixed part after the checksum: RFC 4861 §4.1 and §4.3. */
const FIXED: ReadonlyMap<number, number> = new Map([
  [Icmpv6Type.routerSolicitation, 4],
  [Icmpv6Type.neighbourSolicitation, 20],
]);

/** RFC 4861 §6.1.1 and §7.1.1: what a valid solicitation is. */
function solicitationIn(frame: Uint8Array): Solicitation | undefined {
  const { etherType, payload, source: physical } = decodeEthernet(frame);
  if (etherType !== EtherType.ipv6 || (physical[0]! & 1) === 1) return undefined;
  const datagram = decodeIpv6(payload);
  const { source, hopLimit, nextHeader } = datagram;
  if (nextHeader !== IpProtocol.icmpv6 || hopLimit !== HOP_LIMIT || source[0] === 0xff) return undefined;
  const { type, code, body } = decodeIcmpv6(datagram.payload, datagram);
  const fixed = FIXED.get(type);
  if (fixed === undefined || code !== 0 || body.length < fixed) return undefined;
  const options = decodeNeighbourOptions(body.subarray(fixed));
  const saysPhysical = options.some((option) => option.type === NeighbourOptionType.sourcePhysical);
  if (saysPhysical && isUnspecified(source)) return undefined;
  return { type, physical, source, target: body.subarray(4, 20) };
}

/** A solicitation from `::` is duplicate address detection: an answer would take the address from the stack. */
function answerAddress({ physical, source, target }: Solicitation, view: NeighbourView): Uint8Array | undefined {
  if (isUnspecified(source)) return undefined;
  const found = view.physicalOf(target);
  if (!found) return undefined;
  const options = encodeNeighbourOptions([{ type: NeighbourOptionType.targetPhysical, value: found }]);
  const body = concat(Uint8Array.of(FLAGS, 0, 0, 0), target, options);
  return frameOf(Icmpv6Type.neighbourAdvertisement, body, target, source, found, physical);
}

function answerRouter({ physical, source }: Solicitation, router: RouterAdvertisement): Uint8Array {
  return isUnspecified(source) ? advertise(router) : advertisementTo(source, physical, router);
}

/** A router advertisement to all nodes, as an Ethernet frame. */
export function advertise(router: RouterAdvertisement): Uint8Array {
  return advertisementTo(ALL_NODES, ALL_NODES_PHYSICAL, router);
}

function advertisementTo(destination: Uint8Array, to: Uint8Array, router: RouterAdvertisement): Uint8Array {
  const { physical, routerLifetime } = router;
  const fixed = new Uint8Array(12);
  fixed[0] = CURRENT_HOP_LIMIT;
  viewOf(fixed).setUint16(2, routerLifetime);
  let room = MOST_OPTIONS;
  const fitting = [{ type: NeighbourOptionType.sourcePhysical, value: physical }, ...router.options].filter(
    ({ value }) => {
      const fits = value.length + 2 <= room;
      if (fits) room -= value.length + 2;
      return fits;
    },
  );
  const body = concat(fixed, encodeNeighbourOptions(fitting));
  return frameOf(Icmpv6Type.routerAdvertisement, body, linkLocalOf(physical), destination, physical, to);
}

function frameOf(
  type: number,
  body: Uint8Array,
  source: Uint8Array,
  destination: Uint8Array,
  from: Uint8Array,
  to: Uint8Array,
): Uint8Array {
  const addresses = { source, destination };
  const payload = encodeIpv6({
    ...addresses,
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: IpProtocol.icmpv6,
    hopLimit: HOP_LIMIT,
    payload: encodeIcmpv6({ type, code: 0, body }, addresses),
  });
  return encodeEthernet({ destination: to, source: from, etherType: EtherType.ipv6, payload });
}

function isUnspecified(address: Uint8Array): boolean {
  return address.every((octet) => octet === 0);
}
