/** The server's state machine ([EP] fig. 12), its timers, limits and policy. */
import type { Fault } from '../fault.ts';

export const server: readonly Fault[] = [];
