/** Every wrong implementation, by area. */

import type { Fault } from './fault.ts';
import { data } from './faults/data.ts';

export const registry: readonly Fault[] = [...data];
