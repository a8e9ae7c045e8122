/** Steps about a relay's limits, one by one, and about the addresses that it may connect to. */
import assert from 'node:assert/strict';
import { isIPv4 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import { eachRow, frameOf } from '../support/exchanges.ts';
import { lose } from '../support/kernel.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { type NodeName, wireDevice } from '../support/lab/networks/namespace.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import type { ScriptedConnection, ScriptedListener } from '../support/peers/scripted.ts';
import { ScriptedInitiator, withRequest } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import { type Arrival, inTurn, isThere, settle } from '../support/places-taken.ts';
import { answeredByNextNode, forwardedToNextNode } from '../support/through-relay.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Where a relay's own machine, and one on its link, listen besides. */
    services: readonly ScriptedListener[];
  }
}

// Limits.

function kindsOf(world: ConformanceWorld): Readonly<Record<string, Arrival>> {
  const after =
    (act: (peer: ScriptedInitiator) => Promise<void>) =>
    async (from: NodeName): Promise<ScriptedInitiator> => {
      const peer = await newInitiator(world, {}, from);
      await act(peer);
      return peer;
    };
  const sending = (octetsOf: (peer: ScriptedInitiator) => Uint8Array) =>
    after((peer) => peer.connection.send(octetsOf(peer)));
  // Their connections at the next node.
  const onward = new Map<ScriptedInitiator, ScriptedConnection>();
  return {
    silent: { arrive: (from) => newInitiator(world, {}, from), farewell: 'CLOSE' },
    RELAY: { arrive: sending(({ relay }) => relay), farewell: 'CLOSE' },
    half: { arrive: sending(({ relay }) => withRequest(relay).subarray(0, relay.length + 100)), farewell: 'CLOSE' },
    forwarded: {
      arrive: after(async (peer) => void onward.set(peer, await forwardedToNextNode(world, peer))),
      farewell: 'CLOSE',
      gone: async (peer) => onward.get(peer)?.ended(),
    },
    tunnel: { arrive: after((peer) => answeredByNextNode(world, peer)), farewell: 'CLOSE' },
    over: {
      arrive: async (from) => {
        const peer = await newInitiator(world, {}, from);
        await peer.connection.send(frameOf(9, 8));
        await peer.connection.next('a CLOSE frame');
        return peer;
      },
      farewell: 'nothing',
    },
  };
}

Then(
  'connections to the relay that come one after the other have these places: {}',
  async function (this: ConformanceWorld, list: string) {
    await inTurn(kindsOf(this), list);
  },
);

Then(
  'of {int} silent connections to the relay {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    const all: ScriptedInitiator[] = [];
    for (let left = count; left > 0; left--) all.push(await newInitiator(this));
    const staying = () => all.filter(({ connection }) => isThere(connection)).length;
    await until('those beyond the limit are gone', async () => staying() <= places || undefined, 4_000);
    await settle();
    assert.equal(staying(), places, 'connections that stay');
  },
);

Then('{int} tunnels have places, and the next two are refused', async function (this: ConformanceWorld, count: number) {
  await inTurn(kindsOf(this), [...Array(count).fill('tunnel'), 'silent is refused', 'silent is refused'].join(', '));
});

// Addresses.

/** Addresses that never answer. Of all on the wire getaddrinfo() takes them for the nearest to relay-b (RFC 6724 §6, rule 9). */
const dropped = ['10.77.0.7', 'fd77::7'];
const servicePort = 3266;
/** What the relay's operator has listed: nothing but their addresses keeps the relay from them. */
const listed = [
  ...['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve', 'thirteen'],
  ...['fourteen', 'not', 'allowed', 'several'],
].map((name) => `${name}.test`);

async function relayWithServices(world: ConformanceWorld, text: string): Promise<void> {
  const lab = await world.startLab({ relays: ['relay-b'], nodes: ['others'], dns: true, ipv6: true });
  const ports = [tunnelPort, servicePort];
  const allow = listed.map((name) => ({ name, ports }));
  const relay = lab.namespace('relay-b');
  await lab.ip(relay, `addr add 169.254.7.1/16 dev ${wireDevice}`, `addr add fe80::71/64 dev ${wireDevice} nodad`);
  for (const address of dropped) await lose(world, 'relay-b', address);
  await lab.ip(
    lab.namespace('others'),
    `addr add 169.254.7.7/16 dev ${wireDevice}`,
    `addr add fe80::77/64 dev ${wireDevice} nodad`,
  );
  await world.startRelay('relay-b', { allow, ...JSON.parse(text) });
  const services = await Promise.all([
    world.listen('relay-b', servicePort),
    world.listen('others', servicePort),
    world.listen('server', tunnelPort),
    world.listen('server', servicePort),
  ]);
  world.set('services', services);
}

