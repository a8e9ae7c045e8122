/** Steps about a tunnel that carries both families, and the local stack that configures itself (RFC 4861, RFC 4862). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv6Octets } from '../../reference/packets/addresses.ts';
import { addresses, awaitAddress, findAddress } from '../support/adapter-addresses.ts';
import { reachServer } from '../support/kernel.ts';
import { known } from '../support/known.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { routesOf, routesTo } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { isDiscovery, type } from '../support/lab/packets/neighbour-packets.ts';
import { ping } from '../support/lab/packets/traffic.ts';
import { identityOf } from '../support/peers/identities.ts';
import { placeOf } from '../support/places.ts';
import { captureAdapter } from '../support/plaintext.ts';
import { type TunnelOptions, tunnelOfBoth } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** An address that duplicate address detection was about. */
    probed: string;
  }
}

const autoconfigured = { adapter: { configure: 'dhcp' } };
const alice = {
  name: 'alice',
  publicKey: identityOf('alice').publicKey,
  address: virtualLan.clientAddress,
  networks: ['10.20.0.0/24', 'fd00:20::/64'],
};

/** What is particular to the ends. Unless `configure` is set, the tunnel application configures the adapter. */
const variants: Readonly<Record<string, TunnelOptions>> = {
  'its adapter configured by the tunnel application': {},
  'its adapter left to DHCP and autoconfiguration': { client: autoconfigured },
  'for all traffic, its adapter left to DHCP and autoconfiguration': {
    client: { ...autoconfigured, accept: { defaultRoute: true } },
    server: { clientData: { routes: ['::/0'] } },
  },
  'whose server lists both networks behind the client': {
    client: { networks: alice.networks },
    server: { initiators: [alice] },
  },
};

const variant = new RegExp(`^a tunnel in both families, (${Object.keys(variants).join('|')})$`);

Given(variant, async function (this: ConformanceWorld, words: string) {
  const options = known(variants, words);
  await tunnelOfBoth(this, options);
  if (options.client?.['adapter'] !== undefined) return;
  await findAddress(this, virtualLan6.clientPrefix);
  await reachServer(this.lab.namespace('client'), virtualLan.serverAddress);
});

Then("the client's kernel gives itself an address of {word}", async function (this: ConformanceWorld, prefix: string) {
  const { dynamic, prefixlen } = await findAddress(this, prefix);
  // `dynamic` is what the kernel says of an address that a router's advertisement made.
  assert.deepEqual([dynamic, prefixlen], [true, 64]);
});

const routers: Readonly<Record<string, readonly string[]>> = {
  nobody: [],
  "the server's adapter": [`${virtualLan6.serverLinkLocal} ra`],
};

Then('it knows {} as its default router', async function (this: ConformanceWorld, router: string) {
  const namespace = this.lab.namespace('client');
  const routes = await routesOf(namespace, 'IPv6', 'default', 'dev', adapterIn(namespace));
  const found = routes.map(({ gateway, protocol }) => `${gateway} ${protocol}`);
  assert.deepEqual(found, known(routers, router));
});

When(
  "the client's kernel is given the address {word} too, and a capture shows how",
  async function (this: ConformanceWorld, address: string) {
    await captureAdapter(this);
    const namespace = this.lab.namespace('client');
    await this.lab.ip(namespace, `addr add ${address}/64 dev ${adapterIn(namespace)} noprefixroute`);
    await awaitAddress(this, `${address}, done with duplicate address detection,`, ({ local }) => local === address);
    this.set('probed', address);
  },
);

Then('nobody has answered that another node has that address', async function (this: ConformanceWorld) {
  const target = ipv6Octets(this.get('probed')).toHex();
  const about = (await this.packets('adapter'))
    .map(({ octets }) => octets)
    .filter((frame) => frame[20] === 58 && frame.subarray(62, 78).toHex() === target);
  const types = about.map((frame) => `${frame[54]} from ${frame.subarray(22, 38).toHex()}`);
  // RFC 4861 §4.3: solicitations, 135, from `::`, as many as the adapter is set up for; an answer would be of type 136.
  const probe = `135 from ${'0'.repeat(32)}`;
  assert.deepEqual(
    types.filter((one) => one !== probe),
    [],
  );
});

When('the adapter is taken down and brought up by its user', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  await this.lab.ip(namespace, `link set ${adapterIn(namespace)} down`);
  assert.deepEqual(await addresses(this), []);
  await this.lab.ip(namespace, `link set ${adapterIn(namespace)} up`);
});

/** The kernel flushes the routes of a device that goes down; how soon who laid them notices is not said. */
Then('before long there is a route to {word} again', async function (this: ConformanceWorld, prefix: string) {
  const look = async () => (await routesTo(this.lab.namespace('client'), prefix))[0];
  await until(`the route to ${prefix}`, look, patience);
});

/** RFC 4861 §4.1, §4.2 and §4.6.2. */
Then(
  'the capture shows a router solicitation of the kernel, answered with that prefix',
  async function (this: ConformanceWorld) {
    const [own = ''] = virtualLan6.clientPrefix.split('/');
    const advertised = `0304${(64).toString(16)}40ffffffffffffffff00000000${ipv6Octets(own).toHex()}`;
    const frames = (await this.packets('adapter')).map(({ octets }) => octets);
    const asked = frames.findIndex((frame) => isDiscovery(frame, type.routerSolicitation));
    assert.notEqual(asked, -1, 'the kernel asked for no router');
    const answer = frames.slice(asked).find((frame) => isDiscovery(frame, type.routerAdvertisement));
    assert.ok(answer?.toHex().includes(advertised), 'no answer, or another /64');
  },
);

/** RFC 8201: a node between says so, and the sender makes smaller fragments from then on. */
Then(
  'a ping of {int} octets from {word} to {word} meets a link of {int} octets',
  async function (this: ConformanceWorld, size: number, from: string, to: string, mtu: number) {
    const { namespace } = placeOf(this, from);
    const { received, output } = await ping({ namespace, destination: placeOf(this, to).address, size });
    assert.equal(received, 0, output);
    assert.match(output, new RegExp(`Packet too big: mtu=${mtu}`));
  },
);
