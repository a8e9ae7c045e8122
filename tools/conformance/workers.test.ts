import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { workersFor } from './workers.ts';

const moduleUrl = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);

/** How the work of a worker thread begins. */
const started = `import { openSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  parentPort.postMessage('');`;

/** @param work of the worker thread */
const program = (work: string): string => `
  import { Worker } from 'node:worker_threads';
  import { exit } from ${moduleUrl('../exit.ts')};
  import { boundTermination } from ${moduleUrl('./workers.ts')};
  boundTermination(200);
  const worker = new Worker(${JSON.stringify(work)}, { eval: true });
  await new Promise((resolve) => worker.once('message', resolve));
  process.stdout.write('told ' + (await worker.terminate()));
  await exit(7);`;

async function outcome(work: string): Promise<readonly [status: number | null, text: string]> {
  const quiet = '--disable-warning=ExperimentalWarning';
  const child = spawn(process.execPath, [quiet, '--input-type=module', '-e', program(work)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more) => (text += more));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return [status, text];
}

test('a tool ends though a worker thread is blocked in a call of the system', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pna-workers-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // Nobody ever writes: the call that opens it does not return.
  const blocked = `${started} openSync(${JSON.stringify(pipe)});`;
  t.deepEqual(await outcome(blocked), [7, 'told 1']);
});

test('a worker thread that ends is waited for', async (t) => {
  const waiting = `${started} setInterval(() => {}, 1000);`;
  t.deepEqual(await outcome(waiting), [7, 'told 1']);
});

test('few scenarios have few workers', (t) => {
  t.deepEqual(
    [0, 1, 2, 4, 17, 40, 1_000].map((scenarios) => workersFor(scenarios, 12)),
    [1, 1, 2, 3, 7, 12, 12],
  );
  t.is(workersFor(1_000, 3), 3);
});
