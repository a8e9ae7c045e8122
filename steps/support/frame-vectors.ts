/** Steps that hold a node to the files of vectors: every frame of a file, each on a connection of its own, at one process. */
import { setTimeout as wait } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { viewOf } from '../../reference/octets.ts';
import { FrameType, Status, Suite, type SuiteName, statusName, Transform } from '../../reference/wire/identifiers.ts';
import { hostOf } from '../../reference/wire/names.ts';
import { load, type Vector } from '../../vectors/load.ts';
import { flagged, known } from './known.ts';
import { aboutTheImplementation, LabFailure, Nonconformance } from './lab/failure.ts';
import { insistOnName, nameOf } from './peers/identities.ts';
import { inOrder, rearranged, withSuite } from './peers/opened-frame.ts';
import type { ScriptedConnection } from './peers/scripted.ts';
import { nextFreshness, type ScriptedInitiator, type ScriptedInitiatorOptions } from './peers/scripted-initiator.ts';
import { newInitiator, type WireRole } from './peers.ts';
import { played } from './played.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** What was made of each vector that was sent. */
    verdicts: readonly Verdict[];
  }
}

interface Verdict {
  readonly vector: string;
  readonly expected: string;
  readonly found: string;
}

/** What has no answer, or an answer that is no frame, is a verdict too. @throws any error that tells of the suite */
function asFound(error: unknown): Omit<Verdict, 'vector'> {
  if (!(error instanceof Error) || !aboutTheImplementation.has(error.name)) throw error;
  return { expected: 'an answer', found: error.message };
}

/** How many connections are open at a time: below every limit on half-open connections. */
const abreast = 4;
const ended = 'the end of the stream without a frame';
const response = 'RESPONSE';
/** What has no form on the wire. */
const notSendable = 'not sendable';
const requestHeader = 18;

/** The next frame and, if it is a CLOSE, the end after it. */
async function reactionOf(connection: ScriptedConnection): Promise<string> {
  const frame = await connection.next();
  if (frame.type !== 'CLOSE') return frame.type;
  await connection.endedWithoutFrame();
  return `CLOSE ${statusName(Number.parseInt(frame.octets.toHex().slice(12, 16), 16))}, ${frame.octets.length} octets`;
}

const refusal = (status: number): string => `CLOSE ${statusName(status)}, 8 octets`;

/** The lengths that section 3.1 allows to the types of the vectors. */
function inBounds(type: number | undefined, length: number): boolean {
  if (type === 1) return length >= 16 && length <= 4_608;
  if (type === 2) return length >= 260 && length <= 4_096;
  if (type === 3) return length >= 204 && length <= 16_384;
  if (type === 4) return length >= 16 && length <= 131_072;
  return type === 5 && (length === 8 || length === 40);
}

/** Long enough for an answer that waits for nothing. */
const silence = 50;

/**
 * What a server makes of a stream that begins with a frame, or the beginning of one.
 * @returns also how many octets the frame lacks that it refuses
 */
function madeOfStream(octets: Uint8Array): { readonly expected: string; readonly missing: number } {
  /** [EP] fig. 12: what comes in Receive Relay, and then in Connect Wait. */
  const places = [FrameType.RELAY, FrameType.REQUEST];
  let place = 0;
  for (let unread = octets; unread.length >= 6; place += 1) {
    const [length, type] = [viewOf(unread).getUint32(0), unread[4]];
    if (unread[5] !== 1) return { expected: refusal(Status.unsupportedVersion), missing: 0 };
    const isRight = inBounds(type, length) && (type === places[place] || type === FrameType.CLOSE);
    const missing = inBounds(type, length) ? Math.max(0, length - unread.length) : 0;
    if (!isRight) return { expected: refusal(Status.protocolError), missing };
    // Behind a CLOSE there is nothing any more.
    if (type === FrameType.CLOSE || missing > 0) break;
    unread = unread.subarray(length);
  }
  return { expected: ended, missing: 0 };
}

/**
 * What answers a frame that is refused, once its sender has ended the stream. In a stream a length in bounds that is not
 * that of the octets is no fault of itself: with too few of them the stream ends before the frame does.
 */
async function refusalOf(initiator: ScriptedInitiator, vector: Vector): Promise<{ expected: string; found: string }> {
  const frame = Uint8Array.fromHex(vector['frame']);
  const length = frame.length < 6 ? 6 : viewOf(frame).getUint32(0);
  const believable = frame.length < 6 || (frame[5] === 1 && inBounds(frame[4], length));
  if (believable && length < frame.length) return { expected: notSendable, found: notSendable };
  await initiator.connection.send(frame);
  initiator.connection.finish();
  if (believable && length > frame.length) {
    await initiator.connection.endedWithoutFrame();
    return { expected: ended, found: ended };
  }
  return { expected: refusal(vector['status']), found: await reactionOf(initiator.connection) };
}

