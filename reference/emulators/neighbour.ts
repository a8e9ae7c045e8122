/** IPv6's part of the ARP server emulator ([EP] fig. 16, 304): neighbour and router discovery, RFC 4861. */
import { viewOf } from '../octets.ts';
import {
  allNodes,
  allNodesPhysical,
  type DiscoveryMessage,
  decodeDiscovery,
  encodeDiscovery,
  isUnspecified,
} from '../packets/discovery.ts';
import { Icmpv6Type, type NeighbourOptionField, NeighbourOptionType } from '../packets/icmpv6.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { encodeNeighbour, NeighbourFlag } from '../packets/neighbour.ts';
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

const FLAGS = NeighbourFlag.router | NeighbourFlag.solicited | NeighbourFlag.override;
const CURRENT_HOP_LIMIT = 64;
/** Octets of options in an advertisement of 1280, which every link carries (RFC 8200 §5): IPv6 header 40, fixed part 16. */
const MOST_OPTIONS = 1280 - 56;

/** The reply to a neighbour or router solicitation, as an Ethernet frame. */
export function answerNeighbour(frame: Uint8Array, view: NeighbourView): Uint8Array | undefined {
  const asked = unlessMalformed(() => decodeDiscovery(frame));
  if (asked?.type === Icmpv6Type.neighbourSolicitation) return answerAddress(asked, view);
  if (asked?.type === Icmpv6Type.routerSolicitation && view.advertisement)
    return answerRouter(asked, view.advertisement);
  return undefined;
}

/** A solicitation from `::` is duplicate address detection: an answer would take the address from the stack. */
function answerAddress({ physical, source, fixed }: DiscoveryMessage, view: NeighbourView): Uint8Array | undefined {
  const target = fixed.subarray(4);
  const found = isUnspecified(source) ? undefined : view.physicalOf(target);
  return (
    found &&
    encodeNeighbour({
      type: Icmpv6Type.neighbourAdvertisement,
      physical: { source: found, destination: physical.source },
      source: target,
      destination: source,
      target,
      flags: FLAGS,
      option: found,
    })
  );
}

function answerRouter({ physical, source }: DiscoveryMessage, router: RouterAdvertisement): Uint8Array {
  return isUnspecified(source) ? advertise(router) : advertisementTo(source, physical.source, router);
}

/** A router advertisement to all nodes, as an Ethernet frame. */
export function advertise(router: RouterAdvertisement): Uint8Array {
  return advertisementTo(allNodes, allNodesPhysical, router);
}

/** RFC 4861 §4.2. */
function advertisementTo(destination: Uint8Array, to: Uint8Array, router: RouterAdvertisement): Uint8Array {
  const { physical, routerLifetime } = router;
  const fixed = new Uint8Array(12);
  fixed[0] = CURRENT_HOP_LIMIT;
  viewOf(fixed).setUint16(2, routerLifetime);
  return encodeDiscovery({
    type: Icmpv6Type.routerAdvertisement,
    physical: { source: physical, destination: to },
    source: linkLocalOf(physical),
    destination,
    fixed,
    options: fitting([{ type: NeighbourOptionType.sourcePhysical, value: physical }, ...router.options]),
  });
}

/** Whole options, in order, as far as there is room for each. */
function fitting(options: readonly NeighbourOptionField[]): NeighbourOptionField[] {
  let room = MOST_OPTIONS;
  return options.filter(({ value }) => {
    const fits = value.length + 2 <= room;
    if (fits) room -= value.length + 2;
    return fits;
  });
}
