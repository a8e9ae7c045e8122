/** What Wireshark's dissectors, by way of tshark, make of the packets of a pcap file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LabFailure } from '../failure.ts';
import { run } from '../programs/command.ts';

export interface Dissected {
  /** The packet's number, 1-based. */
  readonly number: number;
  /** Innermost last: `eth:ethertype:ip:udp:dhcp`. */
  readonly protocols: string;
  /** What is warned of or worse, such as a wrong checksum, and "malformed". */
  readonly complaints: readonly string[];
}

/** PI_WARN of Wireshark's epan/proto.h; PI_ERROR is greater, notes and chats are less. */
const warning = 0x60_0000;

const fields = [
  'frame.number',
  'frame.protocols',
  '_ws.expert.severity',
  '_ws.expert.message',
  '_ws.malformed',
] as const;

/** What Wireshark makes of each packet, in order, with its complaints. @throws LabFailure when tshark fails */
export async function dissect(file: string): Promise<Dissected[]> {
  return (await readFields(file, fields)).map(judge);
}

/**
 * What the dissectors read in each packet: for each field, as Wireshark names it, its values in order of the packet,
 * joined by `|`. Checksums are verified, which tshark leaves by default to the network card, and that of ICMPv6 as it
 * always is. No settings of the user's are read.
 */
export async function readFields(file: string, names: readonly string[]): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'tshark-'));
  try {
    const checked = ['ip.check_checksum:TRUE', 'udp.check_checksum:TRUE'];
    const preferences = checked.flatMap((preference) => ['-o', preference]);
    const wanted = names.flatMap((name) => ['-e', name]);
    const form = ['-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=|'];
    const text = await run(['tshark', '-n', '-r', file, ...preferences, ...form, ...wanted], {
      env: { WIRESHARK_CONFIG_DIR: folder },
    });
    return text
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function judge(values: readonly string[]): Dissected {
  const [number = '', protocols = '', severities = '', messages = '', malformed = ''] = values;
  if (protocols === '') throw new LabFailure(`tshark: ${JSON.stringify(values)} names no protocols`);
  const texts = messages.split('|');
  const warned = severities
    .split('|')
    .flatMap((severity, index) => (Number(severity) >= warning ? [texts[index] || `severity ${severity}`] : []));
  return { number: Number(number), protocols, complaints: [...warned, ...(malformed === '' ? [] : ['malformed'])] };
}
