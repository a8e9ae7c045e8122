import test from 'ava';
import { parseConfig } from '../config/config.ts';
import { Pool } from './pool.ts';

const keyOf = (octet: number) => new Uint8Array(32).fill(octet).toBase64();
const initiator = (name: string, octet: number, more: object = {}) => ({ name, publicKey: keyOf(octet), ...more });

function poolOf(initiators: object[], address: string, pool: string): Pool {
  const file = {
    role: 'server',
    names: ['server.test'],
    privateKey: keyOf(9),
    initiators,
    adapter: { address },
    clientData: { pool },
  };
  return new Pool(parseConfig('server', JSON.stringify(file), 'server.json', {}));
}

test('addresses belong to names: fixed ones first, the others in order, none of them twice', (t) => {
  const pool = poolOf(
    [
      initiator('alice', 1),
      initiator('bob', 2, { address: '10.8.0.2' }),
      initiator('alice', 3),
      initiator('carol', 4),
      initiator('dave', 5),
    ],
    '10.8.0.1/24',
    '10.8.0.1-10.8.0.4',
  );
  t.deepEqual(
    ['bob', 'alice', 'carol', 'dave', 'mallory'].map((name) => pool.numberOf(name)),
    [2, 3, 4, undefined, undefined],
  );
});

test('tunnel clients of a group may have fixed addresses and those of the pool, never one that no host has', (t) => {
  const pool = poolOf(
    [initiator('alice', 1, { address: '10.8.0.5' }), initiator('bob', 2)],
    '10.8.0.12/24',
    '10.8.0.0-10.8.0.19',
  );
  const numbers = Array.from({ length: 300 }, (_, number) => number);
  const expected = numbers.filter((number) => number >= 1 && number <= 19 && number !== 12);
  t.deepEqual(
    numbers.filter((number) => pool.hasClient(number)),
    expected,
  );
  const other = poolOf([initiator('alice', 1, { address: '10.8.0.5' })], '10.8.0.12/24', '10.8.0.250-10.8.0.255');
  t.deepEqual(
    numbers.filter((number) => other.hasClient(number)),
    [5, 250, 251, 252, 253, 254],
  );
});
