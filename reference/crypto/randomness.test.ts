import test from 'ava';
import { Misuse } from '../errors.ts';
import { randomOctets } from './primitives.ts';
import { deterministicRandomness, systemRandomness } from './randomness.ts';

test('deterministic choices come in order, and the last repeats', (t) => {
  const x25519 = [randomOctets(32), randomOctets(32)];
  const kemSeed = [randomOctets(64)];
  const grease = { tlv: { id: 0x1a1a, value: Uint8Array.of(1) } };
  const randomness = deterministicRandomness({ x25519, kemSeed, grease, padding: 7 });
  t.deepEqual(
    [1, 2, 3].map(() => randomness.x25519Ephemeral()),
    [x25519[0], x25519[1], x25519[1]],
  );
  randomness.kemSeed().fill(0);
  t.deepEqual(randomness.kemSeed(), kemSeed[0]);
  t.is(randomness.kemMessage()?.length, 32);
  t.notDeepEqual(randomness.kemMessage(), randomness.kemMessage());
  t.deepEqual(randomness.grease(), grease);
  t.is(randomness.padding(), 7);
  t.deepEqual(deterministicRandomness({}).grease(), {});
  t.throws(() => deterministicRandomness({ x25519: [randomOctets(31)] }), { instanceOf: Misuse });
  t.throws(() => deterministicRandomness({ padding: 256 }), { instanceOf: Misuse });
});

test("the system's choices have their sizes, and GREASE stays within its identifiers", (t) => {
  t.deepEqual(
    [systemRandomness.x25519Ephemeral(), systemRandomness.kemSeed()].map((o) => o.length),
    [32, 64],
  );
  t.is(systemRandomness.kemMessage(), undefined);
  const seen = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const { transform, tlv } = systemRandomness.grease();
    t.regex(transform!.id.toString(16).padStart(4, '0'), /^([0-9a-e])a\1a$/);
    t.regex(tlv!.id.toString(16).padStart(4, '0'), /^([0-7])a\1a$/);
    t.true(transform!.index >= 0);
    t.true(tlv!.value.length < 16);
    const jitter = systemRandomness.jitter();
    t.true(jitter >= 0 && jitter < 1);
    seen.add(jitter);
  }
  t.true(seen.size > 490);
});
