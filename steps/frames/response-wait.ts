/** What an initiator in Response Wait makes of frames and streams of the vectors ([EP] fig. 11, 203). */
import { setTimeout as wait } from 'node:timers/promises';
import { Given, When } from '@cucumber/cucumber';
import { concat, viewOf } from '../../reference/octets.ts';
import { Status, Suite, type SuiteName, statusName, Transform } from '../../reference/wire/identifiers.ts';
import { answersTo, offered } from '../../vectors/generate/response-answers.ts';
import { load, octets, type Vector } from '../../vectors/load.ts';
import { eachConnection, startConnectingAgain } from '../support/connecting-again.ts';
import { known } from '../support/known.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { withoutDataOptions } from '../support/peers/configuration.ts';
import { withSuite } from '../support/peers/opened-frame.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { played } from '../support/played.ts';
import { assertReaction, reactionOf } from '../support/reactions.ts';
import type { ConformanceWorld } from '../support/world.ts';

const protocolError = 'CLOSE "protocol error"';

/** Long enough for an answer that waits for nothing. */
const silence = 50;

/** Nothing comes, and the end of the stream is not answered by a frame. */
async function staysSilent({ connection }: ScriptedServer): Promise<void> {
  await wait(silence);
  const [frame] = connection.frames.waiting;
  if (frame !== undefined) throw new Nonconformance(`an answer came: ${frame.octets.toHex()}`);
  connection.finish();
  await connection.endedWithoutFrame();
}

/** Octets as they stand; the stream stays open. */
async function answered(server: ScriptedServer, sent: Uint8Array, expected: string): Promise<void> {
  await server.connection.send(sent);
  assertReaction(await reactionOf(server), expected);
}

/** The types that may come, and the lengths of section 3.1; CLOSE is judged by its form. */
const bounds: Readonly<Record<number, readonly [number, number]>> = { 3: [204, 16_384], 5: [8, 40] };

/** What a whole frame or the beginning of one is worth in this state, whatever is behind it. */
function verdictOf(frame: Uint8Array): string {
  if (frame[5] !== 1) return 'CLOSE "unsupported version"';
  const length = viewOf(frame).getUint32(0);
  const [shortest, longest] = bounds[frame[4] ?? 0] ?? [1, 0];
  return length < shortest || length > longest ? protocolError : 'awaited';
}

/** What is missing of the first frame. */
function restOf(frame: Uint8Array): Uint8Array {
  const missing = viewOf(frame).getUint32(0) - frame.length;
  return new Uint8Array(missing > 0 && missing <= 131_072 ? missing : 0);
}

/** A right CLOSE, and octets behind it. */
const isTwoFrames = ({ comment }: Vector): boolean => comment === 'the length field is 8, the octets are 40';

interface Kind {
  readonly subject: string;
  readonly type: string;
  play(server: ScriptedServer, vector: Vector): Promise<void>;
}

const kinds: Readonly<Record<string, Kind>> = {
  'CLOSE frames': {
    subject: 'close',
    type: 'Frame',
    play: async (server, { frame, result, status }) => {
      const sent = octets(frame);
      // Too few octets for its length: nothing to refuse yet.
      if (verdictOf(sent) === 'awaited' && restOf(sent).length > 0) {
        await server.connection.send(sent);
        return staysSilent(server);
      }
      if (result === 'invalid') return answered(server, sent, `CLOSE "${statusName(status)}"`);
      await server.connection.send(sent);
      await server.connection.endedWithoutFrame();
    },
  },
  streams: {
    subject: 'deframing',
    type: 'Stream',
    play: async (server, { pieces }) => {
      for (const piece of pieces) if (piece.length > 0) await server.connection.send(octets(piece));
      const all = octets(pieces.join(''));
      const verdict = all.length < 6 ? 'awaited' : verdictOf(all);
      if (verdict === 'awaited') return staysSilent(server);
      // A frame that has no place here is refused at its sixth octet or at its last.
      await server.connection.send(restOf(all));
      assertReaction(await reactionOf(server), verdict);
    },
  },
  'frames of RESPONSE': {
    subject: 'response',
    type: 'Frame',
    play: async (server, { frame }) => {
      const sent = octets(frame);
      const verdict = verdictOf(sent);
      const missing = viewOf(sent).getUint32(0) - sent.length;
      // Behind the header nothing opens, since nobody sealed it.
      const expected = verdict === 'awaited' ? 'CLOSE "integrity failure" or CLOSE "protocol error"' : verdict;
      await answered(server, concat(sent, new Uint8Array(missing > 0 && missing < 10 ? missing : 0)), expected);
    },
  },
  'headers of RESPONSE': {
    subject: 'response',
    type: 'SameHeader',
    play: async (server, { header, opened, result }) => {
      const [clear, sealed] = [octets(header), octets(opened)];
      const difference = clear.map((octet, index) => octet ^ sealed[index]!);
      await server.sendResponse({ header: (right) => right.map((octet, index) => octet ^ difference[index]!) });
      // A length that is one too high asks for one octet more.
      await server.connection.send(Uint8Array.of(0));
      if (result === 'valid') return assertReaction(await reactionOf(server), 'DATA');
      const [type, version, reserved] = [difference[4], difference[5], difference[11]];
      const failure = 'a keyed CLOSE "integrity failure" or CLOSE "integrity failure"';
      // A reserved bit in the clear is a fault of the frame as well.
      const others = reserved === 0 ? failure : `${failure} or ${protocolError}`;
      const expected = type === 0 ? others : protocolError;
      assertReaction(await reactionOf(server), version === 0 ? expected : 'CLOSE "unsupported version"');
    },
  },
};

