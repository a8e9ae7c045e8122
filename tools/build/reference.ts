/** Whether a run starts the reference of this tree as built programs. An installed package has nothing to build. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ownDeclaration = resolve(import.meta.dirname, '../../iut.json');

/**
 * @param iut declaration of what a run starts
 * @returns environment for the run. Any other implementation, and what cannot be built, is started as it declares.
 */
export async function builtReference(iut = ownDeclaration): Promise<{ PNA_BUILT?: string }> {
  const builder = join(import.meta.dirname, 'programs.ts');
  if (resolve(iut) !== ownDeclaration || !existsSync(builder)) return {};
  try {
    const { currentProgram } = (await import(builder)) as { currentProgram: () => Promise<string> };
    return { PNA_BUILT: await currentProgram() };
  } catch (error) {
    process.stderr.write(`the reference cannot be built, and is started from its modules: ${String(error)}\n`);
    return {};
  }
}
