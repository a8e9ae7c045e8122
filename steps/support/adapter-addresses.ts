/** The IPv6 addresses of a client's adapter: those that the kernel gave itself, or the tunnel application gave it. */
import assert from 'node:assert/strict';
import { contains, hostPrefix, parsePrefix } from '../../reference/packets/prefix.ts';
import { patience } from './lab/deadlines/deadline.ts';
import { until } from './lab/deadlines/until.ts';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { addressesOf, type DeviceAddress } from './lab/networks/kernel-tables.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import { addPlace } from './places.ts';
import type { ConformanceWorld } from './world.ts';

/** Those of global scope. @throws AssertionError where duplicate address detection found another node */
export async function addresses(world: ConformanceWorld, node: NodeName = 'client'): Promise<readonly DeviceAddress[]> {
  const namespace = world.lab.namespace(node);
  const found = await addressesOf(namespace, 'IPv6', adapterIn(namespace), 'scope', 'global');
  const failed = found.filter(({ dadfailed }) => dadfailed === true);
  assert.deepEqual(failed, [], 'duplicate address detection found another node');
  return found;
}

/** Whether an address of a device is in a prefix such as `fd00:8::/64`. */
export const isIn = (prefix: string, { local }: Pick<DeviceAddress, 'local'>): boolean =>
  contains(parsePrefix(prefix), hostPrefix(local));

/** Waits for an address that duplicate address detection is done with. @param what it is, for the error */
export function awaitAddress(
  world: ConformanceWorld,
  what: string,
  wanted: (address: DeviceAddress) => boolean,
  node: NodeName = 'client',
): Promise<DeviceAddress> {
  const look = async () =>
    (await addresses(world, node)).find((address) => wanted(address) && address.tentative !== true);
  return until(`${what} on ${adapterIn(world.lab.namespace(node))}`, look, patience);
}

/** Waits for an address of a /64: NODE6, or the place that is named, is a place from now on. */
export async function findAddress(
  world: ConformanceWorld,
  prefix: string,
  node: NodeName = 'client',
  place = `${node}6`,
): Promise<DeviceAddress> {
  const found = await awaitAddress(world, `an address of ${prefix}`, (address) => isIn(prefix, address), node);
  addPlace(world, place, { namespace: world.lab.namespace(node), address: found.local });
  return found;
}
