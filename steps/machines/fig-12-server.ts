/** Steps about what a tunnel server makes of requests ([EP] fig. 12). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { type Suite, statusName, Transform } from '../../reference/wire/identifiers.ts';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import type { OpenedRequest } from '../../reference/wire/request.ts';
import { Nonconformance } from '../shared/lab/failure.ts';
import { type Alterations, defaultLifetimes } from '../shared/peers/handshake.ts';
import { identityOf } from '../shared/peers/identities.ts';
import { ScriptedInitiator, type ScriptedInitiatorOptions } from '../shared/peers/scripted-initiator.ts';
import { closes, scriptedInitiator, statusNamed } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

/** A REQUEST with a fault: who sends it, and what is altered. */
interface Faulty {
  readonly options?: ScriptedInitiatorOptions;
  readonly alterations?: Alterations<OpenedRequest>;
}

const flip = (octets: Uint8Array, at: number): Uint8Array => {
  const altered = octets.slice();
  const index = at < 0 ? altered.length + at : at;
  altered[index] = altered[index]! ^ 1;
  return altered;
};

/** FIPS 203 §7.2: two coefficients of 12 bits in 3 octets, 768 of them, before the seed of 32 octets. */
const modulus = 3329;
const coefficients = 768;

/** The same key with one coefficient written as itself plus q: whoever only reduces does not notice. */
function unreduced(key: Uint8Array, which: (index: number) => boolean): Uint8Array {
  const altered = key.slice();
  for (let index = 0; index < coefficients; index++) {
    const at = (index >> 1) * 3 + (index & 1);
    const low = (index & 1) === 0;
    const value = low ? altered[at]! | ((altered[at + 1]! & 15) << 8) : (altered[at]! >> 4) | (altered[at + 1]! << 4);
    if (!which(index) || value + modulus >= 4096) continue;
    const more = value + modulus;
    if (low) altered.set([more & 255, (altered[at + 1]! & 0xf0) | (more >> 8)], at);
    else altered.set([(altered[at]! & 15) | ((more & 15) << 4), more >> 4], at);
    return altered;
  }
  throw new Error('no coefficient there is small enough');
}

const filled = (length: number, octet: number): Uint8Array => new Uint8Array(length).fill(octet);

/** Every fault of a REQUEST past framing that the features name. */
const faults: Readonly<Record<string, Faulty>> = {
  'a name that the server does not know': { options: { name: 'nobody' } },
  'a key that is not that of its name': { options: { identity: identityOf('mallory'), name: 'alice' } },
  'the key of another name': { options: { identity: identityOf('alice'), name: 'bob' } },
  'a key that the server does not know': { options: { identity: identityOf('mallory') } },
  'a Noise message sealed to another server': { options: { server: identityOf('other.test') } },
  'a destination that is not the last name of the path': {
    alterations: { fields: { destinationName: 'elsewhere.test' } },
  },
  'a changed octet of the ephemeral key': { alterations: { frame: (frame) => flip(frame, 18) } },
  'a changed octet of the sealed static key': { alterations: { frame: (frame) => flip(frame, -200) } },
  'a changed last octet': { alterations: { frame: (frame) => flip(frame, -1) } },
  'a header in the clear that differs from the sealed one': { alterations: { header: (header) => flip(header, 7) } },
  'a sealed header that differs from the clear one': { alterations: { header: (header) => flip(header, 11) } },
  'a first coefficient of ek that is not reduced': {
    options: { encapsulationKey: (key) => unreduced(key, (index) => index % 2 === 0) },
  },
  'a second coefficient of ek that is not reduced': {
    options: { encapsulationKey: (key) => unreduced(key, (index) => index % 2 === 1) },
  },
  'a last coefficient of ek that is not reduced': {
    options: { encapsulationKey: (key) => unreduced(key, (index) => index >= coefficients - 64) },
  },
  'padding that is not zero': { alterations: { opened: (opened) => flip(opened, -1) } },
  'padding of one block too many': {
    alterations: {
      opened: (opened) => {
        const longer = new Uint8Array(opened.length + 128);
        longer.set(opened);
        return longer;
      },
    },
  },
  'an offset that points elsewhere': { alterations: { opened: (opened) => flip(opened, 9) } },
  'no lifetimes': { alterations: { fields: { keyExchangeData: emptyKeyExchange() } } },
  'an unknown entry of 0x8000': { options: { extra: [{ id: 0x8000, value: new Uint8Array(2) }] } },
  'an ephemeral key of all zeros': {
    alterations: { frame: (frame) => new Uint8Array([...frame.slice(0, 18), ...filled(32, 0), ...frame.slice(50)]) },
  },
};

function emptyKeyExchange() {
  return { ...makeKeyExchangeData({ lifetimes: defaultLifetimes }), entries: [] };
}

When('an initiator sends a REQUEST with {}', async function (this: ConformanceWorld, fault: string) {
  const faulty = faults[fault];
  if (faulty === undefined) throw new Error(`no step knows the fault ${JSON.stringify(fault)}`);
  const initiator = await scriptedInitiator(this, faulty.options);
  await initiator.sendRelay();
  const frame = initiator.requestFrame(faulty.alterations);
  this.set('deed', performance.now());
  await initiator.connection.send(frame);
});

