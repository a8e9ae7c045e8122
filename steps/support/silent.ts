/** Many connections that come one after the other, from one address or several, and how many of them stay. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then } from '@cucumber/cucumber';
import { assertOctets } from './lab/captures/difference.ts';
import { until } from './lab/deadlines/until.ts';
import { type NodeName, wireAddresses6, wireDevice } from './lab/networks/namespace.ts';
import { tunnelPort } from './peers/configuration.ts';
import { ScriptedConnection } from './peers/scripted.ts';
import { isThere, settle } from './places-taken.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** Connections that should stay while others come. */
    staying: readonly ScriptedConnection[];
    /** The others. */
    coming: readonly ScriptedConnection[];
  }
}

/** Those of before stay too. */
export function noteStaying(world: ConformanceWorld, staying: readonly ScriptedConnection[]): void {
  const before = world.has('staying') ? world.get('staying') : [];
  world.set('staying', [...before, ...staying]);
}

/** Keeps the connections for the steps that count them: fact `coming`. */
export function noteComing(world: ConformanceWorld, coming: readonly ScriptedConnection[]): void {
  world.set('coming', coming);
}

/** Where the implementation under test listens. */
const nodeUnderTest = (world: ConformanceWorld): 'relay-b' | 'server' =>
  world.iuts.has('relay-b') ? 'relay-b' : 'server';

/** From an address of a node, to the implementation under test in the same family. @param local the kernel's choice if absent */
export async function connectFrom(
  world: ConformanceWorld,
  node: NodeName,
  local: string | undefined,
): Promise<ScriptedConnection> {
  const { lab } = world;
  const under = nodeUnderTest(world);
  const to = local?.includes(':') ? wireAddresses6[under] : lab.address(under);
  return world.own(await ScriptedConnection.connect(lab.namespace(node), to, tunnelPort, local));
}

/** @param act what each does before the next one comes; by default they are silent */
export async function crowdFrom(
  world: ConformanceWorld,
  node: NodeName,
  count: number,
  addresses: readonly (string | undefined)[] = [undefined],
  act: (connection: ScriptedConnection) => Promise<void> = async () => {},
): Promise<ScriptedConnection[]> {
  const all: ScriptedConnection[] = [];
  for (let index = 0; index < count; index++) {
    const connection = await connectFrom(world, node, addresses[index % addresses.length]);
    await act(connection);
    all.push(connection);
    // Those that come at once could be accepted in another order.
    await pause(10);
  }
  await settle();
  return all;
}

/** Who gives way is told *resource limit*, unkeyed. */
export async function assertStay(all: readonly ScriptedConnection[], count: number): Promise<void> {
  const staying = () => all.filter(isThere).length;
  await until(`no more than ${count} of ${all.length} stay`, async () => staying() <= count || undefined, 4_000).catch(
    () => {},
  );
  assert.equal(staying(), count, 'connections that stay');
  const gone = all.filter((connection) => !isThere(connection));
  for (const connection of gone) {
    const { octets } = await connection.next('a CLOSE frame');
    assertOctets(octets, Uint8Array.fromHex('000000080501000c'), 'what one gets that gives way');
  }
}

/**
 * Gives the node `others` more addresses, which the implementation under test reaches through it.
 * @param networks each a prefix, and how the addresses in it begin; the first is PREFIX1
 */
export async function moreAddresses(
  world: ConformanceWorld,
  networks: Readonly<Record<string, readonly string[]>>,
  count: number,
): Promise<string[]> {
  const { lab } = world;
  const all: string[] = [];
  for (const [network, starts] of Object.entries(networks)) {
    const addresses = starts.flatMap((start) => Array.from({ length: count }, (_, index) => `${start}${index + 1}`));
    const [length, nodad, via] = network.includes(':')
      ? [128, ' nodad', wireAddresses6.others]
      : [32, '', lab.address('others')];
    const lines = addresses.map((address) => `addr add ${address}/${length} dev ${wireDevice}${nodad}`);
    await lab.ip(lab.namespace('others'), ...lines);
    await lab.ip(lab.namespace(nodeUnderTest(world)), `route add ${network} via ${via} dev ${wireDevice}`);
    all.push(...addresses);
  }
  return all;
}

/** Phrases that several features have. */
async function stay(world: ConformanceWorld, node: NodeName, count: number, places: number): Promise<void> {
  const all = await crowdFrom(world, node, count);
  await assertStay(all, places);
  noteStaying(world, all.filter(isThere));
}

Then(
  'of {int} silent connections from one address {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    await stay(this, 'client', count, places);
  },
);

Then(
  'of {int} silent connections from another address {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    await stay(this, 'others', count, places);
  },
);

/** Those of before. */
export async function assertStillThere(world: ConformanceWorld): Promise<void> {
  const staying = world.get('staying');
  await assertStay(staying, staying.length);
}

Then('those that stayed are still there', async function (this: ConformanceWorld) {
  await assertStillThere(this);
});
