import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { createLog } from '../log.ts';
import { RouteHook } from './route-hook.ts';
import { openTraffic, Traffic } from './traffic.ts';

/** Traffic that writes down what it tells. */
function recorded() {
  const told: string[] = [];
  const port = (who: string) => ({
    add: (address: string) => void told.push(`${who} add ${address}`),
    remove: (address: string) => void told.push(`${who} remove ${address}`),
    close: async () => void told.push(`${who} close`),
  });
  const hook = {
    run: (what: string, address: string, name: string) => void told.push(`hook ${what} ${address} ${name}`),
    idle: async () => void told.push('hook idle'),
  };
  return { told, traffic: new Traffic<string>({ routes: port('route'), arp: port('arp'), hook }) };
}

const holding = (address: string, ...networks: { address: string; length: number }[]) => ({ address, networks });

test('a session is told of to all when it is confirmed, and when it ends', (t) => {
  const { told, traffic } = recorded();
  traffic.add('tunnel', holding('10.8.0.10', { address: '10.20.0.0', length: 24 }), 'alice');
  traffic.remove('tunnel', '10.8.0.10');
  traffic.remove('tunnel', '10.8.0.10');
  const address = '10.8.0.10';
  const prefixes = [`${address}/32 alice`, '10.20.0.0/24 alice'];
  t.deepEqual(told, [
    ...[`route add ${address}`, `arp add ${address}`, ...prefixes.map((prefix) => `hook add ${prefix}`)],
    ...[`arp remove ${address}`, ...prefixes.map((prefix) => `hook remove ${prefix}`), `route remove ${address}`],
  ]);
});

test('a session that supersedes another leaves no gap', (t) => {
  const { told, traffic } = recorded();
  traffic.add('older', holding('10.8.0.10'), 'alice');
  traffic.add('newer', holding('10.8.0.10'), 'alice');
  traffic.remove('older', '10.8.0.10');
  t.false(told.some((line) => line.includes('remove')));
  t.is(told.filter((line) => line.startsWith('arp add')).length, 2);
  t.is(told.filter((line) => line.startsWith('hook add')).length, 1);
  traffic.remove('newer', '10.8.0.10');
  t.is(told.filter((line) => line.includes('remove')).length, 3);
});

test('the end takes everything back, and waits for the hook', async (t) => {
  const { told, traffic } = recorded();
  traffic.add('one', holding('10.8.0.10'), 'alice');
  traffic.add('other', holding('10.8.0.11'), 'bob');
  await traffic.close();
  t.is(told.filter((line) => line.includes('remove')).length, 6);
  t.deepEqual(told.slice(-3), ['route close', 'arp close', 'hook idle']);
});

function hook(t: ExecutionContext, script: string) {
  const folder = mkdtempSync(join(tmpdir(), 'hook-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line));
  const file = join(folder, 'runs');
  const subject = new RouteHook(['sh', '-c', script, 'hook', file], log);
  return { subject, lines, runs: () => readFileSync(file, 'utf8').trim().split('\n') };
}

test('a hook gets what, prefix and name, past any shell', async (t) => {
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
test('runs for one address follow one another; those for another wait for none of them', async (t) => {
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

test('a hook runs for many addresses, and each is waited for', async (t) => {
  const { subject, runs } = hook(t, 'echo "$3" >> "$1"');
  const addresses = Array.from({ length: 30 }, (_, index) => `10.8.0.${index}`);
  for (const address of addresses) subject.run('add', `${address}/32`, 'alice');
  await subject.idle();
  t.deepEqual(runs().sort(), addresses.map((address) => `${address}/32`).sort());
});

test('what a hook says goes to the log, and that it failed', async (t) => {
  const { subject, lines } = hook(t, 'echo told; echo complained >&2; exit 3');
  subject.run('add', '10.8.0.10/32', 'alice');
  await subject.idle();
  t.regex(lines.join(''), /info {2}traffic\.routeHook: told\n.*complained\n/);
  t.regex(lines.join(''), /warn {2}traffic\.routeHook: sh .* add 10\.8\.0\.10\/32 alice: ended with 3/);
});

test('a hook that is no program is told, and stops nothing', async (t) => {
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

test('a device that is not there is told by key and name', async (t) => {
  const log = createLog('error', () => {});
  await t.throwsAsync(openTraffic({ proxyArp: 'absent0' }, 'lo', log), {
    message: /^traffic\.proxyArp: there is no device absent0/,
  });
});
