/** Steps about a private network behind an end of the tunnel ([EP] figs. 3 and 14). */
import { Given } from '@cucumber/cucumber';
import type { NodeName } from './lab/networks/namespace.ts';
import { addPrivateNetwork } from './lab/networks/private-network.ts';
import { lab } from './peers.ts';
import { addPlace } from './places.ts';
import type { ConformanceWorld } from './world.ts';

/** Each host is a place from now on, by each of its addresses. */
export async function privateNetwork(
  world: ConformanceWorld,
  gateway: NodeName,
  hosts: readonly string[],
  ipv6 = false,
): Promise<void> {
  for (const host of await addPrivateNetwork(world.lab, gateway, hosts, ipv6)) addPlace(world, host.address, host);
}

Given(
  /^a private network( of both families)? behind the (client|server), with the nodes? (.+)$/,
  async function (this: ConformanceWorld, both: string | undefined, gateway: NodeName, nodes: string) {
    await lab(this, { ipv6: Boolean(both) });
    await privateNetwork(this, gateway, nodes.split(', '), Boolean(both));
  },
);
