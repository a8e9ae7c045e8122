import { createHmac } from 'node:crypto';
import test from 'ava';
import { closeDigest, verifyClose } from './close.ts';
import { randomOctets } from './primitives.ts';

test('CLOSE digest: HMAC of header ‖ n as u64', (t) => {
  const key = randomOctets(32);
  const header = Uint8Array.of(0, 0, 0, 40, 5, 1, 0, 1);
  const n = 0x01_0203_0405n;
  const digest = closeDigest(key, header, n);
  const hmac = createHmac('sha256', key)
    .update(header)
    .update(Uint8Array.of(0, 0, 0, 1, 2, 3, 4, 5));
  t.is(digest.toHex(), hmac.digest('hex'));
  t.true(verifyClose(key, header, n, digest));
  t.false(verifyClose(key, header, n + 1n, digest));
  t.false(verifyClose(key, header, n, digest.subarray(0, 31)));
  t.false(verifyClose(key, header, n, digest.subarray(0, 0)));
  t.false(verifyClose(randomOctets(32), header, n, digest));
  for (let bit = 0; bit < 64; bit++) {
    const other = header.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    t.false(verifyClose(key, other, n, digest));
  }
  for (let bit = 0; bit < 256; bit++) {
    const other = digest.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    t.false(verifyClose(key, header, n, other));
  }
});
