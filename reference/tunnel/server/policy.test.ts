import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { decodeKey, encodeKey } from '../../crypto/identity.ts';
import type { AuthorizationRequest, Grant } from '../../nodes/authority.ts';
import { encodeClientData } from '../../wire/client-data.ts';
import { Suite, Transform } from '../../wire/identifiers.ts';
import { toNetworkSettings } from '../../wire/network-settings.ts';
import { parseConfig } from '../config/config.ts';
import { Policy } from './policy.ts';

const keyOf = (octet: number) => encodeKey(new Uint8Array(32).fill(octet));

function policy(changes: object = {}, failed?: (error: unknown) => void): Policy {
  const file = {
    role: 'server',
    names: ['server.test', 'also.test'],
    privateKey: keyOf(9),
    initiators: [
      { name: 'alice', publicKey: keyOf(1) },
      { name: 'alice', publicKey: keyOf(4) },
      { name: 'bob', publicKey: keyOf(2), suites: ['hybrid'] },
      { name: 'carol', publicKey: keyOf(3) },
    ],
    transforms: ['aes256gcm', 'chacha20poly1305'],
    adapter: { address: '10.8.0.1/24', mtu: 1300 },
    clientData: { pool: '10.8.0.10-10.8.0.11', routes: ['10.9.0.0/24'], dns: ['10.9.0.53'], domain: 'example.test' },
    lifetime: { seconds: 600, frames: 1000 },
    limits: { halfOpenPerSource: 3, halfOpenPerKey: 2, halfOpen: 5 },
    ...changes,
  };
  return new Policy(parseConfig('server', JSON.stringify(file), 'server.json', {}), failed);
}

const request = (changes: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  initiatorName: 'alice',
  initiatorStatic: decodeKey(keyOf(1)),
  destinationName: 'server.test',
  suite: Suite.x25519,
  transforms: [0x1a1a, Transform.chacha20poly1305, Transform.aes256gcm],
  lifetimes: { seconds: 3600, frames: 100n, octets: 2n ** 40n },
  freshness: 1n,
  ...changes,
});

const session = (name: string, key: number) => ({
  name,
  path: ['server.test'],
  suite: 1,
  transform: 1,
  dataOptions: 0,
  handshakeHash: new Uint8Array(32),
  peerKey: decodeKey(keyOf(key)),
});

/** A peer at an address. */
const from = (source: string) => ({ source, giveWay: () => {} });

function answer(subject: Policy, changes: Partial<AuthorizationRequest> = {}) {
  const peer = from('10.0.0.1');
  subject.opening(peer);
  return subject.authorize(peer, request(changes));
}
const reasonOf = (changes: Partial<AuthorizationRequest>): string => {
  const decision = answer(policy(), changes);
  return decision.type === 'refusal' ? decision.reason : 'granted';
};

test("a known name with its key is granted the initiator's preference among the server's transforms", (t) => {
  const grant = answer(policy()) as Grant;
  t.is(grant.type, 'grant');
  t.is(grant.transform, Transform.chacha20poly1305);
  t.deepEqual(grant.lifetimes, { seconds: 600, frames: 100n, octets: 2n ** 40n });
});

test('the client data names both adapters, the routes and what else the file has', (t) => {
  const { clientData } = answer(policy()) as Grant;
  t.deepEqual(toNetworkSettings(clientData), {
    address: '10.8.0.10',
    prefixLength: 24,
    serverAddress: '10.8.0.1',
    leaseSeconds: 600,
    routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
    dns: ['10.9.0.53'],
    domain: 'example.test',
    search: [],
    mtu: 1300,
    clientPhysical: Uint8Array.of(0x06, 0x50, 0x4e, 0x41, 0x43, 0),
    serverPhysical: Uint8Array.of(0x06, 0x50, 0x4e, 0x41, 0x53, 0),
  });
});

test('a lease lives as long as the key, a minute at least, or as the file says', (t) => {
  const leaseOf = (changes: object): number => {
    const { clientData } = answer(policy(changes)) as Grant;
    return toNetworkSettings(clientData).leaseSeconds;
  };
  const pool = '10.8.0.10-10.8.0.11';
  t.is(leaseOf({}), 600);
  t.is(leaseOf({ lifetime: { seconds: 5 } }), 60);
  t.is(leaseOf({ clientData: { pool, leaseSeconds: 20 } }), 20);
});

for (const [title, changes, reason] of [
  ['an unknown name', { initiatorName: 'mallory' }, 'not authorized'],
  ["another's key", { initiatorStatic: decodeKey(keyOf(2)) }, 'not authorized'],
  ["another's name", { initiatorName: 'bob' }, 'not authorized'],
  ['a name in capitals', { initiatorName: 'Alice' }, 'not authorized'],
  ['a destination that is not this server', { destinationName: 'other.test' }, 'not authorized'],
  ['another name of this server', { destinationName: 'also.test' }, 'granted'],
  [
    'a suite below the minimum of the name',
    { initiatorName: 'bob', initiatorStatic: decodeKey(keyOf(2)) },
    'not authorized',
  ],
  [
    'the suite that is the minimum of the name',
    { initiatorName: 'bob', initiatorStatic: decodeKey(keyOf(2)), suite: Suite.hybrid },
    'granted',
  ],
  ['no transform that the server has', { transforms: [0x1a1a, 0x0101] }, 'no common transform'],
  [
    'a name for which the pool has no address',
    { initiatorName: 'carol', initiatorStatic: decodeKey(keyOf(3)) },
    'no address left',
  ],
  ['no common transform told to a stranger', { initiatorName: 'mallory', transforms: [] }, 'not authorized'],
] as const)
  test(`${title}: ${reason}`, (t) => t.is(reasonOf(changes), reason));

