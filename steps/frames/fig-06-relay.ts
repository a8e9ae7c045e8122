/** Steps about RELAY frames ([EP] fig. 6): many of them at one server or relay, each on a connection of its own. */
import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { concat, u16, u32 } from '../../reference/octets.ts';
import { decodeRelay } from '../../reference/wire/relay.ts';
import { known } from '../support/known.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { nameOf as knownAs } from '../support/peers/identities.ts';
import { type ScriptedInitiator, withRequest } from '../support/peers/scripted-initiator.ts';
import { newInitiator, nextNode, type WireRole } from '../support/peers.ts';
import { assertReaction, nothingComes, reactionOf } from '../support/reactions.ts';
import { tryEach } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Below every limit on half-open connections. */
const abreast = 4;

/** The fields of a RELAY frame, each of them as it is to be sent. */
interface RawRelay {
  /** Without NUL, the origin first; octets as latin1. */
  readonly names: readonly string[];
  /** Where the index of a name points, if not to it. */
  readonly indexes?: Readonly<Record<number, number>>;
  /** What stands before the name of that position. */
  readonly gaps?: Readonly<Record<number, string>>;
  readonly reserved?: number;
  /** What the hop count says beyond the nodes that there are. */
  readonly tooManyHops?: number;
  /** Octets that are missing at the end. */
  readonly cut?: number;
  /** Where the origin index points if the origin has no string of its own: then `names` are those of the path. */
  readonly originIndex?: number;
  /** What follows the last name. */
  readonly after?: string;
}

function relayOf(raw: RawRelay): Uint8Array {
  const { names, indexes = {}, gaps = {}, reserved = 0, tooManyHops = 0, cut = 0, originIndex, after = '' } = raw;
  let text = '';
  const starts = names.map((name, position) => {
    text += gaps[position] ?? '';
    const start = text.length;
    text += `${name}\0`;
    return indexes[position] ?? start;
  });
  const buffer = Uint8Array.from(Buffer.from(text.slice(0, text.length - cut) + after, 'latin1'));
  const [origin = 0, ...path] = originIndex === undefined ? starts : [originIndex, ...starts];
  const fixed = concat(
    Uint8Array.of(1, 1),
    u16(origin),
    Uint8Array.of(path.length + tooManyHops, reserved),
    u16(...path),
  );
  return concat(u32(4 + fixed.length + buffer.length), fixed, buffer);
}

const origin = 'origin.invalid';

const longName = 'n'.repeat(253);

/** Names that are too long for a table. */
const nameOf = (words: string): string =>
  words.replace('a label of 64 octets', `${'l'.repeat(64)}.test`).replace('a name of 253 octets', longName);

/** The nodes of a path on which the implementation is in its place. */
const places: Readonly<Record<string, readonly string[]>> = {
  server: ['server.test'],
  relay: ['relay-b.test', 'server.test'],
};

const pathOf = (role: string): readonly string[] => known(places, role).map(knownAs);

const rowsOf = (table: DataTable): string[] => table.raw().map(([row = '']) => row);

async function close(initiator: ScriptedInitiator): Promise<void> {
  initiator.connection.finish();
  await initiator.connection.ended();
  await initiator.connection[Symbol.asyncDispose]();
}

When(
  'RELAY frames with these names as origin and first node come to the server, it awaits REQUEST',
  async function (this: ConformanceWorld, table: DataTable) {
    const one = async (words: string): Promise<void> => {
      const name = nameOf(words);
      const initiator = await newInitiator(this);
      await initiator.connection.send(relayOf({ names: [name, name, ...pathOf('server')] }));
      await nothingComes(initiator);
      await close(initiator);
    };
    await tryEach(rowsOf(table), (words) => words, one, abreast);
  },
);

Then(
  'an initiator is authorized by a path of {int} names of 253 octets and the server',
  async function (this: ConformanceWorld, count: number) {
    const initiator = await newInitiator(this, {
      path: [...Array.from({ length: count }, () => longName), 'server.test'],
    });
    await initiator.authorize();
    await close(initiator);
  },
);

/** The next node is server.test, where a scripted server listens. */
async function forwarded(world: ConformanceWorld, names: readonly string[]): Promise<void> {
  const frame = relayOf({ names });
  const initiator = await newInitiator(world);
  const server = await nextNode(world, initiator, () => initiator.connection.send(withRequest(frame)));
  assertOctets((await server.expect('RELAY')).octets, frame, 'what the next node receives');
  server.connection.finish();
  await close(initiator);
}

When(
  /^RELAY frames with these names as origin and (no )?first node come to the relay, it forwards them unchanged$/,
  async function (this: ConformanceWorld, without: string | null, table: DataTable) {
    const one = async (words: string): Promise<void> => {
      const name = nameOf(words);
      await forwarded(this, [name, ...(without ? [] : [name]), ...places['relay']!]);
    };
    await tryEach(rowsOf(table), (words) => words, one);
  },
);

