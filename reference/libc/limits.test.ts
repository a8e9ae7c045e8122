/** What is set holds for the whole process: each test has one of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const limits = JSON.stringify(new URL('./limits.ts', import.meta.url).href);

async function printed(expression: string): Promise<unknown> {
  const program = `
    import { readFileSync } from 'node:fs';
    import { descriptorLimit, leaveNoCore } from ${limits};
    console.log(JSON.stringify(${expression}));`;
  const { stdout } = await run('prlimit', [
    '--nofile=100:200',
    '--core=1000000:unlimited',
    process.execPath,
    '--input-type=module',
    '--eval',
    program,
  ]);
  return JSON.parse(stdout);
}

test('the limit on descriptors is the one that holds now', async (t) => {
  // The runtime raises it to what it may have.
  t.is(await printed('descriptorLimit()'), 200);
});

test('no core file is left, and the memory is nobody else’s', async (t) => {
  const read = `readFileSync('/proc/self/limits', 'utf8').match(/core file size +(\\S+) +(\\S+)/).slice(1)`;
  t.deepEqual(await printed(`[${read}, leaveNoCore(), ${read}]`), [['1000000', 'unlimited'], null, ['0', '0']]);
});