test('all keys of a name share its address', (t) => {
  const subject = policy();
  const first = answer(subject) as Grant;
  const second = answer(subject, { initiatorStatic: decodeKey(keyOf(4)) }) as Grant;
  t.is(toNetworkSettings(first.clientData).address, toNetworkSettings(second.clientData).address);
  t.is(subject.addressesOf(session('alice', 4))?.address, '10.8.0.10');
});

test('two members with one map of addresses agree, whatever the order of their files', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const initiators = ['alice', 'bob', 'carol'].map((name, index) => ({ name, publicKey: keyOf(index + 1) }));
  const clientData = { pool: '10.8.0.10-10.8.0.99' };
  const members = [initiators, initiators.toReversed()].map((list) =>
    policy({ initiators: list, clientData, addressMap: folder }),
  );
  for (const [index, { name }] of initiators.entries()) {
    const [one, other] = members.map((member) => member.addressesOf(session(name, index + 1))?.address);
    t.is(one, other);
  }
  t.is(readdirSync(folder).length, 3);
});

test('while the map of addresses cannot be had, a new name is refused, and the operator told', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'addresses-'));
  const failures: unknown[] = [];
  const subject = policy({ addressMap: folder }, (error) => failures.push(error));
  rmSync(folder, { recursive: true });
  t.deepEqual(answer(subject), { type: 'refusal', reason: 'resource limit' });
  t.regex(String(failures[0]), /ENOENT/);
});

test('of half-open connections one gives way to a newcomer, of the same source or of all; fresh ones do not', (t) => {
  const subject = policy({ limits: { halfOpenPerSource: 2, halfOpenPerKey: 9, halfOpen: 3 } });
  const gone: string[] = [];
  const named = (source: string, name: string) => ({ source, giveWay: () => gone.push(name) });
  const [one, two, other] = [named('10.0.0.1', 'one'), named('10.0.0.1', 'two'), named('10.1.0.1', 'other')];
  for (const peer of [one, two, other]) t.true(subject.opening(peer));
  t.is(subject.authorize(one, request({ freshness: 1n })).type, 'grant');
  t.true(subject.opening(named('10.0.0.1', 'three')));
  t.deepEqual(gone, ['two']);
  t.is(subject.authorize(other, request({ freshness: 1n })).type, 'grant');
  t.true(subject.opening(named('10.2.0.1', 'four')));
  t.deepEqual(gone, ['two', 'three']);
  t.true(subject.opening(named('10.3.0.1', 'five')));
  t.true(subject.opening(named('10.3.0.1', 'six')));
  t.deepEqual(gone, ['two', 'three', 'four', 'five']);
  t.is(subject.authorize(one, request({ freshness: 1n })).type, 'refusal', 'one place for stale ones');
});

test('confirmation and end free a place, and what is ending gives way first', (t) => {
  const subject = policy({ limits: { halfOpenPerSource: 2, halfOpenPerKey: 9 } });
  const gone: string[] = [];
  const named = (name: string) => ({ source: '10.0.0.1', giveWay: () => gone.push(name) });
  const peers = ['one', 'two', 'three', 'four', 'five'].map(named);
  const [one, two, three, four, five] = peers as [(typeof peers)[0], ...typeof peers] & typeof peers;
  subject.opening(one);
  subject.authorize(one, request({ freshness: 1n }));
  subject.confirmed(one);
  subject.opening(two!);
  subject.opening(three!);
  subject.ended(two!);
  subject.opening(four!);
  t.deepEqual(gone, []);
  subject.ending(four!);
  subject.opening(five!);
  t.deepEqual(gone, ['four']);
});

test('where all half-open ones are fresh the newcomer is refused, and frees nothing when it ends', (t) => {
  const subject = policy({ limits: { halfOpenPerSource: 1 } });
  const first = from('10.0.0.1');
  const second = from('10.0.0.1');
  t.true(subject.opening(first));
  subject.authorize(first, request());
  t.false(subject.opening(second));
  subject.ended(second);
  t.false(subject.opening(from('10.0.0.1')));
});

test('the pool never gives out the network, the broadcast or the server address', (t) => {
  const subject = policy({
    adapter: { address: '10.8.0.1/30' },
    clientData: { pool: '10.8.0.0-10.8.0.3' },
  });
  const addressOf = (name: string, key: number) => subject.addressesOf(session(name, key))?.address;
  t.is(addressOf('alice', 1), '10.8.0.2');
  t.is(addressOf('bob', 2), undefined);
});

test('as many routes as a configuration may have still fit into one RESPONSE', (t) => {
  const label = 'a'.repeat(63);
  const long = `${label}.${label}.${label}.${'a'.repeat(61)}`;
  const subject = policy({
    clientData: {
      pool: '10.8.0.10-10.8.0.11',
      routes: Array.from({ length: 1000 }, (_, index) => `10.${index >> 2}.0.${index & 3}/32`),
      dns: Array(16).fill('10.9.0.53'),
      domain: long,
      search: Array(16).fill(long),
    },
  });
  const { clientData } = answer(subject) as Grant;
  t.true(encodeClientData(clientData).length < 16_384 - 512);
  t.is(toNetworkSettings(clientData).routes.length, 1000);
});
