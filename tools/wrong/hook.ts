/**
 * Loaded before the reference (`--import`) by a wrong implementation, or by a right but different one: changes the modules
 * that PNA_WRONG names a fault of. A place that isn't found ends the process: it would be the reference otherwise.
 */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { changed, changesOf, root } from './fault.ts';
import { registry, rightRegistry } from './registry.ts';

const id = process.env['PNA_WRONG'];
const fault = [...registry, ...rightRegistry].find((one) => one.id === id);
if (fault === undefined) {
  process.stderr.write(`PNA_WRONG=${id}: no fault of that id\n`);
  process.exit(70);
}

const changes = Map.groupBy(changesOf(fault), ({ file }) => pathToFileURL(join(root, file)).href);

registerHooks({
  load(url, context, next) {
    const result = next(url, context);
    const mine = changes.get(url.split('?')[0] ?? '');
    if (mine === undefined) return result;
    try {
      const source = mine.reduce((text, { file, change }) => changed(text, change, file), String(result.source));
      return { ...result, source };
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      process.exit(70);
    }
  },
});
