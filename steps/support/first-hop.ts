/** Steps about a default route through the tunnel, and the way to the first hop beside it ([EP] fig. 23, 520). */
import assert from 'node:assert/strict';
import { Given, Then } from '@cucumber/cucumber';
import { findAddress } from './adapter-addresses.ts';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { type Family, type KernelRoute, routesOf, routeTaken } from './lab/networks/kernel-tables.ts';
import { wireAddresses, wireAddresses6, wireDevice } from './lab/networks/namespace.ts';
import { virtualLan6 } from './lab/networks/virtual-lan.ts';
import { type Overrides, tunnelPort } from './peers/configuration.ts';
import { lab } from './peers.ts';
import { startTunnel, tunnelOfBoth } from './tunnels.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** The client's routes without a tunnel. */
    routesBefore: readonly KernelRoute[];
  }
}

/** How client and server find each other on the wire, and where else packets may go to. */
const wires = {
  IPv4: { nodes: wireAddresses, length: 24, host: 32, metric: 100, plain: 0, elsewhere: ['203.0.113.1', '100.64.0.1'] },
  IPv6: {
    nodes: wireAddresses6,
    length: 64,
    host: 128,
    metric: 2048,
    plain: 1024,
    elsewhere: ['2001:db8::1', 'fd00:9::7'],
  },
} as const;

const clientRoutes = (world: ConformanceWorld, family: Family) => routesOf(world.lab.namespace('client'), family);

/** Those that there are to be again. */
export async function noteRoutes(world: ConformanceWorld, family: Family): Promise<void> {
  world.set('routesBefore', await clientRoutes(world, family));
}

/** `plain` is the metric of a route that is laid without a word about it. */
Given(
  /^a client that reaches every node by a default route in (IPv4|IPv6)(, of the metric that any has)?$/,
  async function (this: ConformanceWorld, family: Family, isPlain: string | null) {
    const { nodes, length, host, plain } = wires[family];
    const metric = isPlain ? plain : wires[family].metric;
    const isIpv6 = family === 'IPv6';
    await lab(this, { ipv6: isIpv6, ...(isIpv6 ? { hosts: { 'server.test': nodes.server } } : {}) });
    const all = isIpv6 ? '::/0' : 'default';
    await this.lab.ip(
      this.lab.namespace('client'),
      `addr del ${nodes.client}/${length} dev ${wireDevice}`,
      `addr add ${nodes.client}/${host} dev ${wireDevice}${isIpv6 ? ' nodad' : ''}`,
      `route add ${all} via ${nodes.server} dev ${wireDevice} metric ${metric} onlink`,
    );
    await noteRoutes(this, family);
  },
);

/** In IPv6 the tunnel itself goes over IPv6 too. */
Given(
  'a tunnel with a default route in {family}, its adapter configured by {}',
  async function (this: ConformanceWorld, family: Family, configurer: string) {
    const adapter = configurer === 'itself' ? {} : { adapter: { configure: 'dhcp', routes: false } };
    const client: Overrides = { ...adapter, reconnect: true, accept: { defaultRoute: true } };
    if (family === 'IPv4') await startTunnel(this, { client, server: { clientData: { routes: ['0.0.0.0/0'] } } });
    else {
      const server = { listen: `[::]:${tunnelPort}`, clientData: { routes: ['::/0'] } };
      await tunnelOfBoth(this, { client, server });
      await findAddress(this, virtualLan6.clientPrefix);
    }
  },
);

Then(
  "{family} packets to the server's node leave on the wire, and all others through the adapter",
  async function (this: ConformanceWorld, family: Family) {
    const { nodes, elsewhere } = wires[family];
    const namespace = this.lab.namespace('client');
    const deviceTo = async (address: string) => (await routeTaken(namespace, address))?.dev;
    assert.equal(await deviceTo(nodes.server), wireDevice);
    for (const address of elsewhere) assert.equal(await deviceTo(address), adapterIn(namespace), address);
  },
);

Then("the client's {family} routes are those of before", async function (this: ConformanceWorld, family: Family) {
  assert.deepEqual(await clientRoutes(this, family), this.get('routesBefore'));
});
