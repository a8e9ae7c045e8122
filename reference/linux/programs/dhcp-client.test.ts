import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { DhcpClient, installedClient } from './dhcp-client.ts';

function folderWith(t: ExecutionContext, programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'clients-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

function start(t: ExecutionContext, script: string) {
  const program = join(folderWith(t, { client: script }), 'client');
  const lines: string[] = [];
  const more = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ended = Promise.withResolvers<string>();
  const printed = (line: string): void => {
    more[lines.length]?.resolve();
    lines.push(line);
  };
  const client = new DhcpClient([program, '-i', '{device}'], 'pna7', { printed, ended: ended.resolve });
  t.teardown(() => client.close());
  return { client, lines, first: more[0]?.promise, second: more[1]?.promise, ended: ended.promise };
}

test('it is told the adapter, and what it writes is passed on', async (t) => {
  const { lines, first, client } = start(t, 'echo "$@"; exec sleep 60');
  await first;
  t.deepEqual(lines, ['-i pna7']);
  await client.close();
});

test('it may do something before it ends, and its end by us is no news', async (t) => {
  const { client, first, second, lines, ended } = start(
    t,
    'trap "echo released; exit 0" TERM; echo up; while :; do sleep 0.01; done',
  );
  await first;
  await client.close();
  await second;
  t.deepEqual(lines, ['up', 'released']);
  t.is(await Promise.race([ended, Promise.resolve('no news')]), 'no news');
});

test('one that does not listen is killed', async (t) => {
  const { client, first } = start(t, 'trap "" TERM; echo up; while :; do sleep 0.01; done');
  await first;
  await client.close();
  t.pass();
});

test('one that ends by itself, or is none, is news', async (t) => {
  t.regex(await start(t, 'exit 3').ended, /client ended with status 3$/);
  const ended = Promise.withResolvers<string>();
  const client = new DhcpClient(['/nowhere/client'], 'pna7', { printed: () => {}, ended: ended.resolve });
  t.is(await ended.promise, '/nowhere/client could not be started (ENOENT)');
  await client.close();
});

test('the first that is installed is taken', (t) => {
  const folder = folderWith(t, { udhcpc: '', dhcpcd: '' });
  t.is(installedClient(folder)?.[0], 'dhcpcd');
});
