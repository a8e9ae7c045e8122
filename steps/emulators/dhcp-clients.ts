/** Steps about the DHCP clients that people use, on the adapter of a tunnel: verdicts from the kernel and the capture. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { run } from '../shared/lab/command.ts';
import { patience } from '../shared/lab/deadline.ts';
import { type ClientName, DhcpClient } from '../shared/lab/dhcp-clients/client.ts';
import { unplugged } from '../shared/lab/dhcp-clients/networkd.ts';
import type { Purpose } from '../shared/lab/dhcp-clients/recipe.ts';
import { type DhcpMessage, dhcpMessages, isDhcp, messageIn, optionOf, stateOf } from '../shared/lab/dhcp-messages.ts';
import { LabFailure } from '../shared/lab/failure.ts';
import { insist } from '../shared/lab/insist.ts';
import type { PacketSocket } from '../shared/lab/packet-socket.ts';
import { until } from '../shared/lab/until.ts';
import { virtualLan } from '../shared/peers/configuration.ts';
import { lab } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    dhcpClient: DhcpClient;
    /** What passes the adapter, to wait for; verdicts come from the capture. */
    passing: PacketSocket;
  }
}

const device = 'pna0';
/** Not the MTU of the client data: a client that handles option 26 has to change it. */
const strangeMtu = 1280;
/** Three probes, and the time before and after: RFC 5227 §1.1. */
const probing = 20_000;

interface Route {
  readonly dst: string;
  readonly gateway?: string;
  readonly metrics?: readonly { readonly mtu?: number }[];
}
interface Device {
  readonly mtu: number;
  readonly addr_info: readonly { readonly local: string; readonly prefixlen: number }[];
}

async function kernel<T>(world: ConformanceWorld, ...what: string[]): Promise<T> {
  const text = await run(['ip', '-json', '-4', ...what, 'dev', device], { namespace: world.lab.namespace('client') });
  return JSON.parse(text.trim() === '' ? '[]' : text) as T;
}

async function deviceOf(world: ConformanceWorld): Promise<Device> {
  const found = await kernel<Device[]>(world, 'address', 'show');
  // Without an IPv4 address `ip -4 address` shows nothing.
  return found.find((one) => 'mtu' in one) ?? { mtu: 0, addr_info: [] };
}

/** @param routes whether the tunnel application lays routes too */
async function tunnel(world: ConformanceWorld, routes: boolean): Promise<void> {
  await lab(world);
  const names = { dns: ['10.9.0.53'], domain: 'private.test', search: ['private.test', 'lab.private.test'] };
  await world.startServer({ clientData: names });
  const client = await world.startClient({ adapter: { configure: 'dhcp', routes } });
  await client.event('adapter');
  const namespace = world.lab.namespace('client');
  await world.lab.ip(namespace, `link set ${device} mtu ${strangeMtu}`);
  await world.captureOn(namespace, device, 'adapter');
  await world.captureOn(world.lab.namespace('server'), device, 'far');
  world.set('passing', world.packetSocket('client', device));
}

Given('a tunnel whose adapter has nothing but its DHCP server', async function (this: ConformanceWorld) {
  await tunnel(this, false);
});

Given('a tunnel whose application lays the routes itself', async function (this: ConformanceWorld) {
  await tunnel(this, true);
});

export async function obtain(world: ConformanceWorld, name: string, purpose: Purpose): Promise<DhcpClient> {
  const options = { name: name as ClientName, namespace: world.lab.namespace('client'), device, folder: world.folder };
  const client = world.own(new DhcpClient(options));
  world.set('dhcpClient', client);
  await client.start(purpose, purpose === 'probe' ? probing : patience);
  return client;
}

/** The next message that passes the adapter and is wanted. */
async function message(
  world: ConformanceWorld,
  what: string,
  wanted: (message: DhcpMessage) => boolean,
  milliseconds = patience,
): Promise<DhcpMessage> {
  const isWanted = (octets: Uint8Array): boolean => isDhcp(octets) && wanted(messageIn(octets));
  return messageIn(await world.get('passing').next(`a DHCP ${what} on the adapter`, isWanted, milliseconds));
}

const requestFrom = (world: ConformanceWorld, state: string, milliseconds?: number): Promise<DhcpMessage> =>
  message(world, `REQUEST from ${state}`, (one) => isFrom(one, state), milliseconds);

