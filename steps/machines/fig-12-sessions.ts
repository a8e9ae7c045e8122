/** Steps about the sessions of a tunnel server: confirmed, superseded, expired, too many ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { addressOctets, isIpv6 } from '../../reference/packets/addresses.ts';
import { Status } from '../../reference/wire/identifiers.ts';
import { eachRow, sendByLooks } from '../support/exchanges.ts';
import { type Lease, leaseOf } from '../support/initiator.ts';
import { known } from '../support/known.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { ipJson } from '../support/lab/networks/iproute2.ts';
import { routeTaken } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { flipped } from '../support/peers/handshake.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator, ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import { newInitiator, timeOfClose } from '../support/peers.ts';
import { pingFromServer } from '../support/server-sessions.ts';
import { overridesOf, startUnderTest } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Whose session outlives what befalls others. */
    lasting: ScriptedInitiator;
    /** Those of several initiators, by their names. */
    sessionsByName: ReadonlyMap<string, ScriptedInitiator>;
    /** The folder of the map that a group shares. */
    addressMap: string;
    /** What names were given while it could not be used. */
    givenMeanwhile: readonly Lease[];
  }
}

When(
  'another initiator of the same name confirms its session and ends it in one segment',
  async function (this: ConformanceWorld) {
    const peer = await newInitiator(this);
    await peer.sendRelay();
    await peer.sendRequest();
    await peer.readResponse();
    await peer.connection.send(concat(peer.session.seal(new Uint8Array()), peer.closeFrame(Status.endSession)));
    peer.connection.finish();
  },
);

Then(
  'a ping from the server to {word} makes no DATA frame',
  async function (this: ConformanceWorld, destination: string) {
    const { connection } = this.get('initiator');
    // The ping waits a second for its answer: a frame would have come by then.
    await pingFromServer(this, destination);
    const came = connection.frames.waiting.map(({ type, octets }) => `${type}, ${octets.length} octets`);
    assert.deepEqual(came, [], 'frames came');
  },
);

Then(
  'a ping from the server to {word} brings the initiator no datagram',
  async function (this: ConformanceWorld, destination: string) {
    const initiator = this.get('initiator');
    // The ping waits a second for its answer: a datagram would have come by then.
    await pingFromServer(this, destination);
    const { waiting } = initiator.connection.frames;
    while (waiting.length > 0) {
      const datagram = await initiator.receive({ keepAlives: true });
      assert.equal(datagram.toHex(), '', 'a datagram that is for nobody');
    }
  },
);

Then('after the first DATA frame of the initiator it does', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.send();
  const [datagram] = await Promise.all([initiator.receive(), pingFromServer(this, virtualLan.clientAddress)]);
  assert.equal(datagram.subarray(16, 20).toHex(), '0a08000a', 'the destination of the datagram');
});

Given(
  'a tunnel server with a map of addresses, configured with',
  async function (this: ConformanceWorld, text: string) {
    const addressMap = mkdtempSync(join(tmpdir(), 'addresses-'));
    // Whoever the server runs as.
    chmodSync(addressMap, 0o777);
    await startUnderTest(this, 'server', { ...overridesOf(text), addressMap });
    this.set('addressMap', addressMap);
  },
);

/** A file is where the folder was. */
When(
  'the map of addresses cannot be used for a while, and alice, bob and carol connect',
  async function (this: ConformanceWorld) {
    const folder = this.get('addressMap');
    renameSync(folder, `${folder}-away`);
    writeFileSync(folder, '');
    const given: Lease[] = [];
    try {
      // Who is refused is given none: that is right.
      for (const name of ['alice', 'bob', 'carol'])
        await leaseOf(this, name).then(
          (one) => given.push(one),
          () => {},
        );
    } finally {
      rmSync(folder);
      renameSync(`${folder}-away`, folder);
    }
    this.set('givenMeanwhile', given);
  },
);

Then(
  'whoever was given an address meanwhile is given the same one afterwards',
  async function (this: ConformanceWorld) {
    for (const name of ['alice', 'bob', 'carol']) {
      const { address } = await leaseOf(this, name);
      const before = this.get('givenMeanwhile').find((one) => one.name === name);
      if (before !== undefined) assert.equal(address, before.address, name);
    }
  },
);

