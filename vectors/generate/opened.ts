/** [EP] figs. 7 and 8: the opened frame O = header ‖ opened string buffer, concatenated by hand. */
import { ascii, cat, u8, u16, u32, zeros } from './octets.ts';

export interface RequestParts {
  readonly suite: number;
  readonly keyExchangeData: Uint8Array;
  readonly transforms: readonly number[];
  readonly destination: string;
  readonly clientData: Uint8Array;
  readonly initiator: string;
}

export interface ResponseParts {
  readonly suite: number;
  readonly keyExchangeData: Uint8Array;
  readonly transforms: readonly number[];
  readonly clientData: Uint8Array;
}

/** What a vector changes in an opened frame that is otherwise right. */
export interface Lies {
  readonly length?: number;
  readonly type?: number;
  readonly version?: number;
  readonly flags?: number;
  /** Offsets by their place in the header. */
  readonly offsets?: (honest: readonly number[]) => readonly number[];
  readonly padding?: (honest: Uint8Array) => Uint8Array;
}

const nul = (text: string): Uint8Array => cat(ascii(text), [0]);
const concatenated = (ids: readonly number[]): Uint8Array => cat(...ids.map(u16));

/** Octets that a Noise message is longer than its payload, message 1 and message 2. */
export const requestOverhead = (suite: number): number => (suite === 2 ? 32 + 1184 + 16 : 32) + 48 + 16;
export const responseOverhead = (suite: number): number => (suite === 2 ? 32 + 1088 + 16 : 32) + 16;

function places(start: number, parts: readonly Uint8Array[]): number[] {
  return parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part.length, start));
}

function padded(parts: readonly Uint8Array[], lies: Lies): Uint8Array {
  const length = cat(...parts).length;
  const padding = zeros(-length & 127);
  return cat(...parts, lies.padding?.(padding) ?? padding);
}

/** O of REQUEST: 18 octets, then key exchange data, transforms, destination, client data, initiator, zeros. */
export function openedRequest(parts: RequestParts, lies: Lies = {}): Uint8Array {
  const sections = [
    parts.keyExchangeData,
    concatenated(parts.transforms),
    nul(parts.destination),
    parts.clientData,
    nul(parts.initiator),
  ];
  const buffer = padded(sections, lies);
  const honest = places(18, sections);
  const [keys = 0, transforms = 0, destination = 0, client = 0, initiator = 0] = lies.offsets?.(honest) ?? honest;
  return cat(
    u32(lies.length ?? 18 + requestOverhead(parts.suite) + 18 + buffer.length),
    u8(lies.type ?? 2),
    u8(lies.version ?? 1),
    u16(initiator),
    u16(destination),
    u16(keys),
    u16(transforms),
    u16(lies.flags ?? parts.suite << 8),
    u16(client),
    buffer,
  );
}

/** O of RESPONSE: 14 octets, then key exchange data, the one transform, client data, zeros. */
export function openedResponse(parts: ResponseParts, lies: Lies = {}): Uint8Array {
  const sections = [parts.keyExchangeData, concatenated(parts.transforms), parts.clientData];
  const buffer = padded(sections, lies);
  const honest = places(14, sections);
  const [keys = 0, transforms = 0, client = 0] = lies.offsets?.(honest) ?? honest;
  return cat(
    u32(lies.length ?? 14 + responseOverhead(parts.suite) + 14 + buffer.length),
    u8(lies.type ?? 3),
    u8(lies.version ?? 1),
    u16(keys),
    u16(transforms),
    u16(lies.flags ?? parts.suite << 8),
    u16(client),
    buffer,
  );
}
