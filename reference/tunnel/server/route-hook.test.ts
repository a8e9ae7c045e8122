import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createLog } from '../log.ts';
import { RouteHook } from './route-hook.ts';

function hook(t: ExecutionContext, script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'hook-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const file = join(folder, 'runs');
  const subject = new RouteHook(['sh', '-c', script, 'hook', file], log);
  return { subject, lines, runs: () => readFileSync(file, 'utf8').trim().split('\n') };
}

test('a hook gets the change, the prefix and the name, and no shell sees them', async (t) => {
  const { subject, runs } = hook(t, 'echo "$2 $3 $4" >> "$1"');
  subject.run('add', '10.8.0.10/32', 'alice; $(id)');
  await subject.idle();
  t.deepEqual(runs(), ['add 10.8.0.10/32 alice; $(id)']);
});

/** The first run ends only when that for bob lets it, which takes its time. */
const slow = `
case "$2 $4" in
  'add alice') mkfifo "$1.fifo"; read line < "$1.fifo" ;;
  'add bob') for turn in 1 2 3 4 5 6 7 8 9; do sh -c :; done; until [ -p "$1.fifo" ]; do :; done; echo > "$1.fifo" ;;
esac
echo "$2 $4" >> "$1"`;
test('programs for one prefix run one after the other; those for another prefix do not wait for them', async (t) => {
  const { subject, runs } = hook(t, slow);
  subject.run('add', '10.8.0.10/32', 'alice');
  subject.run('remove', '10.8.0.10/32', 'alice');
  subject.run('add', '10.8.0.11/32', 'bob');
  await subject.idle();
  t.deepEqual(
    runs().filter((line) => line.endsWith('alice')),
    ['add alice', 'remove alice'],
  );
});

test('idle waits for every program, also for those that had to wait', async (t) => {
  const { subject, runs } = hook(t, 'echo "$3" >> "$1"');
  const addresses = Array.from({ length: 30 }, (_, index) => `10.8.0.${index}`);
  for (const address of addresses) subject.run('add', `${address}/32`, 'alice');
  await subject.idle();
  t.deepEqual(runs().sort(), addresses.map((address) => `${address}/32`).sort());
});

test('the output of a hook goes to the log, and so does its failure', async (t) => {
  const { subject, lines } = hook(t, 'echo told; echo complained >&2; exit 3');
  subject.run('add', '10.8.0.10/32', 'alice');
  await subject.idle();
  t.regex(lines.join(''), /info {2}traffic\.routeHook: told\n.*complained\n/);
  t.regex(lines.join(''), /warn {2}traffic\.routeHook: sh .* add 10\.8\.0\.10\/32 alice: ended with 3/);
});

test('a hook that is no program is named in the log, and stops nothing', async (t) => {
  const lines: string[] = [];
  const subject = new RouteHook(
    ['/absent'],
    createLog('info', (line) => lines.push(line)),
  );
  subject.run('add', '10.8.0.10/32', 'alice');
  subject.run('remove', '10.8.0.10/32', 'alice');
  await subject.idle();
  t.regex(lines[1] ?? '', /traffic\.routeHook: \/absent remove 10\.8\.0\.10\/32 alice: could not be run \(ENOENT\)/);
});
