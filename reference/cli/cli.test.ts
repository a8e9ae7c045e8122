import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { parseCommand } from './commands.ts';

const pna = join(import.meta.dirname, '..', '..', 'bin', 'pna');

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(pna, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

function folder(t: ExecutionContext): string {
  const path = mkdtempSync(join(tmpdir(), 'pna-cli-'));
  t.teardown(() => rmSync(path, { recursive: true }));
  return path;
}

test('keygen writes a private key for its owner alone, prints the public one, and overwrites nothing', async (t) => {
  const file = join(folder(t), 'alice.key');
  const first = await run('keygen', '--output', file);
  t.is(first.code, 0);
  t.regex(first.stdout, /^[A-Za-z0-9+/]{43}=\n$/);
  t.is(statSync(file).mode & 0o777, 0o600);
  const written = readFileSync(file, 'utf8');
  t.not(written, first.stdout);
  const second = await run('keygen', '--output', file);
  t.is(second.code, 1);
  t.regex(second.stderr, /exists already: a key is never overwritten/);
  t.is(readFileSync(file, 'utf8'), written);
});

test('--check says whether a configuration is valid', async (t) => {
  const file = join(folder(t), 'relay.json');
  writeFileSync(file, JSON.stringify({ role: 'relay', names: ['relay.test'], allow: [] }));
  t.is((await run('relay', '--config', file, '--check')).code, 0);
  writeFileSync(file, JSON.stringify({ role: 'relay', names: ['Relay.test'], allow: [] }));
  const wrong = await run('relay', '--config', file, '--check');
  t.is(wrong.code, 2);
  t.is(wrong.stdout, '');
  t.regex(wrong.stderr, /^relay\.json: names\[0\]: "Relay\.test" has an upper-case letter: /);
});

test('a missing file, a missing option and an unknown command are usage errors', async (t) => {
  const missing = await run('client', '--config', '/nonexistent/client.json');
  t.is(missing.code, 2);
  t.regex(missing.stderr, /^--config: \/nonexistent\/client\.json does not exist/);
  t.is((await run('client')).code, 2);
  t.is((await run('mediate')).code, 2);
});

test('an option that is wrong is named in a line', async (t) => {
  for (const [argv, message] of [
    [['client', '--confg', 'x'], 'no option "--confg": --config, --output, --check, --require, --help, --version'],
    [['-c'], 'no option "-c": --config, --output, --check, --require, --help, --version'],
    [['client', '--config'], '--config needs a value'],
    [['client', '--config', '--check'], '--config needs a value'],
    [['client', '--check=1'], '--check takes no value'],
  ] as const) {
    const { code, stdout, stderr } = await run(...argv);
    t.deepEqual(
      { code, stdout, stderr },
      { code: 2, stdout: '', stderr: `${message}\n"pna --help" lists commands and options\n` },
    );
  }
});

test('what is required but not supported ends with 89 and one line that names it', async (t) => {
  const { code, stdout } = await run('relay', '--config', '/nonexistent', '--require', 'trace, teleport');
  t.is(code, 89);
  t.is(stdout, '{"event":"unsupported","capability":"teleport"}\n');
});

test('schema prints JSON Schema', async (t) => {
  const { code, stdout } = await run('schema', 'client');
  t.is(code, 0);
  t.is(JSON.parse(stdout).properties.path.maxItems, 16);
});

test('commands on stdin are one line of JSON each', (t) => {
  t.deepEqual(parseCommand('{"command":"end session"}'), { command: 'end session' });
  t.deepEqual(parseCommand('{"command":"end session","name":"alice"}'), { command: 'end session', name: 'alice' });
  for (const wrong of ['', 'null', '{}', '{"command":"stop"}', '{"command":"connect","name":1}'])
    t.is(typeof parseCommand(wrong), 'string', wrong);
});

test('a relay says when it is ready, refuses what is no command, and ends with 0 on SIGTERM', async (t) => {
  const file = join(folder(t), 'relay.json');
  writeFileSync(file, JSON.stringify({ role: 'relay', listen: '127.0.0.1:0', names: ['relay.test'], allow: [] }));
  const child = spawn(pna, ['relay', '--config', file], { stdio: ['pipe', 'pipe', 'ignore'] });
  t.teardown(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? '');
  const ready = await next();
  t.like(ready, { event: 'ready', role: 'relay' });
  t.true(ready.port > 0);
  child.stdin.write('{"command":"dance"}\n');
  t.like(await next(), { event: 'error' });
  child.stdin.on('error', () => {}).write('0'.repeat(100_000));
  t.regex((await next()).message, /a line of at most 4096 characters/);
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  t.deepEqual(await closed, [0, null]);
});

test('a client that nobody can ask for another connection ends when the one that it had is over', async (t) => {
  const file = join(folder(t), 'client.json');
  const key = Buffer.alloc(32, 9).toString('base64');
  const fields = { role: 'client', name: 'alice', privateKey: key, reconnect: false, path: ['127.0.0.1:1'] };
  const adapter = { name: 'none', configure: 'none' };
  const config = { ...fields, server: { publicKey: key, suite: 'x25519' }, transforms: ['chacha20poly1305'], adapter };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  // Its stdin is /dev/null here, as under systemd.
  const { code, stdout, stderr } = await run('client', '--config', file);
  t.is(code, 1, stderr);
  t.regex(stdout, /"by":"network"/);
});
