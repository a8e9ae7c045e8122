/** From Cucumber's messages to results, verdicts and reports. */
import test from 'ava';
import { byId, parseRequirements } from '../requirements/parse.ts';
import { staleEntries } from './baseline.ts';
import { Progress } from './progress.ts';
import { junit, makeReport, type RunFacts } from './report.ts';
import { type Envelope, Results } from './results.ts';
import { summary } from './terminal.ts';
import type { StepOutcome } from './verdict.ts';

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
    verdict: 'not conformant' as const,
    started: new Date(0),
    seconds: 2,
    seed: 1,
    workers: 1,
    selection: { of: 1, words: [] },
  } satisfies RunFacts;
  const report = makeReport(results, facts, requirements);
  t.deepEqual(report.requirements, [
    { id: 'RLY-01', level: 'MUST', text: 'A relay forwards. *[EP] fig. 13.*', verdict: 'failed', scenarios: 1 },
  ]);
  t.deepEqual(report.undecided, []);
  const xml = junit(report);
  t.regex(xml, /classname="features\/x\.feature" name="\[RLY-01\] x\/a-name" time="2\.000"/);
  t.regex(xml, /<failure message="failed: the step">one &lt; two &amp; \ufffd\[31mred<\/failure>/);
});

test('the report says of each requirement why it could not be decided', (t) => {
  const text = [
    '- **RLY-01** (MUST) A relay forwards. *[EP] fig. 13.*',
    '- **RLY-02** (MUST, untestable: it takes a year) It lasts. *Here.*',
  ].join('\n');
  const requirements = byId(parseRequirements('protocol.md', text).requirements);
  const facts = {
    implementation: 'x',
    verdict: 'incomplete' as const,
    started: new Date(0),
    seconds: 2,
    seed: 1,
    workers: 1,
    selection: { of: 1, words: [] },
  } satisfies RunFacts;
  const results = new Results(requirements);
  const [first, ...others] = messages('SKIPPED');
  for (const message of [first!, ...others.slice(0, 2)]) results.take(message);
  const attachment = { body: 'dhcp is not declared', mediaType: 'text/x.pna.not-applicable', testCaseStartedId: 'r' };
  results.take({ attachment } as Envelope);
  for (const message of others.slice(2)) results.take(message);
  const report = makeReport(results, facts, requirements);
  t.deepEqual(report.undecided, [
    { id: 'RLY-02', why: 'it takes a year' },
    { id: 'RLY-01', why: 'not applicable: dhcp is not declared' },
  ]);
  t.regex(summary(report, 'run', 1), /not decided {3}RLY-01: not applicable: dhcp is not declared/);
});

test('a failure is printed with the sentence of its requirement, and with its place in the capture', (t) => {
  const requirements = byId(
    parseRequirements('protocol.md', '- **RLY-01** (MUST) A relay forwards. *[EP] fig. 13.*').requirements,
  );
  let printed = '';
  const write = (text: string): void => {
    printed += text;
  };
  const progress = new Progress({ write, requirements });
  const results = new Results(requirements, (result) => progress.result(result));
  const all = messages('FAILED', { type: 'AssertionError', message: 'expected 1, came 2' });
  const body = 'wire.pcap: packet 3 of 4';
  const attachment = { attachment: { body, mediaType: 'text/x.pna.where', testCaseStartedId: 'r' } } as Envelope;
  for (const message of all.toSpliced(4, 0, attachment)) results.take(message);
  const lines = ['RLY-01 (MUST) A relay forwards.', 'the step', '  expected 1, came 2', body];
  t.true(printed.startsWith(['  FAILED [RLY-01] x/a-name (features/x.feature:7)', ...lines].join('\n    ')), printed);
});

const failing = (message: string) => messages('FAILED', { type: 'AssertionError', message });