Then(
  'the server answers CLOSE {string} {int} ms after the REQUEST and ends the stream',
  async function (this: ConformanceWorld, name: string, delay: number) {
    await closes(this, this.get('initiator'), name, false);
    const waited = this.get('close').at - this.get('deed');
    // A timer may be late on a busy machine, never early; 1 ms for the clocks' grain.
    assert.ok(waited >= delay - 1, `the refusal came after ${waited.toFixed(1)} ms`);
    assert.ok(waited < delay + 2_000, `the refusal came after ${waited.toFixed(1)} ms`);
  },
);

When('REQUESTs with every kind of fault are sent, each on its own connection', async function (this: ConformanceWorld) {
  const replies: (readonly [string, string])[] = [];
  const one = async ([fault, { options = {}, alterations }]: readonly [string, Faulty]) => {
    const initiator = new ScriptedInitiator(await this.connect(), options);
    await initiator.sendRelay();
    await initiator.sendRequest(alterations);
    const { octets } = await initiator.expect('CLOSE');
    await initiator.connection.endedWithoutFrame();
    replies.push([fault, octets.toHex()]);
    await initiator.connection[Symbol.asyncDispose]();
  };
  const all = Object.entries(faults);
  // Few at a time, each closed for good, so that no limit on half-open connections is the reason of a refusal.
  for (let first = 0; first < all.length; first += 4) await Promise.all(all.slice(first, first + 4).map(one));
  this.set('refusals', replies);
});

declare module '../shared/world.ts' {
  interface Facts {
    /** Fault and the octets of the CLOSE frame that answered it. */
    refusals: readonly (readonly [string, string])[];
    /** Octets of resident memory. */
    resident: number;
  }
}

Then('every answer is the same CLOSE {string}, octet by octet', function (this: ConformanceWorld, name: string) {
  const refusals = this.get('refusals');
  assert.ok(refusals.length >= 10, 'hardly any fault was tried');
  for (const [fault, octets] of refusals) assert.equal(octets, refusals[0]?.[1], fault);
  const status = Number.parseInt(refusals[0]?.[1].slice(12, 16) ?? '', 16);
  assert.equal(statusName(status), name);
});

When('the initiator has authorized itself with transforms {}', async function (this: ConformanceWorld, list: string) {
  const transforms = list.split(', ').map((one) => Number(one));
  const initiator = await scriptedInitiator(this, { transforms });
  await initiator.sendRelay();
  await initiator.sendRequest();
});

Then('RESPONSE selects transform {}', async function (this: ConformanceWorld, name: keyof typeof Transform) {
  const response = await this.get('initiator').readResponse();
  assert.equal(response.transform, Transform[name]);
});

When('an initiator sends RELAY for the path {}', async function (this: ConformanceWorld, path: string) {
  const initiator = await scriptedInitiator(this, { path: path.split(' ') });
  await initiator.sendRelay();
});

When('an initiator requests suite {word}', async function (this: ConformanceWorld, suite: keyof typeof Suite) {
  const initiator = await scriptedInitiator(this, { suite });
  await initiator.sendRelay();
  const frame = initiator.requestFrame();
  this.set('deed', performance.now());
  await initiator.connection.send(frame);
});

When('the initiator sends its REQUEST again', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.connection.send(initiator.requestFrame());
});

When('the initiator breaks the connection off', function (this: ConformanceWorld) {
  this.get('initiator').connection.reset();
});

When('the initiator sends a keyed CLOSE {string}', async function (this: ConformanceWorld, name: string) {
  await this.get('initiator').close(statusNamed(name));
});

When('the operator of the server ends the session', function (this: ConformanceWorld) {
  this.iut('server').endSession('alice');
});

When('the server is terminated', function (this: ConformanceWorld) {
  this.iut('server').program.kill('SIGTERM');
});

Then('the server exits with status {int}', async function (this: ConformanceWorld, code: number) {
  const exit = await this.iut('server').program.exited;
  assert.deepEqual(exit, { code, signal: null });
});

// Memory.

/** What one stranger sends, and what the server must make of it. */
const abuses: Readonly<Record<string, (world: ConformanceWorld) => Promise<void>>> = {
  'a frame of 4 GiB length': (world) => octetsAnswered(world, 'ffffffff0101', 5),
  'a truncated frame': async (world) => {
    const connection = await world.connect();
    await connection.send(Uint8Array.fromHex('000000400101'));
    connection.finish();
    await connection.ended();
    await connection[Symbol.asyncDispose]();
  },
  'a frame of unknown type': (world) => octetsAnswered(world, '000000080901abcd', 5),
  'a DATA frame first': (world) => octetsAnswered(world, '000000100401000000000000000000000010', 5),
};

async function octetsAnswered(world: ConformanceWorld, hex: string, status: number): Promise<void> {
  const stranger = new ScriptedInitiator(await world.connect());
  await stranger.connection.send(Uint8Array.fromHex(hex));
  const close = await stranger.expectClose();
  if (close.status !== status) throw new Nonconformance(`CLOSE ${statusName(close.status)}`);
  await stranger.connection.ended();
  await stranger.connection[Symbol.asyncDispose]();
}

async function abuse(world: ConformanceWorld, kind: string, times: number): Promise<void> {
  const one = abuses[kind];
  if (one === undefined) throw new Error(`no step knows ${JSON.stringify(kind)}`);
  const abreast = 8;
  const worker = async (first: number) => {
    for (let index = first; index < times; index += abreast) await one(world);
  };
  await Promise.all(Array.from({ length: abreast }, (_, index) => worker(index)));
}

When(
  'strangers have sent {} {int} times after a warm-up of {int}',
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
