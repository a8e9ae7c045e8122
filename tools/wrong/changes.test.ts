import { parse } from 'acorn';
import test from 'ava';
import { changedModules } from './changes.ts';
import { isOfExample } from './fault.ts';
import { registry, rightRegistry } from './registry.ts';

test('a changed module is a module, and nearly all of them mark that their change is reached', (t) => {
  t.timeout(120_000);
  const all = [...registry, ...rightRegistry].filter((one) => !isOfExample(one));
  const changes = all.map((one) => changedModules(one));
  for (const { modules } of changes)
    for (const source of Object.values(modules))
      t.notThrows(() => parse(source, { ecmaVersion: 'latest', sourceType: 'module' }));
  // The others change tables and constants.
  t.true(changes.filter(({ marks }) => marks).length > 0.8 * all.length);
});
