import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { faultOfFolder } from '../config/shared-folder.ts';
import { Lan } from '../lan.ts';
import { AddressMap } from './address-map.ts';

const own = { address: '10.8.0.1', length: 16 };
const lan = new Lan(own);
const [first, last] = [10, 29];
const pool = last - first + 1;

function folderFor(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}
const member = (folder: string, taken: number[] = []) =>
  new AddressMap({ folder, lan, first, last, free: (number) => !taken.includes(number) });
const fileOf = (number: number | undefined) => lan.nth(number!).address;
const files = (folder: string) => readdirSync(folder).sort();

test('a name has one address, at each member and after each restart', (t) => {
  const folder = folderFor(t);
  const [one, other] = [member(folder), member(folder)];
  const alice = one.of('alice');
  const bob = other.of('bob');
  t.not(alice, bob);
  t.deepEqual([other.of('alice'), one.of('bob'), one.of('alice')], [alice, bob, alice]);
  t.deepEqual([member(folder).of('bob'), member(folder).of('alice')], [bob, alice]);
  t.deepEqual(files(folder), [fileOf(alice), fileOf(bob)].sort());
  t.is(readFileSync(join(folder, fileOf(alice)), 'latin1'), 'alice\n');
});

test('whatever the order: no address twice, no name with two, none that is taken', (t) => {
  const names = fc.array(fc.tuple(fc.string({ minLength: 1, maxLength: 255 }), fc.nat(2)), { maxLength: 60 });
  const printable = ([name]: [string, number]) => /^[\x20-\x7e]+$/.test(name);
  fc.assert(
    fc.property(
      names.map((list) => list.filter(printable)),
      (asked) => {
        const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
        try {
          const members = [0, 1, 2].map(() => member(folder, [11, 12]));
          const given = new Map<string, number | undefined>();
          for (const [name, index] of asked) {
            const address = members[index]!.of(name);
            if (given.has(name) && given.get(name) !== undefined) t.is(address, given.get(name));
            given.set(name, address);
          }
          const addresses = [...given.values()].filter((address) => address !== undefined);
          t.is(new Set(addresses).size, addresses.length);
          t.is(addresses.length, Math.min(given.size, pool - 2));
          t.false(addresses.includes(11) || addresses.includes(12));
          t.is(files(folder).length, addresses.length);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    ),
    { numRuns: 60 },
  );
});

/** Asks for names 0 … 399 from a place of its own on, and around, as soon as all members are ready. */
const racer = `
const { parentPort, workerData: { modules, own, options, from, gate } } = require('node:worker_threads');
Promise.all(modules.map((module) => import(module))).then(([{ AddressMap }, { Lan }]) => {
  const map = new AddressMap({ ...options, lan: new Lan(own), free: () => true });
  Atomics.add(gate, 0, 1);
  while (Atomics.load(gate, 0) < 3);
  const given = {};
  for (let index = 0; index < 400; index += 1) {
    const name = 'name ' + ((index + from) % 400);
    given[name] = map.of(name);
  }
  parentPort.postMessage(given);
});`;

test('members that ask at the same time agree', async (t) => {
  const folder = folderFor(t);
  const options = { folder, first, last: first + 449 };
  const gate = new Int32Array(new SharedArrayBuffer(4));
  const modules = ['address-map.ts', '../lan.ts'].map((module) => join(import.meta.dirname, module));
  const answers = await Promise.all(
    [0, 0, 200].map(async (from) => {
      const worker = new Worker(racer, { eval: true, workerData: { modules, own, options, from, gate } });
      const answer = await new Promise<Record<string, number>>((resolve, reject) => {
        worker.once('message', resolve).once('error', reject);
      });
      await worker.terminate();
      return answer;
    }),
  );
  t.deepEqual(answers[1], answers[0]);
  t.deepEqual(answers[2], answers[0]);
  t.is(new Set(Object.values(answers[0]!)).size, 400);
  t.is(files(folder).length, 400);
});

test('an address that the operator frees moves nobody', (t) => {
  const folder = folderFor(t);
  const names = Array.from({ length: pool }, (_, index) => `name ${index}`);
  const before = new Map(names.map((name) => [name, member(folder).of(name)]));
  t.is(member(folder).of('one more'), undefined);
  for (const gone of names.slice(0, 10)) rmSync(join(folder, fileOf(before.get(gone))));
  for (const name of names.slice(10)) t.is(member(folder).of(name), before.get(name));
  t.truthy(member(folder).of('one more'));
});

test("the operator's files stay, and their addresses are nobody else's", (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, fileOf(member(folderFor(t)).of('alice'))), 'kept for the printer');
  writeFileSync(join(folder, 'README'), 'alice');
  writeFileSync(join(folder, '10.8.0.99'), 'alice');
  const address = member(folder).of('alice')!;
  t.true(address <= last);
  t.is(files(folder).length, 4);
  t.is(readFileSync(join(folder, fileOf(address)), 'latin1'), 'alice\n');
});

test('a folder that does not serve is told with its remedy', (t) => {
  const folder = folderFor(t);
  t.is(faultOfFolder(folder), undefined);
  t.deepEqual(files(folder), []);
  t.regex(faultOfFolder(join(folder, 'absent')) ?? '', /^does not exist: make the folder/);
  writeFileSync(join(folder, 'file'), '');
  t.regex(faultOfFolder(join(folder, 'file')) ?? '', /^is no folder/);
});

test('a folder that goes away later is an error, and an address that is known stays known', (t) => {
  const folder = join(folderFor(t), 'map');
  mkdirSync(folder);
  const map = member(folder);
  const alice = map.of('alice');
  rmSync(folder, { recursive: true });
  t.is(map.of('alice'), alice);
  t.throws(() => map.of('bob'), { message: /ENOENT/ });
});
