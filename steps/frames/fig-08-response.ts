/** Steps about what a tunnel server puts into RESPONSE ([EP] fig. 8). */
import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { readU16s, u16, viewOf } from '../../reference/octets.ts';
import { encodeClientData } from '../../reference/wire/client-data.ts';
import { Status, Suite, Tlv, transformName } from '../../reference/wire/identifiers.ts';
import {
  decodeKeyExchangeData,
  encodeKeyExchangeData,
  type KeyExchangeData,
} from '../../reference/wire/key-exchange-data.ts';
import { overheadOf } from '../../reference/wire/opened.ts';
import { type OpenedResponse, responseHeaderLength } from '../../reference/wire/response.ts';
import { load, type Vector } from '../../vectors/load.ts';
import { eachConnection, ofManyConnections } from '../support/connecting-again.ts';
import { flagged, known } from '../support/known.ts';
import { type Alterations, defaultLifetimes } from '../support/peers/handshake.ts';
import { inOrder, rearranged, withSuite } from '../support/peers/opened-frame.ts';
import type { ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { lab, newInitiator } from '../support/peers.ts';
import { played } from '../support/played.ts';
import { assertReaction, reactionOf } from '../support/reactions.ts';
import { requestOf } from '../support/request-faults.ts';
import { responseFault } from '../support/response-faults.ts';
import { tryEach } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

Then(
  'the server answers RESPONSE with the suite in its flags, its opened frame padded to 128 octets',
  async function (this: ConformanceWorld) {
    const initiator = this.get('initiator');
    const suite = Suite[initiator.suite];
    const frame = await initiator.expect('RESPONSE');
    // Opening it compares the headers and decodes the one valid encoding.
    initiator.openResponse(frame);
    assert.equal(frame.octets[10], suite);
    assert.equal(frame.octets[11], 0);
    // O is the sealed header and the opened string buffer.
    const buffer = frame.octets.length - 2 * responseHeaderLength - overheadOf('RESPONSE', suite);
    assert.equal(buffer % 128, 0, `an opened string buffer of ${buffer} octets`);
  },
);

Then('each RESPONSE begins with another ephemeral key', function (this: ConformanceWorld) {
  const keys = this.get('responses').map((frame) =>
    frame.subarray(responseHeaderLength, responseHeaderLength + 32).toHex(),
  );
  assert.ok(keys.length > 1);
  assert.equal(new Set(keys).size, keys.length, 'an ephemeral key was used twice');
});

/** What a REQUEST asks for, by the words of a row. */
function asking(words: string): ScriptedInitiatorOptions {
  const options = /^options (0x[0-9a-f]{4})$/.exec(words)?.[1];
  if (options !== undefined) return { extra: [{ id: Tlv.options, value: u16(Number(options)) }] };
  if (words === 'compression') return { extra: [{ id: Tlv.compression, value: u16(1, 2) }] };
  return requestOf(`a key that lasts ${words}`).options ?? {};
}

function assertWithin(granted: KeyExchangeData, asked: ScriptedInitiatorOptions): void {
  const { lifetimes, options, compression } = granted;
  const bounds = asked.lifetimes ?? defaultLifetimes;
  for (const bound of ['seconds', 'frames', 'octets'] as const)
    assert.ok(lifetimes[bound] <= bounds[bound], `${lifetimes[bound]} ${bound}, ${bounds[bound]} were asked for`);
  const entry = (id: number) => asked.extra?.find((each) => each.id === id)?.value ?? new Uint8Array();
  const [allowed = 0] = readU16s(entry(Tlv.options));
  assert.equal(options & ~allowed, 0, `options 0x${options.toString(16)}`);
  const ids = readU16s(entry(Tlv.compression));
  assert.ok(
    compression.length <= 1 && compression.every((id) => ids.includes(id)),
    `compression ${compression.join()}`,
  );
}

When('initiators are granted no more than these ask for', async function (this: ConformanceWorld, table: DataTable) {
  await tryEach(
    table.raw().flat(),
    (words) => words,
    async (words) => {
      const asked = asking(words);
      const initiator = await newInitiator(this, asked);
      await initiator.sendRelay();
      await initiator.sendRequest();
      assertWithin((await initiator.readResponse()).keyExchangeData, asked);
      initiator.connection.finish();
      await initiator.connection.ended();
    },
  );
});

/** Octets of padding in the opened frame of RESPONSE, each of which is zero. */
async function paddingOfResponse(world: ConformanceWorld, domain: string): Promise<number> {
  await world.startServer({ clientData: { domain } });
  const initiator = await newInitiator(world);
  await initiator.sendRelay();
  await initiator.sendRequest();
  const frame = await initiator.expect('RESPONSE');
  const suite = Suite[initiator.options.suite ?? 'hybrid'];
  const { keyExchangeData, clientData } = initiator.openResponse(frame);
  const sections = encodeKeyExchangeData(keyExchangeData).length + 2 + encodeClientData(clientData).length;
  await world.iut('server').terminate();
  return frame.octets.length - 2 * responseHeaderLength - overheadOf('RESPONSE', suite) - sections;
}

/** The domain of the second server is so much longer that its RESPONSE needs no padding. */
When(
  'servers say a domain of such lengths that the padding of RESPONSE is most and none',
  async function (this: ConformanceWorld) {
    await lab(this);
    const padding = await paddingOfResponse(this, 'd');
    assert.ok(padding >= 0 && padding < 128, `${padding} octets of padding`);
    assert.equal(await paddingOfResponse(this, 'd'.repeat(1 + padding)), 0, 'octets of padding where none is needed');
    if (padding < 127) assert.equal(await paddingOfResponse(this, 'd'.repeat(2 + padding)), 127, 'octets of padding');
  },
);

// What an initiator makes of RESPONSE.

/** Sends RESPONSE and compares what comes; a session that comes of it is ended. */
async function tryResponse(
  server: ScriptedServer,
  alterations: Alterations<OpenedResponse>,
  answer: string,
): Promise<void> {
  await server.sendResponse(alterations);
  const found = await reactionOf(server);
  if (found === 'DATA') await server.close(Status.endSession);
  assertReaction(found, answer);
}

/** `it takes it` stands for the empty DATA frame that confirms. */
const answerOf = (words: string): string => (words === 'it takes it' ? 'DATA' : words);

When(
  'the server of each connection sends a RESPONSE with one of these, the initiator answers as the row says',
  async function (this: ConformanceWorld, table: DataTable) {
    const rows = table.raw().map(([fault = '', answer = '']) => ({ fault, answer: answerOf(answer) }));
    const nameOf = ({ fault }: (typeof rows)[number]): string => fault;
    await eachConnection(this, rows, nameOf, async (server, { fault, answer }) => {
      await tryResponse(server, responseFault(fault)(server.request), answer);
    });
  },
);

const takes = 'DATA';
const undecoded = 'CLOSE "protocol error"';
const refused = 'a keyed CLOSE "protocol error"';

interface Attempt {
  readonly alterations: Alterations<OpenedResponse>;
  readonly answer: string;
}

/** Of those that the text names, AEADs have the lower numbers. */
const firstWithoutOptions = 0x0100;

/** Whether RESPONSE may hold that with the transform: no more than REQUEST asks for, and no compression. */
function isAllowed({ request }: ScriptedServer, hex: string, transform: number): boolean {
  const { lifetimes, options, compression } = decodeKeyExchangeData(Uint8Array.fromHex(hex));
  const asked = request.keyExchangeData.lifetimes;
  const within =
    lifetimes.seconds <= asked.seconds && lifetimes.frames <= asked.frames && lifetimes.octets <= asked.octets;
  const mayHave = transform < firstWithoutOptions ? request.keyExchangeData.options : 0;
  return within && (options & ~mayHave) === 0 && compression.length === 0;
}

/** What is sent of each kind of vectors, and what the initiator has to make of it. */
const kinds: Readonly<
  Record<string, { subject: string; type: string; of(server: ScriptedServer, vector: Vector): Attempt }>
> = {
  'opened frames of RESPONSE': {
    subject: 'response',
    type: 'OpenedFrame',
    of: (server, { opened, result, fields }) => {
      const { suite, transforms } = server.request;
      const own = withSuite('RESPONSE', Uint8Array.fromHex(opened), suite);
      if (result === 'invalid') return { alterations: { opened: () => own }, answer: undecoded };
      const { transform, keyExchangeData, clientData } = fields;
      const allowed =
        transforms.includes(transform) && isAllowed(server, keyExchangeData, transform) && clientData.length > 8;
      return { alterations: { fields: { transform }, opened: () => own }, answer: allowed ? takes : refused };
    },
  },
  'RESPONSEs with key exchange data': {
    subject: 'key-exchange-data',
    type: 'KeyExchangeData',
    of: (server, { keyExchangeData, result }) => {
      const octets = Uint8Array.fromHex(keyExchangeData);
      const alterations = { opened: rearranged('RESPONSE', (sections) => inOrder(sections, { 0: octets })) };
      if (result === 'invalid') return { alterations, answer: undecoded };
      const transform = server.request.transforms.find((id) => transformName(id) !== undefined) ?? 0;
      return { alterations, answer: isAllowed(server, keyExchangeData, transform) ? takes : refused };
    },
  },
  'RESPONSEs with client data': {
    subject: 'client-data',
    type: 'ClientData',
    of: (_server, { clientData }) => {
      const octets = Uint8Array.fromHex(clientData);
      const alterations = { opened: rearranged('RESPONSE', (sections) => inOrder(sections, { 2: octets })) };
      // The padding that follows makes whole what ends too early, and of what is no length the text leaves open whether it
      // belongs to decoding.
      return { alterations, answer: `${undecoded} or ${refused}` };
    },
  },
};

When(
  '{} with the flag(s) {flags} are sent to the initiator, it answers each as the file tells',
  ofManyConnections,
  async function (this: ConformanceWorld, kind: string, wanted: readonly string[]) {
    const { subject, type, of } = known(kinds, kind);
    const groups = load(subject).filter((group) => group.type === type);
    const tests = groups.flatMap((group) => group.tests);
    const vectors = flagged(tests, ...wanted)
      // Without a whole header it can't be sent; a key of one frame is used up at once.
      .filter(
        ({ opened = '', comment }) => (opened.length !== 14 && comment !== 'nothing') || subject === 'client-data',
      )
      .filter(({ comment }) => comment !== 'the shortest lifetimes');
    const nameOf = ({ tcId, comment }: Vector): string => `${subject}.json, tcId ${tcId}: ${comment}`;
    await eachConnection(this, vectors, nameOf, async (server, vector) => {
      const { alterations, answer } = of(server, vector);
      played(this, subject, vector);
      await tryResponse(server, alterations, answer);
    });
  },
);

/** Right client data of which one list is spoilt: n4 (DHCP options and 255) or n6 (options of neighbour discovery). */
const spoilt: Readonly<Record<string, (right: Uint8Array) => Uint8Array>> = {
  'a pad before the 255': withLists((four) => [...four.slice(0, -1), 0, 255]),
  'an octet behind the 255': withLists((four) => [...four, 0]),
  'no 255': withLists((four) => four.slice(0, -1)),
  'an option of n6 whose length is 0': withLists(
    (four) => four,
    (six) => [...six, 200, 0, 0, 0, 0, 0, 0, 0],
  ),
};

type Octets = readonly number[];

function withLists(four: (right: Octets) => Octets, six: (right: Octets) => Octets = (right) => right) {
  return (right: Uint8Array): Uint8Array => {
    const length = viewOf(right).getUint16(0);
    const lists = [four([...right.slice(2, 2 + length)]), six([...right.slice(4 + length)])];
    return Uint8Array.from(lists.flatMap((list) => [list.length >> 8, list.length & 255, ...list]));
  };
}

When(
  'RESPONSEs are sent to the initiator whose client data are right but for this, it refuses each',
  ofManyConnections,
  async function (this: ConformanceWorld, table: DataTable) {
    await eachConnection(
      this,
      table.raw().map(([row = '']) => row),
      (row) => row,
      async (server, row) => {
        const spoil = known(spoilt, row);
        const opened = rearranged('RESPONSE', (sections) => inOrder(sections, { 2: spoil(sections[2]!) }));
        await tryResponse(server, { opened }, `${undecoded} or ${refused}`);
      },
    );
  },
);
