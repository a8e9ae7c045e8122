/** Addresses of the virtual LAN belong to names, so that no replayed request can drain the pool. */

import { isIpv6 } from '../../packets/addresses.ts';
import type { ServerFile } from '../config/schemas.ts';
import { ipv4Number, ipv4Text, reserved } from '../config/values.ts';
import { AddressMap } from './address-map.ts';

type PoolConfig = Pick<ServerFile, 'initiators' | 'adapter' | 'clientData'>;

/** Which address belongs to a name. */
export interface Addresses {
  /**
   * @returns dotted text; undefined when none is left for it
   * @throws Error when addresses are shared and what is shared cannot be had
   */
  of(name: string): string | undefined;
}

/** By the map that a group shares, if there is one; else by the order in which the names stand. */
export function addressesOf(config: PoolConfig & Pick<ServerFile, 'addressMap'>): Addresses {
  const [first, last] = bounds(config);
  if (config.addressMap === undefined || first === undefined || last === undefined) {
    const addresses = allocate(config);
    return { of: (name) => addresses.get(name) };
  }
  const fixed = fixedOf(config);
  const map = new AddressMap({ folder: config.addressMap, first, last, taken: takenOf(config, fixed) });
  return { of: (name) => fixed.get(name) ?? map.of(name) };
}

/**
 * Every name's address, the same after each restart: fixed ones as configured, the others from the pool in the order in
 * which the names stand. A name without an entry here has none left.
 */
export function allocate(config: PoolConfig): Map<string, string> {
  const addresses = fixedOf(config);
  const taken = takenOf(config, addresses);
  const [first, last] = bounds(config);
  if (first === undefined || last === undefined) return addresses;
  let next = first;
  for (const { name } of config.initiators) {
    if (addresses.has(name)) continue;
    while (next <= last && taken.has(ipv4Text(next))) next += 1;
    if (next > last) break;
    addresses.set(name, ipv4Text(next));
    next += 1;
  }
  return addresses;
}

/** The number of an address among those of the virtual LAN. */
export function hostNumber(address: string, { adapter }: Pick<PoolConfig, 'adapter'>): number {
  return ipv4Number(address) - reserved(adapter.address)[0];
}

/** Whether the virtual LAN has an address with that number. */
export function isHost(number: number, { adapter }: Pick<PoolConfig, 'adapter'>): boolean {
  const [network, broadcast] = reserved(adapter.address);
  return number > 0 && number < broadcast - network;
}

/** The inverse of {@link hostNumber}, as a number. */
export function hostAddress(number: number, { adapter }: Pick<PoolConfig, 'adapter'>): number {
  return reserved(adapter.address)[0] + number;
}

/** Whether an address can be that of any tunnel client, or behind one: its own, of the pool, or of its networks. */
export function clientsOf(config: PoolConfig): (address: number) => boolean {
  const [first = 1, last = 0] = bounds(config);
  const fixed = new Set([...fixedOf(config).values()].map(ipv4Number));
  const own = ipv4Number(config.adapter.address.replace(/\/.*/, ''));
  const networks = config.initiators
    .flatMap((entry) => entry.networks)
    .filter((text) => !isIpv6(text))
    .map(reserved);
  return (address) =>
    address !== own &&
    ((address >= first && address <= last) ||
      fixed.has(address) ||
      networks.some(([lowest, highest]) => address >= lowest && address <= highest));
}

/** The ends of the pool, as numbers; none without a pool. */
export function bounds({ clientData }: Pick<ServerFile, 'clientData'>): number[] {
  return clientData.pool?.split('-').map(ipv4Number) ?? [];
}

function fixedOf({ initiators }: PoolConfig): Map<string, string> {
  const fixed = new Map<string, string>();
  for (const { name, address } of initiators) if (address !== undefined) fixed.set(name, address);
  return fixed;
}

/** What nobody gets out of the pool. */
function takenOf({ adapter: { address } }: PoolConfig, fixed: ReadonlyMap<string, string>): Set<string> {
  return new Set([...fixed.values(), address.replace(/\/.*/, ''), ...reserved(address).map(ipv4Text)]);
}
