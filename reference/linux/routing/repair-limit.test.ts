import test from 'ava';
import { RepairLimit } from './repair-limit.ts';

test('five repairs within 10 s, then a rest of 60 s that is told once; then as before', (t) => {
  const contested: string[] = [];
  const limit = new RepairLimit((prefix) => contested.push(prefix));
  const tried = (...moments: number[]) => moments.map((moment) => limit.admit('10.9.0.0/24', moment));
  t.deepEqual(tried(0, 1_000, 2_000, 3_000, 4_000), Array(5).fill(true));
  t.deepEqual(contested, []);
  t.deepEqual(tried(5_000, 6_000, 64_999), [false, false, false]);
  t.deepEqual(contested, ['10.9.0.0/24']);
  t.true(limit.admit('10.10.0.0/16', 6_000), 'another route is another matter');
  t.deepEqual(tried(65_000, 65_001, 65_002, 65_003, 65_004, 65_005), [true, true, true, true, true, false]);
  t.is(contested.length, 2);
});

test('repairs far enough apart go on for ever', (t) => {
  const limit = new RepairLimit((prefix) => t.fail(prefix));
  for (let moment = 0; moment < 200_000; moment += 2_000) t.true(limit.admit('10.9.0.0/24', moment));
});
