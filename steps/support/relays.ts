/** Tunnels through relays ([EP] figs. 3, 4 and 13): what the next node sees, and what is on each hop. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { wordAt } from '../../reference/octets.ts';
import { decodeRelay } from '../../reference/wire/relay.ts';
import { assertOctets } from './lab/captures/difference.ts';
import { tcpConnections } from './lab/captures/tcp-streams.ts';
import { wireDevice } from './lab/networks/namespace.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { echoReply } from './lab/packets/echo-reply.ts';
import { type Overrides, tunnelPort } from './peers/configuration.ts';
import { closes, scripted, scriptedServer, type WireRole } from './peers.ts';
import { hops } from './plaintext.ts';
import { startTunnel } from './tunnels.ts';
import type { ConformanceWorld } from './world.ts';

/** [EP] fig. 4: nodes B, C and D. */
export const pathThroughRelays = ['relay-b.test', 'relay-c.test', 'server.test'];

/** A laboratory with both relays and a DNS server, and a capture of each hop. */
export async function labWithRelays(world: ConformanceWorld): Promise<void> {
  const lab = await world.startLab({ relays: ['relay-b', 'relay-c'], dns: true });
  const between = ['client', 'relay-b', 'relay-c', 'server'] as const;
  for (const [i, hop] of hops.entries()) {
    const ends = between.slice(i, i + 2).map((node) => `host ${lab.address(node)}`);
    const filter = [`tcp port ${tunnelPort}`, ...ends].join(' and ');
    await world.captureOn(lab.namespace(between[i] ?? ''), wireDevice, hop, filter);
  }
}

/** @param server what is particular to its configuration @param client likewise */
export async function tunnelThroughRelays(
  world: ConformanceWorld,
  server: Overrides = {},
  client: Overrides = {},
): Promise<void> {
  await startTunnel(world, { server, client: { path: pathThroughRelays, ...client }, relays: ['relay-b', 'relay-c'] });
}

/** In the hosts file, at its end: the file is bound over /etc/hosts of the relay. */
When('the relay learns that {word} is at {word}', function (this: ConformanceWorld, name: string, address: string) {
  appendFileSync(`/etc/netns/${this.lab.namespace('relay-b')}/hosts`, `${address} ${name}\n`);
});

/** What a relay does at first, and what it does later, need not be the same program. 0 s: nothing has passed. */
When(
  'datagrams have passed through the tunnel for {duration}',
  async function (this: ConformanceWorld, milliseconds: number) {
    const [initiator, server] = [this.get('initiator'), this.get('server')];
    const datagram = echoReply(virtualLan.clientAddress, virtualLan.serverAddress, 0x1a57);
    for (const since = performance.now(); performance.now() - since < milliseconds; await pause(50))
      for (const [from, to] of [
        [initiator, server],
        [server, initiator],
      ] as const) {
        await from.send(datagram);
        assert.deepEqual(await to.receive(), datagram);
      }
  },
);

Then('nobody was connected to', function (this: ConformanceWorld) {
  assert.equal(this.get('listener').accepted, 0);
});

Then('the next node receives RELAY unchanged', async function (this: ConformanceWorld) {
  const server = await scriptedServer(this);
  const { octets } = await server.expect('RELAY');
  assertOctets(octets, this.get('initiator').relay, 'what the next node receives');
});

Then('RELAY is the same octets on each of the three hops', async function (this: ConformanceWorld) {
  const frames: string[] = [];
  for (const hop of hops) {
    const connections = tcpConnections(await this.packets(hop));
    assert.equal(connections.length, 1, `not one connection on ${hop}`);
    const { octets } = connections[0]!.forth;
    frames.push(octets.subarray(0, wordAt(octets, 0)).toHex());
  }
  const { path } = decodeRelay(Uint8Array.fromHex(frames[0]!));
  assert.deepEqual(path, pathThroughRelays);
  assert.equal(new Set(frames).size, 1, frames.join('\n'));
});

Then('the next node receives RELAY and that frame', async function (this: ConformanceWorld) {
  const server = await scriptedServer(this);
  await server.expect('RELAY');
  const { octets } = await server.expect('REQUEST');
  assert.equal(octets.length, 4_096);
});

Then(
  'the {role} receives {close} "{status}" and the end of the stream',
  async function (this: ConformanceWorld, role: WireRole, keyed: boolean, status: number) {
    await closes(this, scripted(this, role), status, keyed);
  },
);
