/**
 * The reference's programs, each made one file of its modules: so they are installed, and so the tools start them. Such a start
 * takes two thirds of the processor's time that it takes from the modules, and 4 MB less memory (docs/performance.md).
 */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build, type OutputFile, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '../..');

/** The file of each program, in `reference/programs/` of where it is built, and the module that it begins with. */
const programs: Readonly<Record<string, string>> = {
  pna: 'reference/cli/main.ts',
  'client-data-thread': 'reference/tunnel/client/data-thread.ts',
  'server-data-thread': 'reference/tunnel/server/data-thread.ts',
  'relay-worker': 'reference/tunnel/relay/forward/worker.ts',
  'privileged-helper': 'reference/linux/privileges/helper-program.ts',
  noble: 'reference/crypto/noble.ts',
};
const folder = 'reference/programs';

/** A program that another one starts is named by its module's file: it becomes the one that is built of it. */
const pointToPrograms: Plugin = {
  name: 'point to programs',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/reference\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(named, (_, before: string, file: string, after: string) => {
        const module = relative(root, join(dirname(path), file));
        const program = Object.keys(programs).find((name) => programs[name] === module);
        if (program === undefined)
          throw new Error(`${relative(root, path)} starts ${module}: it needs a line in tools/build/programs.ts`);
        return `${before}./${program}.js${after}`;
      }),
      loader: 'ts',
    }));
  },
};
/** `new URL('./x.ts', import.meta.url)` and `createRequire(import.meta.url)('./x.ts')`. */
const named = /(new URL\('|createRequire\(import\.meta\.url\)\(')(\.[^']+\.ts)('\)|', import\.meta\.url\))/g;

/** @returns the files; nothing is written */
async function built(): Promise<readonly OutputFile[]> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: programs,
    outdir: folder,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node26', legalComments: 'none' },
    plugins: [pointToPrograms],
    write: false,
    logLevel: 'warning',
  });
  return outputFiles;
}

/** Builds the programs into `reference/programs/` of a folder. */
export async function buildPrograms(to: string): Promise<void> {
  for (const { path, contents } of await built()) write(join(to, folder, basename(path)), contents);
}

/** Milliseconds for which programs that nobody has built again are kept. */
const kept = 24 * 60 * 60 * 1_000;

/**
 * The programs of this tree as it is, in a folder that no other state of it has: one that is used already is never changed.
 * @returns the command's file, for `PNA_BUILT` of `bin/pna`
 */
export async function currentProgram(): Promise<string> {
  const files = await built();
  const hash = createHash('sha256');
  for (const { path, contents } of files) hash.update(path).update(contents);
  const all = join(root, 'node_modules/.cache/programs');
  const own = join(all, hash.digest('hex').slice(0, 16));
  if (!existsSync(own)) {
    const making = join(all, randomUUID());
    for (const { path, contents } of files) write(join(making, folder, basename(path)), contents);
    write(join(making, 'package.json'), readFileSync(join(root, 'package.json')));
    try {
      renameSync(making, own);
    } catch (error) {
      // Somebody else was faster.
      rmSync(making, { recursive: true });
      if (!existsSync(own)) throw error;
    }
  }
  for (const name of globSync('*', { cwd: all })) {
    const old = join(all, name);
    if (old !== own && Date.now() - statSync(old).mtimeMs > kept) rmSync(old, { recursive: true, force: true });
  }
  return join(own, folder, 'pna.js');
}

function write(file: string, octets: Uint8Array): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, octets);
}
