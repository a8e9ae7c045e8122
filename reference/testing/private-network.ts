/** For tests: a network namespace of their own for the calling thread, and TAPs in it. */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { Tap } from '../adapter/tap.ts';
import { DeviceFailure } from '../libc/failure.ts';
import { ip } from '../linux/iproute2.ts';

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

/**
 * A TAP whose name the test before may have had. A program that another thread starts holds a copy of every descriptor
 * until it is executed: for that moment a closed TAP is still there.
 */
export async function openTap(name: string): Promise<Tap> {
  for (const end = Date.now() + 5_000; ; await pause(5)) {
    try {
      return new Tap({ name });
    } catch (error) {
      if (!(error instanceof DeviceFailure) || error.code !== 'EBUSY' || Date.now() > end) throw error;
    }
  }
}

/** Sets devices of a cable up. The kernel loses what is sent by one before it has noticed its carrier, which it tells. */
export async function setUp(...names: readonly string[]): Promise<void> {
  for (const name of names) await ip('link', 'set', name, 'up');
  for (const name of names)
    while (((await ip('link', 'show', name))[0] as { operstate?: string }).operstate !== 'UP') await pause(1);
}
