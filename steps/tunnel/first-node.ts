/** Steps about the first node of a tunnel path: by which addresses and at which port an initiator reaches it ([EP] fig. 4). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { assertTime } from '../support/exchanges.ts';
import { segmentOf } from '../support/lab/captures/tcp-streams.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { listenAsServer, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

Given(
  /^nodes( of both families)? whose names are in DNS alone$/,
  async function (this: ConformanceWorld, both: string | undefined) {
    await this.startLab({ dns: true, ipv6: Boolean(both) });
  },
);

/** It listens in the node server, whose addresses are not all of these. */
Given(
  'the first node, {word}, is at {} and listens on port {int}',
  async function (this: ConformanceWorld, name: string, addresses: string, port: number) {
    await this.names.host(name, ...addresses.split(', ')).start();
    await listenAsServer(this, 'server', port);
  },
);

When('an initiator connects by the path {}', async function (this: ConformanceWorld, path: string) {
  await this.startClient({ path: path.split(' ') });
});

async function expectPath(world: ConformanceWorld, path: string): Promise<void> {
  const server = await scriptedServer(world);
  const relay = await server.readRelay();
  assert.equal(relay.path.join(' '), path);
}

Then('the first node has read RELAY for the path {}', async function (this: ConformanceWorld, path: string) {
  await expectPath(this, path);
});

/** 253 octets, in labels of 63 at most. @param number makes it another */
const longestName = (number: number): string =>
  ['a', 'b', 'c', 'd']
    .map((letter) => letter.repeat(63))
    .join('.')
    .slice(0, 251) + String(number).padStart(2, '0');

const longPath = ['next.test', ...Array.from({ length: 15 }, (_, index) => `${longestName(index)}:65535`)];

When(
  'an initiator connects by a path of 16 names, whose others and whose origin have 253 octets',
  async function (this: ConformanceWorld) {
    await this.startClient({ path: longPath, origin: longestName(99) });
  },
);

Then('the first node has read RELAY for that path', async function (this: ConformanceWorld) {
  await expectPath(this, longPath.join(' '));
});

When(
  'an initiator that has {duration} for TCP Open, and connects again after {duration}, connects by the path {}',
  async function (this: ConformanceWorld, tcpOpen: number, backOff: number, path: string) {
    const timers = { tcpOpen, backOffMin: backOff, backOffMax: backOff };
    await this.startClient({ path: path.split(' '), reconnect: true, timers });
  },
);

/** An attempt is known by its port: the SYNs that are repeated have the one of the first. */
Then(
  'it comes back to the address that it tried first after {duration}, and before {duration} are over',
  { timeout: 50_000 },
  async function (this: ConformanceWorld, least: number, most: number) {
    await pause(2 * most);
    const segments = (await this.packets()).flatMap((packet) => segmentOf(packet) ?? []);
    const syns = segments.filter(({ syn, destination }) => syn && destination.endsWith(`:${tunnelPort}`));
    const [first] = syns;
    const again = syns.find((one) => one.destination === first?.destination && one.source !== first.source);
    if (first === undefined || again === undefined)
      throw new Nonconformance(`${syns.length} SYNs were sent, and no address was tried twice`);
    // The time of the attempt begins before its first SYN leaves.
    assertTime((again.packet.time - first.packet.time) / 1_000, least, most - least);
  },
);
