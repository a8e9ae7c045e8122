/** Bounds that the kernel sets to this process: getrlimit(2). */
import { viewOf } from '../octets.ts';
import { systemCall } from './native.ts';

const getrlimit = systemCall<[resource: number, limits: Uint8Array]>('int getrlimit(int resource, void *limits)');

/** <sys/resource.h> */
const RLIMIT_NOFILE = 7;

/** A descriptor's number is below this; it may change at any time (prlimit(1)). */
export function descriptorLimit(): number {
  const limits = new Uint8Array(16);
  getrlimit(RLIMIT_NOFILE, limits);
  return Number(viewOf(limits).getBigUint64(0, true));
}
