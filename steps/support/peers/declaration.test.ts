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
  t.throws(() => loadDeclaration('/nonexistent.json'), { instanceOf: DeclarationError, message: /ENOENT/ });
});

test('the example of docs/iut.md is a declaration, once its program is there', (t) => {
  const document = readFileSync(resolve(root, 'docs/iut.md'), 'utf8');
  const [, example = ''] = /^## iut\.json$[\s\S]*?^```json$\n([\s\S]*?)^```$/m.exec(document) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'pna-declaration-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'iut.json');
  writeFileSync(file, example);
  t.throws(() => loadDeclaration(file), { message: /acme-tunneld is not an executable file/ });
  writeFileSync(join(folder, 'acme-tunneld'), '#!/bin/sh\n', { mode: 0o755 });
  const { name, suites, roles } = loadDeclaration(file);
  t.deepEqual([name, suites, Object.keys(roles)], ['acme tunnel 2.1', ['x25519'], ['server']]);
});
