/** Classless static routes, DHCP option 121 (RFC 3442): prefix length, the octets of the destination that count, gateway. */
import { Malformed } from '../errors.ts';
import { concat } from '../octets.ts';
import { ipv4Octets, ipv4Text } from './addresses.ts';
import { hasBitsBeyond, networkOf, type Route } from './prefix.ts';

/** Octets of the destination that are sent. */
const significantOctets = (length: number): number => Math.ceil(length / 8);

/** 5 to 9 octets. Bits beyond the prefix are sent as zero: RFC 3442 asks for the subnet number. */
export function encodeClasslessRoute({ gateway, ...prefix }: Route): Uint8Array {
  const destination = ipv4Octets(networkOf(prefix).address).subarray(0, significantOctets(prefix.length));
  return concat(Uint8Array.of(prefix.length), destination, ipv4Octets(gateway));
}

/** @throws Malformed when there is no route, one is cut, or one has bits beyond its prefix */
export function decodeClasslessRoutes(octets: Uint8Array): Route[] {
  const routes: Route[] = [];
  for (let offset = 0; offset < octets.length; ) {
    const length = octets[offset]!;
    const start = offset + 1;
    const gateway = start + significantOctets(length);
    offset = gateway + 4;
    if (length > 32 || offset > octets.length) throw new Malformed('broken route');
    const destination = new Uint8Array(4);
    destination.set(octets.subarray(start, gateway));
    const prefix = { address: ipv4Text(destination), length };
    if (hasBitsBeyond(prefix)) throw new Malformed('bits beyond the prefix');
    routes.push({ ...prefix, gateway: ipv4Text(octets.subarray(gateway, offset)) });
  }
  if (routes.length === 0) throw new Malformed('no route');
  return routes;
}
