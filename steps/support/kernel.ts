/** Steps about what the kernels of the end points know: the adapter's addresses and MTU, routes, and who is at its other end. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { isIpv6 } from '../../reference/packets/addresses.ts';
import { known } from './known.ts';
import { patience, watch } from './lab/deadlines/deadline.ts';
import { until } from './lab/deadlines/until.ts';
import { adapterIn, hasAdapter } from './lab/networks/adapter-device.ts';
import { ipJson } from './lab/networks/iproute2.ts';
import { addressesOf, type KernelRoute, linkOf, neighbourOf, routesTo } from './lab/networks/kernel-tables.ts';
import { type NodeName, wireDevice } from './lab/networks/namespace.ts';
import { virtualLan, virtualLan6 } from './lab/networks/virtual-lan.ts';
import { ping } from './lab/packets/traffic.ts';
import type { ConformanceWorld } from './world.ts';

/** Packets of a node for an address leave to a station that is not there, and nothing comes back. */
export async function lose(world: ConformanceWorld, node: NodeName, address: string): Promise<void> {
  const neighbour = `neigh replace ${address} lladdr 02:00:00:00:00:98 dev ${wireDevice} nud permanent`;
  await world.lab.ip(world.lab.namespace(node), neighbour);
}

Given('what {node} sends to {} is lost', async function (this: ConformanceWorld, node: NodeName, addresses: string) {
  for (const address of addresses.split(', ')) await lose(this, node, address);
});

const wayOf = ({ gateway, dev }: KernelRoute): string => `${gateway} ${dev}`;

/** Waits until a node has routes to a network through exactly these devices: no event tells of them. */
export async function awaitRoutes(
  world: ConformanceWorld,
  node: NodeName,
  network: string,
  expected: readonly string[],
): Promise<void> {
  let last: string[] = [];
  const look = async () => {
    last = (await routesTo(world.lab.namespace(node), network)).map(({ dev }) => dev);
    return last.join() === expected.join() ? last : undefined;
  };
  const what = `routes to ${network} through ${expected.join(', ') || 'none'}`;
  await until(what, look, patience, () => `they are ${last.join(', ') || 'none'}`);
}

/** A server says first that the session is over. */
Then(
  'the {node} has no route to {word} any more',
  async function (this: ConformanceWorld, node: NodeName, network: string) {
    if (node === 'server') await this.iut(node).event('ended');
    await awaitRoutes(this, node, network, []);
  },
);

/** While the program goes on, or after it. */
Then('the adapter is soon gone from the client', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  await until('the adapter is gone', async () => !hasAdapter(namespace) || undefined, patience);
});

/** By its address in IPv4, and by its link-local address in IPv6. */
Then("the client routes {} through the server's adapter", async function (this: ConformanceWorld, networks: string) {
  for (const network of networks.split(' and ')) {
    const gateway = isIpv6(network) ? virtualLan6.serverLinkLocal : virtualLan.serverAddress;
    const namespace = this.lab.namespace('client');
    // Routes may follow the event of the adapter.
    const look = async () => {
      const found = await routesTo(namespace, network);
      return found.length > 0 ? found : undefined;
    };
    const routes = await until(`a route to ${network}`, look, patience);
    assert.deepEqual(routes.map(wayOf), [`${gateway} ${adapterIn(namespace)}`], network);
  }
});

Then(
  /^the kernel has resolved the server('s link-local address)? to its reserved physical address$/,
  async function (this: ConformanceWorld, linkLocal?: string) {
    const namespace = this.lab.namespace('client');
    const address = linkLocal ? virtualLan6.serverLinkLocal : virtualLan.serverAddress;
    if (!linkLocal) await reachServer(namespace, address);
    assert.equal(await neighbourOf(namespace, adapterIn(namespace), address), virtualLan.serverPhysical);
  },
);

const addressTexts: Readonly<Record<string, readonly string[]>> = {
  'the address of the client data': [`${virtualLan.clientAddress}/${virtualLan.prefixLength}`],
  'no address': [],
};

/** In IPv4. */
Then('the kernel has {} on the adapter', async function (this: ConformanceWorld, which: string) {
  const namespace = this.lab.namespace('client');
  const found = await addressesOf(namespace, 'IPv4', adapterIn(namespace));
  const texts = found.map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  assert.deepEqual(texts, known(addressTexts, which));
});

type Look = (namespace: string) => Promise<number | undefined>;
/** Where the kernel may have it from the client data. */
const mtuOf: Readonly<Record<string, Look>> = {
  adapter: async (namespace) => (await linkOf(namespace, adapterIn(namespace))).mtu,
  route: async (namespace) => (await routesTo(namespace, virtualLan.behindServer))[0]?.metrics?.[0]?.mtu,
};

Then('the MTU of the {word} is {int}', async function (this: ConformanceWorld, where: string, mtu: number) {
  assert.equal(await known(mtuOf, where)(this.lab.namespace('client')), mtu);
});

/** Milliseconds in which an adapter would have been made. */
const silence = 200;

/**
 * The kernel numbers the devices of a namespace as they are made, and gives no number twice: what has gone again is told
 * by the number of a new one.
 * @returns the adapters that were made in the client, gone or not
 */
async function adaptersMade(world: ConformanceWorld): Promise<number> {
  const namespace = world.lab.namespace('client');
  const devices = await ipJson<{ ifname: string; ifindex: number }>(namespace, 'link');
  const ofLab = devices.filter(({ ifname }) => ifname === wireDevice || ifname === 'lo');
  await world.lab.ip(namespace, 'link add probe type bridge');
  const { ifindex } = await linkOf(namespace, 'probe');
  await world.lab.ip(namespace, 'link del probe');
  return ifindex - 1 - Math.max(...ofLab.map((device) => device.ifindex));
}

Then('no adapter was made in the client', async function (this: ConformanceWorld) {
  await watch(silence);
  assert.equal(await adaptersMade(this), 0, 'adapters that were made in the client, gone or not');
});

Then('the adapter was made once', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  await linkOf(namespace, adapterIn(namespace));
  assert.equal(await adaptersMade(this), 1, 'adapters that were made in the client, gone or not');
});

Then('no adapter is left in the client', async function (this: ConformanceWorld) {
  const devices = await ipJson<{ ifname: string }>(this.lab.namespace('client'), 'link');
  assert.deepEqual(devices.map(({ ifname }) => ifname).sort(), [wireDevice, 'lo']);
});

/** Once the server has answered it has confirmed the client, and sends it what is for it. */
export async function reachServer(namespace: string, address: string): Promise<void> {
  const { received, output } = await ping({ namespace, destination: address });
  assert.equal(received, 1, output);
}

/** Of its adapter outside. The kernel takes no time for duplicate address detection. */
When('the client has {word} in place of {word}', async function (this: ConformanceWorld, to: string, from: string) {
  const flags = isIpv6(to) ? ' nodad' : '';
  const namespace = this.lab.namespace('client');
  await this.lab.ip(namespace, `addr del ${from} dev ${wireDevice}`, `addr add ${to} dev ${wireDevice}${flags}`);
});

/** Another address of its adapter outside, and with it a subnet that it is connected to: a /24 unless the length is given. */
Given('the client has the address {word} too', async function (this: ConformanceWorld, address: string) {
  const prefix = address.includes('/') ? address : `${address}/24`;
  const nodad = isIpv6(address) ? ' nodad' : '';
  await this.lab.ip(this.lab.namespace('client'), `address add ${prefix} dev ${wireDevice}${nodad}`);
});
