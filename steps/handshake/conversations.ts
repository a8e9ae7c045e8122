/**
 * Every conversation of vectors/conversation.json, sent octet by octet to one end point under test: nothing that the suite
 * shares with the reference makes or reads them.
 */
import { When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { Suite, type SuiteName, type TransformName } from '../../reference/wire/identifiers.ts';
import { load, octets, type Vector, type VectorGroup } from '../../vectors/load.ts';
import { assertBeginsWith } from '../support/lab/captures/difference.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import type { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { type Json, merge, type Overrides, withoutDataOptions } from '../support/peers/configuration.ts';
import type { Iut } from '../support/peers/iut.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { lab, listenAsServer } from '../support/peers.ts';
import { played } from '../support/played.ts';
import { tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

type Side = 'initiator' | 'server';

interface Step {
  readonly from: Side;
  readonly octets: string;
  readonly datagram?: string;
}

/** A conversation, whole or with its last frame altered, and how the other end has to answer. */
interface Replay {
  readonly vector: Vector;
  readonly title: string;
  /** What goes before, or all of it. */
  readonly steps: readonly Step[];
  readonly instead?: string;
  /** The frame by which the end point under test ends the connection; of a whole conversation it does not. */
  readonly answer?: string;
  /** The peer's CLOSE. */
  readonly close: string;
}

/** Conversations of one configuration. One process of a server holds all of them, one of an initiator one. */
interface Process {
  readonly configuration: Json;
  readonly replays: readonly Replay[];
}

// What is replayed.

const isKeepAlive = ({ datagram }: Step): boolean => datagram === '';

/** Keep-alives come when 20 s have gone by; the first DATA frame of an initiator is no keep-alive. */
function sendsKeepAlives(side: Side, steps: readonly Step[]): boolean {
  const own = steps.filter(({ from, datagram }) => from === side && datagram !== undefined);
  return own.slice(side === 'initiator' ? 1 : 0).some(isKeepAlive);
}

/** Those that the end point under test takes part in to their end. */
function replaysOf(group: VectorGroup, tested: Side): readonly Replay[] {
  const [valid] = group.tests;
  const all = valid?.['steps'] as readonly Step[];
  const peer = tested === 'server' ? 'initiator' : 'server';
  return group.tests.flatMap((vector): readonly Replay[] => {
    const { after, instead, answer } = vector;
    if (instead !== undefined && all[after]?.from === tested) return [];
    const steps = all.slice(0, after ?? all.length);
    if (sendsKeepAlives(tested, steps)) return [];
    const title = `conversation.json, tcId ${vector.tcId}, ${group.comment}: ${vector.comment}`;
    return [{ vector, title, steps, instead, answer, close: valid?.['closes'][peer].octets }];
  });
}

/** What the declaration has. */
function isPossible({ declaration }: ConformanceWorld, group: VectorGroup): boolean {
  const { client, server } = group['configuration'];
  const suites = declaration.suites.map((name: SuiteName) => Suite[name] as number);
  const wanted = [...client.transforms, ...server.transforms] as TransformName[];
  const six = server.adapter.address6 === undefined || declaration.capabilities.includes('ipv6');
  return six && suites.includes(group['suite']) && wanted.every((name) => declaration.transforms.includes(name));
}

/** Each list of what is random, as long as there are conversations: all of them begin with the same. */
function repeated(configuration: Json, count: number): Json {
  const { deterministic = {} } = configuration as { readonly deterministic?: Readonly<Record<string, Json>> };
  const lists = Object.entries(deterministic).filter(([, value]) => Array.isArray(value));
  const longer = lists.map(([name, value]) => [name, Array(count).fill((value as readonly Json[])[0])]);
  return merge(configuration, { deterministic: Object.fromEntries(longer) });
}

/** One for each configuration. Of servers those that differ in suite and transform alone are one, if these are not chosen from. */
function processesFor(world: ConformanceWorld, tested: Side): readonly Process[] {
  const groups = load('conversation').filter((group) => isPossible(world, group));
  const role = tested === 'server' ? 'server' : 'client';
  const merged = Map.groupBy(groups, (group) => {
    const configuration = merge(group['configuration'][role], withoutDataOptions(world.declaration)) as Overrides;
    return JSON.stringify(
      role === 'server' && isChoiceless(group) ? merge(configuration, anySuite(world)) : configuration,
    );
  });
  return [...merged].map(([key, own]) => {
    const replays = own.flatMap((group) => replaysOf(group, tested));
    return { configuration: repeated(JSON.parse(key) as Json, replays.length), replays };
  });
}

const isChoiceless = (group: VectorGroup): boolean => group['configuration'].client.transforms.length === 1;

/** Every suite and transform; what is random in the suite that needs more is the same in every conversation. */
function anySuite({ declaration }: ConformanceWorld): Overrides {
  const groups = load('conversation').map((group) => group['configuration'].server);
  const [{ initiators }] = groups;
  const { kemMessage } = groups.find(({ deterministic }) => deterministic.kemMessage !== undefined).deterministic;
  const suites = [...declaration.suites];
  return {
    transforms: [...declaration.transforms],
    initiators: [{ ...initiators[0], suites }],
    ...(suites.includes('hybrid') ? { deterministic: { kemMessage } } : {}),
  };
}

// The replay.

const joined = (steps: readonly Step[], from: Side): string =>
  steps.flatMap((step) => (step.from === from ? [step.octets] : [])).join('');

/** @throws Nonconformance where what came is not that, octet by octet */
async function receives(connection: ScriptedConnection, expected: string): Promise<void> {
  const wanted = Uint8Array.fromHex(expected);
  assertBeginsWith(await connection.octets(wanted.length), wanted, 'its stream');
}

/** As the local stack hands it over. */
function ethernet({ server }: VectorGroup['configuration'], from: Side, payload: Uint8Array): Uint8Array {
  const physical = [server.adapter.clientPhysical, server.adapter.serverPhysical].map((text: string) =>
    Uint8Array.fromHex(text.replaceAll(':', '')),
  ) as [Uint8Array, Uint8Array];
  const [source, destination] = from === 'initiator' ? physical : physical.toReversed();
  const etherType = payload[0]! >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4;
  return encodeEthernet({ source: source!, destination: destination!, etherType, payload });
}

const datagramsOf = (steps: readonly Step[], from: Side): readonly Uint8Array[] =>
  steps.flatMap((step) => (step.from === from && step.datagram ? [octets(step.datagram)] : []));

/** The handshake is over: what goes in at one end comes out at the other. */
async function exchange(
  connection: ScriptedConnection,
  socket: PacketSocket,
  { steps, instead }: Replay,
  tested: Side,
): Promise<void> {
  const peer = tested === 'server' ? 'initiator' : 'server';
  const physical = load('conversation')[0]?.['configuration'];
  const inject = (): void => {
    for (const datagram of datagramsOf(steps, tested)) socket.inject(ethernet(physical, tested, datagram));
  };
  // An initiator begins; a server sends nothing before the first DATA frame of its peer.
  const data = steps.filter((step) => step.datagram !== undefined);
  const deliver = async (): Promise<void> => {
    if (data.some(({ from }) => from === peer)) await connection.send(octets(joined(data, peer)));
    if (instead === undefined)
      for (const sent of datagramsOf(steps, peer))
        await socket.next('a datagram', (frame) => Buffer.from(frame).subarray(14).equals(sent));
  };
  if (tested === 'initiator') inject();
  if (tested === 'initiator') await receives(connection, joined(steps, tested));
  await deliver();
  if (tested === 'server') inject();
  await receives(connection, joined(steps, tested));
}

async function concluded(connection: ScriptedConnection, replay: Replay, tested: Side): Promise<void> {
  const own = joined(replay.steps, tested);
  if (replay.instead !== undefined) await connection.send(octets(replay.instead));
  else await connection.send(octets(replay.close));
  await connection.ended();
  const expected = own + (replay.answer ?? '');
  await receives(connection, expected);
  const more = connection.received.length - expected.length / 2;
  if (more > 0) throw new Nonconformance(`${more} octets came behind its last frame`);
  connection.finish();
}

const handshakeOf = (steps: readonly Step[]): readonly Step[] => steps.filter((step) => step.datagram === undefined);

When('every conversation is held with the server', { timeout: 300_000 }, async function (this: ConformanceWorld) {
  await lab(this);
  for (const { configuration, replays } of processesFor(this, 'server')) {
    // Where it is on the kernel sends packets by itself.
    const six = JSON.stringify(configuration).includes('address6');
    this.lab.sysctl(this.lab.namespace('server'), 'net/ipv6/conf/default/disable_ipv6', six ? 0 : 1);
    const node = await this.start('server', 'server', configuration);
    const socket = this.adapterSocket('server');
    const one = async (replay: Replay): Promise<void> => {
      const connection = await this.connect();
      const handshake = handshakeOf(replay.steps);
      await connection.send(octets(joined(handshake, 'initiator')));
      played(this, 'conversation', replay.vector);
      await receives(connection, joined(handshake, 'server'));
      await exchange(connection, socket, replay, 'server');
      await concluded(connection, replay, 'server');
    };
    await tryEach(this, replays, { title: ({ title }) => title, one });
    await node.terminate();
    await socket[Symbol.asyncDispose]();
  }
});

When('every conversation is held with the initiator', { timeout: 300_000 }, async function (this: ConformanceWorld) {
  await lab(this, { hosts: { 'relay-b.test': '10.77.0.2' } });
  await listenAsServer(this);
  for (const { configuration, replays } of processesFor(this, 'initiator')) {
    await tryEach(this, replays, {
      title: ({ title }) => title,
      // One process for each: the freshness of a second REQUEST would be one more than that of the vector (REQ-18).
      one: async (replay) => {
        await using node = await this.start('client', 'client', configuration);
        await heldWith(this, node, replay);
        await node.terminate();
      },
    });
  }
});

async function heldWith(world: ConformanceWorld, node: Iut, replay: Replay): Promise<void> {
  const connection = await world.get('listener').accept();
  const handshake = handshakeOf(replay.steps);
  await receives(connection, joined(handshake, 'initiator'));
  await connection.send(octets(joined(handshake, 'server')));
  played(world, 'conversation', replay.vector);
  if (replay.steps.length > handshake.length) {
    await node.event('adapter');
    await using socket = world.adapterSocket('client');
    await exchange(connection, socket, replay, 'initiator');
    await concluded(connection, replay, 'initiator');
  } else await concluded(connection, replay, 'initiator');
}
