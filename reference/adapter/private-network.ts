/** For tests: a network namespace of their own for the calling thread. */
import { existsSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

const CLONE_NEWNET = 0x4000_0000;

/** Why there can be none here, or undefined when there can. */
export function whyNoPrivateNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  return undefined;
}

/** From here on this thread, the sockets it makes and the processes it starts see an empty network; it ends with the thread. */
export function enterPrivateNetwork(): void {
  const unshare = koffi.load('libc.so.6').func('int unshare(int flags)');
  if (unshare(CLONE_NEWNET) !== 0) throw new Error(`unshare: ${getSystemErrorName(-koffi.errno())}`);
}
