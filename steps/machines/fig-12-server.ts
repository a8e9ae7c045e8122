/** Steps about what a tunnel server makes of requests ([EP] fig. 12). */
import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { assertTime, eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { assertNoLater } from '../support/lab/deadlines/deadline.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { closes, newInitiator, timeOfClose } from '../support/peers.ts';
import { type Request, requestFaults, requestOf } from '../support/request-faults.ts';
import { everyRow } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Fault and the octets of the CLOSE frame that answered it. */
    refusals: readonly (readonly [string, string])[];
    /** Octets of resident memory. */
    resident: number;
    /** A session of the initiator's name that is not confirmed. */
    unconfirmed: readonly ScriptedInitiator[];
  }
}

/** A timer may be late on a busy machine, never early; 1 ms for the clocks' grain. */
function assertDelay(waited: number, delay: number): void {
  assert.ok(waited >= delay - 1, `the refusal came after ${waited.toFixed(1)} ms`);
  assertNoLater(waited, delay + 2_000, `the refusal came after ${waited.toFixed(1)} ms`);
}

Then(
  'the server answers CLOSE "{status}" {duration} after the REQUEST and ends the stream',
  async function (this: ConformanceWorld, status: number, delay: number) {
    await closes(this, this.get('initiator'), status, false);
    assertDelay(timeOfClose(this), delay);
  },
);

Then(
  'each REQUEST with one of these faults is answered CLOSE "{status}" {duration} later, and the stream ends',
  async function (this: ConformanceWorld, status: number, delay: number, table: DataTable) {
    await everyRow(
      table.raw().map(([fault = '']) => [
        fault,
        async () => {
          const { options, alterations } = requestOf(fault);
          const initiator = await newInitiator(this, options);
          await initiator.sendRelay();
          const frame = initiator.requestFrame(alterations);
          const sent = performance.now();
          await initiator.connection.send(frame);
          await closes(this, initiator, status, false);
          assertDelay(this.get('close').at - sent, delay);
          initiator.connection.finish();
        },
      ]),
    );
  },
);

When('REQUESTs with every kind of fault are sent, each on its own connection', async function (this: ConformanceWorld) {
  const replies: (readonly [string, string])[] = [];
  const one = async ([fault, { options, alterations }]: readonly [string, Request]) => {
    const initiator = await newInitiator(this, options);
    await initiator.sendRelay();
    await initiator.sendRequest(alterations);
    const { octets } = await initiator.expect('CLOSE');
    await initiator.connection.endedWithoutFrame();
    replies.push([fault, octets.toHex()]);
    await initiator.connection[Symbol.asyncDispose]();
  };
  const hybrid = this.declaration.suites.includes('hybrid');
  const all = Object.entries(requestFaults).filter(([, { options }]) => hybrid || !options?.encapsulationKey);
  // Few at a time, each closed for good, so that no limit on half-open connections is the reason of a refusal.
  for (let first = 0; first < all.length; first += 4) await Promise.all(all.slice(first, first + 4).map(one));
  this.set('refusals', replies);
});

Then('every answer is the same CLOSE "{status}", octet by octet', function (this: ConformanceWorld, status: number) {
  const refusals = this.get('refusals');
  assert.ok(refusals.length >= 10, 'hardly any fault was tried');
  for (const [fault, octets] of refusals) assert.equal(octets, refusals[0]?.[1], fault);
  assert.equal(statusName(Number.parseInt(refusals[0]?.[1].slice(12, 16) ?? '', 16)), statusName(status));
});

