import test from 'ava';
import { parsePrefix } from '../../packets/prefix.ts';
import { client, faultsOf, key } from '../../testing/configurations.ts';
import { parseConfig } from './config.ts';

const faults: [name: string, file: object, pattern: RegExp][] = [
  [
    'an upper-case name',
    { ...client, path: ['relay-b.test', 'Server.test'] },
    /^client\.json: path\[1\]: "Server\.test" has an upper-case letter: names are lower-case letters, digits, hyphens, underscores and dots/,
  ],
  [
    'a trailing dot',
    { ...client, path: ['server.test.'] },
    /^client\.json: path\[0\]: "server\.test\." ends in a dot: /,
  ],
  ['a port with a leading zero', { ...client, path: ['server.test:03265'] }, /path\[0\]: .*without leading zero/],
  ['a port too high', { ...client, path: ['server.test:65536'] }, /path\[0\]: .*has a port above 65535/],
  ['an empty label', { ...client, path: ['a..b'] }, /path\[0\]: .*has an empty label/],
  ['an empty path', { ...client, path: [] }, /^client\.json: path: is empty/],
  ['seventeen hops', { ...client, path: Array(17).fill('a') }, /^client\.json: path: has more than 16 names/],
  ['an unknown key', { ...client, nmae: 'x' }, /^client\.json: unknown key "nmae": the keys here are .*name/],
  ['an unknown key inside', { ...client, adapter: { mut: 1400 } }, /^client\.json: adapter: unknown key "mut"/],
  [
    'an initiator name that is an address',
    { ...client, name: '10.0.0.1' },
    /^client\.json: name: "10\.0\.0\.1" is an address/,
  ],
  [
    'an MTU below IPv6',
    { ...client, adapter: { mtu: 1279 } },
    /^client\.json: adapter\.mtu: 1279 is not a whole number from 1280/,
  ],
  ['no key at all', { ...client, privateKey: undefined }, /^client\.json: privateKeyFile: needs either .*pna keygen/],
  ['two keys', { ...client, privateKeyFile: 'k' }, /^client\.json: privateKeyFile: needs either/],
  ['no server key', { ...client, server: {} }, /^client\.json: server\.publicKey: is missing/],
  [
    'an unknown suite',
    { ...client, server: { publicKey: key, suite: 'ssh' } },
    /^client\.json: server\.suite: "ssh" is not a suite/,
  ],
  [
    'a transform twice',
    { ...client, transforms: ['aes256gcm', 'aes256gcm'] },
    /^client\.json: transforms: names a transform twice/,
  ],
  [
    'a data path that there is not',
    { ...client, dataPath: 'faster' },
    /^client\.json: dataPath: is not "auto", "fast" or "readable"/,
  ],
];
for (const [name, file, pattern] of faults)
  test(`refused with place and remedy: ${name}`, (t) => {
    t.regex(faultsOf('client', file).join('\n'), pattern);
  });

test('a client accepts IPv6 unless the file says otherwise', (t) => {
  const acceptOf = (accept?: object) => parseConfig('client', JSON.stringify({ ...client, accept }), 'c', {}).accept;
  t.is(acceptOf().ipv6, true);
  t.deepEqual(acceptOf().prefixes, ['0.0.0.0/0', '::/0'].map(parsePrefix));
  t.is(acceptOf({ ipv6: false }).ipv6, false);
  t.deepEqual(faultsOf('client', { ...client, accept: { ipv6: 'no' } }), [
    'client.json: accept.ipv6: "no" is not true or false',
  ]);
});
