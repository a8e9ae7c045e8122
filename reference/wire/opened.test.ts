import test from 'ava';
import fc from 'fast-check';
import { Malformed } from '../errors.ts';
import { mutated, nodeName } from '../testing/frame.arbitrary.ts';
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
      fc.record({ id: fc.integer({ min: 4, max: 0x7fff }), value: fc.uint8Array({ maxLength: 40 }) }),
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
      request.chain((fields) => mutated(encodeOpenedRequest(fields))),
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
      response.chain((fields) => mutated(encodeOpenedResponse(fields))),
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
