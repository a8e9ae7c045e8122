/** Addresses of the virtual LAN belong to names, so that no replayed request can drain the pool. */
import type { ServerFile } from './schemas.ts';
import { ipv4Number, ipv4Text, reserved } from './values.ts';

/**
 * Every name's address, the same after each restart: fixed ones as configured, the others from the pool in the order in
 * which the names stand. A name without an entry here has none left.
 */
export function allocate(config: Pick<ServerFile, 'initiators' | 'adapter' | 'clientData'>): Map<string, string> {
  const addresses = new Map<string, string>();
  for (const { name, address } of config.initiators) if (address !== undefined) addresses.set(name, address);
  const { address: own } = config.adapter;
  const taken = new Set([...addresses.values(), own.replace(/\/.*/, ''), ...reserved(own).map(ipv4Text)]);
  const [first, last] = config.clientData.pool?.split('-') ?? [];
  if (first === undefined || last === undefined) return addresses;
  let next = ipv4Number(first);
  for (const { name } of config.initiators) {
    if (addresses.has(name)) continue;
    while (next <= ipv4Number(last) && taken.has(ipv4Text(next))) next += 1;
    if (next > ipv4Number(last)) break;
    addresses.set(name, ipv4Text(next));
    next += 1;
  }
  return addresses;
}
