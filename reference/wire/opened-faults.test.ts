/** Opened frames put together by hand: each has one fault, and but for that fault it would decode. */
import test from 'ava';
import { Malformed } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { decodeOpenedRequest } from './request.ts';
import { decodeOpenedResponse } from './response.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const lifetimes = '0001 0014 00000e10 0000000000000400 0000000000100000';
const noData = '0000 0000';
/** Octets that the Noise message of suite 1 adds. */
const overhead = { request: 32 + 48 + 16, response: 32 + 16 };

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

function request(parts: Parts): Uint8Array {
  const { data = lifetimes, transforms = '0002', destination = '6400', client = noData, initiator = '6900' } = parts;
  const sections = [data, transforms, destination, client, initiator];
  const { octets, view, offsets } = assemble(18, 2, overhead.request, sections, parts);
  const [keyExchangeData = 0, list = 0, destinationName = 0, clientData = 0, initiatorName = 0] = offsets;
  for (const [index, value] of [initiatorName, destinationName, keyExchangeData, list, 1 << 8, clientData].entries())
    view.setUint16(6 + 2 * index, value);
  return octets;
}

function response(parts: Parts): Uint8Array {
  const { data = lifetimes, transforms = '0002', client = noData } = parts;
  const { octets, view, offsets } = assemble(14, 3, overhead.response, [data, transforms, client], parts);
  const [keyExchangeData = 0, list = 0, clientData = 0] = offsets;
  for (const [index, value] of [keyExchangeData, list, 1 << 8, clientData].entries())
    view.setUint16(6 + 2 * index, value);
  return octets;
}

test('without a fault both decode', (t) => {
  const { destinationName, initiatorName, transforms, keyExchangeData } = decodeOpenedRequest(request({}));
  t.deepEqual([destinationName, initiatorName, transforms], ['d', 'i', [2]]);
  t.deepEqual(keyExchangeData.lifetimes, { seconds: 3600, frames: 1024n, octets: 1_048_576n });
  t.is(decodeOpenedResponse(response({})).transform, 2);
});

const shared: readonly (readonly [string, Parts])[] = [
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

for (const [title, parts] of shared) {
  test(`REQUEST refused: ${title}`, (t) => {
    t.throws(() => decodeOpenedRequest(request(parts)), { instanceOf: Malformed });
  });
  test(`RESPONSE refused: ${title}`, (t) => {
    t.throws(() => decodeOpenedResponse(response(parts)), { instanceOf: Malformed });
  });
}

const ofRequest: readonly (readonly [string, Parts])[] = [
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
for (const [title, parts] of ofRequest)
  test(`REQUEST refused: ${title}`, (t) => {
    t.throws(() => decodeOpenedRequest(request(parts)), { instanceOf: Malformed });
  });

test('RESPONSE refused: two transforms', (t) => {
  t.throws(() => decodeOpenedResponse(response({ transforms: '0001 0002' })), { instanceOf: Malformed });
});

test('the limits themselves decode', (t) => {
  t.is(decodeOpenedRequest(request({ initiator: `${'69'.repeat(255)}00` })).initiatorName.length, 255);
  const { keyExchangeData } = decodeOpenedRequest(request({ data: `${lifetimes} 7fff 0000` }));
  t.deepEqual(
    keyExchangeData.entries.map(({ id }) => id),
    [1, 0x7fff],
  );
});
