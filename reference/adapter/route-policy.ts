/** Routes that no peer may have laid, whatever the configuration accepts. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { contains, type Prefix, textOf } from './prefix.ts';

const RESERVED: readonly (Prefix & { readonly kind: string })[] = [
  { address: '0.0.0.0', length: 8, kind: 'unspecified' },
  { address: '127.0.0.0', length: 8, kind: 'loopback' },
  { address: '169.254.0.0', length: 16, kind: 'link-local' },
  { address: '224.0.0.0', length: 4, kind: 'multicast' },
  { address: '255.255.255.255', length: 32, kind: 'broadcast' },
  { address: '::1', length: 128, kind: 'loopback' },
  { address: 'fe80::', length: 10, kind: 'link-local' },
  { address: 'ff00::', length: 8, kind: 'multicast' },
];

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
  const kind = isIP(route.address);
  if (kind === 0 || kind !== isIP(route.gateway)) return `${textOf(route)} via ${route.gateway} is no route`;
  const reserved = RESERVED.find((outer) => contains(outer, route));
  if (reserved) return `${textOf(route)} is ${reserved.kind}`;
  const subnet = connected.find((own) => contains(own, route));
  return subnet && `${textOf(route)} is in the subnet ${textOf(subnet)}, to which this machine is connected`;
}

function connectedSubnets(except: string): Prefix[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => name !== except)
    .flatMap(([, addresses]) => addresses ?? [])
    .flatMap(({ cidr }) => {
      const [address = '', length = ''] = cidr?.split('/') ?? [];
      return address === '' ? [] : [{ address, length: Number(length) }];
    });
}
