import test from 'ava';
import { countScenarios, countTap, failingTap } from './counts.ts';

const tap = `TAP version 13
# first
ok 1 - first
# second
not ok 2 - second
  ---
    name: AssertionError
    message: 'no'
  ...
ok 3 - third # SKIP
not ok 4 - fourth # TODO

1..4
# tests 2
# pass 1
# fail 1
`;

test('TAP: what passed, and everything else as failed', (t) => {
  t.deepEqual(countTap(tap), { passed: 1, failed: 3 });
  t.deepEqual(countTap('TAP version 13\nok 1 - a\nok 2 - b\n1..2\n'), { passed: 2, failed: 0 });
});

test('TAP: a test of the plan that is not told failed', (t) => {
  t.deepEqual(countTap('TAP version 13\nok 1 - a\n1..3\n'), { passed: 1, failed: 2 });
});

test('TAP: output that breaks off has no counts', (t) => {
  t.is(countTap('TAP version 13\nok 1 - a\n'), undefined);
});

test('TAP: failing tests with their diagnostics', (t) => {
  const text = failingTap(tap);
  t.true(text.includes("message: 'no'"));
  t.true(text.includes('third # SKIP'));
  t.false(text.includes('ok 1'));
});

test('a scenario that was planned and did not pass failed, unless it is not applicable', (t) => {
  const counts = { passed: 5, failed: 1, warning: 1, 'not applicable': 2, 'harness error': 1 };
  t.deepEqual(countScenarios(JSON.stringify({ counts, planned: 12, failures: [] })), { passed: 5, failed: 5 });
  t.deepEqual(countScenarios(JSON.stringify({ counts: {}, planned: 0, failures: ['x'] })), { passed: 0, failed: 1 });
});
