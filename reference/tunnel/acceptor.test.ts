/** Descriptors are limited for a process as a whole: each test needs one of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** Runs a module with 64 descriptors at most. @returns what it printed, parsed */
async function withFew(code: string): Promise<unknown> {
  const program = `
    import { spawn } from 'node:child_process';
    import { once } from 'node:events';
    import { connect } from 'node:net';
    import { setTimeout as pause } from 'node:timers/promises';
    import { Acceptor } from ${url('./acceptor.ts')};
    const [warnings, accepted] = [[], []];
    const log = { warn: (cause) => warnings.push(cause) };
    const listen = (acceptor) =>
      acceptor.listen({ address: '127.0.0.1', port: 0 }, { log, accept: (socket) => accepted.push(socket) });
    ${code}
    process.exit();`;
  const limits = ['--nofile=64:64', process.execPath, '--input-type=module', '--eval', program];
  return JSON.parse((await run('prlimit', limits)).stdout);
}

test('newcomers are refused while few descriptors are left, and accepted again later', async (t) => {
  const outcome = await withFew(`
    const port = await listen(new Acceptor());
    // As those of other machines: they take none of these descriptors.
    const child = spawn(process.execPath, ['--input-type=module', '--eval', \`
      import { connect } from 'node:net';
      let closes = 0;
      for (let i = 0; i < 35; i++) connect(\${port}, '127.0.0.1').on('data', () => closes++).on('error', () => {});
      setTimeout(() => { process.stdout.write(String(closes)); process.exit(); }, 1000);
    \`]);
    const [closes] = await once(child.stdout, 'data');
    const first = accepted.length;
    for (const socket of accepted) socket.destroy();
    await pause(100);
    const last = connect(port, '127.0.0.1');
    await once(last, 'connect');
    await pause(100);
    console.log(JSON.stringify({ closes: Number(closes), first, last: accepted.length - first, warnings: [...new Set(warnings)] }));`);
  const { closes, first, last, warnings } = outcome as Record<string, number>;
  t.is(closes! + first!, 35);
  t.true(first! >= 5, `${first} were accepted`);
  t.is(last, 1);
  t.deepEqual(warnings as unknown, ['few descriptors are left']);
});

test('where no connection can be accepted, it does not try again and again without a pause', async (t) => {
  const outcome = await withFew(`
    const port = await listen(new Acceptor());
    // Not even the descriptor that the runtime keeps for such a case can be used then.
    const child = spawn('sh', ['-c', \`
      prlimit --pid \${process.pid} --nofile=10:64
      "$0" --input-type=module --eval "
        import { connect } from 'node:net';
        const again = () => connect(\${port}, '127.0.0.1').on('error', () => {});
        setInterval(again, 100);
        setTimeout(() => process.exit(), 4000);"
      prlimit --pid \${process.pid} --nofile=64:64\`, process.execPath]);
    await pause(2000);
    const before = process.cpuUsage();
    await pause(1500);
    const { user, system } = process.cpuUsage(before);
    await once(child, 'exit');
    await pause(300);
    await once(connect(port, '127.0.0.1'), 'connect');
    await pause(100);
    console.log(JSON.stringify({ milliseconds: (user + system) / 1000, causes: [...new Set(warnings)] }));`);
  const { milliseconds, causes } = outcome as { milliseconds: number; causes: string[] };
  t.true(milliseconds < 200, `${milliseconds} ms of CPU within 1500 ms`);
  t.true(causes.includes('not listening: no descriptor is left'), causes.join('; '));
});
