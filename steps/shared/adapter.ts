/** Steps about the pseudo network adapter as the local stack sees it ([EP] figs. 17, 18 and 23). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { run } from './lab/command.ts';
import { within } from './lab/deadline.ts';
import { echoReply } from './lab/echo-reply.ts';
import type { PacketSocket } from './lab/packet-socket.ts';
import { type Overrides, virtualLan, virtualLan6 } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import { ScriptedInitiator } from './peers/scripted-initiator.ts';
import { ScriptedServer, type ScriptedServerOptions } from './peers/scripted-server.ts';
import { lab } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    stack: PacketSocket;
    /** The datagram that a step sent. */
    sent: Uint8Array;
    /** Scripted initiators by name. */
    bob: ScriptedInitiator;
  }
}

const device = 'pna0';
const octets = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(':', ''));
const clientPhysical = octets(virtualLan.clientPhysical);
const serverPhysical = octets(virtualLan.serverPhysical);

const upward = (mark: number) => echoReply(virtualLan.clientAddress, virtualLan.serverAddress, mark);
const downward = (mark: number) => echoReply(virtualLan.serverAddress, virtualLan.clientAddress, mark);

/** An initiator whose adapter is up, and its scripted server. */
export async function adapterUnderTest(world: ConformanceWorld, overrides: Overrides, options: ScriptedServerOptions) {
  await world.startLab();
  const listener = await world.listen('server');
  const client = await world.startClient(overrides);
  const server = new ScriptedServer(await listener.accept(), options);
  world.set('server', server);
  await server.authorize();
  await client.event('adapter');
  world.set('stack', world.packetSocket('client', device));
}

Given('an adapter that nobody configures, and a scripted server', async function (this: ConformanceWorld) {
  await adapterUnderTest(this, { adapter: { configure: 'none', routes: false } }, {});
});

Given(
  'an adapter that the tunnel application configures, and a scripted server',
  async function (this: ConformanceWorld) {
    await adapterUnderTest(this, {}, {});
  },
);

When(
  'the stack sends a datagram in an Ethernet packet with {int} octets of padding',
  async function (this: ConformanceWorld, padding: number) {
    const sent = upward(7);
    this.set('sent', sent);
    const payload = new Uint8Array(sent.length + padding).fill(0xee);
    payload.set(sent);
    inject(this, EtherType.ipv4, payload);
  },
);

When('the stack sends a packet of EtherType {word}, then a datagram', function (this: ConformanceWorld, type: string) {
  const sent = upward(8);
  this.set('sent', sent);
  inject(this, Number.parseInt(type, 16), new Uint8Array(46).fill(0x45));
  inject(this, EtherType.ipv4, sent);
});

function inject(world: ConformanceWorld, etherType: number, payload: Uint8Array): void {
  const packet = encodeEthernet({ destination: serverPhysical, source: clientPhysical, etherType, payload });
  world.get('stack').inject(packet);
}

Then('the next DATA frame that is not empty holds exactly that datagram', async function (this: ConformanceWorld) {
  assert.deepEqual(await this.get('server').receive(), this.get('sent'));
});

When('the server sends an empty DATA frame, then a datagram', async function (this: ConformanceWorld) {
  const sent = downward(9);
  this.set('sent', sent);
  await this.get('server').send();
  await this.get('server').send(sent);
});

When('the server sends a datagram of one octet, 0x45, then a whole one', async function (this: ConformanceWorld) {
  const sent = downward(10);
  this.set('sent', sent);
  await this.get('server').send(Uint8Array.of(0x45));
  await this.get('server').send(sent);
});

Then(
  'the stack receives it in an Ethernet packet from the reserved physical address of the server to that of the client',
  async function (this: ConformanceWorld) {
    const sent = this.get('sent');
    const expected = encodeEthernet({
      destination: clientPhysical,
      source: serverPhysical,
      etherType: EtherType.ipv4,
      payload: sent,
    });
    const packet = await this.get('stack').next(
      'a packet',
      (frame) => frame[12] === 8 && frame[13] === 0 && frame.length > 15,
    );
    assert.deepEqual(packet, expected);
  },
);

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const [link] = await links(this);
  assert.deepEqual([link?.link_type, link?.address], ['ether', virtualLan.clientPhysical]);
});

Then('the device has the MTU and the address of the client data', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const [link] = await links(this);
  assert.equal(link?.mtu, virtualLan.mtu);
  const [entry] = JSON.parse(await run(['ip', '-json', '-4', 'addr', 'show', 'dev', device], { namespace })) as {
    addr_info: { local: string; prefixlen: number }[];
  }[];
  assert.deepEqual(
    entry?.addr_info.map(({ local, prefixlen }) => [local, prefixlen]),
    [[virtualLan.clientAddress, virtualLan.prefixLength]],
  );
});

Then(
  'the network behind the server is routed through the address of its adapter',
  async function (this: ConformanceWorld) {
    const namespace = this.lab.namespace('client');
    const routes = JSON.parse(await run(['ip', '-json', 'route', 'show', virtualLan.behindServer], { namespace })) as {
      gateway?: string;
      dev?: string;
    }[];
    assert.deepEqual(
      routes.map(({ gateway, dev }) => [gateway, dev]),
      [[virtualLan.serverAddress, device]],
    );
  },
);

async function links(world: ConformanceWorld) {
  const namespace = world.lab.namespace('client');
  return JSON.parse(await run(['ip', '-json', 'link', 'show', 'dev', device], { namespace })) as {
    address: string;
    link_type: string;
    mtu: number;
  }[];
}

