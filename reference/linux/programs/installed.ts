/** Programs that are installed on this machine. */
import { delimiter, join } from 'node:path';

const { accessSync, constants } = process.getBuiltinModule('node:fs');

/** Folders as in the environment variable PATH; those of daemons are always among them. */
export const searchPath = (path = process.env['PATH'] ?? ''): string => [path, '/usr/sbin', '/sbin'].join(delimiter);

/** @returns the file of the first executable of this name, undefined when there is none */
export function programIn(path: string, name: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
