/** Steps about REQUESTs that several things keep from being answered ([EP] fig. 12, 223). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { Status, Suite } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { assertTime, eachRow } from '../support/exchanges.ts';
import { knownName } from '../support/known.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { statusOf } from '../support/parameters.ts';
import type { ScriptedInitiator, ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scriptedInitiator } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Of those that a step sends on purpose once more. */
const sameFreshness = 10n;

const stranger = { name: 'nobody' };

/** Each in turn, by a path whose last node is server.test. */
const refusals = (options: ScriptedInitiatorOptions) =>
  async function (this: ConformanceWorld, time: number, table: DataTable): Promise<void> {
    const act = async ([destination = '', suite = '', transforms = '', expected = '']: string[]): Promise<void> => {
      const peer = await newInitiator(this, {
        ...options,
        suite: knownName(Suite, suite),
        transforms: transforms.split(', ').map(Number),
      });
      await peer.sendRelay();
      const frame = peer.requestFrame({ fields: { destinationName: destination } });
      const start = performance.now();
      await peer.connection.send(frame);
      const { status, at } = await peer.expectClose();
      assert.equal(status, statusOf(expected), `CLOSE ${status}`);
      assertTime(at - start, time);
      await peer.connection.endedWithoutFrame();
      peer.connection.finish();
    };
    await eachRow(table.rows(), (row) => row.slice(0, 3).join(', '), act);
  };

Then('these REQUESTs are refused {duration} later', refusals({}));
Then('these REQUESTs of that freshness are refused {duration} later', refusals({ freshness: sameFreshness }));

async function answered(peer: ScriptedInitiator): Promise<void> {
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
}

When('two REQUESTs of one freshness have been answered', async function (this: ConformanceWorld) {
  for (let sent = 0; sent < 2; sent++)
    await answered(await newInitiator(this, { suite: 'hybrid', freshness: sameFreshness }));
});

Then(
  '{word} and {word} have sessions side by side, each with an address of its own',
  async function (this: ConformanceWorld, one: string, other: string) {
    const sessions: ScriptedInitiator[] = [];
    const addresses = new Set<string>();
    for (const name of [one, other]) {
      const peer = await newInitiator(this, { name });
      addresses.add(toNetworkSettings((await peer.authorize()).clientData).address);
      sessions.push(peer);
    }
    await watch(500);
    for (const { connection } of sessions) {
      const frame = connection.frames.waiting.find(({ type }) => type !== 'DATA');
      assert.ok(!connection.over && frame === undefined, `a session was ended: ${frame?.type}`);
    }
    assert.equal(addresses.size, sessions.length, [...addresses].join(', '));
  },
);

Then(
  'a REQUEST that is refused and comes in two halves, {duration} apart, is answered {duration} after the second',
  async function (this: ConformanceWorld, apart: number, delay: number) {
    const peer = await newInitiator(this, stranger);
    const frame = peer.requestFrame();
    await peer.sendRelay();
    for (const half of [frame.subarray(0, 100), frame.subarray(100)]) {
      await pause(apart);
      await peer.connection.send(half);
    }
    const start = performance.now();
    const { status, at } = await peer.expectClose();
    assert.equal(status, Status.notAuthorized, 'status of the CLOSE');
    assertTime(at - start, delay);
  },
);

const refusedAfter = async (peer: ScriptedInitiator, start: number, delay: number): Promise<void> => {
  const { status, at } = await peer.expectClose(20_000);
  assert.equal(status, Status.notAuthorized, 'status of the CLOSE');
  assertTime(at - start, delay);
};

Then(
  'a REQUEST that is refused is answered after {duration}, though an octet follows each {duration}',
  async function (this: ConformanceWorld, delay: number, apart: number) {
    const peer = await newInitiator(this, stranger);
    await peer.sendRelay();
    const start = performance.now();
    await peer.sendRequest();
    const again = setInterval(() => void peer.connection.send(Uint8Array.of(0)).catch(() => {}), apart);
    try {
      await refusedAfter(peer, start, delay);
    } finally {
      clearInterval(again);
    }
  },
);

Then(
  'of {int} REQUESTs of strangers that come {duration} apart each is refused {duration} later',
  async function (this: ConformanceWorld, count: number, apart: number, delay: number) {
    const all: Promise<void>[] = [];
    for (let number = 0; number < count; number++) {
      const peer = await newInitiator(this, stranger);
      await peer.sendRelay();
      const start = performance.now();
      await peer.sendRequest();
      all.push(refusedAfter(peer, start, delay));
      await pause(apart);
    }
    await Promise.all(all);
  },
);

When('an initiator sends RELAY and two REQUESTs in one segment', async function (this: ConformanceWorld) {
  const peer = await scriptedInitiator(this);
  // What is sealed anew begins another handshake: RESPONSE is for the one that came first.
  const request = peer.requestFrame();
  await peer.connection.send(concat(peer.relay, request, request));
});
