import test from 'ava';
import { run } from './run.ts';

/** On a machine whose processors are busy a shell takes a while until it has begun. */
const moment = 3 / 60;

test('what a command writes and how it ends', async (t) => {
  const shown: string[] = [];
  const show = (text: string) => void shown.push(text);
  const ending = await run(['sh', '-c', 'echo out; echo err >&2; exit 7'], { minutes: 1, show });
  t.is(ending.status, 7);
  t.is(shown.join(''), ending.output);
  t.regex(ending.output, /out\n/);
  t.regex(ending.output, /err\n/);
});

test('one that ends by a signal, and one that is not there, did not end well', async (t) => {
  t.is((await run(['sh', '-c', 'kill -KILL $$'], { minutes: 1 })).status, 3);
  const absent = await run(['/absent'], { minutes: 1 });
  t.is(absent.status, 3);
  t.regex(absent.output, /ENOENT/);
});

test('one that does not end is ended, and that is no success', async (t) => {
  const trapped = "trap 'echo ended; exit 0' TERM; echo begun; while :; do sleep 0.05; done";
  const { status, output } = await run(['sh', '-c', trapped], { minutes: moment });
  t.is(status, 3);
  t.regex(output, /^begun\n\nnot ended after \S+ minutes: sh -c trap .*\nended\n$/s);
});
