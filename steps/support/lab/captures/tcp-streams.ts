/** The two octet streams of each TCP connection in a capture, put together again from its segments. */
import { addressText } from '../../../../reference/packets/addresses.ts';
import { LabFailure } from '../failure.ts';
import type { Packet } from './pcap.ts';

/** A run of octets of a stream and the packet that carried it first. */
interface Chunk {
  /** Offset of its first octet in the stream. */
  readonly offset: number;
  readonly length: number;
  /** Number and time of the packet, for pointing at it. */
  readonly packet: number;
  readonly time: number;
}

/** One direction of a connection. */
export interface TcpStream {
  readonly source: string;
  readonly destination: string;
  readonly octets: Uint8Array;
  readonly chunks: readonly Chunk[];
  /** FIN seen, and everything before it. */
  readonly finished: boolean;
  readonly reset: boolean;
  /** Time of the FIN or RST in microseconds since the epoch. */
  readonly endTime: number | undefined;
}

/** `forth` is the direction of the SYN, from the node that connected. */
export interface TcpConnection {
  readonly forth: TcpStream;
  readonly back: TcpStream;
}

/** One TCP segment of a packet. */
interface Segment {
  readonly source: string;
  readonly destination: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly payload: Uint8Array;
  readonly packet: Packet;
}

const TCP = 6;

/** The TCP segment in an Ethernet frame over IPv4 or IPv6, undefined for anything else. @throws LabFailure if it is cut short */
export function segmentOf(packet: Packet): Segment | undefined {
  const { octets } = packet;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.length < 34) return undefined;
  const type = view.getUint16(12);
  let at: number;
  let end: number;
  let addresses: [string, string];
  if (type === 0x0800) {
    const header = (view.getUint8(14) & 0x0f) * 4;
    if (view.getUint8(23) !== TCP) return undefined;
    at = 14 + header;
    end = 14 + view.getUint16(16);
    addresses = [addressText(octets.subarray(26, 30)), addressText(octets.subarray(30, 34))];
  } else if (type === 0x86dd && octets.length >= 54) {
    if (view.getUint8(20) !== TCP) return undefined;
    at = 54;
    end = 54 + view.getUint16(18);
    addresses = [addressText(octets.subarray(22, 38)), addressText(octets.subarray(38, 54))];
  } else return undefined;
  if (octets.length < packet.originalLength || end > octets.length || at + 20 > end) {
    throw new LabFailure(`packet ${packet.number}: its TCP segment is cut short`);
  }
  const flags = view.getUint8(at + 13);
  return {
    source: `${addresses[0]}:${view.getUint16(at)}`,
    destination: `${addresses[1]}:${view.getUint16(at + 2)}`,
    sequence: view.getUint32(at + 4),
    fin: (flags & 0x01) !== 0,
    syn: (flags & 0x02) !== 0,
    rst: (flags & 0x04) !== 0,
    ack: (flags & 0x10) !== 0,
    payload: octets.subarray(at + (view.getUint8(at + 12) >> 4) * 4, end),
    packet,
  };
}

/**
 * Every connection whose SYN was captured, in order of its SYN. Retransmissions count once; what arrives out of order is
 * put in order; a hole is an error.
 */
export function tcpConnections(packets: readonly Packet[]): TcpConnection[] {
  const connections: { forth: Assembly; back: Assembly }[] = [];
  const current = new Map<string, Assembly>();
  for (const packet of packets) {
    const segment = segmentOf(packet);
    if (segment === undefined) continue;
    const key = `${segment.source} ${segment.destination}`;
    if (segment.syn && !segment.ack && current.get(key)?.first !== segment.sequence) {
      const forth = new Assembly(segment.source, segment.destination);
      const back = new Assembly(segment.destination, segment.source);
      current.set(key, forth).set(`${segment.destination} ${segment.source}`, back);
      connections.push({ forth, back });
    }
    current.get(key)?.add(segment);
  }
  return connections.map(({ forth, back }) => ({ forth: forth.stream(), back: back.stream() }));
}

class Assembly {
  first: number | undefined;
  readonly #source: string;
  readonly #destination: string;
  readonly #pieces: { offset: number; segment: Segment }[] = [];
  #fin: { offset: number; time: number } | undefined;
  #reset: number | undefined;

  constructor(source: string, destination: string) {
    this.#source = source;
    this.#destination = destination;
  }

  add(segment: Segment): void {
    if (segment.syn) this.first ??= segment.sequence;
    if (segment.rst) this.#reset ??= segment.packet.time;
    if (this.first === undefined) return;
    // Sequence numbers wrap at 2³²; no stream of the lab is that long, so the distance from the SYN is the offset.
    const offset = segment.syn ? 0 : ((segment.sequence - this.first) >>> 0) - 1;
    if (segment.payload.length > 0 && offset >= 0 && offset < 0x8000_0000) this.#pieces.push({ offset, segment });
    if (segment.fin) this.#fin ??= { offset: offset + segment.payload.length, time: segment.packet.time };
  }

  stream(): TcpStream {
    const chunks: Chunk[] = [];
    const parts: Uint8Array[] = [];
    let next = 0;
    // Stable: of two copies of the same octets the one captured first stays first.
    for (const { offset, segment } of [...this.#pieces].sort((a, b) => a.offset - b.offset)) {
      if (offset > next)
        throw new LabFailure(`${this.#source} > ${this.#destination}: ${offset - next} octets are missing at ${next}`);
      const fresh = segment.payload.subarray(next - offset);
      if (fresh.length === 0) continue;
      chunks.push({ offset: next, length: fresh.length, packet: segment.packet.number, time: segment.packet.time });
      parts.push(fresh);
      next += fresh.length;
    }
    const octets = new Uint8Array(next);
    for (const [i, part] of parts.entries()) octets.set(part, (chunks[i] as Chunk).offset);
    return {
      source: this.#source,
      destination: this.#destination,
      octets,
      chunks,
      finished: this.#fin !== undefined && this.#fin.offset === next,
      reset: this.#reset !== undefined,
      endTime: this.#fin?.time ?? this.#reset,
    };
  }
}
