/** RFC 4861 §4.6 by hand. */
import test from 'ava';
import { Malformed, Misuse } from '../errors.ts';
import { decodeNeighbourOptions, encodeNeighbourOptions } from './neighbour-options.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const malformed = { instanceOf: Malformed };

test('the length is in units of 8 octets', (t) => {
  const options = '01 01 06504e414300  05 01 0000 00000578';
  t.deepEqual(decodeNeighbourOptions(hex(options)), [
    { type: 1, value: hex('06504e414300') },
    { type: 5, value: hex('0000 00000578') },
  ]);
  t.throws(() => decodeNeighbourOptions(hex('01 00 06504e414300')), malformed);
  t.throws(() => decodeNeighbourOptions(hex('01 02 06504e414300')), malformed);
  t.throws(() => decodeNeighbourOptions(hex('01')), malformed);
});

test('what does not fit is the caller’s error', (t) => {
  for (const length of [7, 2046])
    t.throws(() => encodeNeighbourOptions([{ type: 1, value: new Uint8Array(length) }]), { instanceOf: Misuse });
});