When(
  'an initiator sends RELAY for these paths, the relay forwards it unchanged to the node after it',
  async function (this: ConformanceWorld, table: DataTable) {
    await tryEach(
      rowsOf(table),
      (path) => path,
      (path) => forwarded(this, [origin, ...path.split(' ')]),
    );
  },
);

const others = ['a.test', 'b.test'];

/** What is wrong about a RELAY frame of two nodes, as a rule the implementation in its place on the path. */
const faults: Readonly<Record<string, (path: readonly string[]) => RawRelay>> = {
  'the reserved octet 02': (path) => ({ names: [origin, ...path], reserved: 2 }),
  'a leading dot': (path) => ({ names: [origin, '.a.test', ...path] }),
  'an origin with a leading dot': (path) => ({ names: ['.origin.invalid', ...path] }),
  'an exclamation mark': (path) => ({ names: [origin, 'a!.test', ...path] }),
  'a DEL': (path) => ({ names: [origin, 'a\x7f.test', ...path] }),
  'a second colon after a port': (path) => ({ names: [origin, 'a.test:1:', ...path] }),
  'two octets between two names': (path) => ({ names: [origin, ...path], gaps: { 1: 'x\0' } }),
  'an origin index of 1': (path) => ({ names: [origin, ...path], indexes: { 0: 1 } }),
  'an origin index of 256': (path) => ({ names: [origin, ...path], indexes: { 0: 256 } }),
  'an index that is 256 too high': (path) => ({ names: [origin, ...path], indexes: { 1: origin.length + 257 } }),
  'an index that is 32768 too high': (path) => ({ names: [origin, ...path], indexes: { 1: origin.length + 32_769 } }),
  'one name for two nodes': (path) => ({ names: [origin, ...path], indexes: { 0: origin.length + 1 } }),
  'the origin and the first node in one string': (path) => ({ names: path, originIndex: 0 }),
  'an octet after the last name': (path) => ({ names: [origin, ...path], after: '\0' }),
  'a name after the last name': (path) => ({ names: [origin, ...path], after: 'x\0' }),
  'the reserved octet 02, and only other nodes': () => ({ names: [origin, ...others], reserved: 2 }),
  'an octet after the last name, and only other nodes': () => ({ names: [origin, ...others], after: '\0' }),
  'no node, and right otherwise': () => ({ names: [origin] }),
  ...Object.fromEntries(
    [16, 32, 64, 128].map((tooManyHops) => [
      `a hop count that is ${tooManyHops} too high`,
      (path: readonly string[]) => ({ names: [origin, ...path], tooManyHops }),
    ]),
  ),
  'a last name whose NUL is cut off': (path) => ({ names: [origin, ...path], cut: 1 }),
};

When(
  'RELAY frames with these faults come to the {role}, it answers {}',
  async function (this: ConformanceWorld, role: WireRole, answer: string, table: DataTable) {
    const one = async (fault: string): Promise<void> => {
      const initiator = await newInitiator(this);
      await initiator.connection.send(relayOf(known(faults, fault)(pathOf(role))));
      assertReaction(await reactionOf(initiator), answer);
      await close(initiator);
    };
    await tryEach(rowsOf(table), (fault) => fault, one, abreast);
  },
);

/** A server that awaits REQUEST and a relay that connects to the next node say nothing. */
async function tryRelay(world: ConformanceWorld, names: readonly string[], answer: string): Promise<void> {
  const initiator = await newInitiator(world);
  await initiator.connection.send(relayOf({ names }));
  if (answer === 'nothing') await nothingComes(initiator);
  else assertReaction(await reactionOf(initiator), answer);
  await close(initiator);
}

When(
  'an initiator sends RELAY for these paths, the {role} answers as the row says',
  async function (this: ConformanceWorld, _role: WireRole, table: DataTable) {
    const one = ([path = '', answer = '']: string[]) => tryRelay(this, [origin, ...path.split(' ')], answer);
    await tryEach(table.raw(), ([path = '']) => path, one, abreast);
  },
);

When(
  'an initiator sends RELAY of these origins, the {role} answers as the row says',
  async function (this: ConformanceWorld, role: WireRole, table: DataTable) {
    const one = ([name = '', answer = '']: string[]) => tryRelay(this, [name, ...pathOf(role)], answer);
    await tryEach(table.raw(), ([name = '']) => name, one, abreast);
  },
);

Then('RELAY names the origin {}', function (this: ConformanceWorld, origin: string) {
  assert.equal(decodeRelay(this.get('server').relay).origin, origin);
});
