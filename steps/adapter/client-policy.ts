/** Steps about what a tunnel client takes out of its tunnel: many datagrams of a scripted server, one after the other. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { isIpv6 } from '../../reference/packets/addresses.ts';
import { parsePrefix } from '../../reference/packets/prefix.ts';
import { cat, u16, u32, zeros } from '../../vectors/generate/octets.ts';
import { address6, icmp6 } from '../../vectors/generate/packets.ts';
import { adapterUnderTest, packetDown } from '../support/adapter.ts';
import { quickly } from '../support/connecting-again.ts';
import { known } from '../support/known.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { ipJson } from '../support/lab/networks/iproute2.ts';
import { addressesOf, routesTo } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { datagramOf, type Unanswered, unanswered } from '../support/lab/packets/datagrams.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { authorizeWith } from '../support/network-settings.ts';
import type { Overrides } from '../support/peers/configuration.ts';
import { lab, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Router advertisements that the server has sent as datagrams. */
    rogueAdvertisements: readonly Uint8Array[];
    /** A datagram from one to the other surely passes. */
    adapters: { readonly server: string; readonly client: string };
  }
}

const { clientAddress, serverAddress } = virtualLan;

const acceptances: Readonly<Record<string, Overrides>> = {
  everything: { defaultRoute: true },
  'no IPv6': { ipv6: false, dns: false, defaultRoute: false },
};

/** No route is laid: what comes out of the tunnel is asked for, and not what goes in. */
Given(
  /^a client( of both families)?(?: with (\S+(?: and \S+)*) behind it)?(?: that accepts (everything|no IPv6|\S+\/\d+)| that (reconnects))?, whose server routes (.+)$/,
  async function (
    this: ConformanceWorld,
    families: string | null,
    behind: string | null,
    accepts: string | null,
    reconnects: string | null,
    list: string,
  ) {
    await lab(this, { ipv6: Boolean(families) });
    const accept =
      accepts === null ? {} : accepts.includes('/') ? { prefixes: [accepts] } : known(acceptances, accepts);
    const overrides = {
      accept,
      adapter: { routes: false },
      ...(behind !== null && { networks: behind.split(' and ') }),
      ...(reconnects !== null && { reconnect: true, ...quickly(this) }),
    };
    const all = list.split(' ').map(parsePrefix);
    const six = all.filter(({ address }) => isIpv6(address));
    const four = all.filter(({ address }) => !isIpv6(address));
    const ipv6 = { prefix: parsePrefix(virtualLan6.clientPrefix).address, routes: six, dns: [], search: [] };
    const settings = {
      routes: four.map((route) => ({ ...route, gateway: serverAddress })),
      ...(families && { ipv6 }),
    };
    await adapterUnderTest(this, overrides, { settings });
    this.set('adapters', { server: serverAddress, client: clientAddress });
  },
);

/** Nothing tells when an adapter that was there is configured again: once a datagram for its new address comes out. */
When(
  'its connection breaks, and the server gives the next one',
  async function (this: ConformanceWorld, table: DataTable) {
    const settings = table.rowsHash();
    this.get('server').connection.reset();
    await scriptedServer(this);
    await authorizeWith(this, settings);
    const { server = serverAddress, address = clientAddress, prefix } = settings;
    this.set('adapters', { server, client: address });
    // What is new is asked for.
    const ends = prefix === undefined ? [server, address] : [virtualLan6.serverAddress, prefix.replace('/64', '1')];
    const [from = '', to = ''] = ends;
    const stack = this.get('stack');
    let mark = 5000;
    const look = async () => {
      const control = echoReply(from, to, mark++);
      await this.get('server').send(control);
      await pause(50);
      return holds(stack.settle(), control) || undefined;
    };
    await until('a datagram for the address of the new client data', look, patience);
  },
);

// Datagrams.

/** What the stack gets up to a datagram that surely passes. */
async function received(
  world: ConformanceWorld,
  mark: number,
  make: Unanswered = echoReply,
): Promise<readonly Uint8Array[]> {
  const { server, client } = world.get('adapters');
  const control = make(server, client, mark);
  await world.get('server').send(control);
  const stack = world.get('stack');
  const came: Uint8Array[] = [];
  const next = () => stack.next('a datagram of the server');
  for (let one = await next(); !Buffer.from(packetDown(control)).equals(one); one = await next()) came.push(one);
  return came;
}

/** The frame may hold something behind it, or have another Ethernet header. */
const holds = (frames: readonly Uint8Array[], datagram: Uint8Array): boolean =>
  frames.some((frame) => Buffer.from(frame).includes(datagram));

Then(
  /^of what the server sends these datagrams (reach|do not reach) the client's stack$/,
  async function (this: ConformanceWorld, reach: string, table: DataTable) {
    const faults: string[] = [];
    for (const [index, { from = '', to = '', what }] of table.hashes().entries()) {
      const mark = 3000 + 2 * index;
      const pairs =
        what === undefined
          ? unanswered.map((make) => ({ datagram: make(from, to, mark), control: make }))
          : [{ datagram: datagramOf(from, to, what, mark), control: echoReply }];
      for (const { datagram, control } of pairs) {
        await this.get('server').send(datagram);
        const came = holds(await received(this, mark + 1, control), datagram);
        if (came !== (reach === 'reach'))
          faults.push(`from ${from} to ${to}, ${what ?? datagram.toHex()}: it ${came ? 'came' : 'did not come'}`);
      }
    }
    if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
  },
);

// What a rogue server says.

When(
  'the server sends a router advertisement of {} and of itself to all nodes, and to {}',
  async function (this: ConformanceWorld, prefix: string, other: string) {
    const { address, length } = parsePrefix(prefix);
    const forever = u32(0xffffffff);
    const option = cat([3, 4, length, 0xc0], forever, forever, zeros(4), address6(address));
    const body = cat([64, 0], u16(1800), zeros(8), option);
    const source = virtualLan6.serverLinkLocal;
    const all = ['ff02::1', other].map((destination) => icmp6({ source, destination, type: 134, body }));
    for (const one of all) await this.get('server').send(one);
    this.set('rogueAdvertisements', all);
  },
);

Then("the client's stack gets nothing of it", async function (this: ConformanceWorld) {
  const came = await received(this, 4000);
  for (const one of this.get('rogueAdvertisements')) assert.ok(!holds(came, one), `it got ${one.toHex()}`);
});

Then(
  'the kernel has neither an address of {} nor a default route by it',
  async function (this: ConformanceWorld, prefix: string) {
    const namespace = this.lab.namespace('client');
    const device = adapterIn(namespace);
    const addresses = await addressesOf(namespace, 'IPv6', device);
    const start = parsePrefix(prefix).address.replace(/::$/, ':');
    assert.ok(!addresses.some(({ local }) => local.startsWith(start)), JSON.stringify(addresses));
    const routes = await ipJson<{ dev?: string }>(namespace, '-6', 'route', 'show', 'default');
    assert.deepEqual(
      routes.filter(({ dev }) => dev === device),
      [],
    );
    assert.deepEqual(await routesTo(namespace, prefix), []);
  },
);
