/** Steps that hold a node to the files of vectors: every frame of a file, each on a connection of its own, at one process. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { Status, statusName, Transform } from '../reference/wire/identifiers.ts';
import { hostOf } from '../reference/wire/names.ts';
import { load, type Vector } from '../vectors/load.ts';
import { Nonconformance } from './lab/failure.ts';
import { ScriptedInitiator } from './peers/scripted-initiator.ts';
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

/** How many connections are open at a time: below every limit on half-open connections. */
const abreast = 4;
const ended = 'the end of the stream without a frame';
const response = 'RESPONSE';
const requestHeader = 18;

/** Sends each vector and notes what comes back. */
async function judge(
  world: ConformanceWorld,
  subject: string,
  group: string,
  flag: string,
  one: (vector: Vector) => Promise<{ expected: string; found: string }>,
): Promise<void> {
  const tests = load(subject)
    .filter(({ type }) => type === group)
    .flatMap(({ tests: all }) => all)
    .filter(({ flags }) => flags.includes(flag));
  const verdicts: Verdict[] = [];
  const pending = tests[Symbol.iterator]();
  const worker = async () => {
    for (const test of pending) {
      const vector = `${subject}.json, tcId ${test.tcId}: ${test.comment}`;
      try {
        verdicts.push({ vector, ...(await one(test)) });
      } catch (error) {
        throw new Nonconformance(`${vector}: ${(error as Error).message}`, { cause: error });
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  world.set('verdicts', verdicts);
}

/** The next frame and, if it is a CLOSE, the end after it. */
async function reactionOf(initiator: ScriptedInitiator): Promise<string> {
  const frame = await initiator.connection.next();
  if (frame.type !== 'CLOSE') return frame.type;
  await initiator.connection.endedWithoutFrame();
  return `CLOSE ${statusName(Number.parseInt(frame.octets.toHex().slice(12, 16), 16))}, ${frame.octets.length} octets`;
}

const refusal = (status: number): string => `CLOSE ${statusName(status)}, 8 octets`;

/** Ends the stream as an initiator does who has thought better of it. @returns what the node makes of it */
async function withdraw(initiator: ScriptedInitiator): Promise<string> {
  await initiator.connection.send(initiator.closeFrame(Status.endSession));
  await initiator.connection.endedWithoutFrame();
  return ended;
}

When('RELAY frames with the flag {word} are sent to the server', async function (this: ConformanceWorld, flag: string) {
  await judge(this, 'relay', 'Frame', flag, async (vector) => {
    const initiator = new ScriptedInitiator(await this.connect());
    await initiator.connection.send(Uint8Array.fromHex(vector['frame']));
    if (vector.result === 'invalid') {
      initiator.connection.finish();
      return { expected: refusal(vector['status']), found: await reactionOf(initiator) };
    }
    const hosts = (vector['fields'].path as string[]).map(hostOf);
    const here = hosts.filter((host) => host === 'server.test').length === 1 && hosts.at(-1) === 'server.test';
    if (here) return { expected: ended, found: await withdraw(initiator) };
    return { expected: refusal(Status.notOnPath), found: await reactionOf(initiator) };
  });
});

When('RELAY frames with the flag {word} are sent to the relay', async function (this: ConformanceWorld, flag: string) {
  await judge(this, 'relay', 'Frame', flag, async (vector) => {
    const initiator = new ScriptedInitiator(await this.connect('client', 'relay-b'));
    await initiator.connection.send(Uint8Array.fromHex(vector['frame']));
    initiator.connection.finish();
    return { expected: refusal(vector['status']), found: await reactionOf(initiator) };
  });
});

When('streams with the flag {word} are sent to the server', async function (this: ConformanceWorld, flag: string) {
  await judge(this, 'deframing', 'Stream', flag, async (vector) => {
    const initiator = new ScriptedInitiator(await this.connect());
    // The stream stays open: no more than these octets may be needed for the verdict.
    for (const piece of vector['pieces']) await initiator.connection.send(Uint8Array.fromHex(piece));
    return { expected: refusal(vector['status']), found: await reactionOf(initiator) };
  });
});

When('CLOSE frames with the flag {word} are sent to the server', async function (this: ConformanceWorld, flag: string) {
  await judge(this, 'close', 'Frame', flag, async (vector) => {
    const initiator = new ScriptedInitiator(await this.connect());
    await initiator.sendRelay();
    await initiator.connection.send(Uint8Array.fromHex(vector['frame']));
    if (vector.result === 'invalid') {
      initiator.connection.finish();
      return { expected: refusal(vector['status']), found: await reactionOf(initiator) };
    }
    await initiator.connection.endedWithoutFrame();
    return { expected: ended, found: ended };
  });
});

When(
  'opened frames of REQUEST with the flag {word} are sealed and sent to the server',
  async function (this: ConformanceWorld, flag: string) {
    const allowed = this.declaration.transforms.map((name) => Transform[name]);
    await judge(this, 'request', 'OpenedFrame', flag, async (vector) => {
      const opened = Uint8Array.fromHex(vector['opened']);
      // Shorter than its header it has none to travel in the clear; what cannot be sent in bounds is no REQUEST.
      if (opened.length < requestHeader) return { expected: 'not sendable', found: 'not sendable' };
      const suite = opened[14] === 1 ? 'x25519' : 'hybrid';
      const initiator = new ScriptedInitiator(await this.connect(), { suite });
      await initiator.sendRelay();
      await initiator.sendRequest({ opened: () => opened });
      const found = await reactionOf(initiator);
      initiator.connection.reset();
      if (vector.result === 'invalid') return { expected: refusal(Status.notAuthorized), found };
      const { initiatorName, destinationName, transforms } = vector['fields'];
      if (initiatorName !== 'alice' || destinationName !== 'server.test') {
        return { expected: refusal(Status.notAuthorized), found };
      }
      const common = (transforms as number[]).some((id) => (allowed as number[]).includes(id));
      return { expected: common ? response : refusal(Status.noCommonTransform), found };
    });
  },
);

When('frames of REQUEST with the flag {word} are sent to the server', async function (this: ConformanceWorld, flag) {
  await judge(this, 'request', 'Frame', flag, async (vector) => {
    const initiator = new ScriptedInitiator(await this.connect());
    await initiator.sendRelay();
    await initiator.connection.send(Uint8Array.fromHex(vector['frame']));
    initiator.connection.finish();
    return { expected: refusal(vector['status']), found: await reactionOf(initiator) };
  });
});

Then('each of at least {int} got the answer that the file tells', function (this: ConformanceWorld, least: number) {
  const verdicts = this.get('verdicts');
  assert.ok(verdicts.length >= least, `only ${verdicts.length} vectors were sent`);
  for (const { vector, expected, found } of verdicts) assert.equal(found, expected, vector);
});
