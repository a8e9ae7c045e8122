/**
 * Messages that are right in everything but one thing, as those of vectors/handshake.json, made anew with the keys of the
 * implementation under test by the vectors' own path, which shares no code with the reference.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Given, When } from '@cucumber/cucumber';
import { Status, Suite, type SuiteName, statusName, Transform } from '../../reference/wire/identifiers.ts';
import { decodeOpenedRequest } from '../../reference/wire/request.ts';
import { openRequest } from '../../vectors/generate/handshake-opening.ts';
import { differs, type Forgery, forge, forgeries } from '../../vectors/generate/handshake-received.ts';
import { refusals } from '../../vectors/generate/handshake-refused.ts';
import { type HandshakeInput, handshake, prologueOf } from '../../vectors/generate/handshake-steps.ts';
import { freshness, lifetimes, usual } from '../../vectors/generate/key-exchange-data.ts';
import { exampleClientData, noClientData } from '../../vectors/generate/network.ts';
import { cat, patch, u32, zeros } from '../../vectors/generate/octets.ts';
import { headerLength, opened, request, response } from '../../vectors/generate/opened.ts';
import { kemKeys } from '../../vectors/generate/primitives.ts';
import { relayFrame } from '../../vectors/generate/relay.ts';
import { load, title, type Vector } from '../../vectors/load.ts';
import { connectAgain, ofManyConnections, quickly } from '../support/connecting-again.ts';
import { known } from '../support/known.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { identityOf } from '../support/peers/identities.ts';
import { nextFreshness } from '../support/peers/scripted-initiator.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { lab, listenAsServer, newInitiator, scriptedServer } from '../support/peers.ts';
import { played } from '../support/played.ts';
import { tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

type Message = Forgery['message'];

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

/** Fresh ones of both ends, and the static keys of alice and the server. */
function inputOf(suite: 1 | 2, relay: Uint8Array): HandshakeInput {
  return {
    suite,
    prologue: prologueOf(relay),
    initiatorStatic: identityOf('alice').staticPrivate,
    serverStatic: identityOf('server.test').staticPrivate,
    initiatorEphemeral: random(32),
    serverEphemeral: random(32),
    kemSeed: random(64),
    kemMessage: random(32),
    requestPayload: zeros(0),
    responsePayload: zeros(0),
  };
}

/** The vector that a forgery is of, or, of type Handshake, a message that stands for a right one. */
function vectorOf(
  suite: SuiteName,
  type = 'Received',
): (message: Pick<Forgery, 'message' | 'flag' | 'comment'>) => Vector {
  const tests = load('handshake')
    .filter((group) => group.type === type && group['suite'] === Suite[suite])
    .flatMap((group) => group.tests);
  return ({ message, flag, comment }) => {
    const vector = tests.find(
      (test) =>
        (test['refused'] ?? test['accepted']) === message && test.flags.includes(flag) && test.comment === comment,
    );
    if (vector === undefined) throw new LabFailure(`no vector of handshake.json is "${comment}"`);
    return vector;
  };
}

const titled = (vector: Vector): string => `handshake.json, ${title(vector)}`;

/**
 * Those of a flag that make a difference to a message of this suite: at least one.
 * @throws LabFailure if there is none, since the feature then has a typing error
 */
function forgeriesOf(suite: SuiteName, flag: string, message: Message, encapsulationKey: Uint8Array): Forgery[] {
  const ofMessage = forgeries(Suite[suite], encapsulationKey).filter((forgery) => forgery.message === message);
  const flagged = known(Object.groupBy(ofMessage, (forgery) => forgery.flag) as Record<string, Forgery[]>, flag);
  const input = inputOf(Suite[suite], zeros(16));
  const all = flagged.filter((forgery) => differs(input, forgery, forge(input, forgery)));
  if (all.length === 0)
    throw new LabFailure(`nothing flagged ${flag} makes a difference to ${message}, suite ${suite}`);
  return all;
}

/** The frame: O's length is that of the frame, whatever its message has grown to. */
function frameOf(input: HandshakeInput, forgery: Forgery, payload: Uint8Array, header: number): Uint8Array {
  const field = forgery.message === 'request' ? 'requestPayload' : 'responsePayload';
  const sealed = (o: Uint8Array): Uint8Array => forge({ ...input, [field]: o }, forgery);
  const whole = patch(payload, 0, u32(header + sealed(payload).length));
  return cat(whole.slice(0, header), sealed(whole));
}

/** The vector of a message in the place of the right one, and the frame. */
interface Refused {
  readonly vector: Vector;
  readonly frame: () => Uint8Array;
}

