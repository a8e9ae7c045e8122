import test from 'ava';
import { Malformed } from '../errors.ts';
import { checkPadding, decodeTransforms } from './opened.ts';
import { decodeRequest, encodeRequest } from './request.ts';
import { decodeResponse, encodeResponse } from './response.ts';

const malformed = { instanceOf: Malformed };
const message = new Uint8Array(4);
const offsets = { keyExchangeDataOffset: 1, transformsOffset: 2, clientDataOffset: 3 };

test('the low octet of the flags is 0', (t) => {
  const request = { ...offsets, destinationNameOffset: 4, initiatorNameOffset: 5, type: 'REQUEST' as const, message };
  const response = { ...offsets, type: 'RESPONSE' as const, message };
  t.deepEqual(decodeRequest(encodeRequest({ ...request, flags: 0x0100 })), { ...request, flags: 0x0100 });
  t.deepEqual(decodeResponse(encodeResponse({ ...response, flags: 0x0100 })), { ...response, flags: 0x0100 });
  for (const flags of [0x0101, 0x0180]) {
    t.throws(() => decodeRequest(encodeRequest({ ...request, flags })), malformed);
    t.throws(() => decodeResponse(encodeResponse({ ...response, flags })), malformed);
  }
});

test('padding is 0 to 127 zeros', (t) => {
  for (const length of [0, 127]) t.notThrows(() => checkPadding('REQUEST', new Uint8Array(length)));
  t.throws(() => checkPadding('REQUEST', new Uint8Array(128)), malformed);
  t.throws(() => checkPadding('REQUEST', new Uint8Array(127).with(126, 1)), malformed);
});

test('transforms are one or more pairs of octets', (t) => {
  t.deepEqual(decodeTransforms('REQUEST', Uint8Array.of(0, 1, 1, 2)), [1, 0x0102]);
  for (const length of [0, 1, 3]) t.throws(() => decodeTransforms('REQUEST', new Uint8Array(length)), malformed);
});
