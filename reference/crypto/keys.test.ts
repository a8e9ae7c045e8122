import { createHmac } from 'node:crypto';
import test from 'ava';
import { Misuse } from '../errors.ts';
import { deriveDirection } from './keys.ts';
import { randomOctets } from './primitives.ts';

const mac = (key: Uint8Array, ...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return new Uint8Array(hmac.digest());
};

for (const [transform, octets, iv] of [
  [0x0001, [0x00, 0x01], 12],
  [0x0002, [0x00, 0x02], 12],
  [0x0101, [0x01, 0x01], 16],
  [0x0102, [0x01, 0x02], 16],
] as const) {
  test(`schedule of transform 0x${transform.toString(16)}: HKDF-Expand's first block for each label, k erased`, (t) => {
    const [k, h] = [randomOctets(32), randomOctets(32)];
    // One output block suffices: T(1) = HMAC(k, info ‖ 01).
    const expected = (label: string, length: number) =>
      mac(k, `PNA/1 ${label}`, Uint8Array.of(0, ...octets), h, Uint8Array.of(1)).subarray(0, length);
    const key = expected('key', 32);
    const close = expected('close', 32);
    const separate = iv === 16 ? { mac: expected('mac', 32) } : {};
    const wanted = { key, iv: expected('iv', iv), ...separate, close };
    t.deepEqual(deriveDirection(k, transform, h), wanted);
    t.deepEqual(k, new Uint8Array(32));
  });
}

test('the schedule refuses secrets of another size', (t) => {
  t.throws(() => deriveDirection(randomOctets(31), 1, randomOctets(32)), { instanceOf: Misuse });
  t.throws(() => deriveDirection(randomOctets(32), 1, randomOctets(33)), { instanceOf: Misuse });
  t.throws(() => deriveDirection(randomOctets(32), 0x10000, randomOctets(32)), { instanceOf: Misuse });
});
