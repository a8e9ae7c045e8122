/** Programs of the laboratory: how they start and how they end. */
import { once } from 'node:events';
import test from 'ava';
import { Child } from './child.ts';
import { attempt } from './command.ts';

const sh = (script: string): readonly string[] => ['sh', '-c', script];

test('a program gets arguments, variables, a folder and its input, and its output comes whole', async (t) => {
  const outcome = await attempt(sh('echo "$0 $WORD"; cat; echo bad >&2; exit 7'), {
    env: { WORD: 'word' },
    input: 'x'.repeat(300_000),
  });
  t.deepEqual([outcome.code, outcome.signal, outcome.stderr], [7, null, 'bad\n']);
  t.is(outcome.stdout, `sh word\n${'x'.repeat(300_000)}`);
  const child = new Child(sh('pwd'), { stdio: ['ignore', 'pipe', 'ignore'], cwd: '/usr' });
  const said: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  await once(child, 'close');
  t.is(said.join(''), '/usr\n');
});

test('how it ended is told once, also without a pipe', async (t) => {
  const child = new Child(['sleep', '60'], { stdio: ['ignore', 'ignore', 'ignore'] });
  t.true(child.running);
  child.kill('SIGTERM');
  t.deepEqual(await once(child, 'close'), [null, 'SIGTERM']);
  t.false(child.running);
  t.notThrows(() => child.kill('SIGTERM'));
  t.is((await attempt(['true'])).code, 0);
});

test('no signal is ignored or blocked when it begins', async (t) => {
  const { stdout } = await attempt(['grep', '-E', '^Sig(Blk|Ign)', '/proc/self/status']);
  t.deepEqual(stdout.match(/0000000000000000/g)?.length, 2, stdout);
});

test('a program that is not there is a failure of the laboratory', async (t) => {
  await t.throwsAsync(attempt(['no-such-program']), {
    name: 'LabFailure',
    message: /posix_spawn no-such-program: ENOENT/,
  });
});

test('one that takes too long is ended', async (t) => {
  t.is((await attempt(['sleep', '60'], { timeout: 50 })).signal, 'SIGKILL');
});