/** Ends the stream as an initiator does who has thought better of it. @returns what the node makes of it */
async function withdraw(initiator: ScriptedInitiator): Promise<string> {
  await initiator.connection.send(initiator.closeFrame(Status.endSession));
  await initiator.connection.endedWithoutFrame();
  return ended;
}

/** What is sent of each kind of vectors, what the node has to make of it, and what it makes of it. */
interface Kind {
  readonly subject: string;
  readonly type: string;
  send(world: ConformanceWorld, vector: Vector): Promise<Omit<Verdict, 'vector'>>;
}

const kinds: Readonly<Record<string, Kind>> = {
  'RELAY frames': {
    subject: 'relay',
    type: 'Frame',
    send: async (world, vector) => {
      const initiator = await newInitiator(world);
      if (vector.result === 'invalid') return refusalOf(initiator, vector);
      await initiator.connection.send(Uint8Array.fromHex(vector['frame']));
      const hosts = (vector['fields'].path as string[]).map(hostOf);
      const server = nameOf('server.test');
      const onPath = hosts.filter((host) => host === server).length === 1 && hosts.at(-1) === server;
      if (onPath) return { expected: ended, found: await withdraw(initiator) };
      return { expected: refusal(Status.notOnPath), found: await reactionOf(initiator.connection) };
    },
  },
  streams: {
    subject: 'deframing',
    type: 'Stream',
    send: async (world, vector) => {
      const initiator = await newInitiator(world);
      // The stream stays open: no more than these octets may be needed for the verdict.
      for (const piece of vector['pieces']) await initiator.connection.send(Uint8Array.fromHex(piece));
      return { expected: refusal(vector['status']), found: await reactionOf(initiator.connection) };
    },
  },
  'streams that begin well': {
    subject: 'deframing',
    type: 'Stream',
    send: async (world, vector) => {
      const { connection } = await newInitiator(world);
      const pieces: readonly Uint8Array[] = vector['pieces'].map((piece: string) => Uint8Array.fromHex(piece));
      for (const piece of pieces) await connection.send(piece);
      const { expected, missing } = madeOfStream(Uint8Array.fromHex(vector['pieces'].join('')));
      // A frame that has no place is refused at its sixth octet or at its last.
      await connection.send(new Uint8Array(missing));
      if (expected === ended) {
        await wait(silence);
        connection.finish();
        await connection.endedWithoutFrame();
        return { expected, found: ended };
      }
      const found = await reactionOf(connection);
      // One after the other: what is half-open has a limit.
      connection.finish();
      await connection.ended();
      return { expected, found };
    },
  },
  'CLOSE frames': {
    subject: 'close',
    type: 'Frame',
    send: async (world, vector) => {
      const initiator = await newInitiator(world);
      await initiator.sendRelay();
      if (vector.result === 'invalid') return refusalOf(initiator, vector);
      await initiator.connection.send(Uint8Array.fromHex(vector['frame']));
      await initiator.connection.endedWithoutFrame();
      return { expected: ended, found: ended };
    },
  },
  'frames of REQUEST': {
    subject: 'request',
    type: 'Frame',
    send: async (world, vector) => {
      const initiator = await newInitiator(world);
      await initiator.sendRelay();
      return refusalOf(initiator, vector);
    },
  },
  'opened frames of REQUEST': { subject: 'request', type: 'OpenedFrame', send: sealed },
  'REQUESTs with key exchange data': {
    subject: 'key-exchange-data',
    type: 'KeyExchangeData',
    send: async (world, vector) =>
      world.remote !== undefined && isOfTheFuture(vector)
        ? { expected: notSendable, found: notSendable }
        : section(0, 'keyExchangeData')(world, vector),
  },
  'REQUESTs with client data': { subject: 'client-data', type: 'ClientData', send: section(3, 'clientData') },
};

/** The suite of the vectors, or the one that the implementation has. */
const suiteFor = (world: ConformanceWorld, suite: number): SuiteName =>
  suite !== Suite.x25519 && world.declaration.suites.includes('hybrid') ? 'hybrid' : 'x25519';

/** Octets of a REQUEST of suite 1 beside its opened frame: the header in the clear, e 32, s 48 and a tag of 16. */
const aroundOpened = requestHeader + 32 + 48 + 16;

