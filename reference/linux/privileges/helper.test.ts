import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import { thisHost } from '../this-host.ts';
import { Helper } from './helper.ts';
import { type Duty, hasDuty, type Order, permitted } from './helper-messages.ts';

const duty: Duty = {
  device: 'pna0',
  names: true,
  dhcpClient: ['sh', '-c', 'echo lease'],
  routeHook: ['echo', 'given'],
};
const nothing: Duty = { device: 'pna0', names: false };

test("what the configuration does not ask for is nobody's duty", (t) => {
  t.true(hasDuty(duty));
  t.false(hasDuty(nothing));
  const orders: Order[] = [
    { order: 'names', servers: ['10.9.0.53'], search: ['corp.test'] },
    { order: 'start DHCP client' },
    { order: 'end DHCP client' },
    { order: 'hook', words: ['add', '10.8.0.10/32', 'alice'] },
  ];
  for (const order of orders) {
    t.true(permitted(order, duty), order.order);
    t.false(permitted(order, nothing), order.order);
  }
});

test('nothing passes that could mean something else to a program', (t) => {
  const refused: unknown[] = [
    { order: 'names', servers: ['--help'], search: [] },
    { order: 'names', servers: ['10.9.0.53\noptions debug'], search: [] },
    { order: 'names', servers: [], search: ['-x'] },
    { order: 'names', servers: [], search: ['a\nnameserver 10.0.0.1'] },
    { order: 'names', servers: '10.9.0.53', search: [] },
    { order: 'hook', words: ['add', '10.8.0.10/32'] },
    { order: 'hook', words: ['add', '10.8.0.10/32', 'alice', 'more'] },
    { order: 'hook', words: ['replace', '10.8.0.10/32', 'alice'] },
    { order: 'hook', words: ['add', '$(id)', 'alice'] },
    { order: 'hook', words: ['add', '10.8.0.10/32', ''] },
    { order: 'hook', words: ['add', '10.8.0.10/32', 'alice\n'] },
    { order: 'run', words: ['id'] },
  ];
  for (const order of refused) t.false(permitted(order as Order, duty), JSON.stringify(order));
});

test('it runs the hook, and tells what it wrote or why it failed', async (t) => {
  const words = ['add', '10.8.0.10/32', 'alice'];
  t.deepEqual(await new Helper(duty).ask({ order: 'hook', words }), { output: 'given add 10.8.0.10/32 alice' });
  const failing = new Helper({ ...nothing, routeHook: ['sh', '-c', 'echo no >&2; exit 3'] });
  t.deepEqual(await failing.ask({ order: 'hook', words }), { output: 'no', fault: 'ended with 3' });
  await t.throwsAsync(failing.ask({ order: 'start DHCP client' }), { message: /what is not its duty/ });
});

test('what is no question ends nothing', async (t) => {
  const helper = fork(new URL('./helper-program.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  t.teardown(() => helper.kill('SIGKILL'));
  const first = once(helper, 'message');
  helper.send({ ...nothing, routeHook: ['echo'] });
  for (const message of [null, 7, 'order', [], { number: 1 }, { number: '2', order: null }, { number: 3, order: {} }])
    helper.send(message as object);
  helper.send({ number: 4, order: { order: 'hook', words: ['add', '10.8.0.10/32', 'alice'] } });
  const [report] = await Promise.race([first, once(helper, 'exit')]);
  t.like(report, { report: 'done', number: 4 });
});

test('it runs the DHCP client, and tells what that prints and how it ends', async (t) => {
  const printed: string[] = [];
  const ended = Promise.withResolvers<string>();
  const host = new Helper(duty).host(thisHost);
  await host.startDhcpClient?.(undefined, 'pna0', { printed: (line) => printed.push(line), ended: ended.resolve });
  t.is(await ended.promise, 'sh ended with status 0');
  t.deepEqual(printed, ['lease']);
});

test('it ends, and the DHCP client with it, when the process that it helps is killed', async (t) => {
  const source = `
    import { Helper } from '${new URL('./helper.ts', import.meta.url)}';
    const helper = new Helper({ device: 'pna0', names: false, dhcpClient: ['sh', '-c', 'echo $$; exec sleep 60'] });
    const ports = { printed: (line) => process.stdout.write(line), ended: () => {} };
    await helper.host({}).startDhcpClient(undefined, 'pna0', ports);
    setInterval(() => {}, 1000);
  `;
  const folder = mkdtempSync(join(tmpdir(), 'pna-helper-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'helped.mjs');
  writeFileSync(file, source);
  const parent = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(parent.stdout.setEncoding('utf8'), 'data');
  t.true(existsSync(`/proc/${Number(pid)}`));
  parent.kill('SIGKILL');
  for (let tries = 0; existsSync(`/proc/${Number(pid)}`) && tries < 200; tries += 1) await pause(50);
  t.false(existsSync(`/proc/${Number(pid)}`));
});