/** Every message of type Handshake that is received instead of a right one. O's length is that of its frame. */
function refusedFrames(message: Message, input: HandshakeInput, payload: Uint8Array): Refused[] {
  const [header, field] =
    message === 'request'
      ? ([headerLength(request), 'requestPayload'] as const)
      : ([headerLength(response), 'responsePayload'] as const);
  const made = (whole: Uint8Array) => {
    const own = { ...input, [field]: whole };
    return refusals(own, handshake(own)).filter(({ refused }) => refused === message);
  };
  const of = vectorOf(input.suite === Suite.hybrid ? 'hybrid' : 'x25519', 'Handshake');
  return made(payload).map(({ flag, comment, message: make }, index) => ({
    vector: of({ message, flag, comment }),
    frame: () => {
      const whole = patch(payload, 0, u32(header + make().length));
      return cat(whole.slice(0, header), made(whole)[index]?.message() ?? zeros(0));
    },
  }));
}

/** The least length of the frame, section 3.1: framing comes before what is in it. */
const leastLength: Readonly<Record<Message, number>> = { request: 260, response: 204 };

/** CLOSE without a digest. */
const closeFrame = (status: number): string => `000000080501${status.toString(16).padStart(4, '0')}`;

function assertCloses(octets: Uint8Array, status: number): void {
  assertOctets(octets, Uint8Array.fromHex(closeFrame(status)), `expected CLOSE "${statusName(status)}"`);
}

// At a server.

/** What the server authorises is the static key's octets, so that another writing of one is nobody's. */
const isOfStaticKey = ({ forged }: Forgery): boolean => forged?.initiatorStatic !== undefined;

/** O of a REQUEST with nothing wrong, fresh when it is made. */
const rightRequest = (suite: SuiteName): Uint8Array =>
  opened(request, {
    suite: Suite[suite],
    keyExchangeData: cat(lifetimes(usual), freshness(nextFreshness())),
    transforms: [Transform.chacha20poly1305],
    destination: 'server.test',
    clientData: noClientData,
    initiator: 'alice',
  });

const relay = relayFrame('origin.invalid', ['server.test']);

When(
  'messages of the vectors stand for a right REQUEST, suite {suite}',
  async function (this: ConformanceWorld, suite: SuiteName) {
    await tryEach(this, refusedFrames('request', inputOf(Suite[suite], relay), rightRequest(suite)), {
      title: ({ vector }) => titled(vector),
      abreast: 6,
      one: async ({ vector, frame: make }) => {
        const { connection } = await newInitiator(this);
        const frame = make();
        await connection.send(cat(relay, frame));
        played(this, 'handshake', vector);
        const { octets } = await connection.next('an answer to REQUEST');
        assertCloses(octets, frame.length < leastLength.request ? Status.protocolError : Status.notAuthorized);
        await connection.endedWithoutFrame();
        connection.finish();
        await connection.ended();
      },
    });
  },
);

When(
  'handshakes flagged {word} are made anew, suite {suite}, and their REQUEST sent to the server',
  async function (this: ConformanceWorld, flag: string, suite: SuiteName) {
    const input = inputOf(Suite[suite], relay);
    const of = vectorOf(suite);
    const all = forgeriesOf(suite, flag, 'request', kemKeys(input.kemSeed).encapsulationKey);
    await tryEach(this, all, {
      title: (forgery) => titled(of(forgery)),
      // One after the other if they are authorised: a REQUEST that overtakes another makes that one stale (SRV-26).
      abreast: all.some(({ result }) => result === 'valid') ? 1 : 6,
      one: async (forgery) => {
        const { connection } = await newInitiator(this);
        await connection.send(cat(relay, frameOf(input, forgery, rightRequest(suite), headerLength(request))));
        played(this, 'handshake', of(forgery));
        const frame = await connection.next('an answer to REQUEST');
        if (forgery.result === 'valid' && !isOfStaticKey(forgery)) assert.equal(frame.type, 'RESPONSE');
        else {
          assertCloses(frame.octets, Status.notAuthorized);
          await connection.endedWithoutFrame();
        }
        connection.finish();
        await connection.ended();
      },
    });
  },
);

// At an initiator.

Given(
  'a tunnel initiator of suite {suite}, connected on command to scripted servers',
  async function (this: ConformanceWorld, suite: SuiteName) {
    await lab(this);
    await listenAsServer(this);
    await this.startClient({ server: { suite }, ...quickly(this) });
  },
);