/** An opened frame, sealed to the server and sent as REQUEST. */
async function sealed(world: ConformanceWorld, vector: Vector): Promise<Omit<Verdict, 'vector'>> {
  const opened = Uint8Array.fromHex(vector['opened']);
  // Shorter than its header it has none to travel in the clear; what cannot be sent in bounds is no REQUEST.
  if (opened.length < requestHeader) return { expected: notSendable, found: notSendable };
  const suite = suiteFor(world, opened[14] ?? 0);
  const { initiatorName, destinationName = 'server.test', transforms } = vector['fields'] ?? {};
  const found = await answerTo(world, { suite, path: [destinationName] }, withSuite('REQUEST', opened, Suite[suite]));
  // FRAME-07 comes before everything else: suite 2 has more octets around it.
  if (suite === 'x25519' && !inBounds(FrameType.REQUEST, aroundOpened + opened.length))
    return { expected: refusal(Status.protocolError), found };
  const isMeant = nameOf(destinationName) === destinationName;
  if (vector.result === 'invalid' || !isMeant || !knownNames(world).includes(initiatorName)) {
    return { expected: refusal(Status.notAuthorized), found };
  }
  const allowed: readonly number[] = world.declaration.transforms.map((name) => Transform[name]);
  const common = (transforms as number[]).some((id) => allowed.includes(id));
  return { expected: common ? response : refusal(Status.noCommonTransform), found };
}

/** Names of initiators in the configuration of the server. */
function knownNames(world: ConformanceWorld): readonly string[] {
  const { initiators } = world.iut('server').configuration as { initiators: readonly { name: string }[] };
  return initiators.map(({ name }) => name);
}

/** A server that is not started anew would take all REQUESTs of that key that come after it for replayed ones (SRV-25). */
const isOfTheFuture = ({ fields }: Vector): boolean => BigInt(fields?.freshness ?? 0) > nextFreshness();

/** One section of a right REQUEST replaced by that of a vector. */
function section(index: number, field: string): Kind['send'] {
  return async (world, vector) => {
    const suite = suiteFor(world, Suite.hybrid);
    const octets = Uint8Array.fromHex(vector[field]);
    const replaced = rearranged('REQUEST', (sections) => inOrder(sections, { [index]: octets }));
    const found = await answerTo(world, { suite }, replaced);
    return { expected: vector.result === 'valid' ? response : refusal(Status.notAuthorized), found };
  };
}

/** What answers a REQUEST with this opened frame. */
async function answerTo(
  world: ConformanceWorld,
  options: ScriptedInitiatorOptions,
  opened: Uint8Array | ((right: Uint8Array) => Uint8Array),
): Promise<string> {
  const initiator = await newInitiator(world, options);
  await initiator.sendRelay();
  await initiator.sendRequest({ opened: (right) => (opened instanceof Uint8Array ? opened : opened(right)) });
  const found = await reactionOf(initiator.connection);
  // One after the other: what is half-open when the next comes has a limit.
  initiator.connection.finish();
  await initiator.connection.ended();
  return found;
}

When(
  '{} with the flag(s) {flags} are sent to the {role}',
  async function (this: ConformanceWorld, kind: string, wanted: readonly string[], _role: WireRole) {
    const { subject, type, send } = known(kinds, kind);
    if (subject === 'deframing') insistOnName('server.test');
    const groups = load(subject).filter((group) => group.type === type);
    const tests = flagged(
      groups.flatMap((group) => group.tests),
      ...wanted,
    );
    const verdicts: Verdict[] = [];
    const pending = tests[Symbol.iterator]();
    const worker = async () => {
      for (const test of pending) {
        const vector = `${subject}.json, tcId ${test.tcId}: ${test.comment}`;
        const verdict = await send(this, test).catch(asFound);
        verdicts.push({ vector, ...verdict });
        if (verdict.expected !== notSendable) played(this, subject, test);
      }
    };
    // Those that are taken have no freshness: one of them is half-open at a time (SRV-26).
    const workers = tests.some(({ result }) => result === 'valid') ? 1 : abreast;
    await Promise.all(Array.from({ length: workers }, worker));
    this.set('verdicts', verdicts);
  },
);

Then('each of at least {int} got the answer that the file tells', function (this: ConformanceWorld, minimum: number) {
  const verdicts = this.get('verdicts');
  if (verdicts.length < minimum) throw new LabFailure(`only ${verdicts.length} vectors were sent, not ${minimum}`);
  const wrong = verdicts.filter(({ expected, found }) => expected !== found);
  const lines = wrong.map(({ vector, expected, found }) => `${vector}: expected ${expected}, came ${found}`);
  if (wrong.length > 0) throw new Nonconformance(`${wrong.length} of ${verdicts.length}: ${lines.join('\n')}`);
});
