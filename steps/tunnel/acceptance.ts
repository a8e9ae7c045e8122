/** Steps about what a tunnel initiator accepts of its server's client data ([EP] fig. 23, 508 to 520). */
import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { parsePrefix } from '../../reference/packets/prefix.ts';
import { readDhcp } from '../../vectors/dhcp-reply.ts';
import { classlessRoute } from '../../vectors/generate/dhcp-packet.ts';
import { adapterUnderTest } from '../support/adapter.ts';
import { patience, watch } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { type Family, linkOf, networksBehind, routeTaken } from '../support/lab/networks/kernel-tables.ts';
import { portsOf } from '../support/lab/networks/private-network.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { authorizeWith } from '../support/network-settings.ts';
import { noneRouted } from '../support/no-routes.ts';
import type { Overrides } from '../support/peers/configuration.ts';
import { searchNames } from '../support/response.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Prefixes that the client data routes to the server. */
    offeredRoutes: readonly string[];
  }
}

/** The first of the domains is that of option 15, all of them are in the search list. */
Given(
  /^a user who accepts DNS servers: (\w+), and a server that offers (.+?)(?: and the domains (.+))?$/,
  async function (this: ConformanceWorld, accepts: string, servers: string, domains: string | null) {
    const overrides = { accept: { dns: accepts === 'yes' }, adapter: { configure: 'none', routes: false } };
    const search = domains?.split(', ') ?? [];
    const [domain] = search;
    const names = domain === undefined ? {} : { domain, search };
    await adapterUnderTest(this, overrides, { settings: { dns: servers.split(' '), ...names } });
  },
);

/** Milliseconds in which a route may follow that should not be there. */
const behindTheOthers = 300;

/** Of the networks behind a gateway, not of those that an address of the adapter is in. Routes may come after the event. */
Then(
  /^in (IPv4|IPv6) (?:only|nothing but) (.+) is routed through the adapter$/,
  async function (this: ConformanceWorld, family: Family, list: string) {
    const namespace = this.lab.namespace('client');
    const expected = list.split(', ').sort();
    const found = () => networksBehind(namespace, family, adapterIn(namespace));
    const came = async (): Promise<true | undefined> => {
      const there = await found();
      return expected.every((one) => there.includes(one)) || undefined;
    };
    await until(`a route to ${list}`, came, patience);
    await watch(behindTheOthers);
    assert.deepEqual(await found(), expected);
  },
);

/** Where it did, nobody could tell who has laid a default route (ND-08). */
Given('its kernel takes no router advertisement', function (this: ConformanceWorld) {
  this.lab.sysctl(this.lab.namespace('client'), 'net/ipv6/conf/default/accept_ra', 0);
});

Then('in neither family a network is routed through the adapter', async function (this: ConformanceWorld) {
  await noneRouted(this, ['IPv4', 'IPv6']);
});

/** Routes may come after the event. */
Then('{} are routed through the adapter', async function (this: ConformanceWorld, list: string) {
  const namespace = this.lab.namespace('client');
  const found = async (): Promise<string[]> => {
    const all = [];
    for (const family of ['IPv4', 'IPv6'] as const)
      all.push(...(await networksBehind(namespace, family, adapterIn(namespace))));
    return all;
  };
  let came: readonly string[] = [];
  const look = async (): Promise<true | undefined> => {
    came = await found();
    // The kernel shows a single address without its length.
    return list.split(', ').every((one) => came.includes(one.replace(/\/(?:32|128)$/, ''))) || undefined;
  };
  await until(`routes to ${list}`, look, patience, () => `there are ${came.join(', ') || 'none'}`);
});

/** Routes may follow the event of the adapter. */
Then('packets to {} leave through the adapter', async function (this: ConformanceWorld, list: string) {
  const namespace = this.lab.namespace('client');
  const device = adapterIn(namespace);
  for (const address of list.split(', ')) {
    const isRouted = async () => (await routeTaken(namespace, address))?.dev === device || undefined;
    await until(`a route to ${address} through the adapter`, isRouted, patience);
  }
});

