/** What local stacks have really said to the emulators: captures/golden/local-stack. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPcap } from '../../steps/support/lab/captures/pcap.ts';
import { lan } from './lan.ts';

export interface Conversation {
  /** The capture's name, which is that of the program or of what it shows. */
  readonly name: string;
  /** In order: those that the local stack sent, and those that it received. */
  readonly packets: readonly { readonly sent: boolean; readonly octets: Uint8Array }[];
}

const folder = resolve(import.meta.dirname, '../../captures/golden/local-stack');

/** Each capture on a tunnel client's adapter. */
export const conversations: readonly Conversation[] = await Promise.all(
  readdirSync(folder).map(async (file) => ({
    name: file.replace('.pcap', ''),
    packets: (await readPcap(join(folder, file))).map(({ octets }) => ({
      sent: octets.subarray(6, 12).toHex() === lan.clientPhysical,
      octets,
    })),
  })),
);
