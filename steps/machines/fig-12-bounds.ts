/** Steps about a key's lifetime at a tunnel server, and about how many half-open connections it lets in ([EP] fig. 12). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { assertTime, datagramOf, eachRow } from '../support/exchanges.ts';
import { LabFailure } from '../support/lab/failure.ts';
import type { NodeName } from '../support/lab/namespace.ts';
import { ping } from '../support/lab/traffic.ts';
import { virtualLan } from '../support/lab/virtual-lan.ts';
import type { Overrides } from '../support/peers/configuration.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { lab, newInitiator } from '../support/peers.ts';
import { connectLetIn, type Place, placeOf } from '../support/places-taken.ts';
import { requestOf } from '../support/request-faults.ts';
import { startUnderTest } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** How half-open connections are tried here: each time anew, all of them given back at the end. */
    trial: Trial;
  }
}

// Lifetimes.

/** Sends frames until what was sent reaches a share of the key's bound. */
async function useUp(peer: ScriptedInitiator, bound: string, share: number): Promise<void> {
  const [count, unit] = bound.split(' ');
  const { sealer } = peer.session;
  const used = () => (unit === 'frames' ? sealer.frames : sealer.octets);
  while (used() < Number(count) * share) await peer.send(datagramOf(28));
}

async function assertOpen(peer: ScriptedInitiator, milliseconds: number, why: string): Promise<void> {
  const outcome = await Promise.race([peer.connection.ended(60_000), pause(milliseconds, 'open')]);
  const close = peer.connection.frames.waiting.find(({ type }) => type === 'CLOSE');
  assert.ok(outcome === 'open' && close === undefined, `${why}: the server closed the connection`);
}

async function assertExpired(peer: ScriptedInitiator, since: number, grace: number): Promise<void> {
  const close = await peer.expectClose(grace + 4_000);
  assert.equal(statusName(close.status), 'key expired');
  assert.ok(close.valid, 'the digest of the CLOSE does not verify');
  assertTime(close.at - since, grace);
}

