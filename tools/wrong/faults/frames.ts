/** Framing and identifiers (FRAME, ID), and RELAY frames ([EP] fig. 6). */
import type { Fault } from '../fault.ts';

export const frames: readonly Fault[] = [];
