/** Steps about IPv6 in a tunnel that outlives its connections, and about a tunnel over IPv6. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { fromNetworkSettings } from '../../reference/wire/network-settings.ts';
import { run } from '../shared/lab/command.ts';
import { patience, within } from '../shared/lab/deadline.ts';
import { wireDevice } from '../shared/lab/namespace.ts';
import { type Overrides, tunnelPort, virtualLan6 } from '../shared/peers/configuration.ts';
import { defaultSettings, ScriptedServer } from '../shared/peers/scripted-server.ts';
import type { ConformanceWorld } from '../shared/world.ts';
import { type Address, addresses, findAddress, isIn, toDhcp, tunnelOfBoth } from './ipv6.ts';
import { openEcho } from './roaming.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** The client's adapter with the addresses of both families. */
    linkBefore: unknown;
    serverConfiguration: Overrides;
  }
}

const device = 'pna0';

const json = async (namespace: string, ...words: string[]): Promise<unknown> =>
  JSON.parse((await run(['ip', '-json', ...words], { namespace })) || '[]');

async function linkOf(world: ConformanceWorld): Promise<unknown> {
  const [link] = (await json(world.lab.namespace('client'), 'address', 'show', 'dev', device)) as {
    ifindex: number;
    addr_info: { local: string; prefixlen: number }[];
  }[];
  const texts = link?.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`).sort();
  return { ifindex: link?.ifindex, addresses: texts };
}

Given(
  'a tunnel in both families that reconnects, and a TCP connection in IPv6 through it',
  async function (this: ConformanceWorld) {
    await tunnelOfBoth(this, { reconnect: true });
    await this.iut('client').event('authorized');
    await findAddress(this, virtualLan6.clientPrefix);
    this.set('echo', await openEcho(this, virtualLan6.serverAddress));
    this.set('linkBefore', await linkOf(this));
  },
);

When('the server of both families is killed and started again', async function (this: ConformanceWorld) {
  const { program } = this.iut('server');
  program.kill('SIGKILL');
  await program.exited;
  await this.startServer(this.get('serverConfiguration'));
});

Then('the adapter and its addresses of both families are those of before', async function (this: ConformanceWorld) {
  assert.deepEqual(await linkOf(this), this.get('linkBefore'));
});

// The way to the first hop.

const routesOf = (world: ConformanceWorld): Promise<string> =>
  run(['ip', '-6', 'route', 'show'], { namespace: world.lab.namespace('client') });

Given('a client that reaches every node by a default route in IPv6', async function (this: ConformanceWorld) {
  await this.startLab({ ipv6: true, hosts: { 'server.test': 'fd77::2' } });
  const namespace = this.lab.namespace('client');
  await this.lab.ip(
    namespace,
    `addr del fd77::1/64 dev ${wireDevice}`,
    `addr add fd77::1/128 dev ${wireDevice} nodad`,
    `route add ::/0 via fd77::2 dev ${wireDevice} metric 2048 onlink`,
  );
  this.set('laboratory', true);
  this.set('routes', await routesOf(this));
});

Given(
  'a tunnel over IPv6 for all IPv6, its adapter configured by {}',
  async function (this: ConformanceWorld, whom: string) {
    const own = whom === 'itself' ? {} : { adapter: { configure: 'dhcp', routes: false } };
    const server = { listen: `[::]:${tunnelPort}`, clientData: { routes: ['::/0'] } };
    await tunnelOfBoth(this, { ...own, reconnect: true, accept: { defaultRoute: true } }, server);
    await findAddress(this, virtualLan6.clientPrefix);
  },
);

Then(
  "IPv6 packets to the server's node leave on the wire, and all others through the adapter",
  async function (this: ConformanceWorld) {
    const leave = async (to: string) =>
      ((await json(this.lab.namespace('client'), 'route', 'get', to)) as { dev: string }[])[0]?.dev;
    assert.equal(await leave('fd77::2'), wireDevice);
    assert.equal(await leave('2001:db8::1'), device);
    assert.equal(await leave('fd00:9::7'), device);
  },
);

Then("the client's IPv6 routes are those of before", async function (this: ConformanceWorld) {
  assert.equal(await routesOf(this), this.get('routes'));
});

// Another /64.

Given(
  'a tunnel initiator of both families that reconnects, whose server is scripted, its adapter configured by {}',
  async function (this: ConformanceWorld, whom: string) {
    await this.startLab({ ipv6: true });
    const listener = await this.listen('server');
    const own = whom === 'itself' ? {} : toDhcp;
    await this.startClient({ ...own, reconnect: true, lifetime: { frames: 10 } });
    this.set('listener', listener);
    this.set('server', new ScriptedServer(await listener.accept()));
  },
);

When(
  'the server authorizes it within its lifetime, with the prefix {word}',
  async function (this: ConformanceWorld, prefix: string) {
    const server = this.get('server');
    await server.readRelay();
    const { lifetimes } = (await server.readRequest()).keyExchangeData;
    const routes = [{ address: 'fd00:8::', length: 48 }];
    const settings = { ...defaultSettings, ipv6: { prefix: prefix.replace('/64', ''), routes, dns: [], search: [] } };
    const fields = { keyExchangeData: makeKeyExchangeData({ lifetimes }), clientData: fromNetworkSettings(settings) };
    await server.sendResponse({ fields });
    await server.receive({ keepAlives: true });
  },
);

/** Which of its addresses the kernel would use towards the server's adapter. */
Then('new connections come from an address of {word}', async function (this: ConformanceWorld, prefix: string) {
  await findAddress(this, prefix);
  const source = async (): Promise<string> => {
    const found = await json(this.lab.namespace('client'), 'route', 'get', virtualLan6.serverAddress);
    return (found as { prefsrc?: string }[])[0]?.prefsrc ?? '::';
  };
  let last = await source();
  const settled = async (): Promise<void> => {
    while (!isIn(prefix, { local: last } as Address)) last = await source();
  };
  await within(patience, `a source address of ${prefix}`, settled(), () => `it is ${last}`);
});

Then('no address of {word} is preferred any more', async function (this: ConformanceWorld, prefix: string) {
  const preferred = (await addresses(this)).filter((address) => isIn(prefix, address) && address.deprecated !== true);
  assert.deepEqual(preferred, []);
});
