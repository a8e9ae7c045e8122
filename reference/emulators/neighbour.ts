/** IPv6's part of the ARP server emulator ([EP] fig. 16, 304): neighbour and router discovery, RFC 4861. */
import { concat, u16 } from '../octets.ts';
import {
  allNodes,
  allNodesPhysical,
  type DiscoveryMessage,
  decodeDiscovery,
  encodeDiscovery,
  isUnspecified,
} from '../packets/discovery.ts';
import { Icmpv6Type } from '../packets/icmpv6.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { encodeNeighbour, NeighbourFlag } from '../packets/neighbour.ts';
import { type NeighbourOption, NeighbourOptionType } from '../packets/neighbour-options.ts';
import type { Resolve6 } from './resolution.ts';
import { fitting } from './room.ts';
import { unlessMalformed } from './unless-malformed.ts';

export interface RouterAdvertisement {
  /** The reserved physical address of the router's adapter, 6 octets. */
  readonly physical: Uint8Array;
  /** From the client data (RFC 4861 §4.6, RFC 4191, RFC 8106), the most important first. */
  readonly options: readonly NeighbourOption[];
  /** Seconds for which it is a default router; 0: it is none. */
  readonly routerLifetime: number;
}

const SOLICITED_ANSWER = NeighbourFlag.router | NeighbourFlag.solicited | NeighbourFlag.override;
const CURRENT_HOP_LIMIT = 64;
/** Octets of options in an advertisement of 1280, which every link carries (RFC 8200 §5): IPv6 header 40, fixed part 16. */
const ROOM_FOR_OPTIONS = 1280 - 56;

/**
 * The reply to a neighbour or router solicitation, as an Ethernet frame.
 * @param router absent if the client data has no IPv6
 */
export function answerNeighbour(
  frame: Uint8Array,
  resolve: Resolve6,
  router?: RouterAdvertisement,
): Uint8Array | undefined {
  const request = unlessMalformed(() => decodeDiscovery(frame));
  if (request?.type === Icmpv6Type.neighbourSolicitation) return answerAddress(request, resolve);
  if (request?.type === Icmpv6Type.routerSolicitation && router) return answerRouter(request, router);
  return undefined;
}

/** A solicitation from `::` is duplicate address detection: an answer would take the address from the stack. */
function answerAddress({ physical, source, fixedPart }: DiscoveryMessage, resolve: Resolve6): Uint8Array | undefined {
  const target = fixedPart.subarray(4);
  const resolved = isUnspecified(source) ? undefined : resolve(target);
  return (
    resolved &&
    encodeNeighbour({
      type: Icmpv6Type.neighbourAdvertisement,
      physical: { source: resolved, destination: physical.source },
      source: target,
      destination: source,
      target,
      flags: SOLICITED_ANSWER,
      option: resolved,
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
function advertisementTo(
  destination: Uint8Array,
  destinationPhysical: Uint8Array,
  { physical, routerLifetime, options }: RouterAdvertisement,
): Uint8Array {
  const own = { type: NeighbourOptionType.sourcePhysical, value: physical };
  return encodeDiscovery({
    type: Icmpv6Type.routerAdvertisement,
    physical: { source: physical, destination: destinationPhysical },
    source: linkLocalOf(physical),
    destination,
    fixedPart: concat(Uint8Array.of(CURRENT_HOP_LIMIT, 0), u16(routerLifetime), new Uint8Array(8)),
    options: fitting([own, ...options], ROOM_FOR_OPTIONS, ({ value }) => value.length + 2),
  });
}
