/** The table of who gets which vectors: complete, and without an entry that is about nothing. */
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'ava';
import { load } from '../../vectors/load.ts';
import { countOf, playedText, tableOf } from './played.ts';
import { exceptions, receivers } from './receivers.ts';

const subjects = readdirSync(resolve(import.meta.dirname, '../../vectors'))
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.replace('.json', ''));

test('every type of every file says who gets it', (t) => {
  t.deepEqual(Object.keys(receivers).toSorted(), subjects.toSorted());
  for (const subject of subjects) {
    const types = [...new Set(load(subject).map(({ type }) => type))];
    t.deepEqual(types.toSorted(), Object.keys(receivers[subject] ?? {}).toSorted(), subject);
  }
});

test('what nobody gets has a reason, and every exception is about some vectors', (t) => {
  for (const [subject, types] of Object.entries(receivers))
    for (const [type, { roles, why }] of Object.entries(types))
      t.true(roles.length > 0 || why !== undefined, `${subject} ${type}`);
  for (const { subject, type, which, why } of exceptions)
    t.true(countOf(subject, type, which) > 0, `${subject}: ${why}`);
});

test('a vector that was sent to one role is still missing at the other', (t) => {
  const tcIds = [1, 2];
  const row = tableOf([{ scenario: 'one', role: 'client', subject: 'data', tcIds }]).find(
    ({ subject }) => subject === 'data',
  );
  const total = load('data').flatMap(({ tests }) => tests).length;
  t.deepEqual(row?.sent, { client: 2, server: 0, relay: 0 });
  t.is(row?.nowhere, total - 2);
  t.is(row?.missing.length, 2 * total - 2);
  t.regex(playedText([row!]), /^data +30 +2 +0 +0 +28 +58$/m);
});
