import test from 'ava';
import fc from 'fast-check';
import { Malformed } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { altered, nodeName } from '../testing/random-frames.ts';
import { makeKeyExchangeData } from './key-exchange-data.ts';
import { noiseOverhead, openedBlock, sameHeader } from './opened.ts';
import { decodeOpenedRequest, encodeOpenedRequest, type OpenedRequest, requestHeaderLength } from './request.ts';
import { decodeOpenedResponse, encodeOpenedResponse, type OpenedResponse, responseHeaderLength } from './response.ts';

const u16 = fc.integer({ min: 0, max: 0xffff });
const bound = fc.bigInt({ min: 1n, max: (1n << 64n) - 1n });
const keyExchangeData = fc
  .record({
    lifetimes: fc.record({ seconds: fc.integer({ min: 1, max: 0xffff_ffff }), frames: bound, octets: bound }),
    compression: fc.array(u16, { maxLength: 3 }),
    options: u16,
    extra: fc.uniqueArray(
      fc.record({ id: fc.integer({ min: 5, max: 0x7fff }), value: fc.uint8Array({ maxLength: 40 }) }),
      { maxLength: 3, selector: ({ id }) => id },
    ),
  })
  .map(makeKeyExchangeData);
const clientData = fc.record({
  dhcp: fc.array(fc.record({ code: fc.integer({ min: 1, max: 254 }), value: fc.uint8Array({ maxLength: 255 }) }), {
    maxLength: 6,
  }),
  neighbour: fc.array(
    fc.record({
      type: fc.integer({ min: 0, max: 255 }),
      value: fc.integer({ min: 1, max: 4 }).chain((n) => fc.uint8Array({ minLength: 8 * n - 2, maxLength: 8 * n - 2 })),
    }),
    { maxLength: 4 },
  ),
});
const suite = fc.constantFrom(1 as const, 2 as const);
const request: fc.Arbitrary<OpenedRequest> = fc.record({
  suite,
  keyExchangeData,
  transforms: fc.array(u16, { minLength: 1, maxLength: 8 }),
  destinationName: nodeName,
  clientData,
  initiatorName: fc.stringMatching(/^[ -~]{1,255}$/),
});
const response: fc.Arbitrary<OpenedResponse> = fc.record({ suite, keyExchangeData, transform: u16, clientData });

