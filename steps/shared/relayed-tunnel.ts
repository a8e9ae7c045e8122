/** Steps about a whole tunnel through both relays, and what can be seen on its hops ([EP] figs. 3 and 4). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { encodeRelay } from '../../reference/wire/relay.ts';
import { wireDevice } from './lab/namespace.ts';
import { tcpConnections } from './lab/tcp-streams.ts';
import type { Overrides } from './peers/configuration.ts';
import { lab } from './peers.ts';
import { isHidden } from './plaintext.ts';
import { startTunnel } from './tunnels.ts';
import type { ConformanceWorld } from './world.ts';

/** From the client on. */
export const path = ['relay-b.test', 'relay-c.test', 'server.test'];
const nodes = ['client', 'relay-b', 'relay-c', 'server'] as const;
/** [EP] fig. 3: the tunnel connections 38, 40 and 42. */
const hops = ['hop-1', 'hop-2', 'hop-3'];

/** A laboratory with both relays and a DNS server, and a capture of each hop. */
export async function labWithRelays(world: ConformanceWorld): Promise<void> {
  await lab(world, { relays: ['relay-b', 'relay-c'], dns: true });
  for (const [i, hop] of hops.entries()) {
    const ends = nodes.slice(i, i + 2).map((node) => `host ${world.lab.address(node)}`);
    const filter = ['tcp port 3265', ...ends].join(' and ');
    await world.captureOn(world.lab.namespace(nodes[i] ?? ''), wireDevice, hop, filter);
  }
}

/** @param server what is particular to its configuration */
export async function tunnelThroughRelays(world: ConformanceWorld, server: Overrides = {}): Promise<void> {
  await startTunnel(world, { server, client: { path }, relays: ['relay-b', 'relay-c'] });
}

Then('RELAY is the same octets on each of the three hops', async function (this: ConformanceWorld) {
  const expected = encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path });
  for (const hop of hops) {
    const connections = tcpConnections(await this.packets(hop));
    assert.equal(connections.length, 1, `not one connection on ${hop}`);
    assert.deepEqual(connections[0]?.forth.octets.subarray(0, expected.length), expected, hop);
  }
});

Then('the plaintext is nowhere in what the relays saw', async function (this: ConformanceWorld) {
  for (const hop of hops) await isHidden(this, hop);
});
