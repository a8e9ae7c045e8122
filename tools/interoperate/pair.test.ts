import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { loadDeclaration } from '../../steps/support/peers/declaration.ts';
import { casts, interoperate, nameOf } from './pair.ts';

const root = join(import.meta.dirname, '../..');
const python = loadDeclaration(join(root, 'examples/python/iut.json'));
const reference = loadDeclaration(join(root, 'iut.json'));
const all = casts(python, reference);

test('each is initiator and server once, direct and behind the relay of either', (t) => {
  t.deepEqual(
    all.map(({ client, relay, server }) => [client, relay, server].map((one) => one?.name)),
    [
      [python.name, undefined, reference.name],
      [python.name, python.name, reference.name],
      [python.name, reference.name, reference.name],
      [reference.name, undefined, python.name],
      [reference.name, python.name, python.name],
      [reference.name, reference.name, python.name],
    ],
  );
});

for (const cast of all) {
  test.serial(`pings and TCP cross ${nameOf(cast)}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'pna-interoperate-'));
    t.teardown(() => rmSync(folder, { recursive: true, force: true }));
    const { pings, octets } = await interoperate(cast, folder, 2 ** 20);
    t.is(pings, 4);
    t.is(octets, 2 ** 20);
  });
}