Given('a tunnel relay with services of its own', async function (this: ConformanceWorld) {
  await relayWithServices(this, '{}');
});

Given(
  'a tunnel relay with services of its own, configured with',
  async function (this: ConformanceWorld, text: string) {
    await relayWithServices(this, text);
  },
);

async function towards(world: ConformanceWorld, name: string): Promise<ScriptedInitiator> {
  const path = ['relay-b.test', name];
  const peer = new ScriptedInitiator(await world.connect('client', 'relay-b'), { path });
  await peer.connection.send(withRequest(peer.relay));
  return peer;
}

const acceptedBy = (world: ConformanceWorld): number =>
  world.get('services').reduce((sum, { accepted }) => sum + accepted, 0);

async function leadsNowhere(world: ConformanceWorld, name: string): Promise<void> {
  const before = acceptedBy(world);
  const peer = await towards(world, name);
  const answer = peer.expectClose().then(({ status }) => status);
  // Whoever has connected has nothing to answer: it is not waited for.
  let status: number | undefined;
  while (status === undefined && acceptedBy(world) === before)
    status = await Promise.race([answer, pause(20, undefined)]);
  answer.catch(() => {});
  await peer.connection[Symbol.asyncDispose]();
  assert.equal(acceptedBy(world), before, 'somebody was connected to');
  assert.equal(statusName(await answer), 'next node unreachable');
}

Then('these paths lead nowhere, and nobody is connected to', async function (this: ConformanceWorld, table: DataTable) {
  const names = table.raw().map(([name = '']) => name);
  // Each resolves to where somebody listens: only the list keeps the relay from it.
  for (const host of names.map((name) => name.replace(/:.*/, '')))
    if (!isIPv4(host)) this.names.host(host, this.lab.address('server'));
  await this.names.host('server.test', this.lab.address('server')).start();
  await eachRow(names, String, (name) => leadsNowhere(this, name));
});

Then('these names lead nowhere, and nobody is connected to', async function (this: ConformanceWorld, table: DataTable) {
  const rows = table.rows().map(([name = '', addresses = '']) => ({ name, addresses: addresses.split(', ') }));
  for (const { name, addresses } of rows) {
    if (!listed.includes(name)) throw new LabFailure(`${name} is not listed: its addresses would decide nothing`);
    this.names.host(name, ...addresses);
  }
  await this.names.start();
  await eachRow(
    rows,
    ({ addresses }) => addresses.join(', '),
    async ({ name }) => leadsNowhere(this, `${name}:${servicePort}`),
  );
});

async function reaches(world: ConformanceWorld, name: string, ...addresses: string[]): Promise<void> {
  await world.names.host(name, ...addresses).start();
  const before = acceptedBy(world);
  const peer = await towards(world, `${name}:${servicePort}`);
  const outcome = await Promise.race([peer.connection.ended(60_000), pause(100, 'open')]);
  for (let waited = 0; outcome === 'open' && acceptedBy(world) === before && waited < 120; waited++) await pause(100);
  await peer.connection[Symbol.asyncDispose]();
  assert.equal(acceptedBy(world), before + 1, `connections to ${addresses.join(', ')}`);
}

Then(/^(\d\S+) is reached$/, async function (this: ConformanceWorld, address: string) {
  await reaches(this, 'allowed.test', address);
});

/** In whatever order the relay tries them. */
Then(
  'a name with the addresses {} is reached at one of them',
  { timeout: 30_000 },
  async function (this: ConformanceWorld, list: string) {
    await reaches(this, 'several.test', ...list.split(', '));
  },
);

Then(
  'the relay does not connect to itself at port {int} of {}',
  async function (this: ConformanceWorld, port: number, list: string) {
    await eachRow(list.split(', '), String, async (address) => {
      await this.names.host('allowed.test', address).start();
      const peer = await towards(this, `allowed.test:${port}`);
      const { status } = await peer.expectClose();
      assert.equal(statusName(status), 'next node unreachable');
    });
  },
);

Then(
  'the relay, which listens on port {int}, does not connect to itself as {word}',
  async function (this: ConformanceWorld, port: number, name: string) {
    const path = ['relay-b.test', `${name}:${port}`];
    const peer = new ScriptedInitiator(await this.connect('client', 'relay-b', port), { path });
    await peer.connection.send(concat(peer.relay, frameOf(2, 260)));
    const { status } = await peer.expectClose();
    assert.equal(statusName(status), 'next node unreachable');
  },
);