/** O of the right RESPONSE to the REQUEST that comes, and what is known of the handshake. */
async function rightResponse(
  server: ScriptedServer,
  suite: SuiteName,
): Promise<{ readonly input: HandshakeInput; readonly answer: Uint8Array }> {
  await server.readRelay();
  const frame = await server.expect('REQUEST');
  if (frame.octets[14] !== Suite[suite]) throw new Nonconformance(`REQUEST is of suite ${frame.octets[14]}`);
  const base = inputOf(Suite[suite], server.relay);
  const { payload, ...received } = openRequest(frame.octets.slice(headerLength(request)), base);
  const { transforms, keyExchangeData } = decodeOpenedRequest(payload);
  const known: readonly number[] = Object.values(Transform);
  const answer = opened(response, {
    suite: Suite[suite],
    keyExchangeData: lifetimes(keyExchangeData.lifetimes),
    transforms: transforms.filter((id) => known.includes(id)).slice(0, 1),
    clientData: exampleClientData,
  });
  return { input: { ...base, requestPayload: payload, received }, answer };
}

interface ToInitiator<T> {
  readonly title: (vector: T) => string;
  readonly one: (vector: T, server: ScriptedServer, right: Awaited<ReturnType<typeof rightResponse>>) => Promise<void>;
}

/** Tries each on a connection of its own, where REQUEST has come and RESPONSE is awaited. */
async function eachToInitiator<T>(
  world: ConformanceWorld,
  suite: SuiteName,
  all: readonly T[],
  { title, one }: ToInitiator<T>,
): Promise<void> {
  let connected = 0;
  await tryEach(world, all, {
    title,
    one: async (vector) => {
      if (connected++ > 0) await connectAgain(world);
      const server = await scriptedServer(world);
      await one(vector, server, await rightResponse(server, suite));
    },
  });
}

When(
  'messages of the vectors stand for a right RESPONSE, suite {suite}',
  ofManyConnections,
  async function (this: ConformanceWorld, suite: SuiteName) {
    const first = refusedFrames('response', inputOf(Suite[suite], relay), zeros(headerLength(response)));
    await eachToInitiator(this, suite, first, {
      title: ({ vector }) => titled(vector),
      one: async ({ vector }, server, { input, answer }) => {
        const frame = refusedFrames('response', input, answer)
          .find((one) => one.vector.tcId === vector.tcId)
          ?.frame();
        if (frame === undefined) throw new LabFailure(`no message is ${titled(vector)}`);
        await server.connection.send(frame);
        played(this, 'handshake', vector);
        const { octets } = await server.connection.next('an answer to RESPONSE');
        server.connection.finish();
        assertCloses(octets, frame.length < leastLength.response ? Status.protocolError : Status.integrityFailure);
        await server.connection.endedWithoutFrame();
      },
    });
  },
);

When(
  'handshakes flagged {word} are made anew, suite {suite}, and their RESPONSE sent to the initiator',
  ofManyConnections,
  async function (this: ConformanceWorld, flag: string, suite: SuiteName) {
    const all = forgeriesOf(suite, flag, 'response', zeros(1184)).filter(({ result }) => result === 'invalid');
    const of = vectorOf(suite);
    await eachToInitiator(this, suite, all, {
      title: (forgery) => titled(of(forgery)),
      one: async (forgery, server, { input, answer }) => {
        await server.connection.send(frameOf(input, forgery, answer, headerLength(response)));
        played(this, 'handshake', of(forgery));
        const { octets } = await server.connection.next('an answer to RESPONSE');
        server.connection.finish();
        assertCloses(octets, Status.integrityFailure);
        await server.connection.endedWithoutFrame();
      },
    });
  },
);

/** What an initiator draws, where it says that its configuration decides it. */
const drawn = { initiatorEphemeral: random(32), kemSeed: random(64) };

Given(
  'a tunnel initiator of suite {suite} whose random choices are known, connected on command to scripted servers',
  async function (this: ConformanceWorld, suite: SuiteName) {
    await lab(this);
    await listenAsServer(this);
    const deterministic = { x25519: [drawn.initiatorEphemeral.toHex()], kemSeed: [drawn.kemSeed.toHex()] };
    await this.startClient({ server: { suite }, deterministic, ...quickly(this) });
  },
);

When(
  'handshakes flagged {word} are made anew, suite {suite}, the initiator takes their RESPONSE',
  ofManyConnections,
  async function (this: ConformanceWorld, flag: string, suite: SuiteName) {
    const all = forgeriesOf(suite, flag, 'response', zeros(1184)).filter(({ result }) => result === 'valid');
    const of = vectorOf(suite);
    await eachToInitiator(this, suite, all, {
      title: (forgery) => titled(of(forgery)),
      one: async (forgery, server, { input, answer }) => {
        const { received: _, ...own } = { ...input, ...drawn };
        await server.connection.send(frameOf(own, forgery, answer, headerLength(response)));
        played(this, 'handshake', of(forgery));
        const { type, octets } = await server.connection.next('what follows RESPONSE');
        assert.equal(type, 'DATA', `expected an empty DATA frame, came ${octets.toHex()}`);
        server.connection.reset();
      },
    });
  },
);
