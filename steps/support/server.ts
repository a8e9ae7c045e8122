/** What a scripted tunnel server does ([EP] fig. 12 seen from the wire), and what it reads in RELAY and REQUEST. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { hostOf } from '../../reference/wire/names.ts';
import { decodeRelay } from '../../reference/wire/relay.ts';
import { assertRows, known } from './known.ts';
import { blame, Deadline } from './lab/deadlines/deadline.ts';
import { meter } from './lab/deadlines/starvation.ts';
import { LabFailure } from './lab/failure.ts';
import { identityOf, nameOf } from './peers/identities.ts';
import type { ScriptedServer } from './peers/scripted-server.ts';
import { scriptedServer } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

When('the server authorizes it( within its lifetime)', async function (this: ConformanceWorld) {
  await this.get('server').authorize();
});

When('the server has read REQUEST', async function (this: ConformanceWorld) {
  const server = this.get('server');
  await server.readRelay();
  await server.readRequest();
});

When('the initiator has connected again', async function (this: ConformanceWorld) {
  await scriptedServer(this);
});

/** At once, or soon where it is short; and nothing on the wire tells. */
When(/^its back-off (?:has begun|is over)$/, async () => {
  await pause(300);
});

Then('RELAY names the path {}', function (this: ConformanceWorld, path: string) {
  // Where the suite listens elsewhere, the port is the initiator's own affair.
  const shown = (name: string): string => nameOf(this.remote === undefined ? name : hostOf(name));
  const found = decodeRelay(this.get('server').relay).path;
  assert.equal(found.map(shown).join(' '), path.split(' ').map(shown).join(' '));
});

/** GREASE (RFC 8701) is 0x?A?A, the same digit twice. */
const isGrease = (id: number): boolean => (id & 0x0f0f) === 0x0a0a && id >> 12 === ((id >> 4) & 15);

type Assertion = (server: ScriptedServer, expected: string) => void;

/** What a row of `REQUEST holds` asserts. */
const rows: Readonly<Record<string, Assertion>> = {
  initiator: ({ request, initiatorStatic }, name) => {
    assert.equal(request.initiatorName, nameOf(name));
    assert.deepEqual(initiatorStatic, identityOf(name).staticPublic);
  },
  destination: ({ request }, name) => assert.equal(request.destinationName, nameOf(name)),
  'options of client data': ({ request }, count) =>
    assert.deepEqual([request.clientData.dhcp.length, request.clientData.neighbour.length].join(), `${count},${count}`),
  transforms: ({ request }, list) =>
    assert.deepEqual(
      // One that stands there twice says nothing the second time (section 5.1).
      [...new Set(request.transforms.filter((id) => !isGrease(id)))],
      list.split(', ').map(Number),
    ),
  'frames at most': ({ request }, bound) => assert.ok(request.keyExchangeData.lifetimes.frames <= BigInt(bound)),
  'octets at most': ({ request }, bound) => assert.ok(request.keyExchangeData.lifetimes.octets <= BigInt(bound)),
  suite: ({ request }, suite) => assert.equal(request.suite, Number(suite)),
  'no entry of key exchange data': ({ request: { keyExchangeData } }, list) => {
    const ids = keyExchangeData.entries.map(({ id }) => id);
    for (const id of list.split(', ').map(Number)) assert.ok(!ids.includes(id), `there is an entry ${id}`);
  },
  'GREASE among': ({ request: { transforms, keyExchangeData } }, places) => {
    const found = {
      transforms: transforms.some(isGrease),
      'key exchange data': keyExchangeData.entries.some(({ id }) => isGrease(id) && id < 0x8000),
    };
    for (const place of places.split(', ')) assert.ok(known(found, place), `none among ${place}`);
  },
};

Then('REQUEST holds', function (this: ConformanceWorld, table: DataTable) {
  assertRows(table, (row) => {
    const assertion = known(rows, row);
    return (expected) => assertion(this.get('server'), expected);
  });
});

Then('the initiator is authorized on the next one', async function (this: ConformanceWorld) {
  await (await scriptedServer(this)).authorize();
});

Then(
  'the initiator does not connect again while it waits for {duration}',
  async function (this: ConformanceWorld, time: number) {
    const listener = this.get('listener');
    const before = listener.accepted;
    const outcome = await listener.accept(time).then(
      () => 'connected',
      () => 'waiting',
    );
    if (before !== listener.accepted && outcome === 'waiting') throw new LabFailure('a connection was lost');
    assert.equal(outcome, 'waiting');
  },
);

/** Milliseconds between frames of the server's, which nobody takes for silence. */
const betweenFrames = 100;

Then('the session goes on for {duration}', async function (this: ConformanceWorld, time: number) {
  const server = this.get('server');
  const { connection } = server;
  const since = meter.now;
  const deadline = new Deadline(time);
  while (deadline.left > 0) {
    const isClosed = connection.frames.waiting.some(({ type }) => type === 'CLOSE');
    if (isClosed || connection.over) throw blame('the session ended', time, since);
    await server.send();
    await pause(betweenFrames);
  }
});
