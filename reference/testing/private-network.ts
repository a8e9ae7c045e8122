/** For tests: a network namespace of their own for the calling thread, and TAPs in it. */
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { Tap } from '../adapter/tap.ts';
import { DeviceFailure } from '../libc/failure.ts';
import { unshareNetwork } from '../libc/namespaces.ts';
import { ip, showLinks } from '../linux/programs/iproute2.ts';

/** Why this machine or user can have no private network; undefined when it can. */
export function whyNoPrivateNetwork(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  return undefined;
}

/** What `nobody` is to the kernel. */
export const nobody = 65_534;

/** Why a process cannot become nobody; undefined when it can. A user namespace of an ordinary user has no second user. */
export function whyNoSecondUser(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  const ranges = readFileSync('/proc/self/uid_map', 'utf8').trim().split('\n');
  const has = ranges.some((range) => {
    const [first = 0, , count = 0] = range.trim().split(/\s+/).map(Number);
    return first <= nobody && nobody < first + count;
  });
  return has ? undefined : 'no second user';
}

/** From here on this thread, the sockets it makes and the processes it starts see an empty network; it ends with the thread. */
export function enterPrivateNetwork(): void {
  unshareNetwork();
}

/**
 * For tests that need the kernel's network: one after the other, in a private network of this thread. Where there can be
 * none they are skipped, and their titles say why.
 */
export function kernelTests(subject = 'kernel', obstacle = whyNoPrivateNetwork()) {
  if (obstacle === undefined) enterPrivateNetwork();
  const run = obstacle === undefined ? test.serial : test.skip;
  const label = obstacle === undefined ? subject : `${subject} (${obstacle})`;
  return (title: string, body: (t: ExecutionContext) => Promise<void> | void): void => run(`${label}: ${title}`, body);
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

/** Sets devices of a cable up. The kernel loses what is sent by one before it has noticed its carrier: until then a device is not UP. */
export async function setUp(...names: readonly string[]): Promise<void> {
  for (const name of names) await ip('link', 'set', name, 'up');
  for (const name of names) while ((await showLinks(name))[0]?.operstate !== 'UP') await pause(1);
}
