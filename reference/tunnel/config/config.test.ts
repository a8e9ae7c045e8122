import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { defaultTimers } from '../../machines/timers.ts';
import { client, faultsOf, key, relay, server } from '../../testing/configurations.ts';
import { Transform } from '../../wire/identifiers.ts';
import { ConfigurationError, configSchema, loadConfig, parseConfig } from './config.ts';

test('the smallest file of each role is enough', (t) => {
  const alice = parseConfig('client', JSON.stringify(client), 'client.json', {});
  t.deepEqual(alice.transforms, [Transform.aes256gcm, Transform.chacha20poly1305]);
  t.is(alice.origin, 'origin.invalid');
  t.deepEqual(alice.staticPrivate, new Uint8Array(32).fill(1));
  t.is(alice.insecure, false);
  t.is(alice.lifetime.frames, 2n ** 32n);
  t.deepEqual(alice.timers, defaultTimers);
  t.is(alice.accept.defaultRoute, false);
  t.is(parseConfig('server', JSON.stringify(server), 'server.json', {}).limits.halfOpenPerKey, 4);
  t.deepEqual(parseConfig('relay', JSON.stringify(relay), 'relay.json', {}).allow, [
    { name: 'server.test', ports: [3265] },
  ]);
});

test("a map of addresses counts from the file's folder", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'server.json');
  t.is(parseConfig('server', JSON.stringify({ ...server, addressMap: '.' }), file, {}).addressMap, folder);
  t.is(parseConfig('server', JSON.stringify(server), file, {}).addressMap, undefined);
});

test('the environment names the data path where a file of client or server does not', (t) => {
  const pathOf = (file: object, environment: Record<string, string>) =>
    parseConfig('client', JSON.stringify(file), 'client.json', environment).dataPath;
  t.is(pathOf(client, {}), 'auto');
  t.is(pathOf(client, { PNA_DATA_PATH: 'fast' }), 'fast');
  t.is(pathOf({ ...client, dataPath: 'readable' }, { PNA_DATA_PATH: 'fast' }), 'readable');
  t.is(parseConfig('server', JSON.stringify(server), 's', { PNA_DATA_PATH: 'readable' }).dataPath, 'readable');
  t.throws(() => pathOf(client, { PNA_DATA_PATH: 'slow' }), { message: /dataPath: is not "auto", "fast" or/ });
});

test('a key is never shown, valid JSON or not', (t) => {
  const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I';
  t.false(
    faultsOf('client', { ...client, privateKey: secret })
      .join()
      .includes(secret),
  );
  const error = t.throws(() => parseConfig('client', `{\n "privateKey": ${secret}\n}`, 'client.json', {}));
  t.false(error.message.includes(secret.slice(0, 5)));
  t.regex(error.message, /^client\.json: line 2: is not JSON/);
});

for (const [text, line] of [
  ['{\n"role": "client"\n"name": "alice"\n}\n', 3],
  ['{\n"role": "client",\n"name": "alice",\n}\n', 4],
  ['{\n"role": "client,\n"name": "alice"\n}', 2],
  ['{\n"role": "client"\n}\n}\n', 4],
  ['{\n"role": [\n', 3],
] as const)
  test(`the line of a fault is told: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws(() => parseConfig('client', text, 'client.json', {}));
    t.regex(error.message, new RegExp(`^client\\.json: line ${line}: `));
  });

test('an empty file is told as such', (t) => {
  for (const text of ['', ' \n'])
    t.throws(() => parseConfig('relay', text, 'relay.json', {}), {
      message: 'relay.json: is empty: write the object that "pna schema relay" describes',
    });
});

test('deterministic is refused unless the environment says so', (t) => {
  const file = { ...client, deterministic: { x25519: ['00'.repeat(32)] } };
  t.regex(faultsOf('client', file)[0] ?? '', /^client\.json: deterministic: .*PNA_INSECURE_DETERMINISTIC=1/);
  t.deepEqual(faultsOf('client', file, { PNA_INSECURE_DETERMINISTIC: '1' }), []);
  t.true(parseConfig('client', JSON.stringify(file), 'c', { PNA_INSECURE_DETERMINISTIC: '1' }).insecure);
});

test('a configuration with the key in it is refused if others can read it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pna-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'client.json');
  writeFileSync(file, JSON.stringify(client), { mode: 0o600 });
  t.is(loadConfig('client', file, {}).name, client.name);
  for (const mode of [0o604, 0o640, 0o602]) {
    chmodSync(file, mode);
    t.throws(() => loadConfig('client', file, {}), {
      instanceOf: ConfigurationError,
      message:
        /^client\.json: privateKey: .*client\.json is readable by others \(mode 06\d\d\): chmod 600 .*, or move the key/,
    });
  }
  // Without a secret in it anyone may read it.
  writeFileSync(join(folder, 'alice.key'), `${key}\n`, { mode: 0o600 });
  writeFileSync(file, JSON.stringify({ ...client, privateKey: undefined, privateKeyFile: 'alice.key' }));
  chmodSync(file, 0o644);
  t.is(loadConfig('client', file, {}).name, client.name);
  writeFileSync(file, JSON.stringify(relay));
  t.is(loadConfig('relay', file, {}).names[0], relay.names[0]);
});

test('a key file that others can read is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pna-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'alice.key'), `${key}\n`, { mode: 0o600 });
  const file = JSON.stringify({ ...client, privateKey: undefined, privateKeyFile: 'alice.key' });
  t.deepEqual(parseConfig('client', file, join(folder, 'client.json'), {}).staticPrivate, new Uint8Array(32).fill(1));
  chmodSync(join(folder, 'alice.key'), 0o640);
  t.throws(() => parseConfig('client', file, join(folder, 'client.json'), {}), {
    instanceOf: ConfigurationError,
    message: /^client\.json: privateKeyFile: .*alice\.key is readable by others \(mode 0640\): chmod 600/,
  });
});

test('the schema of each role names its keys and closes every object', async (t) => {
  for (const role of ['client', 'server', 'relay'] as const) {
    const schema = (await configSchema(role)) as {
      properties: Record<string, { pattern?: string }>;
      additionalProperties: boolean;
    };
    t.is(schema.additionalProperties, false);
    t.true('timers' in schema.properties);
  }
});
