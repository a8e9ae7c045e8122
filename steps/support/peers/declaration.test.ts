import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { commandLine, DeclarationError, loadDeclaration } from './declaration.ts';

const root = resolve(import.meta.dirname, '../../..');

test('iut.json: the reference declares itself; what is wrong is said with its place', (t) => {
  const reference = loadDeclaration(resolve(root, 'iut.json'));
  t.deepEqual(commandLine(reference, 'relay', '/c', '/o'), [
    resolve(root, 'bin/pna'),
    'relay',
    '--config',
    '/c',
    '--output',
    '/o',
  ]);
  t.throws(() => loadDeclaration(resolve(root, 'package.json')), { instanceOf: DeclarationError, message: /roles/ });
  t.throws(() => loadDeclaration('/nonexistent.json'), {
    instanceOf: DeclarationError,
    message: /does not exist: name the declaration of your implementation by --iut FILE/,
  });
});

const server = { argv: ['/bin/sh', '{config}'] };
const good = { name: 'acme', revision: 1, roles: { server } };

/** What stands in iut.json, and what is said of it. */
const faults: readonly (readonly [text: string | object, message: string])[] = [
  [
    { ...good, role: {} },
    'unknown key "role": the keys here are $schema, name, revision, roles, suites, transforms, capabilities: did you mean "roles"?',
  ],
  [
    { ...good, roles: { serve: server } },
    'roles: unknown key "serve": the keys here are client, server, relay: did you mean "server"?',
  ],
  [
    { ...good, roles: { server: { argv: ['/bin/sh', '{confg}'] } } },
    'roles.server.argv: has no "{config}", and "{confg}" is not replaced: write it where the path of the configuration belongs',
  ],
  [
    { ...good, roles: { server: { args: ['/bin/sh', '{config}'] } } },
    [
      'roles.server.argv: is missing: write the program and its arguments: ["./acme-tunneld", "{config}"]',
      'roles.server: unknown key "args": the keys here are argv, env: did you mean "argv"?',
    ].join('\niut.json: '),
  ],
  [
    { ...good, roles: { server: { argv: './acme {config}' } } },
    'roles.server.argv: "./acme {config}" is not the program and its arguments: ["./acme-tunneld", "{config}"]',
  ],
  [{ ...good, roles: { server: { ...server, env: { A: 1 } } } }, 'roles.server.env.A: 1 is not a string'],
  [
    { ...good, roles: {} },
    'roles: is empty: declare at least one of client, server, relay, such as {"server": {"argv": ["./acme-tunneld", "{config}"]}}',
  ],
  [{ ...good, revision: '1' }, 'revision: "1" is not 1, the revision of docs/protocol.md'],
  [{ revision: 1, roles: { server } }, 'name: is missing: write name and version of the implementation'],
  [{ ...good, capabilities: ['arp', 'dhpc'] }, 'capabilities[1]: "dhpc" is no capability: did you mean "dhcp"?'],
  [{ ...good, suites: ['kyber'] }, 'suites[0]: "kyber" is no suite: write one of x25519, hybrid'],
  [{ ...good, suites: ['hybrid'] }, 'suites: lacks "x25519", the minimum: every implementation has it'],
  [
    { ...good, transforms: ['aes256gcm', 'aes256gcm', 'chacha20poly1305'] },
    'transforms: names "aes256gcm" twice: each stands once',
  ],
  [
    { ...good, transforms: 'aes256gcm' },
    'transforms: "aes256gcm" is not a list of transform names, such as ["chacha20poly1305"]',
  ],
  [
    '{\n  "name": "acme"\n  "revision": 1\n}',
    'line 3: is not JSON: look there for a missing or an extra comma or quote',
  ],
  ['\n', 'is empty: the keys are $schema, name, revision, roles, suites, transforms, capabilities'],
  ['{\n  "name":', 'line 2: is not JSON: look there for a missing or an extra comma or quote'],
  [
    { ...good, roles: { server: { argv: ['acmed', '{config}'] } } },
    'roles.server.argv[0]: no program "acmed" is in the PATH: write its path, or install it',
  ],
  [
    { ...good, roles: { server: { argv: ['beside', '{config}'] } } },
    'roles.server.argv[0]: no program "beside" is in the PATH: write "./beside" for the one beside the file',
  ],
];

for (const [given, message] of faults) {
  test(`iut.json: ${message.split('\n')[0]}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'pna-declaration-'));
    t.teardown(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'beside'), '#!/bin/sh\n', { mode: 0o755 });
    const file = join(folder, 'iut.json');
    writeFileSync(file, typeof given === 'string' ? given : JSON.stringify(given));
    const error = t.throws(() => loadDeclaration(file), { instanceOf: DeclarationError });
    t.is(error?.message.replace(/\nThe format is in .*$/, ''), `iut.json: ${message}`);
  });
}

test('a program that cannot be executed is told with its path', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pna-declaration-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'iut.json');
  writeFileSync(file, JSON.stringify({ ...good, roles: { server: { argv: ['./acme', '{config}'] } } }));
  const program = join(folder, 'acme');
  writeFileSync(program, '', { mode: 0o644 });
  t.throws(() => loadDeclaration(file), {
    message: `iut.json: roles.server.argv[0]: ${program} is not executable: chmod +x ${program}`,
  });
});

test('the example of docs/iut.md is a declaration, once its program is there', (t) => {
  const document = readFileSync(resolve(root, 'docs/iut.md'), 'utf8');
  const [, example = ''] = /^## iut\.json$[\s\S]*?^```json$\n([\s\S]*?)^```$/m.exec(document) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'pna-declaration-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'iut.json');
  writeFileSync(file, example);
  t.throws(() => loadDeclaration(file), { message: /roles\.server\.argv\[0\]: \S*acme-tunneld does not exist/ });
  writeFileSync(join(folder, 'acme-tunneld'), '#!/bin/sh\n', { mode: 0o755 });
  const { name, suites, roles } = loadDeclaration(file);
  t.deepEqual([name, suites, Object.keys(roles)], ['acme tunnel 2.1', ['x25519'], ['server']]);
});
