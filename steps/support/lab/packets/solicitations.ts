/** What kernels ask by neighbour discovery (RFC 4861 §4.1, §4.3). */
import { sourcePhysical } from '../../../../vectors/generate/neighbour-options.ts';
import { allRouters, body, solicitedNode, unspecified } from '../../../../vectors/generate/neighbour-packet.ts';
import type { Icmp6 } from '../../../../vectors/generate/packets.ts';
import { type } from './neighbour-packets.ts';

/** Who asks: an address, `::` if it has none yet, and its physical address. */
export interface Asker {
  readonly source: string;
  readonly physical: string;
}

/** With its own physical address in it, unless the asker has no address. */
const ownOption = ({ source, physical }: Asker): Uint8Array =>
  source === unspecified ? new Uint8Array() : sourcePhysical(physical);

/** To all routers. */
export const routerSolicitation = (asker: Asker): Icmp6 => ({
  source: asker.source,
  destination: allRouters,
  type: type.routerSolicitation,
  body: body.routerSolicitation(ownOption(asker)),
});

/** To the solicited-node group of the target: who has this address? */
export const neighbourSolicitation = (target: string, asker: Asker): Icmp6 => ({
  source: asker.source,
  destination: solicitedNode(target),
  type: type.solicitation,
  body: body.neighbourSolicitation(target, ownOption(asker)),
});

/** By unicast, without an option: is the target still there? RFC 4861 §7.3.3. */
export const reachabilityProbe = (target: string, { source }: Asker): Icmp6 => ({
  source,
  destination: target,
  type: type.solicitation,
  body: body.neighbourSolicitation(target, ''),
});
