/** REQUEST, RESPONSE and key exchange data ([EP] figs. 5, 7 and 8). */
import type { Fault } from '../fault.ts';

export const requests: readonly Fault[] = [];