/** Waits for the ACK to a REQUEST. */
async function acknowledged(world: ConformanceWorld, request: DhcpMessage): Promise<void> {
  const { xid, ciaddr } = request.fields;
  await message(world, 'ACK', ({ type, fields }) => type === 'ACK' && fields.xid === xid && fields.ciaddr === ciaddr);
}

const isFrom = (one: DhcpMessage, state: string): boolean => one.type === 'REQUEST' && stateOf(one) === state;

When('{word} obtains a lease', async function (this: ConformanceWorld, name: string) {
  await obtain(this, name, 'use');
});

When('{word} probes for the address of its lease', async function (this: ConformanceWorld, name: string) {
  await obtain(this, name, 'probe');
});

When(
  /^(\w+) obtains a lease and (renews|rebinds) it$/,
  async function (this: ConformanceWorld, name: string, deed: string) {
    const purpose = deed === 'renews' ? 'renew' : 'rebind';
    const client = await obtain(this, name, purpose);
    const act = client.recipe[purpose];
    if (act === undefined) throw new LabFailure(`${name} has no way to do that at once`);
    const state = deed === 'renews' ? 'RENEWING' : 'REBINDING';
    const request = await insist(
      () => act(client),
      (milliseconds) => requestFrom(this, state, milliseconds),
    );
    await acknowledged(this, request);
  },
);

When('it releases its lease', async function (this: ConformanceWorld) {
  const client = this.get('dhcpClient');
  await client.recipe.release(client);
});

When('it obtains a lease again', async function (this: ConformanceWorld) {
  await this.get('dhcpClient').start();
});

When('it is ended and started again', async function (this: ConformanceWorld) {
  const client = this.get('dhcpClient');
  await client.end();
  await client.start();
});

When('the cable is pulled and plugged in again', async function (this: ConformanceWorld) {
  const [client, namespace] = [this.get('dhcpClient'), this.lab.namespace('client')];
  await this.lab.ip(namespace, `link set ${device} carrier off`);
  await unplugged(client, patience);
  await this.lab.ip(namespace, `link set ${device} carrier on`);
  await acknowledged(this, await requestFrom(this, 'INIT-REBOOT'));
  await client.recipe.settled(client, patience, 'use');
});

async function conversation(world: ConformanceWorld): Promise<DhcpMessage[]> {
  return dhcpMessages(await world.packets('adapter'));
}

/** That a reply is what RFC 2131 wants as an answer to a request, whatever it says. */
function judge(reply: DhcpMessage, request: DhcpMessage): void {
  const { serverAddress, clientAddress, serverPhysical, clientPhysical } = virtualLan;
  const { fields, options, sums, bootpLength } = reply;
  const about = `packet ${reply.packet}, ${reply.type} to packet ${request.packet}`;
  assert.deepEqual(
    { xid: fields.xid, chaddr: fields.chaddr, yiaddr: fields.yiaddr, ciaddr: fields.ciaddr, source: fields.ipSource },
    {
      xid: request.fields.xid,
      chaddr: clientPhysical,
      yiaddr: clientAddress,
      ciaddr: request.fields.ciaddr,
      source: serverAddress,
    },
    about,
  );
  assert.equal(fields.ethernetSource, serverPhysical, about);
  const broadcast = request.fields.flags !== 0;
  assert.equal(fields.ipDestination, broadcast ? '255.255.255.255' : clientAddress, about);
  assert.equal(fields.ethernetDestination, broadcast ? 'ff:ff:ff:ff:ff:ff' : clientPhysical, about);
  assert.equal(options[0]?.code, 53, `${about}: option 53 first`);
  assert.equal(optionOf(reply, 54), Uint8Array.from(serverAddress.split('.').map(Number)).toHex(), about);
  assert.equal(optionOf(reply, 51), '00000e10', `${about}: lease time`);
  assert.equal(optionOf(reply, 61), optionOf(request, 61), `${about}: client identifier`);
  assert.deepEqual(sums, [0, 0], `${about}: checksums`);
  assert.ok(bootpLength >= 300, about);
}

Then('the capture on the adapter shows {}', async function (this: ConformanceWorld, expected: string) {
  const messages = await conversation(this);
  assert.deepEqual(
    messages.map(({ type }) => type),
    expected.split(' '),
  );
  for (const [at, reply] of messages.entries()) {
    const request = messages[at - 1];
    if (request && reply.fields.sourcePort === 67) judge(reply, request);
  }
});

