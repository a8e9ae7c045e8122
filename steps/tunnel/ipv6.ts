/** Steps about a tunnel that carries both families, and the local stack that configures itself (RFC 4861, RFC 4862). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv6Octets } from '../../reference/packets/addresses.ts';
import { run } from '../shared/lab/command.ts';
import { patience, within } from '../shared/lab/deadline.ts';
import type { NodeName } from '../shared/lab/namespace.ts';
import { addPrivateNetwork } from '../shared/lab/private-network.ts';
import { ping } from '../shared/lab/traffic.ts';
import { type Overrides, virtualLan, virtualLan6 } from '../shared/peers/configuration.ts';
import { identityOf } from '../shared/peers/identities.ts';
import { lab } from '../shared/peers.ts';
import { addPlace, placeOf } from '../shared/places.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const device = 'pna0';

/** Both ends in both families; `server6` is a place from now on. */
export async function tunnelOfBoth(world: ConformanceWorld, client: Overrides, server: Overrides = {}): Promise<void> {
  await lab(world, { ipv6: true });
  const address6 = { address6: virtualLan6.serverPrefix };
  const routes = [virtualLan.behindServer, virtualLan6.behindServer];
  const configuration = { adapter: address6, clientData: { routes }, ...server };
  world.set('serverConfiguration', configuration);
  await world.startServer(configuration);
  addPlace(world, 'server6', { namespace: world.lab.namespace('server'), address: virtualLan6.serverAddress });
  await (await world.startClient(client)).event('adapter');
}

export const toDhcp = { adapter: { configure: 'dhcp' } };

Given(
  'a tunnel in both families, its adapter left to DHCP and autoconfiguration',
  async function (this: ConformanceWorld) {
    await tunnelOfBoth(this, toDhcp);
  },
);

Given(
  'a tunnel in both families for all traffic, its adapter left to DHCP and autoconfiguration',
  async function (this: ConformanceWorld) {
    await tunnelOfBoth(this, { ...toDhcp, accept: { defaultRoute: true } }, { clientData: { routes: ['::/0'] } });
  },
);

Given('a tunnel in both families', async function (this: ConformanceWorld) {
  await tunnelOfBoth(this, {});
  await findAddress(this, virtualLan6.clientPrefix);
});

Given(
  'a tunnel in both families, whose server lists both networks behind the client',
  async function (this: ConformanceWorld) {
    const { publicKey } = identityOf('alice');
    const networks = ['10.20.0.0/24', 'fd00:20::/64'];
    await tunnelOfBoth(
      this,
      {},
      { initiators: [{ name: 'alice', publicKey, address: virtualLan.clientAddress, networks }] },
    );
    // Once the server has answered it has confirmed the client.
    const namespace = this.lab.namespace('client');
    const { received, output } = await ping({ namespace, destination: virtualLan.serverAddress });
    assert.equal(received, 1, output);
  },
);

Given(
  'a private network of both families behind the {word}, with the node {word}',
  async function (this: ConformanceWorld, gateway: NodeName, node: string) {
    await lab(this, { ipv6: true });
    for (const host of await addPrivateNetwork(this.lab, gateway, [node], true)) addPlace(this, host.address, host);
  },
);

Given(
  'tunnel clients alice and bob of both families, of a server that passes datagrams between clients',
  async function (this: ConformanceWorld) {
    await this.startLab({ ipv6: true, nodes: ['others'] });
    const [server, address6] = [this.lab.namespace('server'), virtualLan6.serverPrefix];
    this.lab.sysctl(server, 'net/ipv6/conf/all/forwarding', 1);
    const named = (name: string, address: string) => ({ name, publicKey: identityOf(name).publicKey, address });
    const initiators = [named('alice', '10.8.0.10'), named('bob', '10.8.0.11')];
    await this.startServer({ initiators, adapter: { address6 }, clientToClient: true });
    for (const [name, node, prefix] of [
      ['alice', 'client', 'fd00:8:0:a::/64'],
      ['bob', 'others', 'fd00:8:0:b::/64'],
    ] as const) {
      const client = await this.startClient({ name, privateKey: identityOf(name).privateKey }, node);
      await client.event('adapter');
      const { local: address } = await findAddress(this, prefix, node);
      const namespace = this.lab.namespace(node);
      addPlace(this, `${name}6`, { namespace, address });
      // Once the server has answered it has confirmed the client, and sends it what is for it.
      const { received, output } = await ping({ namespace, destination: virtualLan6.serverAddress });
      assert.equal(received, 1, output);
    }
  },
);

export interface Address {
  readonly local: string;
  readonly prefixlen: number;
  readonly dynamic?: boolean;
  readonly tentative?: boolean;
  readonly dadfailed?: boolean;
  readonly deprecated?: boolean;
}

export async function addresses(world: ConformanceWorld, node: NodeName = 'client'): Promise<readonly Address[]> {
  const namespace = world.lab.namespace(node);
  const text = await run(['ip', '-json', '-6', 'address', 'show', 'dev', device, 'scope', 'global'], { namespace });
  const links = JSON.parse(text) as { addr_info?: readonly Address[] }[];
  // The filter leaves empty objects where it left something out.
  const found = links.flatMap(({ addr_info = [] }) => addr_info).filter(({ local }) => local !== undefined);
  const failed = found.filter(({ dadfailed }) => dadfailed === true);
  assert.deepEqual(failed, [], 'duplicate address detection found another node');
  return found;
}

/** Whether an address is in a /64. */
export function isIn(prefix: string, { local }: Address): boolean {
  const [half, other] = [prefix.replace(/\/.*/, ''), local].map((text) => ipv6Octets(text).subarray(0, 8).toHex());
  return half === other;
}