Then('each of these addresses is one of {}', function (this: ConformanceWorld, list: string) {
  for (const { name, address } of this.get('leases'))
    assert.ok(list.split(', ').includes(address), `${name} has ${address}`);
});

Then('not before {duration}', function (this: ConformanceWorld, minimum: number) {
  const waited = timeOfClose(this);
  assert.ok(waited >= minimum - 1, `the CLOSE came after ${waited.toFixed(1)} ms`);
});

Then('no CLOSE comes for {duration}', async function (this: ConformanceWorld, time: number) {
  const { connection } = this.get('initiator');
  await pause(time);
  assert.deepEqual(
    connection.frames.waiting.filter(({ type }) => type !== 'DATA'),
    [],
  );
  assert.ok(!connection.over, 'the connection ended');
});

async function routed(world: ConformanceWorld, prefix: string): Promise<boolean> {
  const family = isIpv6(prefix) ? '-6' : '-4';
  const routes = await ipJson<{ dst: string }>(world.lab.namespace('server'), family, 'route', 'show');
  return routes.some(({ dst }) => dst === prefix);
}

Then(
  'for {duration} the server has no route to {word}',
  async function (this: ConformanceWorld, time: number, prefix: string) {
    for (const end = performance.now() + time; performance.now() < end; await pause(50))
      assert.ok(!(await routed(this, prefix)), `a route to ${prefix}`);
  },
);

Then('after the first DATA frame of the initiator it has one', async function (this: ConformanceWorld) {
  await this.get('initiator').send();
  await until('a route to 10.20.0.0/24', async () => (await routed(this, '10.20.0.0/24')) || undefined, 5_000);
});

Then(
  /^soon the server has (no )?routes to (\S+) and (\S+)$/,
  async function (this: ConformanceWorld, none: string | null, one: string, other: string) {
    for (const prefix of [one, other]) {
      const isSo = async () => (await routed(this, prefix)) === (none !== 'no ') || undefined;
      await until(`${none ?? 'a '}route to ${prefix}`, isSo, 5_000);
    }
  },
);

// Several initiators, and the networks behind them.

When(/^((?:alice|bob)(?: and (?:alice|bob))+) are authorized$/, async function (this: ConformanceWorld, list: string) {
  const sessions = new Map<string, ScriptedInitiator>();
  for (const name of list.split(' and ')) sessions.set(name, await session(this, name));
  this.set('sessionsByName', sessions);
});

/** Whether the server's machine sends what is for an address into the adapter. */
async function isBehindAdapter(world: ConformanceWorld, address: string): Promise<boolean> {
  const namespace = world.lab.namespace('server');
  return (await routeTaken(namespace, address))?.dev === adapterIn(namespace);
}

Then(
  'pings from the server make DATA frames for whom they are for',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([destination = '', name = '']: string[]): Promise<void> => {
      const peer = known(Object.fromEntries(this.get('sessionsByName')), name);
      const isRouted = async () => (await isBehindAdapter(this, destination)) || undefined;
      await until(`a route to ${destination} through the adapter`, isRouted, 5_000);
      const [datagram] = await Promise.all([peer.receive(), pingFromServer(this, destination)]);
      const found = isIpv6(destination) ? datagram.subarray(24, 40) : datagram.subarray(16, 20);
      assert.deepEqual(found, addressOctets(destination), 'the destination of the datagram');
    };
    await eachRow(table.raw(), ([destination = '']) => destination, act);
  },
);

When('the session of {word} is over', async function (this: ConformanceWorld, name: string) {
  const peer = known(Object.fromEntries(this.get('sessionsByName')), name);
  await peer.close(Status.endSession);
  await peer.connection.ended();
  // Until the server has done with it: nothing tells.
  await watch(200);
});

// One session and another.

const session = async (world: ConformanceWorld, name: string): Promise<ScriptedInitiator> => {
  const peer = await newInitiator(world, { identity: identityOf(name) });
  await peer.authorize();
  return peer;
};

/** Until the server has sent CLOSE and has done with the connection: what that does to others is seen then. */
async function closed(peer: ScriptedInitiator): Promise<void> {
  await peer.expectClose();
  peer.connection.finish();
  await peer.connection.ended();
}

