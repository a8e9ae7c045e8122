/** CLOSE frames ([EP] fig. 10) and the end of a connection. */
import type { Fault } from '../fault.ts';

export const close: readonly Fault[] = [];