/** Whether it decodes; a decoder that accepts two encodings of one value fails here. */
function oneEncoding<T>(octets: Uint8Array, decode: (o: Uint8Array) => T, encode: (value: T) => Uint8Array): boolean {
  let value: T;
  try {
    value = decode(octets);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
  if (encode(value).toHex() !== octets.toHex()) throw new Error('a second encoding');
  return true;
}

test('an opened request decodes to what was encoded; its length is that of the frame on the wire', (t) => {
  fc.assert(
    fc.property(request, (fields) => {
      const o = encodeOpenedRequest(fields);
      t.deepEqual(decodeOpenedRequest(o) as unknown, fields as unknown);
      t.is((o.length - 18) % openedBlock, 0);
      const { REQUEST } = noiseOverhead;
      t.is(new DataView(o.buffer, o.byteOffset).getUint32(0), 18 + REQUEST[fields.suite as 1 | 2] + o.length);
    }),
  );
});

test('an opened response decodes to what was encoded; its length is that of the frame on the wire', (t) => {
  fc.assert(
    fc.property(response, (fields) => {
      const o = encodeOpenedResponse(fields);
      t.deepEqual(decodeOpenedResponse(o) as unknown, fields as unknown);
      t.is((o.length - 14) % openedBlock, 0);
      const { RESPONSE } = noiseOverhead;
      t.is(new DataView(o.buffer, o.byteOffset).getUint32(0), 14 + RESPONSE[fields.suite as 1 | 2] + o.length);
    }),
  );
});

test('an altered opened request is refused or re-encodes to the same octets', (t) => {
  let decoded = 0;
  fc.assert(
    fc.property(
      request.chain((fields) => altered(encodeOpenedRequest(fields))),
      (octets) => {
        if (oneEncoding(octets, decodeOpenedRequest, encodeOpenedRequest)) decoded += 1;
      },
    ),
    { numRuns: 2_000 },
  );
  t.true(decoded > 0);
});

test('an altered opened response is refused or re-encodes to the same octets', (t) => {
  let decoded = 0;
  fc.assert(
    fc.property(
      response.chain((fields) => altered(encodeOpenedResponse(fields))),
      (octets) => {
        if (oneEncoding(octets, decodeOpenedResponse, encodeOpenedResponse)) decoded += 1;
      },
    ),
    { numRuns: 2_000 },
  );
  t.true(decoded > 0);
});

const someRequest = encodeOpenedRequest({
  suite: 1,
  keyExchangeData: makeKeyExchangeData({ lifetimes: { seconds: 1, frames: 1n, octets: 1n } }),
  transforms: [2],
  destinationName: 'd',
  clientData: { dhcp: [], neighbour: [] },
  initiatorName: 'i',
});

test('every octet of the header counts: none can be altered without a refusal', (t) => {
  for (let offset = 0; offset < requestHeaderLength; offset++) {
    for (let bit = 0; bit < 8; bit++) {
      const octets = someRequest.with(offset, someRequest[offset]! ^ (1 << bit));
      t.throws(() => decodeOpenedRequest(octets), { instanceOf: Malformed }, `octet ${offset}, bit ${bit}`);
    }
  }
});

test('headers are the same when each of their octets is', (t) => {
  t.true(sameHeader(someRequest, someRequest.slice(), requestHeaderLength));
  t.true(sameHeader(someRequest, someRequest.with(requestHeaderLength, 0xff), requestHeaderLength));
  for (let offset = 0; offset < responseHeaderLength; offset++) {
    t.false(sameHeader(someRequest, someRequest.with(offset, someRequest[offset]! ^ 1), responseHeaderLength));
  }
});

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const lifetimes = '0001 0014 00000e10 0000000000000400 0000000000100000';
const noData = '0000 0000';
/** Octets that the Noise message of suite 1 adds. */
const overhead = { request: 32 + 48 + 16, response: 32 + 16 };

/** Of opened frames put together by hand: each has one fault, and but for that fault it would decode. */
interface Parts {
  readonly data?: string;
  readonly transforms?: string;
  readonly destination?: string;
  readonly client?: string;
  readonly initiator?: string;
  /** Octets, in hexadecimal, that no section owns: before the first, after each of the others. */
  readonly gap?: readonly [section: number, octets: string];
  /** Octets after the sections, by how many these are; else zeros to a multiple of 128. */
  readonly padding?: (length: number) => Uint8Array;
}

const zerosAfter = (length: number): Uint8Array => new Uint8Array((128 - (length % 128)) % 128);

function assemble(header: number, type: number, extra: number, sections: readonly string[], parts: Parts) {
  const offsets: number[] = [];
  let buffer: Uint8Array = new Uint8Array(0);
  sections.forEach((section, index) => {
    if (parts.gap?.[0] === index) buffer = concat(buffer, hex(parts.gap[1]));
    offsets.push(header + buffer.length);
    buffer = concat(buffer, hex(section));
  });
  const octets = concat(new Uint8Array(header), buffer, (parts.padding ?? zerosAfter)(buffer.length));
  const view = viewOf(octets);
  view.setUint32(0, header + extra + octets.length);
  view.setUint16(4, (type << 8) | 1);
  return { octets, view, offsets };
}

function requestOf(parts: Parts): Uint8Array {
  const { data = lifetimes, transforms = '0002', destination = '6400', client = noData, initiator = '6900' } = parts;
  const sections = [data, transforms, destination, client, initiator];
  const { octets, view, offsets } = assemble(18, 2, overhead.request, sections, parts);
  const [keyExchangeData = 0, list = 0, destinationName = 0, clientData = 0, initiatorName = 0] = offsets;
  for (const [index, value] of [initiatorName, destinationName, keyExchangeData, list, 1 << 8, clientData].entries())
    view.setUint16(6 + 2 * index, value);
  return octets;
}

function responseOf(parts: Parts): Uint8Array {
  const { data = lifetimes, transforms = '0002', client = noData } = parts;
  const { octets, view, offsets } = assemble(14, 3, overhead.response, [data, transforms, client], parts);
  const [keyExchangeData = 0, list = 0, clientData = 0] = offsets;
  for (const [index, value] of [keyExchangeData, list, 1 << 8, clientData].entries())
    view.setUint16(6 + 2 * index, value);
  return octets;
}

test('put together by hand, without a fault, both decode', (t) => {
  const { destinationName, initiatorName, transforms, keyExchangeData } = decodeOpenedRequest(requestOf({}));
  t.deepEqual([destinationName, initiatorName, transforms], ['d', 'i', [2]]);
  t.deepEqual(keyExchangeData.lifetimes, { seconds: 3600, frames: 1024n, octets: 1_048_576n });
  t.is(decodeOpenedResponse(responseOf({})).transform, 2);
});

const faultsOfBoth: readonly (readonly [string, Parts])[] = [
  ['a gap before the first section', { gap: [0, '00'] }],
  ['no key exchange data', { data: '' }],
  ['lifetimes absent', { data: '0002 0002 0001' }],
  ['lifetimes of 19 octets', { data: lifetimes.slice(0, -2).replace('0014', '0013') }],
  ['lifetimes of 0 seconds', { data: lifetimes.replace('00000e10', '00000000') }],
  ['lifetimes of 0 frames', { data: lifetimes.replace('0400', '0000') }],
  ['lifetimes of 0 octets', { data: lifetimes.replace('0000000000100000', '0000000000000000') }],
  ['the same entry twice', { data: lifetimes + lifetimes }],
  ['entries that descend', { data: `0003 0002 0001 ${lifetimes}` }],
  ['an entry that runs over', { data: `${lifetimes} 0a0a 0001` }],
  ['half an entry', { data: `${lifetimes} 0a0a 00` }],
  ['an unknown entry 8000', { data: `${lifetimes} 8000 0000` }],
  ['compression of 0 octets', { data: `${lifetimes} 0002 0000` }],
  ['compression of 3 octets', { data: `${lifetimes} 0002 0003 000100` }],
  ['options of 4 octets', { data: `${lifetimes} 0003 0004 00010001` }],
  ['no transform', { transforms: '' }],
  ['a transform and a half', { transforms: '0002 00' }],
  ['client data with a pad option', { client: '0003 0000ff 0000' }],
  ['client data with an end option alone', { client: '0001 ff 0000' }],
  ['client data without an end option', { client: '0003 320101 0000' }],
  ['client data with octets after the end option', { client: '0005 320101 ff 00 0000' }],
  ['client data whose option runs over', { client: '0003 3202ff 0000' }],
  ['client data with a neighbour option of length 0', { client: '0000 0008 0500000000000000' }],
  ['client data with a neighbour option that runs over', { client: '0000 0008 0502000000000000' }],
  ['a second block of padding', { padding: (length) => new Uint8Array(256 - length) }],
  ['no padding', { padding: () => new Uint8Array(0) }],
  ['padding that is not zero', { padding: (length) => zerosAfter(length).fill(1, 127 - length) }],
];

for (const [title, parts] of faultsOfBoth) {
  test(`REQUEST refused: ${title}`, (t) => {
    t.throws(() => decodeOpenedRequest(requestOf(parts)), { instanceOf: Malformed });
  });
  test(`RESPONSE refused: ${title}`, (t) => {
    t.throws(() => decodeOpenedResponse(responseOf(parts)), { instanceOf: Malformed });
  });
}

const faultsOfRequest: readonly (readonly [string, Parts])[] = [
  ['client data that is cut', { client: '0000 00' }],
  ['a gap before the client data', { gap: [3, '00'] }],
  ['text between the destination name and the client data', { gap: [3, '6100'] }],
  ['a gap before the initiator name', { gap: [4, '00'] }],
  ['an empty destination name', { destination: '00' }],
  ['a destination name without NUL', { destination: '64' }],
  ['a destination name with a capital', { destination: '4400' }],
  ['an empty initiator name', { initiator: '00' }],
  ['an initiator name of 256 octets', { initiator: `${'69'.repeat(256)}00` }],
  ['an initiator name with a control character', { initiator: '691f00' }],
  ['an initiator name with DEL', { initiator: '697f00' }],
  ['an initiator name beyond ASCII', { initiator: '69c3a900' }],
];
for (const [title, parts] of faultsOfRequest)
  test(`REQUEST refused: ${title}`, (t) => {
    t.throws(() => decodeOpenedRequest(requestOf(parts)), { instanceOf: Malformed });
  });

test('RESPONSE refused: two transforms', (t) => {
  t.throws(() => decodeOpenedResponse(responseOf({ transforms: '0001 0002' })), { instanceOf: Malformed });
});

test('the limits themselves decode', (t) => {
  t.is(decodeOpenedRequest(requestOf({ initiator: `${'69'.repeat(255)}00` })).initiatorName.length, 255);
  const { keyExchangeData } = decodeOpenedRequest(requestOf({ data: `${lifetimes} 7fff 0000` }));
  t.deepEqual(
    keyExchangeData.entries.map(({ id }) => id),
    [1, 0x7fff],
  );
});
