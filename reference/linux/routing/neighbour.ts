/** Neighbours of the adapter that the local stack need not ask for, by ARP or neighbour solicitation. */
import { physicalText } from '../../packets/physical.ts';
import { ip } from '../programs/iproute2.ts';

export interface Neighbour {
  /** Of either family. */
  readonly address: string;
  /** 6 octets. */
  readonly physical: Uint8Array;
}

/** Idempotent. The entry has room even where the kernel's table is full, and stays as long as the adapter is up. */
export async function setNeighbour(device: string, { address, physical }: Neighbour): Promise<void> {
  await ip('neighbour', 'replace', address, 'lladdr', physicalText(physical), 'dev', device, 'nud', 'permanent');
}

/** Whether the permanent entry is there, whatever physical address it has. */
export async function hasNeighbour(device: string, { address }: Neighbour): Promise<boolean> {
  return (await ip('neighbour', 'show', address, 'dev', device, 'nud', 'permanent')).length > 0;
}

/** One that is gone already is no error. */
export async function removeNeighbour(device: string, { address }: Neighbour): Promise<void> {
  await ip('neighbour', 'delete', address, 'dev', device).catch(() => undefined);
}
