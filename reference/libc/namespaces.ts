/** Network namespaces of the calling thread, and its life: what the suite's laboratory and the tests are made of. */
import { checked, native } from './native.ts';

const nativeUnshare = native('int unshare(int flags)');
const nativeEnter = native('int setns(int fd, int nstype)');
const nativeControl = native('int prctl(int option, ulong two, ulong three, ulong four, ulong five)');

/** <sched.h>, <sys/prctl.h> */
const CLONE_NEWNET = 0x4000_0000;
const PR_SET_PDEATHSIG = 1;

/** Moves the calling thread into a new, empty network namespace. */
export function unshareNetwork(): void {
  checked('unshare', nativeUnshare(CLONE_NEWNET));
}

/** Moves the calling thread into the network namespace behind `fd`. */
export function enterNetwork(fd: number): void {
  checked('setns', nativeEnter(fd, CLONE_NEWNET));
}

/** The kernel sends this process `signal` when its parent dies. */
export function dieWithParent(signal: number): void {
  checked('prctl', nativeControl(PR_SET_PDEATHSIG, signal, 0, 0, 0));
}
