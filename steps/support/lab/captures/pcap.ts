/**
 * Classic pcap files of Ethernet frames: written here, and read by pcap-parser. What that doesn't check is checked here first: the magic
 * number, the snapshot length, a packet's length, and a last packet that the file breaks off in.
 */
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parse } from 'pcap-parser';
import { LabFailure } from '../failure.ts';

/** One captured Ethernet frame. */
export interface Packet {
  /** 1-based, as Wireshark counts. */
  readonly number: number;
  /** Microseconds since the epoch. */
  readonly time: number;
  readonly octets: Uint8Array;
  /** Octets on the wire; more than `octets.length` if the capture was cut short. */
  readonly originalLength: number;
}

const fileHeader = 24;
const packetHeader = 16;
const linkTypeEthernet = 1;
const largestPacket = 262_144;
const magic = { big: 0xa1b2c3d4, little: 0xd4c3b2a1 };

/** @throws LabFailure when the file is not a whole classic pcap of Ethernet frames in microseconds */
export async function readPcap(file: string): Promise<Packet[]> {
  return decodePcap(await readFile(file));
}

/** As {@link readPcap}, of what is in the file. */
export async function decodePcap(file: Uint8Array): Promise<Packet[]> {
  const whole = checkStructure(file);
  if (whole < file.length) {
    throw new LabFailure(`pcap: the last packet breaks off ${file.length - whole} octets after octet ${whole}`);
  }
  const packets: Packet[] = [];
  await new Promise<void>((resolve, reject) => {
    const parser = parse(Readable.from([Buffer.from(file.subarray(0, whole))]));
    parser.on('packet', ({ header, data }) => {
      packets.push({
        number: packets.length + 1,
        time: header.timestampSeconds * 1e6 + header.timestampMicroseconds,
        octets: new Uint8Array(data),
        originalLength: header.originalLength,
      });
    });
    parser.on('error', (error) => reject(new LabFailure(`pcap: ${error.message}`)));
    parser.on('end', () => resolve());
  });
  return packets;
}

/** @returns octets of whole packets, file header included */
function checkStructure(file: Uint8Array): number {
  if (file.length < fileHeader) throw new LabFailure(`pcap: ${file.length} octets are no file header`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const first = view.getUint32(0);
  if (first !== magic.big && first !== magic.little) {
    throw new LabFailure(`pcap: magic number ${first.toString(16)} is not that of classic pcap in microseconds`);
  }
  const little = first === magic.little;
  const [major, minor] = [view.getUint16(4, little), view.getUint16(6, little)];
  if (major !== 2 || minor !== 4) throw new LabFailure(`pcap: version ${major}.${minor} is not 2.4`);
  const link = view.getUint32(20, little);
  if (link !== linkTypeEthernet) throw new LabFailure(`pcap: link type ${link} is not Ethernet`);
  let at = fileHeader;
  while (at + packetHeader <= file.length) {
    const captured = view.getUint32(at + 8, little);
    const original = view.getUint32(at + 12, little);
    if (captured > largestPacket || captured > original) {
      throw new LabFailure(`pcap: packet at octet ${at} claims ${captured} captured of ${original} octets`);
    }
    if (at + packetHeader + captured > file.length) break;
    at += packetHeader + captured;
  }
  return at;
}

/** A whole file, little-endian. @param packets with their times in microseconds since the epoch */
export function encodePcap(packets: readonly Pick<Packet, 'octets' | 'time'>[]): Uint8Array {
  const header = new Uint8Array(fileHeader);
  const view = new DataView(header.buffer);
  view.setUint32(0, magic.big, true);
  view.setUint16(4, 2, true);
  view.setUint16(6, 4, true);
  view.setUint32(16, largestPacket, true);
  view.setUint32(20, linkTypeEthernet, true);
  const records = packets.flatMap(({ octets, time }) => {
    const record = new DataView(new ArrayBuffer(packetHeader));
    record.setUint32(0, Math.floor(time / 1e6), true);
    record.setUint32(4, time % 1e6, true);
    record.setUint32(8, octets.length, true);
    record.setUint32(12, octets.length, true);
    return [new Uint8Array(record.buffer), octets];
  });
  return Buffer.concat([header, ...records]);
}
