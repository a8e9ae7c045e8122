/** Programs that are run to their end without fork(). */
import { readdirSync } from 'node:fs';
import test from 'ava';
import { SystemCallFailure } from '../../libc/failure.ts';
import { runProgram } from './short-program.ts';

const shell = (script: string) => runProgram(['sh', '-c', script]);

test('what a program writes, and its status', async (t) => {
  const outcome = await shell('echo out; echo err >&2; exit 3');
  t.deepEqual(outcome, { status: 3, output: 'out\n', complaint: 'err\n' });
});

test('a program that reads finds the end of its input', async (t) => {
  t.deepEqual(await runProgram(['cat']), { status: 0, output: '', complaint: '' });
});

test('everything is read, however much it is', async (t) => {
  const { output } = await shell('head -c 3000000 /dev/zero | tr "\\0" x');
  t.is(output.length, 3_000_000);
});

test('one that a signal ends has no status', async (t) => {
  t.is((await shell('kill -9 $$')).status, undefined);
});

test('one that is not there is named by errno', async (t) => {
  const error = await t.throwsAsync(runProgram(['/nowhere/program']), { instanceOf: SystemCallFailure });
  t.is(error.code, 'ENOENT');
});

test.serial('no descriptor is left behind', async (t) => {
  const count = (): number => readdirSync('/proc/self/fd').length;
  const before = count();
  for (let left = 10; left > 0; left--) {
    await shell('exit 0');
    await runProgram(['/nowhere/program']).catch(() => undefined);
  }
  // The runtime may have opened something of its own meanwhile.
  t.true(count() < before + 10, `${before} before, ${count()} afterwards`);
});