Then('the OFFER names the DNS servers: {}', function (this: ConformanceWorld, names: string) {
  const found = readDhcp(this.get('offer')).options.find(({ code }) => code === 6)?.value;
  const octets = (list: string): string =>
    list
      .split(' ')
      .map((name) => ipv4Octets(name).toHex())
      .join('');
  assert.equal(found, names === 'none' ? undefined : octets(names));
});

Given(
  'a user who accepts {} and configures nothing, and a server that offers the routes {}',
  async function (this: ConformanceWorld, accepts: string, routes: string) {
    const overrides = { accept: JSON.parse(accepts) as Overrides, adapter: { configure: 'none', routes: false } };
    const offered = routes.split(', ').map((text) => ({ ...parsePrefix(text), gateway: virtualLan.serverAddress }));
    await adapterUnderTest(this, overrides, { settings: { routes: offered } });
  },
);

const valueIn = (world: ConformanceWorld, code: number): string | undefined =>
  readDhcp(world.get('offer')).options.find((option) => option.code === code)?.value;

Then('the OFFER names the routes: {}', function (this: ConformanceWorld, routes: string) {
  const expected = routes.split(', ').map((prefix) => classlessRoute(prefix, virtualLan.serverAddress).toHex());
  assert.equal(valueIn(this, 121), expected.join(''));
});

Then(
  'the OFFER names the domain {word}, and to search {}',
  function (this: ConformanceWorld, domain: string, search: string) {
    const [own, list] = [15, 119].map((code) => Uint8Array.fromHex(valueIn(this, code) ?? ''));
    assert.deepEqual([Buffer.from(own!).toString('latin1'), searchNames(list!)], [domain, search.split(', ')]);
  },
);

Then('the OFFER names the MTU: {word}', function (this: ConformanceWorld, mtu: string) {
  assert.equal(valueIn(this, 26), mtu === 'none' ? undefined : Number(mtu).toString(16).padStart(4, '0'));
});

Then('the OFFER names the router: {word}', function (this: ConformanceWorld, router: string) {
  assert.equal(valueIn(this, 3), router === 'none' ? undefined : ipv4Octets(router).toHex());
});

/** Wires with both ends in the client: an adapter of which no end is up at the other side has no subnet. */
When(
  'the client has two more adapters, with the addresses {word} and {word}',
  async function (this: ConformanceWorld, one: string, other: string) {
    const namespace = this.lab.namespace('client');
    for (const [index, prefix] of [one, other].entries())
      await this.lab.ip(
        namespace,
        `link add ${portsOf}a${index} type veth peer name ${portsOf}b${index}`,
        `addr add ${prefix} dev ${portsOf}a${index}`,
        `link set ${portsOf}a${index} up`,
        `link set ${portsOf}b${index} up`,
      );
  },
);

Then('the MTU of the adapter is {int} or more', async function (this: ConformanceWorld, least: number) {
  const namespace = this.lab.namespace('client');
  const { mtu } = await linkOf(namespace, adapterIn(namespace));
  assert.ok(mtu >= least, `it is ${mtu}`);
});

When(
  'the server authorizes it with {int} routes, one of which holds the network that the client is on',
  async function (this: ConformanceWorld, count: number) {
    // Section 11: a wider one is no obstacle, since the machine prefers its own.
    const routes = ['10.64.0.0/12', ...Array.from({ length: count - 1 }, (_, index) => `10.9.${index}.0/24`)];
    await authorizeWith(this, { routes: routes.join(', ') });
    this.set('offeredRoutes', routes);
  },
);

Then('each of them is routed through the adapter', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const offered = this.get('offeredRoutes').toSorted();
  let found: string[] = [];
  const look = async () => {
    found = await networksBehind(namespace, 'IPv4', adapterIn(namespace));
    return isDeepStrictEqual(found.toSorted(), offered) || undefined;
  };
  await until('the routes', look, patience, () => `there are ${found.length}: ${found.join(', ')}`);
});
