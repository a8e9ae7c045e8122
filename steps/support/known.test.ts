/** A typing error in a feature is the suite's own fault: it must not read as a failure of the implementation. */
import test from 'ava';
import { flagged, known, knownName } from './known.ts';
import { LabFailure } from './lab/failure.ts';
import { requestOf } from './request-faults.ts';

const unknown = { instanceOf: LabFailure, message: /^no step knows "/ };

test('words that a table does not have are a harness error', (t) => {
  const table = { one: 1 };
  t.is(known(table, 'one'), 1);
  t.is(knownName(table, 'one'), 'one');
  t.throws(() => known(table, 'eno'), unknown);
  t.throws(() => known(table, 'toString'), unknown);
  t.throws(() => knownName(table, 'eno'), unknown);
});

test('a flag that no vector has is a harness error, though vectors have others that are asked for', (t) => {
  const vector = (tcId: number, ...flags: string[]) => ({ tcId, comment: '', flags, result: 'valid' as const });
  const vectors = [vector(1, 'Normal'), vector(2, 'Length', 'Type'), vector(3, 'Type')];
  const numbers = (...wanted: string[]) => flagged(vectors, ...wanted).map(({ tcId }) => tcId);
  t.deepEqual(numbers('Type'), [2, 3]);
  t.deepEqual(numbers('Normal', 'Length'), [1, 2]);
  t.throws(() => numbers('Normol'), unknown);
  t.throws(() => numbers('Normal', 'Lenght'), unknown);
});

test('a REQUEST is called by its fault or by what it asks for', (t) => {
  t.deepEqual(requestOf('a name that the server does not know'), { options: { name: 'nobody' } });
  t.deepEqual(requestOf('suite x25519'), { options: { suite: 'x25519' } });
  t.deepEqual(requestOf('suite hybrid and transform aes256gcm'), {
    options: { suite: 'hybrid', transforms: ['aes256gcm'] },
  });
  t.deepEqual(requestOf('the transforms 0x0a0a, 0x0002'), { options: { transforms: [0x0a0a, 2] } });
  const { seconds, frames, octets } = requestOf('a key that lasts 1 second, 1000 frames').options?.lifetimes ?? {};
  t.deepEqual([seconds, frames, octets], [1, 1000n, 2n ** 40n]);
  const typos = [
    'a naem that the server does not know',
    'suite x25591',
    'a key that lasts 1 scond',
    'a key that lasts',
  ];
  for (const words of [...typos, 'suite hybrid and transform aes']) t.throws(() => requestOf(words), unknown, words);
});
