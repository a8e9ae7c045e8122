import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';

const octets = 300_000;
const program = `
  import { exit } from ${JSON.stringify(new URL('./exit.ts', import.meta.url).href)};
  setInterval(() => {}, 1000);
  process.stdout.write('x'.repeat(${octets}));
  process.stderr.write('y'.repeat(${octets}));
  await exit(7);`;
const start = () =>
  spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'pipe'] });

test('a slow reader gets everything that a tool wrote before it ends', async (t) => {
  const child = start();
  const status = new Promise((resolve) => child.once('close', resolve));
  await pause(300);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
  t.is(await status, 7);
  t.deepEqual([out.length, err.length], [octets, octets]);
});

test('a reader that has seen enough does not change the status', async (t) => {
  const child = start();
  child.stderr.resume();
  child.stdout.once('data', () => child.stdout.destroy());
  t.is(await new Promise((resolve) => child.once('close', resolve)), 7);
});
