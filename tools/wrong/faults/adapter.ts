/** The pseudo network adapter ([EP] figs. 14 to 18). */
import type { Fault } from '../fault.ts';

export const adapter: readonly Fault[] = [];
