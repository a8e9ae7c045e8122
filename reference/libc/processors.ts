/** Whether the processors of this machine have more to do than they can at this moment: proc_loadavg(5). */
import { availableParallelism } from 'node:os';

const { readFileSync } = process.getBuiltinModule('node:fs');

/** A few threads for each processor take turns within milliseconds; a tunnel's own two ends are some of them. */
const perProcessor = 4;

/** @returns whether many threads wait for a processor, of any process; false where the kernel does not tell */
export function isMachineBusy(): boolean {
  try {
    // Three averages, then the threads that run or could run, and all threads: "0.20 0.18 0.12 1/80 11206".
    const [, , , threads = ''] = readFileSync('/proc/loadavg', 'latin1').split(' ');
    return Number.parseInt(threads, 10) > perProcessor * availableParallelism();
  } catch {
    return false;
  }
}
