import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'ava';
import { capabilities, commandLine, DeclarationError, loadDeclaration } from '../../steps/shared/peers/declaration.ts';
import { staleEntries } from './baseline.ts';
import { parseOptions, UsageError } from './options.ts';
import { junit, makeReport } from './report.ts';
import { parseRequirements } from './requirements.ts';
import { type Envelope, Results } from './results.ts';
import { staleSchemas } from './schemas.ts';
import { tagExpression } from './select.ts';
import type { StepOutcome } from './verdict.ts';

const root = resolve(import.meta.dirname, '../..');

test('--only and --skip by requirement, area and tag expression', (t) => {
  const tags = new Set(['@RLY-01', '@RLY-02', '@SRV-01', '@slow']);
  t.is(tagExpression(['RLY-02'], [], tags), '(@RLY-02)');
  t.is(
    tagExpression(['RLY', 'SRV-01'], ['@slow or @SRV-01'], tags),
    '(@RLY-01 or @RLY-02 or @SRV-01) and not ((@slow or @SRV-01))',
  );
  t.is(tagExpression(['slow'], [], tags), '(@slow)');
  t.throws(() => tagExpression(['RLY-03'], [], tags), { instanceOf: UsageError, message: /no scenario carries/ });
  t.throws(() => tagExpression([], ['DATA'], tags), { instanceOf: UsageError });
});

test('the command line: what is wrong is a usage error', (t) => {
  t.is(parseOptions(['--seed', '7', '--workers', '3', 'features/frames']).seed, 7);
  const wrong = [
    ['--workers', '0'],
    ['--seed', 'x'],
    ['--nonsense'],
    ['--keep-captures', 'some'],
    ['--name', '('],
    ['--only'],
  ];
  for (const argv of wrong) t.throws(() => parseOptions(argv), { instanceOf: UsageError }, argv.join(' '));
});

test('requirements are read with level, testability and text', (t) => {
  const text = `
- **RLY-01** (MUST) A relay forwards. *[EP] fig. 13.*
- **RLY-02** (SHOULD) It does so at once. *[EP] fig. 13.*
- **SEC-03** (MUST, untestable: it is about time) Keys are erased. *binding.*
- RLY-04 is mentioned here only.
`;
  t.deepEqual(
    [...parseRequirements(text).values()].map(({ id, level, testable, text: words }) => [id, level, testable, words]),
    [
      ['RLY-01', 'MUST', true, 'A relay forwards. *[EP] fig. 13.*'],
      ['RLY-02', 'SHOULD', true, 'It does so at once. *[EP] fig. 13.*'],
      ['SEC-03', 'MUST', false, 'Keys are erased. *binding.*'],
    ],
  );
});

test('the published schemas and the table of capabilities are those of the code', (t) => {
  t.deepEqual(staleSchemas(), [], 'run: node tools/conformance/schemas.ts');
  const guide = readFileSync(resolve(root, 'docs/iut.md'), 'utf8');
  for (const [name, meaning] of Object.entries(capabilities))
    t.true(guide.includes(`| \`${name}\` | ${meaning} |`), name);
});

test('iut.json: the reference declares itself; what is wrong is said with its place', (t) => {
  const reference = loadDeclaration(resolve(root, 'iut.json'));
  t.deepEqual(commandLine(reference, 'relay', '/c', '/o'), [
    resolve(root, 'bin/pna'),
    'relay',
    '--config',
    '/c',
    '--output',
    '/o',
  ]);
  t.throws(() => loadDeclaration(resolve(root, 'package.json')), { instanceOf: DeclarationError, message: /roles/ });
  t.throws(() => loadDeclaration('/nonexistent.json'), { instanceOf: DeclarationError, message: /ENOENT/ });
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
  const requirements = parseRequirements('- **RLY-01** (MUST) A relay forwards. *[EP] fig. 13.*');
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
  t.like(report.requirements[0], { id: 'RLY-01', verdict: 'failed', scenarios: 1, level: 'MUST' });
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
