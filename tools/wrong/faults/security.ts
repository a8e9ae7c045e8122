/** What is written to logs, and what a configuration allows. */
import type { Fault } from '../fault.ts';

export const security: readonly Fault[] = [];
