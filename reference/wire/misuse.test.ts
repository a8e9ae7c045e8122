/** What an encoder can't write is the caller's error, and never octets that a decoder refuses. */
import test from 'ava';
import { Malformed, Misuse } from '../errors.ts';
import { decodeClientData, encodeClientData, noClientData } from './client-data.ts';
import { encodeClose, encodeCloseHeader } from './close.ts';
import { encodeData } from './data.ts';
import { judgeStart } from './frame-start.ts';
import { statusName, suiteName, transformName, transformNames } from './identifiers.ts';
import { encodeKeyExchangeData, makeKeyExchangeData } from './key-exchange-data.ts';
import { field8, field16, layout } from './layout.ts';
import { overheadOf } from './opened.ts';
import { decodeRelay, encodeRelay } from './relay.ts';
import { encodeOpenedRequest } from './request.ts';

const misuse = { instanceOf: Misuse };
const lifetimes = { seconds: 1, frames: 1n, octets: 1n };

test('a field takes what fits it', (t) => {
  const both = layout('TEST', { one: field8(7), twoOctets: field16() });
  const octets = new Uint8Array(3);
  both.encode({ one: 255, twoOctets: 65_535 }, octets);
  t.is(octets.toHex(), 'ffffff');
  for (const one of [-1, 256, 0.5, Number.NaN]) t.throws(() => both.encode({ one, twoOctets: 0 }, octets), misuse);
  t.throws(() => both.encode({ one: 0, twoOctets: 65_536 }, octets), misuse);
  t.is(both.describe('one'), 'TEST one (7, octet 0)');
  t.is(both.describe('twoOctets'), 'TEST two octets (octet 1)');
});

test('CLOSE: a status other than 0, and a digest of 32 octets', (t) => {
  t.throws(() => encodeCloseHeader(0, false), misuse);
  t.throws(() => encodeClose({ type: 'CLOSE', status: 1, digest: new Uint8Array(31) }), misuse);
  t.is(encodeClose({ type: 'CLOSE', status: 1, digest: new Uint8Array(32) }).length, 40);
});

test('DATA: the digest has the octets that its length says', (t) => {
  const header = { protocol: 0, datagramLength: 0, flags: 0, segmentSize: 0, paddingLength: 0, digestLength: 2 };
  const frame = { type: 'DATA' as const, ...header, body: new Uint8Array(0) };
  t.throws(() => encodeData({ ...frame, digest: new Uint8Array(1) }), misuse);
  t.is(encodeData({ ...frame, digest: new Uint8Array(2) }).length, 18);
});

test('RELAY: 1 to 16 names, each valid', (t) => {
  const encode = (origin: string, path: readonly string[]): Uint8Array => encodeRelay({ type: 'RELAY', origin, path });
  t.throws(() => encode('a', []), misuse);
  t.throws(() => encode('a', Array<string>(17).fill('b')), misuse);
  t.throws(() => encode('A', ['b']), misuse);
  t.throws(() => encode('a', ['b', 'c:0']), misuse);
  t.is(decodeRelay(encode('a', Array<string>(16).fill('b'))).path.length, 16);
});

test('RELAY: refused when cut before its last index, or without a hop', (t) => {
  const relay = encodeRelay({ type: 'RELAY', origin: 'a', path: ['b', 'c'] });
  for (const [changed, message] of [
    [relay.subarray(0, 13), /too short for 2 indexes/],
    [relay.subarray(0, 14), /no NUL/],
    [relay.with(8, 0), /hop count/],
  ] as const)
    t.throws(() => decodeRelay(changed), { instanceOf: Malformed, message });
});

test('REQUEST: both names are valid', (t) => {
  const names = { destinationName: 'a', initiatorName: 'b' };
  const encode = (changed: Partial<typeof names>): Uint8Array =>
    encodeOpenedRequest({
      suite: 1,
      keyExchangeData: makeKeyExchangeData({ lifetimes }),
      transforms: [1],
      clientData: noClientData,
      ...names,
      ...changed,
    });
  t.is(encode({}).length % 128, 18);
  t.throws(() => encode({ destinationName: 'A' }), misuse);
  t.throws(() => encode({ initiatorName: '' }), misuse);
  t.throws(() => overheadOf('REQUEST', 3), misuse);
});

test('lifetimes: each bound from 1 to what its field holds', (t) => {
  const [seconds, largest] = [0xffff_ffff, (1n << 64n) - 1n];
  t.notThrows(() => makeKeyExchangeData({ lifetimes: { seconds, frames: largest, octets: largest } }));
  const wrong = [{ seconds: 0 }, { seconds: seconds + 1 }, { seconds: 1.5 }, { frames: 0n }, { octets: 0n }];
  for (const one of [...wrong, { frames: largest + 1n }, { octets: largest + 1n }])
    t.throws(() => makeKeyExchangeData({ lifetimes: { ...lifetimes, ...one } }), misuse);
});

test('an entry of the key exchange data has at most 65,535 octets', (t) => {
  const encode = (length: number): Uint8Array =>
    encodeKeyExchangeData({ entries: [{ id: 4, value: new Uint8Array(length) }] });
  t.is(encode(65_535).length, 65_539);
  t.throws(() => encode(65_536), misuse);
});

test('options of client data have at most 65,535 octets', (t) => {
  // An option of 255 octets takes 257, the end option 1: 255 × 257 = 65,535 leaves no room for the end.
  const option = (length: number) => ({ code: 1, value: new Uint8Array(length) });
  const list = (last: number) => ({ dhcp: [...Array(254).fill(option(255)), option(last)], neighbour: [] });
  t.is(encodeClientData(list(254)).length, 65_539);
  t.throws(() => encodeClientData(list(255)), misuse);
});

test('client data is refused when a section is longer than what is left, or octets follow', (t) => {
  const malformed = { instanceOf: Malformed };
  t.deepEqual(decodeClientData(Uint8Array.of(0, 0, 0, 0)), { dhcp: [], neighbour: [] });
  for (const octets of ['000000', '00000001', '0000000000', '000100', '0000000801000000000000'])
    t.throws(() => decodeClientData(Uint8Array.fromHex(octets)), {
      ...malformed,
      message: /^client data: (cut|length|1 oct)/,
    });
});

test('a length below 6 is judged before the version', (t) => {
  const judge = (length: number, version: number) => () => judgeStart(Uint8Array.of(0, 0, 0, length, 5, version));
  t.like(t.throws(judge(5, 9), { instanceOf: Malformed }), { status: 5 });
  t.like(t.throws(judge(6, 9), { instanceOf: Malformed }), { status: 6 });
});

test('identifiers have names', (t) => {
  t.is(statusName(4), 'integrity failure');
  t.is(statusName(99), 'status 99');
  t.is(suiteName(2), 'hybrid');
  t.is(suiteName(3), undefined);
  t.deepEqual(transformNames.length, new Set(transformNames).size);
  t.is(transformName(1), 'aes256gcm');
});