When(
  '{} of the vectors come to the initiator instead of RESPONSE',
  async function (this: ConformanceWorld, words: string) {
    const { subject, type, play } = known(kinds, words);
    const vectors = load(subject)
      .filter((group) => group.type === type)
      .flatMap(({ tests }) => tests)
      .filter((vector) => subject !== 'close' || !isTwoFrames(vector));
    const nameOf = ({ tcId, comment }: Vector): string => `${subject}.json, tcId ${tcId}: ${comment}`;
    await eachConnection(this, vectors, nameOf, async (server, vector) => {
      played(this, subject, vector);
      await play(server, vector);
    });
  },
);

// RESPONSE against its REQUEST.

const asks = { seconds: 1_800, frames: 100_000, octets: 1_000_000_000 };

Given(
  'a tunnel initiator of suite {suite} that asks for what the vectors ask for',
  async function (this: ConformanceWorld, suite: SuiteName) {
    const transforms = offered.map((id) => Object.entries(Transform).find(([, each]) => each === id)?.[0] ?? '');
    const overrides = { server: { suite }, transforms, lifetime: asks, ...withoutDataOptions(this.declaration) };
    await startConnectingAgain(this, overrides);
  },
);

const isGrease = (id: number): boolean => (id & 0x0f0f) === 0x0a0a && id >> 8 === (id & 0xff);

/** O of the answer of that place, to the REQUEST that came. */
function answerTo({ request }: ScriptedServer, index: number): Uint8Array {
  const [first = 0x0a0a, second = first] = request.transforms.filter(isGrease);
  const { seconds, frames, octets: most } = request.keyExchangeData.lifetimes;
  const lifetimes = { seconds, frames, octets: most };
  const test = answersTo(request.suite === Suite.hybrid ? 2 : 1, { lifetimes, grease: [first, second] })[index];
  if (test === undefined) throw new LabFailure(`no answer ${index}`);
  return octets(String(test['opened']));
}

When(
  'the answers of the vectors come to the initiator of suite {suite}',
  async function (this: ConformanceWorld, suite: SuiteName) {
    const vectors = load('response')
      .filter(({ type, suite: of }) => type === 'Answer' && of === Suite[suite])
      .flatMap(({ tests }) => tests.map((vector, index) => ({ vector, index })))
      // A key of one frame or octet may be used up at once.
      .filter(({ vector: { comment } }) => comment !== '1 in frames' && comment !== '1 in octets');
    await eachConnection(
      this,
      vectors,
      ({ vector: { tcId, comment } }) => `response.json, tcId ${tcId}: ${comment}`,
      async (server, { vector, index }) => {
        const own = answerTo(server, index);
        const length = withSuite('RESPONSE', own, server.request.suite).subarray(0, 4);
        const opened = concat(length, own.subarray(4));
        const transform = viewOf(own).getUint16(viewOf(own).getUint16(8));
        await server.sendResponse({ fields: { transform }, opened: () => opened });
        played(this, 'response', vector);
        const found = await reactionOf(server);
        if (found === 'DATA') await server.close(Status.endSession);
        assertReaction(found, vector.result === 'valid' ? 'DATA' : 'a keyed CLOSE "protocol error"');
      },
    );
  },
);
