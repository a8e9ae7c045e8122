/** The addresses of this machine's adapters, and the subnets that they are on. */

import { networkInterfaces } from 'node:os';
import { type Prefix, parsePrefix } from '../../packets/prefix.ts';
import { kindOf, plainAddress } from '../../packets/reserved.ts';

/** @param except the pseudo network adapter itself. */
export function connectedSubnets(except: string): Prefix[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => name !== except)
    .flatMap(([, addresses]) => addresses ?? [])
    .flatMap(({ cidr }) => (cidr === null ? [] : [parsePrefix(cidr)]));
}

/**
 * Whether a connection to the address ends at this machine: one of its adapters has it, or it is loopback or unspecified.
 * @param address numeric; an IPv4 address inside IPv6 counts as the IPv4 address it is
 */
export function isOwnAddress(address: string): boolean {
  const kind = kindOf(address);
  if (kind === 'loopback' || kind === 'unspecified') return true;
  const text = plainAddress(address);
  return Object.values(networkInterfaces()).some((all) => all?.some((own) => own.address === text));
}
