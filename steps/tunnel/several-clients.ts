/** Steps about several tunnel clients, each a process with an adapter of its own, at one server ([EP] fig. 14). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { decodeIpv4, type Ipv4Datagram } from '../../reference/packets/ipv4.ts';
import { PacketSocket } from '../shared/lab/packet-socket.ts';
import { type PingResult, ping } from '../shared/lab/traffic.ts';
import { type Overrides, virtualLan } from '../shared/peers/configuration.ts';
import { identityOf } from '../shared/peers/identities.ts';
import { addPlace, placeOf } from '../shared/places.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** A ping that may be answered or not. */
    pinging: Promise<PingResult>;
    /** At the destination's adapter, open since before the ping was sent. */
    farAdapter: PacketSocket;
  }
}

const device = 'pna0';
const clients = [
  { name: 'alice', node: 'client', address: '10.8.0.10' },
  { name: 'bob', node: 'others', address: '10.8.0.11' },
] as const;

async function tunnels(world: ConformanceWorld, overrides: Overrides): Promise<void> {
  const lab = await world.startLab({ nodes: ['others'] });
  // What its policy drops must not be lost on the server's kernel instead.
  lab.sysctl(lab.namespace('server'), 'net/ipv4/ip_forward', 1);
  const initiators = clients.map(({ name, address }) => ({ name, publicKey: identityOf(name).publicKey, address }));
  await world.startServer({ initiators, ...overrides });
  for (const { name, node, address } of clients) {
    const client = await world.startClient({ name, privateKey: identityOf(name).privateKey }, node);
    await client.event('adapter');
    const namespace = lab.namespace(node);
    addPlace(world, name, { namespace, address });
    // Once the server has answered it has confirmed the client, and sends it what is for it.
    const { received, output } = await ping({ namespace, destination: virtualLan.serverAddress });
    assert.equal(received, 1, output);
  }
}

Given('tunnel clients alice and bob of a server whose node forwards', async function (this: ConformanceWorld) {
  await tunnels(this, {});
});

Given(
  'tunnel clients alice and bob of a server that passes datagrams between clients',
  async function (this: ConformanceWorld) {
    await tunnels(this, { clientToClient: true });
  },
);

/** The IPv4 datagram in an Ethernet packet, if there is one. */
const datagramIn = (packet: Uint8Array): Ipv4Datagram | undefined =>
  packet[12] === 8 && packet[13] === 0 ? decodeIpv4(packet.subarray(14)) : undefined;

When('{word} sends {word} a ping', async function (this: ConformanceWorld, one: string, other: string) {
  const [from, to] = [placeOf(this, one), placeOf(this, other)];
  const adapterOf = (namespace: string) => this.own(PacketSocket.open(namespace, device));
  this.set('farAdapter', adapterOf(to.namespace));
  const entrance = adapterOf(from.namespace);
  this.set('pinging', ping({ namespace: from.namespace, destination: to.address, wait: 1 }));
  await entrance.next(`a ping from ${one}`, (packet) => datagramIn(packet)?.destination === to.address);
});

/** Both tunnels keep the order of datagrams: what had been passed on would have come out before the server's. */
Then(
  "of these two only the server's ping came out of the adapter of {word}",
  function (this: ConformanceWorld, other: string) {
    const { address } = placeOf(this, other);
    const came = this.get('farAdapter').settle().map(datagramIn);
    const sources = came.filter((datagram) => datagram?.destination === address).map((datagram) => datagram?.source);
    assert.deepEqual(sources, [virtualLan.serverAddress]);
  },
);

Then('the first of them is not answered', async function (this: ConformanceWorld) {
  const { sent, received, output } = await this.get('pinging');
  assert.deepEqual([sent, received], [1, 0], output);
});
