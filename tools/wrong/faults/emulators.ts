/** The server emulators: ARP, DHCP and neighbour discovery ([EP] fig. 16, 304 and 306). */
import type { Fault } from '../fault.ts';

export const emulators: readonly Fault[] = [];
