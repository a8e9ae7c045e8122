/** Memory that a role has freed goes back to the kernel. */
import { giveMemoryBack } from '../libc/memory.ts';

/** Milliseconds. */
const every = 5_000;

/**
 * Now, and from now on. The C library gives back only what lies at the end of its heap. The runtime's compiler takes up to
 * 14 MB for a moment, and what is allocated meanwhile lies behind that: it would be kept for good.
 */
export function keepMemoryLow(): void {
  giveMemoryBack();
  setInterval(giveMemoryBack, every).unref();
}
