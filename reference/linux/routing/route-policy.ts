/** Routes that no peer may have laid, whatever the configuration accepts. */

import { addressFamily } from '../../packets/addresses.ts';
import { contains, type Prefix, prefixText } from '../../packets/prefix.ts';
import { reservedFault } from '../../packets/reserved.ts';
import { connectedSubnets } from './subnets.ts';

/**
 * @param device the adapter that the route leads through; its own subnet is no obstacle
 * @param connected the subnets that the machine's other adapters are on
 * @returns why the route is refused, a line for the user, or undefined when it is not
 */
export function refusalOf(
  route: Prefix & { readonly gateway: string },
  device: string,
  connected: readonly Prefix[] = connectedSubnets(device),
): string | undefined {
  const kind = addressFamily(route.address);
  if (kind === 0 || kind !== addressFamily(route.gateway))
    return `${prefixText(route)} via ${route.gateway} is no route`;
  // A default route shares addresses with all of them.
  const reserved = route.length === 0 ? undefined : reservedFault(route);
  if (reserved !== undefined) return reserved;
  const subnet = connected.find((own) => contains(own, route));
  return subnet && `${prefixText(route)} is in the subnet ${prefixText(subnet)}, to which this machine is connected`;
}
