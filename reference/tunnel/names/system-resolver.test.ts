/** The system's resolver against a real DNS server, in a namespace whose /etc/resolv.conf changes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { NameServer } from '../../../steps/support/lab/networks/name-server.ts';
import { Lab } from '../../../steps/support/lab/networks/namespace.ts';
import { Program } from '../../../steps/support/lab/programs/process.ts';

/** Asks for the group of a name with each line that comes. */
const script = `
import { createInterface } from 'node:readline';
import { systemResolver } from '${resolve(import.meta.dirname, 'resolver.ts')}';
for await (const line of createInterface({ input: process.stdin })) {
  const { name } = JSON.parse(line);
  const found = await systemResolver.services(name).then(
    (members) => members.map(({ host }) => host).sort().join(),
    (error) => error.cause?.code ?? error.message,
  );
  console.log(JSON.stringify({ event: 'found', found }));
}`;

test('groups are looked up as /etc/resolv.conf says now, and a fault is not the same as none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'resolver-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  await using lab = await Lab.create({ dns: true });
  const address = lab.address('names');
  await using names = new NameServer({ namespace: lab.namespace('names'), address, folder });
  names.srv('group.test', [{ target: 'one.test' }, { target: 'two.test' }]).host('single.test', '10.77.0.1');
  await names
    .srv('nothing.test', [{ target: '.' }])
    .refuse('_pna._tcp.refused.test')
    .start();
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const other = { namespace: lab.namespace('server'), address: lab.address('server'), folder: elsewhere };
  await using otherNames = new NameServer(other);
  await otherNames.srv('group.test', [{ target: 'three.test' }]).start();

  const namespace = lab.namespace('client');
  await using program = await Program.start({
    namespace,
    argv: [process.execPath, '--input-type=module', '-e', script],
    stdoutLog: join(folder, 'stdout.log'),
    stderrLog: join(folder, 'stderr.log'),
  });
  const found = async (name: string) => {
    program.command({ name });
    return (await program.event('found'))['found'];
  };
  // In place: the file is bound over the program's own.
  const settings = (text: string) => writeFileSync(`/etc/netns/${namespace}/resolv.conf`, text);

  t.is(await found('group.test'), 'one.test,two.test');
  t.is(await found('single.test'), '');
  t.is(await found('unknown.test'), '');
  t.regex(String(await found('nothing.test')), /nothing\.test decidedly has no/);
  t.is(await found('refused.test'), 'EREFUSED');

  settings(`nameserver ${other.address}\n`);
  t.is(await found('group.test'), 'three.test');
  settings(`nameserver ${lab.address('client')}\n`);
  t.is(await found('group.test'), 'ECONNREFUSED');
  settings('');
  t.is(await found('group.test'), '');
});
