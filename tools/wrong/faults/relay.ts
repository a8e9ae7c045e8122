/** The relay's state machine ([EP] fig. 13), tunnel paths and groups. */
import type { Fault } from '../fault.ts';

export const relay: readonly Fault[] = [];
