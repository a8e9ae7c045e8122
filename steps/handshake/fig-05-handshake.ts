/** Steps about what must not be believed in a handshake, and what must be new in each ([EP] fig. 5). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status, Suite, type SuiteName, statusName } from '../../reference/wire/identifiers.ts';
import { suiteOf } from '../../reference/wire/opened.ts';
import { decodeRequest } from '../../reference/wire/request.ts';
import { connectAgain, quickly } from '../support/connecting-again.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import type { Overrides } from '../support/peers/configuration.ts';
import { type Identity, identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator, ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { type ForgedKeys, forgedRequest, forgedResponse, reveal } from '../support/peers/straight-noise.ts';
import { lab, listenAsServer, newInitiator, scriptedServer } from '../support/peers.ts';
import { everyRow, type Row } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** What each REQUEST of one initiator had, in the order of its connections. */
    requests: readonly { readonly suite: number; readonly ephemeral: string; readonly encapsulationKey: string }[];
  }
}

// RFC 7748 §6.1: the points of order 1, 2, 4 and 8, by each of their names of 32 octets.
const order8 = [
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bcab508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
];
const small = ['00', '01'].map((octet) => octet.padEnd(64, '0'));
/** p − 1, p and p + 1: the last two are names of 0 and 1 that are not reduced. */
const aroundP = ['ec', 'ed', 'ee'].map((octet) => `${octet}${'ff'.repeat(30)}7f`);
const withoutBit = [...small, ...order8, ...aroundP].map((hex) => Uint8Array.fromHex(hex));
/** The highest bit is ignored (RFC 7748 §5). */
const withBit = withoutBit.map((point) => point.with(31, point[31]! | 0x80));
const lowOrder = [...withoutBit, ...withBit];

/** A CLOSE "not authorized", unkeyed and alone. */
async function refused({ connection }: ScriptedInitiator): Promise<void> {
  const { type, octets } = await connection.next('CLOSE "not authorized"');
  const found = type === 'CLOSE' ? `CLOSE "${statusName(octets[7] ?? 0)}" of ${octets.length} octets` : type;
  assert.equal(found, 'CLOSE "not authorized" of 8 octets');
  await connection.endedWithoutFrame();
  connection.finish();
}

async function forged(world: ConformanceWorld, keys: ForgedKeys): Promise<void> {
  const initiator = await newInitiator(world, { suite: 'x25519' });
  await initiator.sendRelay();
  await initiator.sendRequest({ message: (opened) => forgedRequest(initiator.relay, opened, keys) });
  await refused(initiator);
}

When('the forging initiator uses keys that are right', async function (this: ConformanceWorld) {
  const initiator = await newInitiator(this, { suite: 'x25519' });
  await initiator.sendRelay();
  await initiator.sendRequest({ message: (opened) => forgedRequest(initiator.relay, opened, {}) });
  await initiator.expect('RESPONSE');
});

Then(
  'a REQUEST whose ephemeral key is of low order is not authorized, whichever of them it is',
  async function (this: ConformanceWorld) {
    const rows = lowOrder.map((ephemeral): Row => [ephemeral.toHex(), () => forged(this, { ephemeral })]);
    await everyRow(rows, 4);
  },
);

When('a tunnel server that takes it has a key of low order as that of alice', async function (this: ConformanceWorld) {
  await lab(this);
  const initiators = [
    { name: 'alice', publicKey: withoutBit[2]!.toBase64(), suites: ['x25519'], address: '10.8.0.10' },
  ];
  // A server that refuses such a configuration has refused the key.
  await this.startServer({ initiators }).catch((error: unknown) => {
    if (!(error instanceof Nonconformance)) throw error;
  });
});

Then('a REQUEST with that static key is not authorized', async function (this: ConformanceWorld) {
  if (!this.iuts.has('server')) return;
  if (!this.iut('server').program.seen.some(({ event }) => event === 'ready')) return;
  await forged(this, { static: withoutBit[2]! });
});

