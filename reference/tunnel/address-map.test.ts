import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { addressesOf } from './address-map.ts';
import { parseConfig } from './config.ts';

const key = `${'A'.repeat(43)}=`;

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** One member; each call makes another. */
function member(addressMap: string | undefined, names: readonly string[], pool = '10.8.0.1-10.8.0.20') {
  const file = {
    role: 'server',
    names: ['server.test'],
    privateKey: key,
    initiators: names.map((name) => ({ name, publicKey: key, ...(name === 'fixed' && { address: '10.8.0.5' }) })),
    adapter: { address: '10.8.0.1/24' },
    clientData: { pool },
    addressMap,
  };
  return addressesOf(parseConfig('server', JSON.stringify(file), '/server.json', {}));
}

test('members give a name the same address, whoever is asked first and whatever the order of their lists', (t) => {
  const names = fc.uniqueArray(fc.stringMatching(/^[!-~]{1,20}$/), { minLength: 1, maxLength: 19 });
  fc.assert(
    fc.property(names, fc.array(fc.tuple(fc.nat(1), fc.nat(18))), (all, asked) => {
      const folder = folderOf(t);
      const members = [member(folder, all), member(folder, all.toReversed())];
      const told = new Map<string, string | undefined>();
      for (const [who, which] of [...asked, ...all.flatMap((_, index) => [[0, index] as const, [1, index] as const])]) {
        const name = all[which % all.length]!;
        const address = members[who]!.of(name);
        t.is(told.get(name) ?? address, address);
        told.set(name, address);
      }
      const addresses = [...told.values()];
      t.is(new Set(addresses).size, all.length);
      t.false(addresses.includes('10.8.0.1') || addresses.includes(undefined));
      t.deepEqual(readdirSync(folder).toSorted(), addresses.toSorted() as string[]);
    }),
    { numRuns: 30 },
  );
});

test('a name keeps its address after a restart, and when others have gone', (t) => {
  const folder = folderOf(t);
  const before = member(folder, ['alice', 'bob']);
  const [alice, bob] = [before.of('alice'), before.of('bob')];
  t.is(member(folder, ['bob']).of('bob'), bob);
  t.is(member(folder, ['carol', 'alice']).of('alice'), alice);
});

test('members that draw for the same names in the same moments meet', async (t) => {
  const folder = folderOf(t);
  const names = Array.from({ length: 200 }, (_, index) => `name ${index}`);
  const script = `
    const { addressesOf } = await import(${JSON.stringify(join(import.meta.dirname, 'address-map.ts'))});
    const [folder, names] = ${JSON.stringify([folder, names])};
    const addresses = addressesOf({ addressMap: folder, initiators: [],
      adapter: { address: '10.8.0.1/24' }, clientData: { pool: '10.8.0.2-10.8.0.254' } });
    process.stdin.once('data', () => {
      process.stdout.write(JSON.stringify(names.map((name) => addresses.of(name))));
      process.stdin.destroy();
    });
    process.stderr.write('ready');`;
  const members = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'pipe' }),
  );
  await Promise.all(members.map(({ stderr }) => once(stderr, 'data')));
  for (const { stdin } of members) stdin.write('go');
  const told = await Promise.all(members.map(({ stdout }) => text(stdout)));
  const [first = ''] = told;
  for (const one of told) t.is(one, first);
  t.is(new Set(JSON.parse(first) as string[]).size, names.length);
  t.is(readdirSync(folder).length, names.length);
});

test('a fixed address stays what the file says, and no other name gets it', (t) => {
  const folder = folderOf(t);
  const names = ['fixed', ...Array.from({ length: 18 }, (_, index) => `name ${index}`)];
  const all = names.map((name) => member(folder, names).of(name));
  t.is(all[0], '10.8.0.5');
  t.is(new Set(all).size, names.length);
});

test('when the pool is used up there is none left, also where files are of nobody known', (t) => {
  const folder = folderOf(t);
  writeFileSync(join(folder, '10.8.0.2'), 'somebody of old\n');
  const names = ['alice', 'bob'];
  const under = member(folder, names, '10.8.0.2-10.8.0.3');
  t.deepEqual(names.map((name) => under.of(name)).toSorted(), ['10.8.0.3', undefined]);
});

test('a folder that is none is told before anything begins', (t) => {
  const folder = folderOf(t);
  const fault = { message: /^server\.json: addressMap: \/.*nowhere does not exist: create it/ };
  t.throws(() => member(join(folder, 'nowhere'), ['alice']), fault);
  mkdirSync(join(folder, 'somewhere'));
  t.truthy(member(join(folder, 'somewhere'), ['alice']).of('alice'));
});
