/** Runs start the reference of this tree as built programs. An installed package has nothing to build. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** @returns environment for a run, for `bin/pna` of this tree, whoever starts it. What cannot be built is started as modules. */
export async function builtReference(): Promise<{ PNA_BUILT?: string }> {
  const builder = join(import.meta.dirname, 'programs.ts');
  if (!existsSync(builder)) return {};
  try {
    const { currentProgram } = (await import(builder)) as { currentProgram: () => Promise<string> };
    return { PNA_BUILT: await currentProgram() };
  } catch (error) {
    process.stderr.write(`the reference cannot be built, and is started from its modules: ${String(error)}\n`);
    return {};
  }
}
