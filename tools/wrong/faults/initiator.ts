/** The initiator's state machine ([EP] fig. 11) and its timers. */
import type { Fault } from '../fault.ts';

export const initiator: readonly Fault[] = [];
