/** Every tool has a help, and says in words what is wrong with its command line, with status 2: 1 is a verdict. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import test from 'ava';
import { parseWords, positive, statusOf, UsageError, wholeNumber } from './command-line.ts';

const root = resolve(import.meta.dirname, '..');

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

const called = (...words: readonly string[]): Promise<Ended> =>
  new Promise((done) => {
    execFile(process.execPath, words, { cwd: root, timeout: 60_000 }, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });

/** A tool, words that it does not take, and what it says. */
const refused: readonly (readonly [tool: string, words: readonly string[], says: RegExp])[] = [
  ['tools/conformance.ts', ['--worker', '2'], /--worker: no such option: did you mean "workers"\?/],
  ['tools/wrong.ts', ['--role', 'servr', '--list'], /--role servr: not one of client, server, relay/],
  ['tools/wrong.ts', ['--only', 'NO-01'], /--only NO-01/],
  ['tools/mutants.ts', ['--workers', 'all'], /--workers all: not a whole number/],
  ['tools/model.ts', ['toString'], /no configuration toString/],
  ['tools/model.ts', ['--each-row', 'fig. 9'], /--each-row fig\. 9: no row/],
  ['tools/requirements.ts', ['--jsn'], /--jsn: no such option: did you mean "json"\?/],
  ['tools/fuzz.ts', ['--live'], /--live needs --minutes/],
  ['tools/attack.ts', ['churn', '--count', '5'], /--count: no option of churn/],
  ['tools/attack.ts', ['constructor'], /constructor: neither churn/],
  ['tools/interoperate.ts', ['no.json'], /no\.json does not exist/],
  ['tools/test.ts', ['--checks'], /--checks: no such option/],
  ['bench/main.ts', ['tunel'], /tunel: no such subject: did you mean "tunnel"\?/],
  ['bench/main.ts', ['tunnel', '--rounds', '0'], /--rounds 0: not a whole number from 1/],
  ['bench/main.ts', ['--rounds', '1'], /--rounds: a subject comes first/],
  ['vectors/generate/main.ts', ['--chek'], /--chek: no such option/],
  ['vectors/generate/main.ts', ['check'], /check: only options are taken here/],
  ['tools/package.ts', ['--hlp'], /--hlp: no such option/],
  ['tools/package.ts', ['dist'], /dist: only options are taken here: --help\n.*--help lists the options/],
];

for (const [tool, words, says] of refused)
  test(`${tool} ${words.join(' ')}: status 2, and a line that says why`, async (t) => {
    const { status, stdout, stderr } = await called(tool, ...words);
    t.is(status, 2, stderr);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.notRegex(stderr, /^ +at /m);
  });

for (const tool of new Set(refused.map(([name]) => name)))
  test(`${tool} --help: status 0, and the exit statuses on stdout`, async (t) => {
    const { status, stdout, stderr } = await called(tool, '--help');
    t.is(status, 0);
    t.is(stderr, '');
    t.regex(stdout, /--help/);
    t.regex(stdout, /exit status|exit 1/i);
  });

test('an error of parseArgs becomes one line', (t) => {
  const options = { rounds: { type: 'string' }, whole: { type: 'boolean' } } as const;
  const said = (args: string[]) => t.throws(() => parseWords({ args, options }), { instanceOf: UsageError })?.message;
  t.is(said(['--round', '1']), '--round: no such option: did you mean "rounds"?');
  t.is(said(['-x']), '-x: no such option');
  t.is(said(['--rounds', '-1']), '--rounds: needs a value: write --rounds=-1 for -1');
  t.is(said(['--rounds']), '--rounds: needs a value');
  t.is(said(['--whole=1']), '--whole: takes no value');
  t.is(said(['word']), 'word: only options are taken here: --rounds, --whole');
  t.is(said(["a 'word'. This\nand more"])?.split('\n')[0], "a 'word'. This");
  t.is(said(['whol']), 'whol: only options are taken here: --rounds, --whole: did you mean "whole"?');
});

test('numbers', (t) => {
  t.is(wholeNumber('--rounds', undefined, 1, 9), undefined);
  t.is(wholeNumber('--rounds', '9', 1, 9), 9);
  for (const text of ['', '0', '10', '1.5', '1e0', '-1', 'x'])
    t.throws(() => wholeNumber('--rounds', text, 1, 9), {
      message: `--rounds ${text}: not a whole number from 1 to 9`,
    });
  t.is(positive('--minutes', '0.5'), 0.5);
  for (const text of ['', '0', '-1', 'x', 'NaN'])
    t.throws(() => positive('--minutes', text), { message: `--minutes ${text}: not a number above 0` });
});

test('statusOf hands the status of the work on', async (t) => {
  t.is(await statusOf('tool', () => 1), 1);
});