/** Below the limit on half-open connections of one source. One after the other they would take far longer than one. */
Then(
  '{int} REQUESTs that come at once are each refused {duration} later, none waiting for another',
  async function (this: ConformanceWorld, count: number, delay: number) {
    const strangers = await Promise.all(Array.from({ length: count }, () => newInitiator(this, { name: 'nobody' })));
    for (const stranger of strangers) await stranger.sendRelay();
    const frames = strangers.map((stranger) => stranger.requestFrame());
    const start = performance.now();
    await Promise.all(strangers.map(({ connection }, index) => connection.send(frames[index]!)));
    const one = async (stranger: ScriptedInitiator): Promise<void> => {
      const { at } = await stranger.expectClose();
      assertTime(at - start, delay);
      await stranger.connection[Symbol.asyncDispose]();
    };
    await eachRow(strangers, (stranger) => `REQUEST ${strangers.indexOf(stranger) + 1}`, one, count);
  },
);

// Memory.

/** What one stranger sends, and what the server must make of it. */
const abuses: Readonly<Record<string, (world: ConformanceWorld) => Promise<void>>> = {
  'a frame of 4 GiB length': (world) => answeredProtocolError(world, 'ffffffff0101'),
  'a truncated frame': async (world) => {
    const connection = await world.connect();
    await connection.send(Uint8Array.fromHex('000000400101'));
    connection.finish();
    await connection.ended();
    await connection[Symbol.asyncDispose]();
  },
  'a frame of unknown type': (world) => answeredProtocolError(world, '000000080901abcd'),
  'a REQUEST that is refused': async (world) => {
    const stranger = await newInitiator(world, { name: 'nobody' });
    await stranger.sendRelay();
    await stranger.sendRequest();
    const close = await stranger.expectClose();
    if (close.status !== Status.notAuthorized) throw new Nonconformance(`CLOSE ${statusName(close.status)}`);
    await stranger.connection.ended();
    await stranger.connection[Symbol.asyncDispose]();
  },
  'a DATA frame first': (world) => answeredProtocolError(world, '000000100401000000000000000000000010'),
};

async function answeredProtocolError(world: ConformanceWorld, hex: string): Promise<void> {
  const stranger = await newInitiator(world);
  await stranger.connection.send(Uint8Array.fromHex(hex));
  const close = await stranger.expectClose();
  if (close.status !== Status.protocolError) throw new Nonconformance(`CLOSE ${statusName(close.status)}`);
  await stranger.connection.ended();
  await stranger.connection[Symbol.asyncDispose]();
}

async function abuse(world: ConformanceWorld, kind: string, times: number): Promise<void> {
  const one = known(abuses, kind);
  // Far below what the server lets in from one source, though it notices late that some are over.
  const abreast = 4;
  const worker = async (first: number) => {
    for (let index = first; index < times; index += abreast) await one(world);
  };
  await Promise.all(Array.from({ length: abreast }, (_, index) => worker(index)));
}

When(
  'strangers have sent {} {int} times after a warm-up of {int}',
  // A server may take a while for each.
  { timeout: 300_000 },
  async function (this: ConformanceWorld, kind: string, times: number, warmUp: number) {
    await abuse(this, kind, warmUp);
    this.set('resident', this.iut('server').program.residentMemory());
    await abuse(this, kind, times);
  },
);

Then(
  'resident memory of the server has grown by less than {int} MiB',
  function (this: ConformanceWorld, limit: number) {
    const growth = this.iut('server').program.residentMemory() - this.get('resident');
    this.log(`resident memory grew by ${(growth / 2 ** 20).toFixed(1)} MiB`);
    assert.ok(growth < limit * 2 ** 20, `it grew by ${(growth / 2 ** 20).toFixed(1)} MiB`);
  },
);

When('two more of the same name have opened RESPONSE, and do not confirm it', async function (this: ConformanceWorld) {
  const two = [await newInitiator(this), await newInitiator(this)];
  for (const one of two) {
    await one.sendRelay();
    await one.sendRequest();
    await one.readResponse();
  }
  this.set('unconfirmed', two);
});

Then(
  'the server answers all three a keyed CLOSE "{status}" and ends their streams',
  async function (this: ConformanceWorld, status: number) {
    for (const one of [this.get('initiator'), ...this.get('unconfirmed')]) await closes(this, one, status, true);
  },
);
