/** A folder that the members of a group share: whether it can be used (docs/protocol.md, section 15.1). */
import { join } from 'node:path';
import { randomOctets } from '../../crypto/primitives.ts';

const { linkSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');

/** A name that is no address, so that a file that a crash leaves behind takes no address. */
export const temporaryIn = (folder: string): string => join(folder, `.${randomOctets(16).toHex()}`);

/** @returns why a folder can't be written as it has to be, with the remedy; undefined when it can. */
export function faultOfFolder(folder: string): string | undefined {
  const [temporary, link] = [temporaryIn(folder), temporaryIn(folder)];
  try {
    writeFileSync(temporary, '', { flag: 'wx' });
    linkSync(temporary, link);
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return faults[code] ?? `cannot be used (${code}): name a folder that all members of the group can write`;
  } finally {
    for (const file of [temporary, link]) rmIfThere(file);
  }
}

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist: make the folder, or mount it, before the server starts',
  ENOTDIR: 'is no folder: name a folder that all members of the group can write',
  EACCES: 'is not writable by the user that this server becomes: chown it, or name another "user"',
  EROFS: 'is on a file system that is mounted read-only: mount it for writing',
  EPERM: 'is on a file system without hard links: choose another, such as ext4, XFS or NFS',
  ENOTSUP: 'is on a file system without hard links: choose another, such as ext4, XFS or NFS',
};

function rmIfThere(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Where nothing could be made, nothing is to be removed.
  }
}
