/**
 * Loads the project's modules anew as often as wanted: each generation has addresses of its own, which end in
 * `?generation=N`, and so a module graph of its own. Packages are loaded once. `ava` is the chain of the running test file.
 */
import { readFileSync } from 'node:fs';
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const place = globalThis as unknown as { avaChains: unknown[] };
place.avaChains = [];
const mark = '?generation=';
const standIn = 'ava:stand-in';
const sources = new Map<string, string>();
let generation = 0;

registerHooks({
  resolve(specifier, context, next) {
    const own = context.parentURL?.split(mark)[1];
    if (own === undefined) return next(specifier, context);
    if (specifier === 'ava') return { url: `${standIn}${mark}${own}`, format: 'module', shortCircuit: true };
    const found = next(specifier, context);
    if (!found.url.startsWith('file:') || found.url.includes('/node_modules/')) return found;
    return { ...found, url: `${found.url}${mark}${own}` };
  },
  load(url, context, next) {
    if (url.startsWith(standIn))
      return {
        format: 'module',
        shortCircuit: true,
        source: `export default globalThis.avaChains[${url.split(mark)[1]}];`,
      };
    if (!url.includes(mark) || !url.includes('.ts?')) return next(url, context);
    const file = fileURLToPath(url.split(mark)[0]!);
    const source = sources.get(file) ?? stripTypeScriptTypes(readFileSync(file, 'utf8'));
    sources.set(file, source);
    return { format: 'module', shortCircuit: true, source };
  },
});

/** Loads the file and all that it imports. `chain` is what it gets as AVA. */
export async function loadAnew(file: string, chain: unknown): Promise<void> {
  generation += 1;
  place.avaChains[generation] = chain;
  await import(`${pathToFileURL(file).href}${mark}${generation}`);
}
