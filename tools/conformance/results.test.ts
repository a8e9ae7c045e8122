/** From Cucumber's messages to results, verdicts and reports. */
import test from 'ava';
import { byId, parseRequirements } from '../requirements/parse.ts';
import { staleEntries } from './baseline.ts';
import { junit, makeReport } from './report.ts';
import { type Envelope, Results } from './results.ts';
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

test('who is at fault follows from the class of the error and from where it was thrown', (t) => {
  const failed = (errorType: string, more: Partial<StepOutcome> = {}) =>
    verdictOf([step('PASSED'), step('FAILED', { errorType, ...more })], undefined, false);
  for (const type of ['AssertionError', 'Nonconformance', 'Malformed', 'IntegrityFailure', 'Error']) {
    t.is(failed(type), 'failed', type);
  }
  for (const type of ['LabFailure', 'TypeError', 'ReferenceError', 'Misuse']) t.is(failed(type), 'harness error', type);
  t.is(failed('Error', { message: 'function timed out, ensure …' }), 'harness error');
  t.is(failed('Error', { hook: true }), 'harness error');
  t.is(failed('Nonconformance', { hook: true }), 'failed');
});

test('a broken SHOULD is a warning; a scenario that is not applicable is nothing else, unless something failed', (t) => {
  t.is(verdictOf([step('FAILED', { errorType: 'AssertionError' })], undefined, true), 'warning');
  t.is(verdictOf([step('FAILED', { errorType: 'LabFailure' })], undefined, true), 'harness error');
  t.is(verdictOf([step('SKIPPED', { hook: true }), step('SKIPPED')], 'no relay', false), 'not applicable');
  t.is(verdictOf([hook, step('FAILED', { errorType: 'Error', hook: true })], 'no relay', false), 'harness error');
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
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 0, 2), ['conformant', 0]);
  t.deepEqual(runVerdict({ ...none, passed: 3, warning: 1, 'not applicable': 4 }, 0, 2), ['conformant', 0]);
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 0, 0), ['incomplete', 3]);
  t.deepEqual(runVerdict(none, 0, 0), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3 }, 1, 3), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3, 'harness error': 1 }, 0, 3), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3, 'could not run': 1 }, 0, 3), ['incomplete', 3]);
  t.deepEqual(runVerdict({ ...none, passed: 3, failed: 1, 'harness error': 1 }, 2, 3), ['not conformant', 1]);
});

const time = (seconds: number) => ({ seconds, nanos: 0 });

function messages(status: StepOutcome['status'], exception?: { type: string; message: string }): Envelope[] {
  const testStepResult = { status, duration: time(0), ...(exception && { exception }) };
  return [
    {
      pickle: {
        id: 'p',
        uri: 'features/x.feature',
        name: 'a <name>',
        language: 'en',
        location: { line: 7 },
        astNodeIds: [],
        steps: [{ id: 's', text: 'the step', astNodeIds: [] }],
        tags: [{ name: '@RLY-01', astNodeId: '' }],
      },
    },
    { testCase: { id: 'c', pickleId: 'p', testSteps: [{ id: 't', pickleStepId: 's' }] } },
    { testCaseStarted: { id: 'r', testCaseId: 'c', attempt: 0, timestamp: time(10) } },
    { testStepFinished: { testCaseStartedId: 'r', testStepId: 't', testStepResult, timestamp: time(11) } },
    { testCaseFinished: { testCaseStartedId: 'r', timestamp: time(12), willBeRetried: false } },
  ] as Envelope[];
}

test('messages become results, the report and JUnit XML with requirement ids', (t) => {
  const text = '- **RLY-01** (MUST) A relay forwards. *[EP] fig. 13.*';
  const requirements = byId(parseRequirements('protocol.md', text).requirements);
  const results = new Results(requirements);
  for (const message of messages('FAILED', { type: 'AssertionError', message: 'one < two & \u001b[31mred' }))
    results.take(message);
  t.is(results.finished[0]?.verdict, 'failed');
  t.is(results.finished[0]?.step, 'the step');
  const facts = {
    implementation: 'x',
    verdict: 'not conformant',
    started: new Date(0),
    seconds: 2,
    seed: 1,
    workers: 1,
  } as const;
  const report = makeReport(results, facts, requirements);
  t.deepEqual(report.requirements, [
    { id: 'RLY-01', level: 'MUST', text: 'A relay forwards. *[EP] fig. 13.*', verdict: 'failed', scenarios: 1 },
  ]);
  const xml = junit(report);
  t.regex(xml, /name="\[RLY-01\] a &lt;name&gt; \(line 7\)" time="2\.000"/);
  t.regex(xml, /<failure message="failed: the step">one &lt; two &amp; \ufffd\[31mred<\/failure>/);
});

test('a known failure is expected; an entry whose scenarios pass is stale', (t) => {
  const baseline = [{ id: 'RLY-01', reason: 'not done yet', link: 'https://example.org/1' }];
  const failing = new Results(new Map(), undefined, baseline);
  for (const message of messages('FAILED', { type: 'AssertionError', message: 'no' })) failing.take(message);
  t.is(failing.finished[0]?.verdict, 'expected failure');
  t.deepEqual(staleEntries(baseline, failing.finished), []);
  const passing = new Results(new Map(), undefined, baseline);
  for (const message of messages('PASSED')) passing.take(message);
  t.is(passing.finished[0]?.verdict, 'passed');
  t.deepEqual(staleEntries(baseline, passing.finished), ['RLY-01']);
  const broken = new Results(new Map(), undefined, baseline);
  for (const message of messages('FAILED', { type: 'LabFailure', message: 'no' })) broken.take(message);
  t.is(broken.finished[0]?.verdict, 'harness error');
});

test('a scenario that began and did not end is planned and not finished', (t) => {
  const results = new Results(new Map());
  for (const message of messages('PASSED').slice(0, 3)) results.take(message);
  t.is(results.planned, 1);
  t.is(results.finished.length, 0);
});
