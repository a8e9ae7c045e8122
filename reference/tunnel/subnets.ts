/** The subnets that this machine's adapters are on. */
import { networkInterfaces } from 'node:os';
import { type Prefix, parsePrefix } from './addresses.ts';

/** @param except the pseudo network adapter itself. */
export function connectedSubnets(except: string): Prefix[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => name !== except)
    .flatMap(([, addresses]) => addresses ?? [])
    .flatMap(({ cidr }) => (cidr === null ? [] : [parsePrefix(cidr)]));
}
