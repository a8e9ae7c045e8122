/**
 * DATA frames as those of vectors/transform-*.json, made anew with the keys of each connection by the vectors' own path,
 * which shares no code with the reference.
 */
import assert from 'node:assert/strict';
import { When } from '@cucumber/cucumber';
import { concat, viewOf } from '../../reference/octets.ts';
import { Status, statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { type Keys, type Plain, seal } from '../../vectors/generate/schedule.ts';
import { type Direction, directionsOf } from '../../vectors/generate/transform-directions.ts';
import { frameOf } from '../../vectors/generate/transform-refusals.ts';
import { long, many, plainOf } from '../../vectors/generate/transform-streams.ts';
import { load, octets, title, type Vector, type VectorGroup } from '../../vectors/load.ts';
import { arrivals } from '../support/attack.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { newInitiator } from '../support/peers.ts';
import { played } from '../support/played.ts';
import { connecting, tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress } = virtualLan;

/** Keys of what the peer sends. */
const keysOf = ({ session }: ScriptedEndPoint): Keys => ({ ...session.sending, others: session.receiving });

const subjectOf = (name: TransformName): string => `transform-${name}`;

/** More frames cannot be sent before each vector; those of a group that starts above are not sent at all. */
const mostBefore = 0xfe;

interface Run {
  readonly group: VectorGroup;
  /** Of the long directions there is none. */
  readonly run?: Direction;
}

/** The groups whose keys nobody has to choose and whose counter a connection reaches. */
function runsOf(name: TransformName): readonly Run[] {
  const groups = load(subjectOf(name));
  const runs = directionsOf(name);
  return groups.flatMap((group, index): readonly Run[] => {
    const run = runs[index];
    if (run === undefined) return [{ group }];
    if (run.comment !== group.comment) throw new LabFailure(`group ${index} of ${subjectOf(name)}.json is another one`);
    return run.keys === undefined && (run.start ?? 0) <= mostBefore ? [{ group, run }] : [];
  });
}

const empty: Plain = { datagram: new Uint8Array() };
const emptyFrames = (count: number): Plain[] => Array.from({ length: count }, () => empty);

// Frames that open.

/** The vectors' datagrams go from the client to the server; those of a server have to go the other way. */
function turned(datagram: Uint8Array, toClient: boolean): Uint8Array {
  const isWhole = datagram.length >= 28 && viewOf(datagram).getUint16(2) === datagram.length;
  if (!toClient || !isWhole || datagram[0] !== 0x45) return datagram;
  return concat(datagram.subarray(0, 12), datagram.subarray(16, 20), datagram.subarray(12, 16), datagram.subarray(20));
}

/** Octets of a datagram that any adapter has to take, and that are a whole datagram. */
const fits = (datagram: Uint8Array): boolean =>
  datagram.length >= 28 && datagram.length <= 1_400 && viewOf(datagram).getUint16(2) === datagram.length;

interface Taken {
  readonly title: string;
  readonly vectors: readonly Vector[];
  readonly plain: (toClient: boolean) => readonly Plain[];
}

function takenOf(name: TransformName, { group, run }: Run): Taken {
  const vectors = group.tests.filter(({ result }) => result === 'valid');
  const common = { title: `${subjectOf(name)}.json, ${group.comment}`, vectors };
  if (run === undefined) {
    const stream = [many, long].find(({ label }) => label === group['label']);
    if (stream === undefined) throw new LabFailure(`${group['label']}: no such stream`);
    return { ...common, plain: () => (stream === long ? longPlain(name) : plainOf(name, stream)) };
  }
  const before = emptyFrames(run.start ?? 0);
  const plain = (toClient: boolean): Plain[] =>
    run.plain.map((one) => ({ ...one, datagram: turned(one.datagram, toClient) }));
  return { ...common, plain: (toClient) => [...before, ...plain(toClient)] };
}

When(
  'the frames of transform-{transform}.json that open are made anew and sent, a connection for each group',
  { timeout: 300_000 },
  async function (this: ConformanceWorld, name: TransformName) {
    const connect = connecting(this, name);
    await tryEach(
      this,
      runsOf(name).map((run) => takenOf(name, run)),
      {
        title: (group) => group.title,
        weight: (group) => group.vectors.length,
        one: async ({ vectors, plain }) => {
          const { peer, socket } = await connect();
          const all = plain(this.has('victim'));
          const former = arrivals(socket).length;
          await peer.connection.send(concat(...seal(name, keysOf(peer), all)));
          for (const vector of vectors) played(this, subjectOf(name), vector);
          await peer.connection.send(peer.session.close(Status.endSession, all.length));
          await endsInPeace(peer);
          cameOut(arrivals(socket).slice(former), all, this.has('victim') ? clientAddress : serverAddress);
          if (this.has('victim')) await socket[Symbol.asyncDispose]();
        },
      },
    );
  },
);

/** The stack may answer what comes out of the adapter; the end point itself has nothing to say. */
async function endsInPeace({ connection }: ScriptedEndPoint): Promise<void> {
  await connection.ended();
  const strange = connection.frames.waiting.find(({ type }) => type !== 'DATA');
  if (strange !== undefined) throw new Nonconformance(`a ${strange.type} frame came: ${strange.octets.toHex()}`);
  connection.finish();
}

/**
 * What is whole and not too long has come out of the adapter as it was; of the rest some may have.
 * @param address of the stack, which sends packets of its own
 */
function cameOut(packets: readonly Uint8Array[], all: readonly Plain[], address: string): void {
  const own = Uint8Array.from(address.split('.').map(Number)).toHex();
  const came = packets.map((frame) => frame.subarray(14).toHex());
  const wanted = all.map(({ datagram }) => datagram).filter((datagram) => datagram[0] === 0x45 && fits(datagram));
  for (const datagram of wanted)
    assert.ok(came.includes(datagram.toHex()), `a datagram of ${datagram.length} octets did not reach the adapter`);
  const sent = new Set(all.map(({ datagram }) => datagram.toHex()));
  const strange = came.find((packet) => !sent.has(packet) && !packet.startsWith(own, 24));
  if (strange !== undefined) throw new Nonconformance(`this reached the adapter, and nobody sent it: ${strange}`);
}

// Frames that do not.

/** What is sent: right frames, then the one that must not be opened. */
interface Refused {
  readonly vector: Vector;
  make(keys: Keys): readonly [before: readonly Uint8Array[], frame: Uint8Array];
}

function refusedOf(name: TransformName, { group, run }: Run): readonly Refused[] {
  const vectors = group.tests.filter(({ result }) => result === 'invalid');
  if (run === undefined) return group['label'] === many.label ? vectors.map(inMany(name)) : vectors.map(inLong(name));
  const before = emptyFrames(run.start ?? 0);
  return vectors.map((vector, index) => ({
    vector,
    make: (keys) => {
      // None that comes later, but those that a swapped one is taken from.
      const needed = Math.max(4, Number(vector['n']) + 1 - before.length);
      const frames = seal(name, keys, [...before, ...run.plain.slice(0, needed)]);
      const refusal = run.refused(name, keys, frames.slice(before.length))[index];
      if (refusal?.[1] !== vector.comment) throw new LabFailure(`tcId ${vector.tcId} is not made anew by that place`);
      return [frames.slice(0, refusal[2]), frameOf(refusal)];
    },
  }));
}

/** With all the frames before it. */
const inMany =
  (name: TransformName) =>
  (vector: Vector, index: number): Refused => ({
    vector,
    make: (keys) => {
      const plain = plainOf(name, many);
      const frames = seal(name, keys, plain);
      const [, comment, after = 0, fields] = many.refused(name, keys, plain, frames)[index] ?? [];
      if (comment !== vector.comment || fields === undefined)
        throw new LabFailure(`tcId ${vector.tcId} is not made anew by that place`);
      return [frames.slice(0, after), octets(String(fields()['frame']))];
    },
  });

const longPlains = new Map<TransformName, readonly Plain[]>();

/** Made once: 1.4 MB of SHA-256. */
function longPlain(name: TransformName): readonly Plain[] {
  const plain = longPlains.get(name) ?? plainOf(name, long);
  longPlains.set(name, plain);
  return plain;
}

/** Behind one frame: the others are as long, and do not decide anything here. */
const inLong =
  (name: TransformName) =>
  (vector: Vector): Refused => ({
    vector,
    make: (keys) => {
      const one = longPlain(name)[vector['after']] ?? empty;
      const [first, frame] = seal(name, keys, [empty, one]) as [Uint8Array, Uint8Array];
      const { offset, bit } = vector['spoil'];
      return [[first], frame.with(offset, frame[offset]! ^ (1 << bit))];
    },
  });

/** The longest DATA frame that a stream may have; a longer one is refused by its first octets. */
const longest = 131_072;

/** What follows, so that nobody waits for the rest of a frame that is too short. */
function filler(frame: Uint8Array): Uint8Array {
  const missing = viewOf(frame).getUint32(0) - frame.length;
  return new Uint8Array(missing > 0 && missing <= longest ? missing : 0);
}

/** A bit of the type makes another frame of it, one of the version another protocol. */
function statusFor(frame: Uint8Array): string {
  if (frame[5] !== 1) return 'unsupported version';
  return frame[4] === 4 ? 'integrity failure' : 'protocol error';
}

/** Of another stream: the octet behind a whole frame belongs to the next one. */
const isNextFrames = ({ comment }: Vector): boolean => comment === 'an octet more, the length as it was';

async function connected(world: ConformanceWorld, name: TransformName): Promise<ScriptedEndPoint> {
  if (world.has('victim')) return world.get('victim').authorize();
  const peer = await newInitiator(world, { suite: 'x25519', transforms: [name] });
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
  return peer;
}

When(
  'the frames of transform-{transform}.json that do not open are made anew and sent, each on a connection of its own',
  { timeout: 300_000 },
  async function (this: ConformanceWorld, name: TransformName) {
    const all = runsOf(name).flatMap((run) => refusedOf(name, run));
    await tryEach(
      this,
      all.filter(({ vector }) => !isNextFrames(vector)),
      {
        title: ({ vector }) => `${subjectOf(name)}.json, ${title(vector)}`,
        one: async ({ vector, make }) => {
          const peer = await connected(this, name);
          const [before, frame] = make(keysOf(peer));
          await peer.connection.send(concat(...before, frame, filler(frame)));
          played(this, subjectOf(name), vector);
          const close = await peer.expectClose();
          assert.equal(statusName(close.status), statusFor(frame));
          if (!close.keyed || !close.valid) throw new Nonconformance('the CLOSE is not keyed, or does not verify');
          await peer.connection.endedWithoutFrame();
          peer.connection.finish();
        },
      },
    );
  },
);
