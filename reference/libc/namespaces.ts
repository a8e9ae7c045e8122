/** Network namespaces of the calling thread, and its end with its parent: for tests and the suite's laboratory. */
import { systemCall } from './native.ts';

const unshare = systemCall<[flags: number]>('int unshare(int flags)');
const setns = systemCall<[fd: number, type: number]>('int setns(int fd, int nstype)');
const prctl = systemCall<[option: number, signal: number, ...unused: number[]]>(
  'int prctl(int option, ulong two, ulong three, ulong four, ulong five)',
);

/** <sched.h>, <sys/prctl.h> */
const CLONE_NEWNET = 0x4000_0000;
const PR_SET_PDEATHSIG = 1;

/** Moves the calling thread into a new, empty network namespace. */
export const unshareNetwork = (): number => unshare(CLONE_NEWNET);

/** Moves the calling thread into the network namespace behind `fd`. */
export const enterNetwork = (fd: number): number => setns(fd, CLONE_NEWNET);

/** The kernel sends this process `signal` when its parent dies. */
export const dieWithParent = (signal: number): number => prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