/** Each in a process of its own: side by side. */
Given('{int} tunnel initiators whose server is scripted', async function (this: ConformanceWorld, count: number) {
  await lab(this);
  await listenAsServer(this);
  for (let started = 0; started < count; started++) await this.startClient();
});

Then(
  'each ends with integrity failure when the ephemeral key of RESPONSE is of low order',
  async function (this: ConformanceWorld) {
    const points = [small[0], small[1], order8[0], aroundP[1]].map((hex) => Uint8Array.fromHex(hex ?? ''));
    points.push(withBit[0]!);
    const rows = points.map((point): Row => [point.toHex(), () => lowOrderResponse(this, point)]);
    await everyRow(rows);
  },
);

async function lowOrderResponse(world: ConformanceWorld, point: Uint8Array): Promise<void> {
  const server = await scriptedServer(world);
  const revealed = await requestOf(server);
  await server.sendResponse({ message: (opened) => forgedResponse(revealed, opened, point) });
  const { type, octets } = await server.connection.next('CLOSE "integrity failure"');
  const found = type === 'CLOSE' ? `CLOSE "${statusName(octets[7] ?? 0)}" of ${octets.length} octets` : type;
  assert.equal(found, 'CLOSE "integrity failure" of 8 octets');
  await server.connection.endedWithoutFrame();
  server.connection.finish();
}

async function requestOf(server: ScriptedServer): Promise<ReturnType<typeof reveal>> {
  await server.readRelay();
  await server.readRequest();
  const frame = decodeRequest(server.requestFrame);
  return reveal(suiteOf(frame), server.relay, frame.message);
}

// ML-KEM.

const q = 3329;

/** The same encapsulation key with another coefficient (FIPS 203 §7.2: 12 bits each). */
function withCoefficient(key: Uint8Array, index: number, value: number): Uint8Array {
  const altered = key.slice();
  const at = (index >> 1) * 3 + (index & 1);
  if (index % 2 === 0) altered.set([value & 255, (altered[at + 1]! & 0xf0) | (value >> 8)], at);
  else altered.set([(altered[at]! & 15) | ((value & 15) << 4), value >> 4], at);
  return altered;
}

const places = [0, 1, 2, 382, 383, 766, 767];

async function withEk(world: ConformanceWorld, index: number, value: number): Promise<ScriptedInitiator> {
  const encapsulationKey = (key: Uint8Array) => withCoefficient(key, index, value);
  const initiator = await newInitiator(world, { suite: 'hybrid', encapsulationKey });
  await initiator.sendRelay();
  await initiator.sendRequest();
  return initiator;
}

Then(
  'a REQUEST whose encapsulation key has a coefficient of q or more is not authorized',
  async function (this: ConformanceWorld) {
    const faulty = places.flatMap((index) => [q, q + 1, 4095].map((value) => ({ index, value })));
    const rows = faulty.map(
      ({ index, value }): Row => [
        `coefficient ${index} of ${value}`,
        async () => refused(await withEk(this, index, value)),
      ],
    );
    await everyRow(rows, 4);
  },
);

Then(
  'a REQUEST whose encapsulation key has coefficients of q - 1 is answered with RESPONSE',
  async function (this: ConformanceWorld) {
    const rows = places.map(
      (index): Row => [
        `coefficient ${index} of ${q - 1}`,
        async () => {
          const initiator = await withEk(this, index, q - 1);
          await initiator.expect('RESPONSE');
          await initiator.close(Status.endSession);
          await initiator.connection.ended();
        },
      ],
    );
    await everyRow(rows);
  },
);

// Who may come.

