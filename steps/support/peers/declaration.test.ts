import { resolve } from 'node:path';
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
