/** Bounds that the kernel sets to this process, getrlimit(2), and who may look into its memory. */
import { viewOf } from '../octets.ts';
import { systemCall } from './native.ts';

const getrlimit = systemCall<[resource: number, limits: Uint8Array]>('int getrlimit(int resource, void *limits)');
const setrlimit = systemCall<[resource: number, limits: Uint8Array]>('int setrlimit(int resource, const void *limits)');
const prctl = systemCall<[option: number, ...words: [number, number, number, number]]>(
  'int prctl(int option, ulong two, ulong three, ulong four, ulong five)',
);

/** <sys/resource.h>, <sys/prctl.h> */
const RLIMIT_CORE = 4;
const RLIMIT_NOFILE = 7;
const PR_SET_DUMPABLE = 4;

/** A descriptor's number is below this; it may change at any time (prlimit(1)). */
export function descriptorLimit(): number {
  const limits = new Uint8Array(16);
  getrlimit(RLIMIT_NOFILE, limits);
  return Number(viewOf(limits).getBigUint64(0, true));
}

/**
 * From now on the kernel writes no core file of this process, nor gives one to a program, and no other process of the same
 * user may trace it or read its memory.
 */
export function leaveNoCore(): void {
  setrlimit(RLIMIT_CORE, new Uint8Array(16));
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