/** Sends an empty DATA frame again and again until it is told to stop. */
function keepAlives(peer: ScriptedInitiator, milliseconds: number): Disposable {
  const timer = setInterval(() => peer.send().catch(() => {}), milliseconds);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Then(
  'a key that is nearly used up stays in use, and one that is used up is closed {duration} later',
  async function (this: ConformanceWorld, grace: number, table: DataTable) {
    const act = async ([name = '', bound = '', how = '']: string[]): Promise<void> => {
      const { options } = requestOf(`a key that lasts ${bound}`);
      const peer = await newInitiator(this, { ...options, identity: identityOf(name) });
      let start = performance.now();
      await peer.authorize();
      if (how === 'time') {
        // Without them it would be silent for too long.
        using _beat = keepAlives(peer, 20_000);
        await assertExpired(peer, start + Number.parseInt(bound, 10) * 1_000, grace);
        return;
      }
      // One frame below the bound, or as little as a datagram leaves.
      await useUp(peer, bound, 0.9);
      await assertOpen(peer, grace + 400, 'below the bound');
      start = performance.now();
      await useUp(peer, bound, 1);
      let isOver = false;
      const goingOn = async (): Promise<void> => {
        while (how.endsWith('go on') && !isOver) {
          await pause(100);
          await peer.send(datagramOf(28)).catch(() => {});
        }
      };
      await Promise.all([
        goingOn(),
        assertExpired(peer, start, grace).finally(() => {
          isOver = true;
        }),
      ]);
    };
    await eachRow(table.rows(), ([name = '', bound = '']) => `${name}, ${bound}`, act, 4);
  },
);

Then(
  'datagrams of the server use it up, and {duration} later it is closed',
  async function (this: ConformanceWorld, grace: number) {
    const peer = this.get('initiator');
    const { lifetimes } = peer.options;
    const reached = () => {
      const { frames, octets } = peer.session.opener;
      return lifetimes !== undefined && (frames >= lifetimes.frames || octets >= lifetimes.octets);
    };
    const namespace = this.lab.namespace('server');
    let last = 0;
    for (let sent = 0; !reached(); sent++) {
      if (sent === 50) throw new LabFailure('50 pings do not use the key up');
      // A ping that nobody answers: the frame is all that is wanted of it.
      const pinging = ping({ namespace, destination: virtualLan.clientAddress, wait: 0.1 });
      const frame = await peer.expect('DATA');
      peer.session.opener.open(frame.octets);
      last = frame.at;
      await pinging;
    }
    // The frame was on its way for a moment before it came.
    await assertExpired(peer, last - 50, grace);
  },
);

// Half-open connections.

interface Trial {
  readonly count: number;
  /** Lets them be half-open. @returns those that were let in, and the CLOSE of each that was not */
  readonly fill: (confirmed: boolean) => Promise<void>;
  others?: Place;
}

async function startAmongOthers(world: ConformanceWorld, overrides: Overrides): Promise<void> {
  await lab(world, { nodes: ['others'] });
  await startUnderTest(world, 'server', overrides);
}

Given('a tunnel server among several nodes', async function (this: ConformanceWorld) {
  await startAmongOthers(this, {});
});

Given('a tunnel server among several nodes, configured with', async function (this: ConformanceWorld, text: string) {
  await startAmongOthers(this, JSON.parse(text) as Overrides);
});

const dispose = (peers: readonly ScriptedInitiator[]) =>
  Promise.all(peers.map(({ connection }) => connection[Symbol.asyncDispose]()));

/** The server notices the end of a connection before long; nothing tells when. */
const settle = (): Promise<void> => pause(300);

async function fillPlaces(
  world: ConformanceWorld,
  count: number,
  { responses, confirmed = false, others }: { responses: boolean; confirmed?: boolean; others?: Place | undefined },
): Promise<void> {
  const all: ScriptedInitiator[] = [];
  const connect = async (from?: NodeName): Promise<ScriptedInitiator> => {
    const peer = await newInitiator(world, {}, from);
    all.push(peer);
    return peer;
  };
  try {
    if (confirmed) await (await connect()).authorize();
    if (confirmed) await settle();
    for (let index = 0; index < count; index++) {
      const peer = await connectLetIn(connect);
      assert.ok(peer, `connection ${index + 1} of ${count} was refused`);
      if (!responses) continue;
      await peer.sendRelay();
      await peer.sendRequest();
      await peer.readResponse();
    }
    for (let more = 0; more < 2; more++)
      assert.equal(await placeOf(await connect(), 'refused'), 'refused', `connection ${count + 1 + more}`);
    if (others !== undefined) {
      assert.equal(await placeOf(await connect('others'), others), others, 'a connection from another address');
    }
  } finally {
    await dispose(all);
    await settle();
  }
}

Then(
  '{int} connections that have sent nothing are let in, and 2 more are refused with "resource limit" at once',
  async function (this: ConformanceWorld, count: number) {
    await fillPlaces(this, count, { responses: false });
    const fill = (confirmed: boolean) => fillPlaces(this, count, { responses: true, confirmed });
    this.set('trial', { count, fill });
  },
);

Then('one from another address is {}', async function (this: ConformanceWorld, others: Place) {
  const trial = this.get('trial');
  await fillPlaces(this, trial.count, { responses: false, others });
});

Then('so it is again when they have ended', async function (this: ConformanceWorld) {
  const { fill } = this.get('trial');
  await fill(false);
});

Then('so it is when they have RESPONSE', async function (this: ConformanceWorld) {
  const { fill } = this.get('trial');
  await fill(false);
});

Then('so it is again when one of them was confirmed', async function (this: ConformanceWorld) {
  const { fill } = this.get('trial');
  await fill(true);
});

Then(
  '{int} connections of one key have RESPONSE, and a fifth is refused with "{status}" after {duration}',
  async function (this: ConformanceWorld, count: number, status: number, delay: number) {
    const fill = async (confirmed: boolean): Promise<void> => {
      const all: ScriptedInitiator[] = [];
      const request = async (): Promise<ScriptedInitiator> => {
        const peer = await newInitiator(this);
        all.push(peer);
        await peer.sendRelay();
        await peer.sendRequest();
        return peer;
      };
      if (confirmed) {
        const first = await request();
        await first.readResponse();
        await first.send();
        await settle();
      }
      for (let index = 0; index < count; index++) await (await request()).readResponse();
      const start = performance.now();
      const close = await (await request()).expectClose();
      assert.equal(statusName(close.status), statusName(status));
      assert.equal(close.status, Status.resourceLimit);
      assertTime(close.at - start, delay);
      await dispose(all);
      await settle();
    };
    await fill(false);
    this.set('trial', { count, fill });
  },
);