async function refused(world: ConformanceWorld, options: ScriptedInitiatorOptions): Promise<void> {
  const peer = await newInitiator(world, options);
  await peer.sendRelay();
  await peer.sendRequest();
  await closed(peer);
}

/** What befalls somebody else; each resolves when it has. */
const griefs: Readonly<Record<string, (world: ConformanceWorld) => Promise<void>>> = {
  'a spoilt DATA frame of alice': async (world) => {
    const peer = await session(world, 'alice');
    await peer.connection.send(flipped(peer.session.seal(new Uint8Array()), -1));
    await closed(peer);
  },
  'an unknown frame of alice': async (world) => {
    const peer = await session(world, 'alice');
    await sendByLooks(peer, 'type 9');
    await closed(peer);
  },
  'an unkeyed CLOSE of alice': async (world) => {
    const peer = await session(world, 'alice');
    await sendByLooks(peer, 'CLOSE');
    await peer.connection.ended();
    peer.connection.finish();
  },
  'a connection of alice that is reset': async (world) => (await session(world, 'alice')).connection.reset(),
  'a newer session of alice': async (world) => {
    const older = await session(world, 'alice');
    await session(world, 'alice');
    await closed(older);
  },
  'End Session of alice by the operator': async (world) => {
    const peer = await session(world, 'alice');
    await watch(100);
    world.iut('server').endSession('alice');
    await closed(peer);
  },
  'End Session of alice, who has no session': async (world) => {
    world.iut('server').endSession('alice');
    const bobby = await newInitiator(world, { identity: identityOf('bob'), name: 'bobby' });
    await bobby.authorize();
    await watch(100);
    // Once this has been obeyed, so has what was said before.
    world.iut('server').endSession('bobby');
    await closed(bobby);
    const peer = await session(world, 'alice');
    await watch(100);
    await peer.close(Status.endSession);
    await peer.connection.endedWithoutFrame();
  },
  'a session of bobby with the key of bob': async (world) => {
    const peer = await newInitiator(world, { identity: identityOf('bob'), name: 'bobby' });
    await peer.authorize();
    // Until the server has confirmed it: what that does to others is seen then.
    await watch(100);
    await peer.close(Status.endSession);
    await peer.connection.ended();
  },
  // Nobody has that name: it only begins like another.
  'End Session of bo by the operator': async (world) => world.iut('server').endSession('bo'),
  'a REQUEST of a stranger': async (world) => {
    await refused(world, { name: 'nobody' });
  },
  'a REQUEST in the name of bob': async (world) => {
    await refused(world, { identity: identityOf('mallory'), name: 'bob' });
  },
  "a REQUEST of bob's that is replayed": async (world) => {
    const peer = await newInitiator(world, { identity: identityOf('bob') });
    await peer.sendRelay();
    await peer.sendRequest();
    await peer.expect('RESPONSE');
  },
  'a connection that is reset before RELAY': async (world) => (await newInitiator(world)).connection.reset(),
  'a connection that ends before REQUEST': async (world) => {
    const peer = await newInitiator(world);
    await peer.sendRelay();
    peer.connection.finish();
    await peer.connection.endedWithoutFrame();
  },
  'a malformed RELAY': async (world) => {
    const peer = await newInitiator(world);
    await peer.connection.send(peer.relay.with(8, 17));
    await closed(peer);
  },
};

When('bob has a session', async function (this: ConformanceWorld) {
  this.set('lasting', await session(this, 'bob'));
});

Then('it outlives each of these', async function (this: ConformanceWorld, table: DataTable) {
  const bob = this.get('lasting');
  const act = async ([grief = '']: string[]): Promise<void> => {
    const others = () => bob.connection.frames.waiting.filter(({ type }) => type !== 'DATA').length;
    await known(griefs, grief)(this);
    const outcome = await Promise.race([bob.connection.ended(60_000), pause(150, 'open')]);
    assert.equal(outcome, 'open', "bob's connection ended");
    assert.equal(others(), 0, 'bob received a frame other than DATA');
  };
  await eachRow(table.raw(), ([grief = '']) => grief, act);
  await bob.send();
  await bob.close(Status.endSession);
  assert.equal(await bob.connection.endedWithoutFrame(), 'end of stream', "the end of bob's session");
});
