/** Steps about private networks at the ends of a tunnel ([EP] figs. 3 and 14). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Given, Then, When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { decodeIpv4 } from '../../reference/packets/ipv4.ts';
import { run } from '../shared/lab/command.ts';
import { patience, within } from '../shared/lab/deadline.ts';
import { echoReply } from '../shared/lab/echo-reply.ts';
import { type NodeName, wireDevice } from '../shared/lab/namespace.ts';
import { PacketSocket } from '../shared/lab/packet-socket.ts';
import { packetsRevealing } from '../shared/lab/plaintext-search.ts';
import { addPrivateNetwork, lanDevice } from '../shared/lab/private-network.ts';
import { connectInside, ping } from '../shared/lab/traffic.ts';
import { tunnelPort } from '../shared/peers/configuration.ts';
import { identityOf } from '../shared/peers/identities.ts';
import { lab } from '../shared/peers.ts';
import { addPlace, placeOf } from '../shared/places.ts';
import { labWithRelays, tunnelThroughRelays } from '../shared/relays.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** Where two datagrams of a host enter the tunnel, and where they come out of it. */
    entrance: PacketSocket;
    exit: PacketSocket;
  }
}

const device = 'pna0';

async function privateNetwork(world: ConformanceWorld, gateway: NodeName, hosts: readonly string[]): Promise<void> {
  for (const host of await addPrivateNetwork(world.lab, gateway, hosts)) addPlace(world, host.address, host);
}

async function routesTo(namespace: string, network: string): Promise<string[]> {
  const found = JSON.parse((await run(['ip', '-json', 'route', 'show', network], { namespace })) || '[]') as {
    gateway?: string;
    dev: string;
  }[];
  return found.map(({ gateway, dev }) => `${gateway} ${dev}`);
}

/** Waits until a namespace has exactly these routes to a network, each `GATEWAY DEVICE`: no event tells of them. */
async function routed(namespace: string, network: string, expected: readonly string[]): Promise<void> {
  let last = await routesTo(namespace, network);
  const settled = async (): Promise<void> => {
    while (last.join() !== expected.join()) last = await routesTo(namespace, network);
  };
  const what = `routes to ${network}: ${expected.join(', ') || 'none'}`;
  await within(patience, what, settled(), () => `they are ${last.join(', ') || 'none'}`);
}

// Two private networks ([EP] fig. 3).

const listed = '10.20.0.0/24';
const between = {
  initiators: [
    {
      name: 'alice',
      publicKey: identityOf('alice').publicKey,
      address: '10.8.0.10',
      networks: [listed],
    },
  ],
};

Given(
  'a tunnel from client, the gateway of {word}, through relay-b and relay-c to server, the gateway of {word}',
  async function (this: ConformanceWorld, behindClient: string, behindServer: string) {
    await labWithRelays(this);
    await privateNetwork(this, 'client', [behindClient]);
    await privateNetwork(this, 'server', [behindServer]);
    await this.captureOn(this.lab.namespace('server'), lanDevice, 'private');
    await tunnelThroughRelays(this, between);
    await routed(this.lab.namespace('server'), listed, [`10.8.0.10 ${device}`]);
  },
);

When(
  '{word} sends {word} a datagram with the source {word}, then one with its own',
  async function (this: ConformanceWorld, from: string, to: string, foreign: string) {
    const socketAt = (node: NodeName) => this.packetSocket(node, device);
    this.set('entrance', socketAt('client'));
    this.set('exit', socketAt('server'));
    const host = placeOf(this, from);
    const socket = this.own(PacketSocket.open(host.namespace, lanDevice));
    const ends = {
      source: await physicalOf(host.namespace),
      destination: await physicalOf(this.lab.namespace('client')),
    };
    for (const source of [foreign, from]) {
      socket.inject(encodeEthernet({ ...ends, etherType: EtherType.ipv4, payload: echoReply(source, to, 1) }));
    }
  },
);

async function physicalOf(namespace: string): Promise<Uint8Array> {
  const text = await run(['ip', '-json', 'link', 'show', 'dev', lanDevice], { namespace });
  const [link] = JSON.parse(text) as { address: string }[];
  return Uint8Array.fromHex((link?.address ?? '').replaceAll(':', ''));
}

const isIpv4 = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0;

async function nextSource(socket: PacketSocket): Promise<string> {
  return decodeIpv4((await socket.next('a datagram', isIpv4)).subarray(14)).source;
}

Then(
  'those of {word} and {word} enter the tunnel, and that of {word} alone comes out',
  async function (this: ConformanceWorld, foreign: string, own: string, passed: string) {
    const entrance = this.get('entrance');
    assert.deepEqual([await nextSource(entrance), await nextSource(entrance)], [foreign, own]);
    // They keep their order, so the first to come out tells what became of the other.
    assert.equal(await nextSource(this.get('exit')), passed);
  },
);

When('the client is ended by its user', async function (this: ConformanceWorld) {
  await this.iut('client').terminate();
});

Then('the server has no route to {word} any more', async function (this: ConformanceWorld, network: string) {
  await this.iut('server').event('ended');
  await routed(this.lab.namespace('server'), network, []);
});

Then("the plaintext is found in the capture on the server's private network", async function (this: ConformanceWorld) {
  const found = packetsRevealing(await this.packets('private'), this.get('plaintext'));
  assert.ok(found.length > 0, 'the search finds nothing even where the plaintext is');
});

// A client and a private network ([EP] fig. 14).

Given('a server whose private network has the nodes {}', async function (this: ConformanceWorld, nodes: string) {
  await lab(this);
  await privateNetwork(this, 'server', nodes.split(', '));
});

/** A packet filter of routing rules: what they forbid is answered with ICMP, ARP is not IP and passes. */
Given('a firewall that lets in nothing but TCP to the port of tunnels', async function (this: ConformanceWorld) {
  const others = ['icmp', 'udp', 'tcp'].map(
    (protocol) => `rule add pref 11 iif ${wireDevice} ipproto ${protocol} prohibit`,
  );
  await this.lab.ip(
    this.lab.namespace('server'),
    `rule add pref 10 iif ${wireDevice} ipproto tcp dport ${tunnelPort} lookup local`,
    ...others,
    'rule add pref 20 lookup local',
    'rule del pref 0',
  );
});

Then(
  "pings and TCP from the client to the server's address on the wire are refused",
  async function (this: ConformanceWorld) {
    const [namespace, address] = [this.lab.namespace('client'), this.lab.address('server')];
    const { received, output } = await ping({ namespace, destination: address });
    assert.equal(received, 0, output);
    assert.match(output, /filtered/);
    const socket = connectInside(namespace, address, tunnelPort + 1);
    const [error] = await within(patience, 'the refusal', once(socket, 'error'));
    assert.equal(error.code, 'EHOSTUNREACH');
  },
);
