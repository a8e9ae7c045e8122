/** The tunnel's frames in a reassembled stream ([EP] figs. 6 to 10), each with the packet that completed it. */
import { Deframer } from '../../../../reference/wire/deframer.ts';
import type { FrameTypeName } from '../../../../reference/wire/identifiers.ts';
import type { TcpStream } from './tcp-streams.ts';

interface CapturedFrame {
  readonly type: FrameTypeName;
  /** The whole frame. */
  readonly octets: Uint8Array;
  /** Offset in the stream. */
  readonly offset: number;
  /** Number of the packet that carried its last octet, and that packet's time in microseconds. */
  readonly packet: number;
  readonly time: number;
}

/** What a stream divides into. */
export interface Division {
  readonly frames: readonly CapturedFrame[];
  /** Octets after the last whole frame: none, unless the stream breaks off or holds something that is no frame. */
  readonly rest: Uint8Array;
  /** Why the rest is no frame, where that is known. */
  readonly fault: Error | undefined;
}

/** Divides a stream into frames; never throws for what is on the wire. */
export function divide(stream: TcpStream): Division {
  const deframer = new Deframer();
  const frames: CapturedFrame[] = [];
  let offset = 0;
  let fault: Error | undefined;
  try {
    deframer.push(stream.octets);
    for (let next = deframer.next(); next !== undefined; next = deframer.next()) {
      const last = offset + next.octets.length - 1;
      const chunk = stream.chunks.find((c) => last < c.offset + c.length);
      frames.push({
        type: next.type,
        octets: next.octets.slice(),
        offset,
        packet: chunk?.packet ?? 0,
        time: chunk?.time ?? 0,
      });
      offset += next.octets.length;
    }
  } catch (error) {
    fault = error as Error;
  }
  return { frames, rest: stream.octets.subarray(offset), fault };
}
