/**
 * Loaded before the reference (`--import`) by a wrong implementation, or by a right but different one: puts the modules of
 * the file that PNA_WRONG names in the place of the reference's. Without them the process ends: it would be the reference.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

const modules = read(process.env['PNA_WRONG'] ?? '');

registerHooks({
  load(url, context, next) {
    const source = modules[url.split('?')[0] ?? url];
    return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
  },
});

function read(file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`PNA_WRONG=${file}: ${(error as Error).message}\n`);
    process.exit(70);
  }
}