Then('a REQUEST from state {word} was acknowledged', async function (this: ConformanceWorld, state: string) {
  const messages = await conversation(this);
  const requests = messages.filter(({ type }) => type === 'REQUEST');
  const request = requests.find((one) => isFrom(one, state));
  assert.ok(request, `states of the REQUESTs: ${requests.map(stateOf).join(', ')}`);
  const reply = messages.slice(messages.indexOf(request)).find(({ fields }) => fields.sourcePort === 67);
  assert.equal(reply?.type, 'ACK');
  judge(reply as DhcpMessage, request);
});

Then('the RELEASE is in the capture, and no answer to it', async function (this: ConformanceWorld) {
  const messages = await conversation(this);
  const released = messages.findIndex(({ type }) => type === 'RELEASE');
  assert.ok(released > 0, 'no RELEASE');
  const release = messages[released]!;
  const { ciaddr, ipDestination } = release.fields;
  assert.deepEqual([ciaddr, ipDestination], [virtualLan.clientAddress, virtualLan.serverAddress]);
  const next = messages.slice(released + 1);
  assert.notEqual(next.length, 0, 'no conversation after the RELEASE: an answer to it might have been on its way');
  assert.equal(next[0]?.fields.destinationPort, 67, `packet ${next[0]?.packet} answers the RELEASE`);
});

Then(
  'ARP probes for its own address are in the capture, and no answer to them',
  async function (this: ConformanceWorld) {
    const packets = (await this.packets('adapter')).filter(({ octets }) => isArp(octets));
    const own = virtualLan.clientAddress;
    const operation = (octets: Uint8Array): number => octets[21] ?? 0;
    const probes = packets.filter(
      ({ octets }) => operation(octets) === 1 && address(octets, 28) === '0.0.0.0' && address(octets, 38) === own,
    );
    assert.notEqual(probes.length, 0, 'no ARP probe');
    const answers = packets.filter(({ octets }) => operation(octets) === 2 && address(octets, 28) === own);
    assert.deepEqual(
      answers.map(({ number }) => number),
      [],
    );
    const declined = (await conversation(this)).filter(({ type }) => type === 'DECLINE');
    assert.deepEqual(declined, []);
  },
);

const isArp = (octets: Uint8Array): boolean => octets[12] === 8 && octets[13] === 6;
const address = (octets: Uint8Array, offset: number): string => octets.subarray(offset, offset + 4).join('.');

Then('nothing of DHCP came out of the tunnel', async function (this: ConformanceWorld) {
  const packets = await this.packets('far');
  assert.notEqual(packets.length, 0, 'nothing at all came out of the tunnel');
  const found = packets.filter(({ octets }) => isDhcp(octets));
  assert.deepEqual(
    found.map(({ number }) => number),
    [],
  );
});

// What the kernel has.

Then('the kernel has the address of the client data', async function (this: ConformanceWorld) {
  const { addr_info } = await deviceOf(this);
  assert.deepEqual(
    addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    [`${virtualLan.clientAddress}/${virtualLan.prefixLength}`],
  );
});

Then('the kernel has no address on the adapter', async function (this: ConformanceWorld) {
  assert.deepEqual((await deviceOf(this)).addr_info, []);
});

async function routeBehind(world: ConformanceWorld): Promise<Route | undefined> {
  const routes = await kernel<Route[]>(world, 'route', 'show');
  return routes.find(({ dst }) => dst === virtualLan.behindServer);
}

Then('the kernel routes the network behind the server to it', async function (this: ConformanceWorld) {
  // The application puts its route back when it hears that the client's script has flushed it.
  const route = await until('a route to the network behind the server', () => routeBehind(this), patience);
  assert.equal(route.gateway, virtualLan.serverAddress);
});

Then('the MTU of the client data is that of the {word}', async function (this: ConformanceWorld, where: string) {
  const mtu = where === 'device' ? (await deviceOf(this)).mtu : (await routeBehind(this))?.metrics?.[0]?.mtu;
  assert.equal(mtu, virtualLan.mtu);
});

Then('names are looked up at {word}, in {}', async function (this: ConformanceWorld, server: string, search: string) {
  const client = this.get('dhcpClient');
  assert.deepEqual(await client.recipe.nameService(client), { servers: [server], search: search.split(' ') });
});
