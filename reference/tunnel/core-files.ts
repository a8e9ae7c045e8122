/** What becomes of the memory of a process that has keys in it. */
export { leaveNoCore } from '../libc/limits.ts';