test('a known failure is expected, for the reason that is known; an entry whose scenario passes is stale', (t) => {
  const baseline = [{ id: 'x/a-name', failure: 'came 2 octets', reason: 'not done yet' }];
  const verdictOf = (all: readonly Envelope[]) => {
    const results = new Results(new Map(), undefined, baseline);
    for (const message of all) results.take(message);
    return [results.finished[0]?.verdict, staleEntries(baseline, results.finished)];
  };
  t.deepEqual(verdictOf(failing('expected 1, came 2 octets')), ['expected failure', []]);
  t.deepEqual(verdictOf(failing('expected 1, came 17 octets')), ['expected failure', []]);
  t.deepEqual(verdictOf(failing('the stream did not end')), ['failed', []]);
  t.deepEqual(verdictOf(messages('FAILED', { type: 'LabFailure', message: 'came 2 octets' })), ['harness error', []]);
  t.deepEqual(verdictOf(messages('PASSED')), ['passed', ['x/a-name']]);
});

test('an entry excuses no other scenario of its requirement', (t) => {
  const baseline = [{ id: 'x/another-name', failure: 'no', reason: 'not done yet' }];
  const results = new Results(new Map(), undefined, baseline);
  for (const message of failing('no')) results.take(message);
  t.is(results.finished[0]?.verdict, 'failed');
});

test('a scenario that began and did not end is planned and not finished', (t) => {
  const results = new Results(new Map());
  for (const message of messages('PASSED').slice(0, 3)) results.take(message);
  t.is(results.planned, 1);
  t.is(results.finished.length, 0);
});

test('the second time that a scenario runs is told as such, and its tag is no tag of the suite', (t) => {
  const [first, ...others] = messages('PASSED');
  const { pickle } = first!;
  const again = { pickle: { ...pickle!, tags: [...pickle!.tags, { name: '@attempt:2', astNodeId: '' }] } };
  const results = new Results(new Map());
  for (const message of [again as Envelope, ...others]) results.take(message);
  t.is(results.finished[0]?.attempt, 2);
  t.deepEqual(results.finished[0]?.tags, ['@RLY-01']);
});

test('what did not pass on a machine that was too busy is withdrawn, and decided when it comes again', (t) => {
  const strain = { testCaseStartedId: 'r', mediaType: 'text/x.pna.strained', body: 'busy' };
  const attachment = { attachment: { ...strain, contentEncoding: 'IDENTITY' } } as Envelope;
  const failing = (more: readonly Envelope[]): Envelope[] => {
    const all = messages('FAILED', { type: 'Nonconformance', message: 'no answer' });
    return [...all.slice(0, 4), ...more, ...all.slice(4)];
  };
  const again = (all: readonly Envelope[]): readonly Envelope[] => {
    const { pickle } = all[0]!;
    return [{ pickle: { ...pickle!, tags: [...pickle!.tags, { name: '@again', astNodeId: '' }] } }, ...all.slice(1)];
  };
  const results = new Results(new Map());
  for (const message of failing([])) results.take(message);
  t.deepEqual(results.withdraw(), [], 'a failure on a quiet machine is one');
  t.is(results.finished[0]?.verdict, 'failed');

  for (const [decides, verdict] of [
    [failing([attachment]), 'harness error'],
    [failing([]), 'failed'],
    [messages('PASSED'), 'passed'],
  ] as const) {
    const busy = new Results(new Map());
    for (const message of failing([attachment])) busy.take(message);
    t.deepEqual(
      busy.withdraw().map(({ id }) => id),
      ['x/a-name'],
    );
    t.is(busy.planned, 0);
    for (const message of again(decides)) busy.take(message);
    t.is(busy.planned, 1);
    const [only, ...others] = busy.finished;
    t.deepEqual(others, []);
    t.is(only?.verdict, verdict);
    t.deepEqual(only?.measured, ['tried again: busy']);
    t.deepEqual(only?.tags, ['@RLY-01']);
    t.deepEqual(busy.withdraw(), [], 'once');
  }
});