Then(
  'alice and bob are authorized with {suite}, each by name and key together',
  async function (this: ConformanceWorld, suite: SuiteName) {
    const [alice, bob] = [identityOf('alice'), identityOf('bob')];
    const as = (identity: Identity, name: string): ScriptedInitiatorOptions => ({ identity, name, suite });
    const wrong: readonly (readonly [string, ScriptedInitiatorOptions])[] = [
      ["alice's key, bob's name", as(alice, 'bob')],
      ["bob's key, alice's name", as(bob, 'alice')],
      ['a key that nobody has, a name that is known', as(identityOf('mallory'), 'alice')],
      ["alice's key, a name that nobody has", as(alice, 'mallory')],
      ["alice's key and name, in upper case", as(alice, 'Alice')],
      ["alice's key and name, with a space behind it", as(alice, 'alice ')],
      ["alice's key and a part of her name", as(alice, 'alic')],
    ];
    const right = [alice, bob].map((identity): Row => [identity.name, () => welcome(this, { identity, suite })]);
    const refusals = wrong.map(([name, options]): Row => [name, () => turnedAway(this, options)]);
    await everyRow([...right, ...refusals]);
  },
);

Then('alice needs the hybrid suite, and bob suite x25519', async function (this: ConformanceWorld) {
  const [alice, bob] = [identityOf('alice'), identityOf('bob')];
  await everyRow([
    ['alice with hybrid', () => welcome(this, { identity: alice, suite: 'hybrid' })],
    ['alice with x25519', () => turnedAway(this, { identity: alice, suite: 'x25519' })],
    ['bob with x25519', () => welcome(this, { identity: bob, suite: 'x25519' })],
    ['bob with hybrid', () => turnedAway(this, { identity: bob, suite: 'hybrid' })],
  ]);
});

async function welcome(world: ConformanceWorld, options: ScriptedInitiatorOptions): Promise<void> {
  const initiator = await newInitiator(world, options);
  await initiator.authorize();
  await initiator.close(Status.endSession);
  await initiator.connection.ended();
}

async function turnedAway(world: ConformanceWorld, options: ScriptedInitiatorOptions): Promise<void> {
  const initiator = await newInitiator(world, options);
  await initiator.sendRelay();
  await initiator.sendRequest();
  await refused(initiator);
}

// Again and again.

/** How a server may refuse: an initiator must not take any of it for a reason to ask for less. */
const ends: Readonly<Record<string, (server: ScriptedServer) => Promise<void>>> = {
  'CLOSE "not authorized"': (server) => server.close(Status.notAuthorized),
  'CLOSE "protocol error"': (server) => server.close(Status.protocolError),
  'the end of the stream': async ({ connection }) => connection.finish(),
};

When(
  'each connection of a tunnel initiator of suite {suite} is refused in another way, and its user connects again',
  { timeout: 40_000 },
  async function (this: ConformanceWorld, suite: SuiteName) {
    await lab(this);
    await listenAsServer(this);
    const overrides: Overrides = { server: { suite }, ...quickly(this) };
    await this.startClient(overrides);
    const requests: { suite: number; ephemeral: string; encapsulationKey: string }[] = [];
    const refusals = Object.values(ends);
    for (let connection = 0; connection <= refusals.length; connection++) {
      const server = await scriptedServer(this);
      const asked = await requestOf(server);
      requests.push({
        suite: suiteOf(decodeRequest(server.requestFrame)),
        ephemeral: asked.ephemeral.toHex(),
        encapsulationKey: asked.encapsulationKey?.toHex() ?? '',
      });
      await refusals[connection]?.(server);
      if (connection === refusals.length) break;
      await connectAgain(this);
    }
    this.set('requests', requests);
  },
);

Then('every REQUEST was of suite {suite}', function (this: ConformanceWorld, suite: SuiteName) {
  const found = this.get('requests').map((request) => request.suite);
  assert.deepEqual(
    found,
    found.map(() => Suite[suite]),
  );
});

Then('every REQUEST had ephemeral keys of its own', function (this: ConformanceWorld) {
  const requests = this.get('requests');
  const fresh = (keys: readonly string[]) => new Set(keys).size === keys.length;
  assert.ok(fresh(requests.map(({ ephemeral }) => ephemeral)), 'an ephemeral key was used twice');
  const keys = requests.map(({ encapsulationKey }) => encapsulationKey).filter((key) => key !== '');
  assert.ok(fresh(keys), 'an encapsulation key was used twice');
});
