import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import { createLog } from '../log.ts';
import { RouteHook } from './route-hook.ts';
import { openTraffic, Traffic } from './traffic.ts';

/** Traffic that writes down what it tells. */
function recorded() {
  const told: string[] = [];
  const port = <What extends string | Prefix>(who: string) => ({
    add: (what: What) => void told.push(`${who} add ${named(what)}`),
    remove: (what: What) => void told.push(`${who} remove ${named(what)}`),
    close: async () => void told.push(`${who} close`),
    seen: (source: Uint8Array) => void told.push(`${who} seen ${source.toHex()}`),
  });
  const hook = {
    run: (what: string, address: string, name: string) => void told.push(`hook ${what} ${address} ${name}`),
    idle: async () => void told.push('hook idle'),
  };
  const routes = port<Prefix>('route');
  const traffic = new Traffic<string>({ routes, arp: port('arp'), neighbours: port('neighbours'), hook });
  return { told, traffic };
}
const named = (what: string | Prefix) => (typeof what === 'string' ? what : prefixText(what));

const holding = (address: string, ...networks: Prefix[]) => ({ address, networks });
/** One that has a /64 besides. */
const holding6 = (address: string, ...networks: Prefix[]) => ({
  ...holding(address, ...networks),
  prefix: { address: 'fd00:8:0:a::', length: 64 },
});

test('a session is told of to all when it is confirmed, and when it ends', (t) => {
  const { told, traffic } = recorded();
  traffic.add('tunnel', holding('10.8.0.10', { address: '10.20.0.0', length: 24 }), 'alice');
  traffic.remove('tunnel', '10.8.0.10');
  traffic.remove('tunnel', '10.8.0.10');
  const address = '10.8.0.10';
  const host = `${address}/32`;
  const prefixes = [`${host} alice`, '10.20.0.0/24 alice'];
  t.deepEqual(told, [
    ...[`route add ${host}`, `arp add ${address}`, ...prefixes.map((prefix) => `hook add ${prefix}`)],
    ...[`arp remove ${address}`, ...prefixes.map((prefix) => `hook remove ${prefix}`), `route remove ${host}`],
  ]);
});

test('a /64 is told of as the address is, and so are the networks behind it', (t) => {
  const { told, traffic } = recorded();
  const networks = [
    { address: '10.20.0.0', length: 24 },
    { address: 'fd00:20::', length: 48 },
  ];
  traffic.add('tunnel', holding6('10.8.0.10', ...networks), 'alice');
  const added = told.splice(0);
  traffic.remove('tunnel', '10.8.0.10');
  const [host, prefix] = ['10.8.0.10/32', 'fd00:8:0:a::/64'];
  const hooks = (what: string) => [host, prefix, ...networks.map(prefixText)].map((at) => `hook ${what} ${at} alice`);
  const [routes, neighbours] = [[`route add ${host}`, `route add ${prefix}`], `neighbours add ${prefix}`];
  t.deepEqual(added, [...routes, 'arp add 10.8.0.10', neighbours, ...hooks('add')]);
  t.deepEqual(told, [
    ...['arp remove 10.8.0.10', `neighbours remove ${prefix}`, ...hooks('remove')],
    ...[`route remove ${host}`, `route remove ${prefix}`],
  ]);
});

for (const make of [holding, holding6])
  test(`a session that supersedes another leaves no gap: ${make.name}`, (t) => {
    const { told, traffic } = recorded();
    const count = (start: string) => told.filter((line) => line.startsWith(start)).length;
    const each = make === holding ? 1 : 2;
    traffic.add('older', make('10.8.0.10'), 'alice');
    traffic.add('newer', make('10.8.0.10'), 'alice');
    traffic.remove('older', '10.8.0.10');
    t.false(told.some((line) => line.includes('remove')));
    t.deepEqual([count('arp add'), count('neighbours add')], [2, 2 * (each - 1)]);
    t.is(count('hook add'), each);
    traffic.remove('newer', '10.8.0.10');
    t.is(told.filter((line) => line.includes('remove')).length, 3 * each);
  });

test('the end takes everything back, and waits for the hook', async (t) => {
  const { told, traffic } = recorded();
  traffic.add('one', holding('10.8.0.10'), 'alice');
  traffic.add('other', holding('10.8.0.11'), 'bob');
  await traffic.close();
  t.is(told.filter((line) => line.includes('remove')).length, 6);
  t.deepEqual(told.slice(-4), ['route close', 'arp close', 'neighbours close', 'hook idle']);
});

test('of the sources of datagrams only those of IPv6 are told', (t) => {
  const { told, traffic } = recorded();
  for (const length of [4, 16, 0]) traffic.seen(new Uint8Array(length));
  t.deepEqual(told, [`neighbours seen ${'00'.repeat(16)}`]);
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
  await t.throwsAsync(openTraffic({ proxyArp: 'absent0' }, 'lo', log, true), {
    message: /^traffic\.proxyArp: there is no device absent0/,
  });
});