// The server's adapter.

const twoNames = {
  initiators: ['alice', 'bob'].map((name, index) => ({
    name,
    publicKey: identityOf(name).publicKey,
    address: `10.8.0.${10 + index}`,
  })),
};

Given("a tunnel server's adapter with alice and bob authorized", async function (this: ConformanceWorld) {
  await this.startLab();
  await serverUnderTest(this, twoNames);
});

Given(
  "a tunnel server's adapter of both families with alice and bob authorized",
  async function (this: ConformanceWorld) {
    await this.startLab({ ipv6: true });
    await serverUnderTest(this, { ...twoNames, adapter: { address6: virtualLan6.serverPrefix } });
  },
);

async function serverUnderTest(world: ConformanceWorld, overrides: Overrides): Promise<void> {
  await world.startServer(overrides);
  const join = async (name: string) => {
    const initiator = new ScriptedInitiator(await world.connect(), { identity: identityOf(name), suite: 'x25519' });
    await initiator.authorize();
    return initiator;
  };
  world.set('initiator', await join('alice'));
  world.set('bob', await join('bob'));
  world.set('stack', world.packetSocket('server', device));
}

When(
  'alice sends a datagram from {word} to {word}, then one of her own',
  async function (this: ConformanceWorld, from: string, to: string) {
    const alice = this.get('initiator');
    await alice.send(echoReply(from, to, 20));
    const sent = upward(21);
    this.set('sent', sent);
    await alice.send(sent);
  },
);

When('alice sends a datagram from {word} to {word}', async function (this: ConformanceWorld, from: string, to: string) {
  const sent = echoReply(from, to, 22);
  this.set('sent', sent);
  await this.get('initiator').send(sent);
});

Then(/^(?:only her own|that) reaches the server's adapter$/, async function (this: ConformanceWorld) {
  const packet = await this.get('stack').next('a packet', isDatagram);
  assert.deepEqual(packet.subarray(14), this.get('sent'));
});

/** Out of a tunnel, as opposed to what the server's kernel sends by itself or an emulator answers. */
function isDatagram(frame: Uint8Array): boolean {
  const isNeighbourDiscovery = frame[20] === 58 && frame[54]! >= 133 && frame[54]! <= 137;
  const type = frame.subarray(12, 14).toHex();
  const fromTunnel = frame.subarray(6, 12).toHex() === clientPhysical.toHex();
  return fromTunnel && (type === '0800' || (type === '86dd' && !isNeighbourDiscovery));
}

When("the server's stack sends a datagram to bob", function (this: ConformanceWorld) {
  sendDown(this, ['10.8.0.11']);
});

When("the server's stack sends datagrams to {word} and to bob", function (this: ConformanceWorld, nobody: string) {
  sendDown(this, [nobody, '10.8.0.11']);
});

When("the server's stack sends a datagram to {word} in IPv6", function (this: ConformanceWorld, to: string) {
  sendDown(this, [to]);
});

/** The last one is what a later step compares. */
function sendDown(world: ConformanceWorld, destinations: readonly string[]): void {
  const ends = { destination: clientPhysical, source: serverPhysical };
  for (const [index, to] of destinations.entries()) {
    const [from, etherType] = to.includes(':')
      ? ([virtualLan6.serverAddress, EtherType.ipv6] as const)
      : ([virtualLan.serverAddress, EtherType.ipv4] as const);
    const payload = echoReply(from, to, 30 + index);
    world.set('sent', payload);
    world.get('stack').inject(encodeEthernet({ ...ends, etherType, payload }));
  }
}

Then('bob receives exactly his', async function (this: ConformanceWorld) {
  assert.deepEqual(await this.get('bob').receive(), this.get('sent'));
});

Then('alice receives nothing before the next datagram for her', async function (this: ConformanceWorld) {
  const payload = echoReply(virtualLan.serverAddress, virtualLan.clientAddress, 40);
  const packet = encodeEthernet({
    destination: clientPhysical,
    source: serverPhysical,
    etherType: EtherType.ipv4,
    payload,
  });
  this.get('stack').inject(packet);
  assert.deepEqual(await this.get('initiator').receive(), payload);
});

When("the server's kernel asks by ARP for alice's address", async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('server');
  await run(['ip', 'neighbour', 'flush', 'dev', device], { namespace });
  const resolving = this.get('stack').next('an ARP reply', (frame) => frame[13] === 6 && frame[21] === 2);
  await run(['ping', '-c', '1', '-W', '1', virtualLan.clientAddress], { namespace }).catch(() => '');
  await resolving;
});

Then("it holds the reserved physical address of the client's adapter", async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('server');
  const text = await run(['ip', '-json', 'neighbour', 'show', virtualLan.clientAddress, 'dev', device], { namespace });
  const [neighbour] = JSON.parse(text) as { lladdr?: string }[];
  assert.equal(neighbour?.lladdr, virtualLan.clientPhysical);
});

// What the kernel sends by itself.

Given('nodes that speak IPv6', async function (this: ConformanceWorld) {
  await lab(this, { ipv6: true });
});

When("the client's kernel has sent IPv6 multicast through the adapter", async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const sent = async (): Promise<void> => {
    for (let count = 0; count === 0; await pause(20)) {
      const text = await run(['cat', `/proc/net/dev_snmp6/${device}`], { namespace });
      count = Number(/^Ip6OutMcastPkts\s+(\d+)$/m.exec(text)?.[1] ?? 0);
    }
  };
  await within(10_000, 'IPv6 multicast of the kernel', sent());
});
