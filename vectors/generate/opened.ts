/** [EP] figs. 7 and 8: the opened frame O = header ‖ opened string buffer, concatenated by hand. */
import { ascii, cat, u8, u16, u32, zeros } from './octets.ts';

export interface Parts {
  readonly suite: number;
  readonly keyExchangeData: Uint8Array;
  readonly transforms: readonly number[];
  readonly clientData: Uint8Array;
}
export interface RequestParts extends Parts {
  readonly destination: string;
  readonly initiator: string;
}

/** What distinguishes REQUEST and RESPONSE. */
export interface Form<P extends Parts> {
  readonly type: number;
  /** The 16-bit fields behind length, type and version: the flags, and the offset of each section. */
  readonly header: readonly string[];
  /** The sections of the string buffer, in order. */
  readonly sections: (parts: P) => Readonly<Record<string, Uint8Array>>;
  /** Octets that the Noise message is longer than its payload. */
  readonly overhead: (suite: number) => number;
}

const nul = (text: string): Uint8Array => cat(ascii(text), [0]);
const concatenated = (ids: readonly number[]): Uint8Array => cat(...ids.map(u16));

/** Sections: key exchange data, transforms, destination, client data, initiator. Message 1: e, e1 in suite 2, s, tag. */
export const request: Form<RequestParts> = {
  type: 2,
  header: ['initiator name', 'destination name', 'key exchange data', 'transforms', 'flags', 'client data'],
  sections: ({ keyExchangeData, transforms, destination, clientData, initiator }) => ({
    'key exchange data': keyExchangeData,
    transforms: concatenated(transforms),
    'destination name': nul(destination),
    'client data': clientData,
    'initiator name': nul(initiator),
  }),
  overhead: (suite) => (suite === 2 ? 32 + 1184 + 16 : 32) + 48 + 16,
};

/** Sections: key exchange data, the one transform, client data. Message 2: e, ekem1 in suite 2, tag. */
export const response: Form<Parts> = {
  type: 3,
  header: ['key exchange data', 'transforms', 'flags', 'client data'],
  sections: ({ keyExchangeData, transforms, clientData }) => ({
    'key exchange data': keyExchangeData,
    transforms: concatenated(transforms),
    'client data': clientData,
  }),
  overhead: (suite) => (suite === 2 ? 32 + 1088 + 16 : 32) + 16,
};

/** 18 octets of REQUEST, 14 of RESPONSE. */
export const headerLength = ({ header }: Pick<Form<never>, 'header'>): number => 6 + 2 * header.length;

/** What a vector changes in an opened frame that is otherwise right. */
export interface Lies {
  readonly flags?: number;
  /** Offsets in the order of the sections. */
  readonly offsets?: (honest: readonly number[]) => readonly number[];
  readonly padding?: (honest: Uint8Array) => Uint8Array;
}

/** Less than a block of zeros all the same: 64 octets more than due, or less. */
export const toOddHalf = (due: Uint8Array): Uint8Array => (due.length < 64 ? cat(due, zeros(64)) : due.slice(64));

/** O: the header, the sections, zeros up to a multiple of 128. */
export function opened<P extends Parts>(form: Form<P>, parts: P, lies: Lies = {}): Uint8Array {
  const sections = form.sections(parts);
  const places: number[] = [];
  let end = headerLength(form);
  for (const section of Object.values(sections)) {
    places.push(end);
    end += section.length;
  }
  const padding = zeros((headerLength(form) - end) & 127);
  const buffer = cat(...Object.values(sections), lies.padding?.(padding) ?? padding);
  const offsets = lies.offsets?.(places) ?? places;
  const field = (name: string): number =>
    name === 'flags' ? (lies.flags ?? parts.suite << 8) : (offsets[Object.keys(sections).indexOf(name)] ?? 0);
  return cat(
    u32(2 * headerLength(form) + form.overhead(parts.suite) + buffer.length),
    u8(form.type),
    u8(1),
    ...form.header.map((name) => u16(field(name))),
    buffer,
  );
}
