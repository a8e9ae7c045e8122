import test from 'ava';
import { LabFailure } from '../failure.ts';
import { marker, packetsRevealing, reveals } from './plaintext-search.ts';

test('eight consecutive octets of a secret are found wherever they lie, seven are not', (t) => {
  const secret = marker(64);
  const noise = new Uint8Array(200).fill(0x55);
  noise.set(secret.subarray(20, 28), 100);
  t.true(reveals(noise, secret));
  noise[107] = 0x55;
  t.false(reveals(noise, secret));
  const packet = { number: 1, time: 0, octets: secret, originalLength: 64 };
  t.deepEqual(packetsRevealing([packet, { ...packet, number: 2, octets: noise }], secret), [packet]);
  t.throws(() => reveals(noise, new Uint8Array(7)), { instanceOf: LabFailure });
});

test('no eight octets of a marker come twice', (t) => {
  const octets = marker(4096);
  const windows = Array.from({ length: 4096 - 7 }, (_, i) => octets.subarray(i, i + 8).toHex());
  t.is(octets.length, 4096);
  t.is(new Set(windows).size, windows.length);
});
