/** The handshake and the key schedule ([EP] fig. 5). */
import type { Fault } from '../fault.ts';

export const handshake: readonly Fault[] = [];