/** Waits for an address of a /64 that duplicate address detection is done with: `client6` is a place from now on. */
export async function findAddress(
  world: ConformanceWorld,
  prefix: string,
  node: NodeName = 'client',
): Promise<Address> {
  const isUsable = (address: Address): boolean => isIn(prefix, address) && address.tentative !== true;
  let found: Address | undefined;
  const search = async (): Promise<void> => {
    while (found === undefined) found = (await addresses(world, node)).find(isUsable);
  };
  await within(patience, `an address of ${prefix} on ${device}`, search());
  if (node === 'client')
    addPlace(world, 'client6', { namespace: world.lab.namespace('client'), address: found!.local });
  return found!;
}

Then("the client's kernel gives itself an address of {word}", async function (this: ConformanceWorld, prefix: string) {
  const { dynamic, prefixlen } = await findAddress(this, prefix);
  // `dynamic` is what the kernel says of an address that a router's advertisement made.
  assert.deepEqual([dynamic, prefixlen], [true, 64]);
});

async function defaultRouters(world: ConformanceWorld): Promise<string[]> {
  const namespace = world.lab.namespace('client');
  const text = await run(['ip', '-json', '-6', 'route', 'show', 'default', 'dev', device], { namespace });
  const routes = JSON.parse(text || '[]') as { gateway?: string; protocol?: string }[];
  return routes.map(({ gateway, protocol }) => `${gateway} ${protocol}`);
}

Then('it knows no default router', async function (this: ConformanceWorld) {
  assert.deepEqual(await defaultRouters(this), []);
});

Then("it knows the server's adapter as its default router", async function (this: ConformanceWorld) {
  assert.deepEqual(await defaultRouters(this), [`${virtualLan6.serverLinkLocal} ra`]);
});

When(
  "the client's kernel is given the address {word} too, and a capture shows how",
  async function (this: ConformanceWorld, address: string) {
    const namespace = this.lab.namespace('client');
    await this.captureOn(namespace, device, 'adapter');
    await this.lab.ip(namespace, `addr add ${address}/64 dev ${device} noprefixroute`);
    const settled = async (): Promise<void> => {
      const isDone = ({ local, tentative }: Address) => local === address && tentative !== true;
      while (!(await addresses(this)).some(isDone));
    };
    await within(patience, `duplicate address detection for ${address}`, settled());
    this.set('probed', address);
  },
);

declare module '../shared/world.ts' {
  interface Facts {
    /** An address that duplicate address detection was about. */
    probed: string;
  }
}

Then('it asked whether another node has that address, and nobody answered', async function (this: ConformanceWorld) {
  const target = ipv6Octets(this.get('probed')).toHex();
  const about = (await this.packets('adapter'))
    .map(({ octets }) => octets)
    .filter((frame) => frame[20] === 58 && frame.subarray(62, 78).toHex() === target);
  const types = about.map((frame) => `${frame[54]} from ${frame.subarray(22, 38).toHex()}`);
  // RFC 4861 §4.3: a solicitation, 135, from `::`; an answer would be of type 136.
  assert.deepEqual(types, [`135 from ${'0'.repeat(32)}`]);
});

When('the adapter is taken down and brought up by its user', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  await this.lab.ip(namespace, `link set ${device} down`);
  assert.deepEqual(await addresses(this), []);
  await this.lab.ip(namespace, `link set ${device} up`);
});

/** RFC 4861 §4.1, §4.2 and §4.6.2. */
Then(
  'the capture shows a router solicitation of the kernel, answered with that prefix',
  async function (this: ConformanceWorld) {
    const [own = ''] = virtualLan6.clientPrefix.split('/');
    const advertised = `0304${(64).toString(16)}40ffffffffffffffff00000000${ipv6Octets(own).toHex()}`;
    const isOf = (type: number) => (frame: Uint8Array) => frame[20] === 58 && frame[54] === type;
    const frames = (await this.packets('adapter')).map(({ octets }) => octets);
    const asked = frames.findIndex(isOf(133));
    assert.notEqual(asked, -1, 'the kernel asked for no router');
    const answer = frames.slice(asked).find(isOf(134));
    assert.ok(answer?.toHex().includes(advertised), 'no answer, or another /64');
  },
);

Then(
  "the kernel has resolved the server's link-local address to its reserved physical address",
  async function (this: ConformanceWorld) {
    const namespace = this.lab.namespace('client');
    const words = ['neighbour', 'show', virtualLan6.serverLinkLocal, 'dev', device];
    const [neighbour] = JSON.parse(await run(['ip', '-json', ...words], { namespace })) as { lladdr?: string }[];
    assert.equal(neighbour?.lladdr, virtualLan.serverPhysical);
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

async function gateways(world: ConformanceWorld, network: string): Promise<string[]> {
  const namespace = world.lab.namespace('client');
  const text = await run(['ip', '-json', '-6', 'route', 'show', network], { namespace });
  const routes = JSON.parse(text || '[]') as { gateway?: string; dev?: string }[];
  return routes.map(({ gateway, dev }) => `${gateway} ${dev}`);
}

Then(
  "the client routes {word} and {word} through the link-local address of the server's adapter",
  async function (this: ConformanceWorld, one: string, other: string) {
    for (const network of [one, other])
      assert.deepEqual(await gateways(this, network), [`${virtualLan6.serverLinkLocal} ${device}`], network);
  },
);

Then(
  'no adapter is left in the client, nor a route to {word}',
  async function (this: ConformanceWorld, network: string) {
    const namespace = this.lab.namespace('client');
    const links = JSON.parse(await run(['ip', '-json', 'link'], { namespace })) as { ifname: string }[];
    assert.ok(!links.some(({ ifname }) => ifname === device));
    assert.deepEqual(await gateways(this, network), []);
  },
);
