/** Programs under test that start others: honest ones work as one process does, and of a lie something is said. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { Lab } from '../networks/namespace.ts';
import { Program } from './process.ts';
import { mostOutput } from './program-output.ts';

/** Says that it is ready, and what signal it ended by. */
const real = `trap 'echo "{\\"event\\":\\"ended\\"}"; exit 0' TERM
echo '{"event":"ready"}'
while :; do sleep 0.05; done`;

async function start(t: ExecutionContext, ...argv: string[]): Promise<{ program: Program; folder: string }> {
  const lab = await Lab.create();
  const folder = mkdtempSync(join(tmpdir(), 'wrapper-'));
  const program = Program.start({
    namespace: lab.namespace('client'),
    argv,
    stdoutLog: join(folder, 'stdout.log'),
    stderrLog: join(folder, 'stderr.log'),
    isUnderTest: true,
  });
  t.teardown(async () => {
    await program[Symbol.asyncDispose]();
    await lab[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });
  return { program, folder };
}

async function disposedIn(program: Program): Promise<number> {
  const since = performance.now();
  await program[Symbol.asyncDispose]();
  return performance.now() - since;
}

/** Processes of the enclosure whose command line has this word. */
function alive(word: string): boolean {
  const own = `/proc/${process.pid}`;
  return readdirSync('/proc').some((pid) => {
    if (!/^\d/.test(pid) || `/proc/${pid}` === own) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  });
}

const wrappers: Readonly<Record<string, readonly string[]>> = {
  'a shell that does not exec': ['sh', '-c', `sh -c '${real.replaceAll("'", `'\\''`)}'; exit $?`],
  'a shell that hands the signal on': [
    'sh',
    '-c',
    `sh -c '${real.replaceAll("'", `'\\''`)}' & child=$!; trap 'kill $child' TERM; wait $child; wait $child`,
  ],
  'a shell in a shell': ['sh', '-c', `sh -c 'sh -c "$0"; exit $?' "$0"; exit $?`, real],
  'a process in a session of its own': ['sh', '-c', 'setsid --wait sh -c "$0"; exit $?', real],
};

for (const [name, argv] of Object.entries(wrappers)) {
  test(`${name} gets SIGTERM and SIGKILL like one process`, async (t) => {
    const { program } = await start(t, ...argv);
    await program.event('ready');
    t.deepEqual(await program.terminate(3_000), { code: 0, signal: null });
    t.deepEqual(
      program.seen.map(({ event }) => event),
      ['ready', 'ended'],
    );
    t.deepEqual(program.faults, []);

    const { program: killed } = await start(t, ...argv);
    await killed.event('ready');
    t.true((await disposedIn(killed)) < 1_000);
    t.deepEqual(killed.faults, []);
  });
}

test('whoever signals its own process group does not hit the suite', async (t) => {
  const { program } = await start(t, 'sh', '-c', 'echo \'{"event":"ready"}\'; kill -KILL 0');
  await program.exited;
  t.regex(program.faults.join(), /^crashed: ended by SIGKILL, which the suite did not send$/);
});

test('a process that is left behind is named, and does not outlive the scenario', async (t) => {
  for (const redirected of ['', ' >/dev/null']) {
    const { program } = await start(t, 'sh', '-c', `setsid sleep 4711${redirected} & echo '{"event":"ready"}'`);
    await program.event('ready');
    t.deepEqual(await program.exited, { code: 0, signal: null });
    t.true((await disposedIn(program)) < 4_000);
    t.regex(program.faults.join(), /^left behind after its end: sleep \(process \d+\)$/);
    t.false(alive('4711'));
  }
});

test('one that hides keeps nobody waiting', async (t) => {
  const { program } = await start(t, 'sh', '-c', `env -i setsid sleep 7 & echo '{"event":"ready"}'`);
  await program.event('ready');
  t.true((await disposedIn(program)) < 4_000);
});

test('the size of the pool that the suite itself needs is not handed on', async (t) => {
  t.not(process.env['UV_THREADPOOL_SIZE'], undefined);
  const { program } = await start(t, 'sh', '-c', `echo "{\\"event\\":\\"pool \${UV_THREADPOOL_SIZE:-none}\\"}"`);
  await program.exited;
  t.deepEqual(
    program.seen.map(({ event }) => event),
    ['pool none'],
  );
});

test('a program that ends by itself says all that it said', async (t) => {
  const { program } = await start(t, 'sh', '-c', 'seq 20000; printf \'{"event":"last"}\'');
  await program.event('last');
  t.deepEqual(await program.exited, { code: 0, signal: null });
});

test('an event is one however JSON writes it', async (t) => {
  const { program } = await start(t, 'printf', '%s\\n', ' { "\\u0065vent" : "\\u006cast" } ');
  await program.event('last');
  await program.exited;
  t.deepEqual(program.faults, []);
});

for (const stream of ['stdout', 'stderr']) {
  test(`a flood of ${stream} is ended and told`, async (t) => {
    const { program, folder } = await start(
      t,
      'sh',
      '-c',
      `yes ${'x'.repeat(100)} ${stream === 'stderr' ? '>&2' : ''}`,
    );
    const error = await t.throwsAsync(program.event('ready'));
    t.is(error.message, `the program wrote more than 16 MiB to ${stream}`);
    await program[Symbol.asyncDispose]();
    t.deepEqual(program.faults, [`wrote more than 16 MiB to ${stream}`]);
    t.true(statSync(join(folder, `${stream}.log`)).size < mostOutput + 200_000);
  });
}

test('garbage is quoted instead of events', async (t) => {
  const { program } = await start(t, 'sh', '-c', 'echo "Listening on 3265"; sleep 60');
  const { message } = await t.throwsAsync(program.event('ready', 200));
  t.regex(message, /events so far: none\nstdout, no event: "Listening on 3265"/);
});

test('a crash behind a wrapper is a crash', async (t) => {
  const { program } = await start(t, 'sh', '-c', "sh -c 'kill -SEGV $$'; exit $?");
  await program.exited;
  t.deepEqual(program.faults, ['crashed: ended by SIGSEGV, which the suite did not send']);
});

test('a program that ends of itself is known by that; one that was told to end is not', async (t) => {
  const { program } = await start(t, 'sh', '-c', `echo '{"event":"ready"}'; echo gone >&2; exit 3`);
  await program.exited;
  t.is(program.desertion, 'the program ended of itself (exit status 3)\nstderr: gone');
  const { program: told } = await start(t, 'sh', '-c', `echo '{"event":"ready"}'; read line`);
  await told.event('ready');
  t.is(told.desertion, undefined);
  // Whatever it does then, nothing is thrown here where nobody reads it any more.
  told.command({ command: 'end session' });
  await told.exited;
  told.command({ command: 'end session' });
  t.is(told.desertion, undefined);
});
