/** Who is at fault, and what a run comes to. */
import test from 'ava';
import { runVerdict, type StepOutcome, verdictOf } from './verdict.ts';

function step(status: StepOutcome['status'], more: Partial<StepOutcome> = {}): StepOutcome {
  return { status, hook: false, errorType: undefined, message: undefined, ...more };
}
const hook = step('PASSED', { hook: true });

test('a scenario passes only if it has steps and all of them passed', (t) => {
  t.is(verdictOf([hook, step('PASSED'), hook], undefined, false), 'passed');
  t.is(verdictOf([], undefined, false), 'could not run');
  t.is(verdictOf([hook, hook], undefined, false), 'could not run');
  for (const status of ['SKIPPED', 'PENDING', 'UNDEFINED', 'AMBIGUOUS', 'UNKNOWN'] as const) {
    t.is(verdictOf([step('PASSED'), step(status)], undefined, false), 'could not run', status);
  }
});

test('who is at fault follows from the class of the error alone', (t) => {
  const failed = (errorType: string | undefined, more: Partial<StepOutcome> = {}) =>
    verdictOf([step('PASSED'), step('FAILED', { errorType, ...more })], undefined, false);
  for (const type of ['AssertionError', 'Nonconformance', 'Malformed', 'Unexpected', 'IntegrityFailure']) {
    t.is(failed(type), 'failed', type);
    t.is(failed(type, { hook: true }), 'failed', type);
  }
  for (const type of ['Error', 'LabFailure', 'TypeError', 'ReferenceError', 'Misuse', undefined]) {
    t.is(failed(type), 'harness error', type);
    t.is(failed(type, { hook: true }), 'harness error', type);
  }
});

test('what the suite stumbles over once a program has ended of itself is due to that program', (t) => {
  const stumbled = [hook, step('FAILED', { errorType: 'LabFailure' })];
  t.is(
    verdictOf([...stumbled, step('FAILED', { errorType: 'Nonconformance', hook: true })], undefined, false),
    'harness error',
  );
  t.is(verdictOf([...stumbled, step('FAILED', { errorType: 'ProgramEnded', hook: true })], undefined, false), 'failed');
  t.is(verdictOf([...stumbled, step('FAILED', { errorType: 'ProgramEnded', hook: true })], undefined, true), 'warning');
});

test('a broken SHOULD is a warning; a scenario that is not applicable is nothing else, unless something failed', (t) => {
  t.is(verdictOf([step('FAILED', { errorType: 'AssertionError' })], undefined, true), 'warning');
  t.is(verdictOf([step('FAILED', { errorType: 'LabFailure' })], undefined, true), 'harness error');
  t.is(verdictOf([step('SKIPPED', { hook: true }), step('SKIPPED')], 'no relay', false), 'not applicable');
  t.is(verdictOf([hook, step('FAILED', { errorType: 'Error', hook: true })], 'no relay', false), 'harness error');
  const found = [hook, step('PASSED'), step('FAILED', { errorType: 'NotApplicable' }), step('SKIPPED')];
  t.is(verdictOf(found, undefined, false), 'not applicable');
  t.is(verdictOf(found, undefined, true), 'not applicable');
  t.is(verdictOf([...found, step('FAILED', { errorType: 'LabFailure' })], undefined, false), 'harness error');
  t.is(verdictOf([...found, step('FAILED', { errorType: 'Nonconformance' })], undefined, false), 'failed');
});

test('a run is conformant only if something was shown and everything could run', (t) => {
  const none = {
    passed: 0,
    failed: 0,
    warning: 0,
    'not applicable': 0,
    'could not run': 0,
    'harness error': 0,
    'expected failure': 0,
  };
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 0, 2, true), ['conformant', 0]);
  t.deepEqual(runVerdict({ ...none, passed: 3, warning: 1, 'not applicable': 4 }, 0, 2, true), ['conformant', 0]);
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 0, 0, true), ['incomplete', 3]);
  t.deepEqual(runVerdict(none, 0, 0, true), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 1, 3, true), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3, 'harness error': 1 }, 0, 3, true), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3, 'could not run': 1 }, 0, 3, true), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3, failed: 1, 'harness error': 1 }, 2, 3, true), ['not conformant', 1]);
  // Of a part of the suite no verdict on the whole follows, unless it fails.
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 0, 3, false), ['selected', 0]);
  t.deepEqual(runVerdict({ ...none, passed: 3, failed: 1 }, 0, 3, false), ['not conformant', 1]);
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 1, 3, false), ['incomplete', 3]);
});
