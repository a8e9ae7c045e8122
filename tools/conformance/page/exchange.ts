/** What was exchanged in a scenario, from its capture: the frames of each tunnel connection and how it ended. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { divide } from '../../../steps/support/lab/captures/frames.ts';
import { readPcap } from '../../../steps/support/lab/captures/pcap.ts';
import { type TcpStream, tcpConnections } from '../../../steps/support/lab/captures/tcp-streams.ts';
import { wireAddresses } from '../../../steps/support/lab/networks/namespace.ts';
import { viewOf } from './frame-view.ts';

/** A line of the ladder. */
export interface Rung {
  /** Milliseconds since the first. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  /** `CLOSE protocol error`, `end of stream`. */
  readonly what: string;
  /** Number of the packet in the capture. */
  readonly packet: number;
  /** Absent for the beginning and the end of a stream. */
  readonly octets: Uint8Array | undefined;
}

/** Captures larger than this are not read for the page. */
const largest = 2 * 1024 * 1024;
const mostRungs = 60;

/** @param folder of the scenario's evidence. @returns nothing where there is no capture of the wire that can be read */
export async function rungsOf(folder: string): Promise<readonly Rung[]> {
  const file = join(folder, 'wire.pcap');
  if (!existsSync(file) || statSync(file).size > largest) return [];
  try {
    const packets = await readPcap(file);
    const all = tcpConnections(packets).flatMap(({ forth, back }) => [
      ...rungsOfStream(forth, true),
      ...rungsOfStream(back, false),
    ]);
    const first = Math.min(...all.map(({ at }) => at));
    return all
      .toSorted((one, other) => one.at - other.at || one.packet - other.packet)
      .map((rung) => ({ ...rung, at: (rung.at - first) / 1000 }))
      .slice(-mostRungs);
  } catch {
    return [];
  }
}

const names = new Map<string, string>(Object.entries(wireAddresses).map(([name, address]) => [address, name]));
const nameOf = (place: string): string => names.get(place.replace(/:\d+$/, '')) ?? place;

function rungsOfStream(stream: TcpStream, isForth: boolean): Rung[] {
  const [from, to] = [nameOf(stream.source), nameOf(stream.destination)];
  const { frames, rest, fault } = divide(stream);
  const rungs: Rung[] = frames.map(({ octets, packet, time }) => ({
    at: time,
    from,
    to,
    what: summaryOf(octets),
    packet,
    octets,
  }));
  if (rest.length > 0) {
    const { packet = 0, time = 0 } = stream.chunks.at(-1) ?? {};
    const what = fault === undefined ? `${rest.length} octets of a frame` : `no frame: ${fault.message}`;
    rungs.push({ at: time, from, to, what, packet, octets: rest });
  }
  if (stream.endTime !== undefined) {
    const packet = stream.chunks.at(-1)?.packet ?? 0;
    rungs.push({
      at: stream.endTime,
      from,
      to,
      what: stream.reset ? 'reset' : 'end of stream',
      packet,
      octets: undefined,
    });
  }
  const [begun] = stream.chunks;
  if (isForth && begun === undefined && rungs.length === 0)
    rungs.push({
      at: stream.endTime ?? 0,
      from,
      to,
      what: 'a connection without an octet',
      packet: 0,
      octets: undefined,
    });
  return rungs;
}

function summaryOf(octets: Uint8Array): string {
  const { title, fields } = viewOf(octets);
  const status = fields.find(({ name }) => name.startsWith('status'));
  const protocol = fields.find(({ name }) => name.startsWith('protocol'));
  const detail = status?.meaning ?? protocol?.meaning;
  return `${title}${detail === undefined ? '' : ` ${detail}`}, ${octets.length} octets`;
}
