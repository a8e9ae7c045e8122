import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { NameService, removeNames } from './name-service.ts';

/** A machine with these programs, each of which writes down what it is told. */
function machine(t: ExecutionContext, programs: readonly string[], status = 0) {
  const path = mkdtempSync(join(tmpdir(), 'names-'));
  t.teardown(() => rmSync(path, { recursive: true }));
  const log = join(path, 'log');
  for (const name of programs)
    writeFileSync(
      join(path, name),
      `#!/bin/sh\n{ echo "${name} $*"; cat; } >> '${log}'\n[ ${status} = 0 ] || echo no good >&2\nexit ${status}\n`,
      { mode: 0o755 },
    );
  const run = join(path, 'run');
  mkdirSync(programs.includes('resolvectl') ? join(run, 'systemd/resolve') : run, { recursive: true });
  const calls = (): string[] => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []);
  return { surroundings: { path, run }, calls };
}

const names = { servers: ['10.9.0.53', '10.9.0.54'], search: ['corp.example.com', 'example.com'] };

test('systemd-resolved is told of the link, and to forget it', async (t) => {
  const { surroundings, calls } = machine(t, ['resolvectl', 'resolvconf']);
  const service = new NameService('pna0', surroundings);
  t.true(service.available);
  await service.set(names);
  await service.close();
  t.deepEqual(calls(), [
    'resolvectl dns pna0 10.9.0.53 10.9.0.54',
    'resolvectl domain pna0 corp.example.com example.com',
    'resolvectl revert pna0',
  ]);
});

test('resolvconf gets a record of its own, and loses it', async (t) => {
  const { surroundings, calls } = machine(t, ['resolvconf']);
  const service = new NameService('pna0', surroundings);
  await service.set(names);
  await service.close();
  t.deepEqual(calls(), [
    'resolvconf -a pna0.pna',
    'nameserver 10.9.0.53',
    'nameserver 10.9.0.54',
    'search corp.example.com example.com',
    'resolvconf -d pna0.pna',
  ]);
});

test('other names take the place of those before, and none take them back', async (t) => {
  const { surroundings, calls } = machine(t, ['resolvectl']);
  const service = new NameService('pna0', surroundings);
  await service.set(names);
  await service.set({ servers: ['10.9.0.55'], search: [] });
  await service.set({ servers: [], search: ['example.com'] });
  await service.close();
  t.deepEqual(calls().slice(2), ['resolvectl revert pna0', 'resolvectl dns pna0 10.9.0.55', 'resolvectl revert pna0']);
});

test('where neither is, nobody is told', async (t) => {
  const { surroundings } = machine(t, []);
  const service = new NameService('pna0', surroundings);
  t.false(service.available);
  await service.set(names);
  await service.close();
});

test('what a killed process has left in resolvconf is taken back; resolved forgets a link by itself', async (t) => {
  const [old, modern] = [machine(t, ['resolvconf']), machine(t, ['resolvectl'])];
  await removeNames('pna0', old.surroundings);
  await removeNames('pna0', modern.surroundings);
  t.deepEqual([old.calls(), modern.calls()], [['resolvconf -d pna0.pna'], []]);
});

test('where nothing was left, resolvconf may complain in vain', async (t) => {
  const { surroundings, calls } = machine(t, ['resolvconf'], 1);
  await removeNames('pna0', surroundings);
  t.deepEqual(calls(), ['resolvconf -d pna0.pna']);
});

test('what the program complains of is told', async (t) => {
  const { surroundings } = machine(t, ['resolvectl'], 1);
  const service = new NameService('pna0', surroundings);
  await t.throwsAsync(service.set(names), { message: /resolvectl dns pna0 10\.9\.0\.53 10\.9\.0\.54: no good$/ });
});
