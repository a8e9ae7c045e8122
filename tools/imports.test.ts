/** Imports point one way: a folder of the reference may use only the folders listed for it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '..', 'reference');

/** Folder → the folders it may import from, itself and `errors.ts` always included. */
const allowed: Record<string, readonly string[]> = {
  packets: [],
  wire: ['packets'],
  crypto: ['wire'],
  machines: [],
  nodes: ['machines', 'crypto', 'wire', 'packets'],
  emulators: ['packets', 'wire'],
  libc: [],
  adapter: ['libc', 'emulators', 'packets', 'wire'],
  linux: ['libc', 'adapter', 'emulators', 'packets', 'wire'],
  tunnel: ['linux', 'libc', 'adapter', 'nodes', 'machines', 'crypto', 'wire', 'packets'],
  cli: ['tunnel', 'nodes', 'crypto', 'wire'],
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Every static or dynamic import in the shipped sources (tests may look anywhere). */
function imports(): Import[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing/'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [...text.matchAll(/(?:\bfrom|\bimport\()\s*'([^']+)'/g)].map((match) => ({ file, specifier: match[1]! }));
  });
}

const folderOf = (path: string) => (path.includes('/') ? path.split('/')[0]! : '');

test('a folder imports only from the folders below it', (t) => {
  const all = imports();
  t.true(all.length > 0, 'no import was found: the pattern is broken');
  const wrong = all.filter(({ file, specifier }) => {
    const folder = folderOf(file);
    if (!specifier.startsWith('.') || folder === '') return false;
    const target = folderOf(relative(root, join(root, dirname(file), specifier)));
    return target !== '' && target !== folder && !allowed[folder]?.includes(target);
  });
  t.deepEqual(wrong, []);
});

/** Inside the tunnel: what is a role's own is no other role's. */
const roles = ['client', 'server', 'relay'];
const within: Record<string, readonly string[]> = {
  ...Object.fromEntries(roles.map((role) => [role, ['', 'config', 'names']])),
  '': ['config', 'names'],
  config: [''],
  names: [''],
};

test('within the tunnel no role imports from another', (t) => {
  const partOf = (path: string) => (path.split('/').length > 2 ? path.split('/')[1]! : '');
  const inside = imports().filter(({ file, specifier }) => file.startsWith('tunnel/') && specifier.startsWith('.'));
  t.true(
    inside.some(({ file }) => roles.includes(partOf(file))),
    'the roles have no folders any more',
  );
  const wrong = inside.filter(({ file, specifier }) => {
    const target = relative(root, join(root, dirname(file), specifier));
    if (!target.startsWith('tunnel/')) return false;
    const [from, to] = [partOf(file), partOf(target)];
    return from !== to && !within[from]?.includes(to);
  });
  t.deepEqual(wrong, []);
});

test('the shipped reference never imports the suite, and each cryptographic library is reached through one module', (t) => {
  const all = imports();
  t.deepEqual(
    all.filter(({ specifier }) => /(^|\/)(steps|features|vectors|tools)\//.test(specifier)),
    [],
  );
  const doors = new Set(
    all.filter(({ specifier }) => /^(node:crypto$|@noble\/)/.test(specifier)).map(({ file }) => file),
  );
  t.deepEqual([...doors].sort(), ['crypto/noble.ts', 'crypto/primitives.ts']);
});
