/** Who may read a file, by its mode and those of the folders above it. */
import { dirname } from 'node:path';

const { statSync } = process.getBuiltinModule('node:fs');

/** Whether every user may read it. */
export const isOpenToAll = (file: string): boolean => has(file, 0o004) && isReachable(dirname(file));

const has = (path: string, bit: number): boolean => (statSync(path).mode & bit) !== 0;

const isReachable = (folder: string): boolean =>
  has(folder, 0o001) && (folder === dirname(folder) || isReachable(dirname(folder)));
