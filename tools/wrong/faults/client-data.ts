/** Client data ([EP] fig. 8, 162) and what of it an initiator accepts. */
import type { Fault } from '../fault.ts';

export const clientData: readonly Fault[] = [];
