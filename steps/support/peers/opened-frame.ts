/** Opened frames O put together again from raw sections, in any order and with anything between them (docs/protocol.md, section 5.1). */
import { concat, viewOf } from '../../../reference/octets.ts';
import { clientDataLength } from '../../../reference/wire/client-data.ts';
import { overheadOf } from '../../../reference/wire/opened.ts';

type OpenedType = 'REQUEST' | 'RESPONSE';

/** Where the header of each frame has its flags, and the offsets of its sections in the order of section 5.1. */
const layouts = {
  REQUEST: { header: 18, flags: 14, offsets: [10, 12, 8, 16, 6] },
  RESPONSE: { header: 14, flags: 10, offsets: [6, 8, 12] },
} as const;

/** Octets of O; `section` says whose offset points to them, none if nobody's does. */
export interface Piece {
  readonly section?: number;
  readonly octets: Uint8Array;
}

/** The sections as they lie in a right O, without the padding. */
export function sectionsOf(type: OpenedType, opened: Uint8Array): Uint8Array[] {
  const view = viewOf(opened);
  const starts = layouts[type].offsets.map((at) => view.getUint16(at));
  return starts.map((start, index) => {
    const section = opened.slice(start, starts[index + 1]);
    if (index < starts.length - 1) return section;
    return section.slice(0, type === 'REQUEST' ? section.indexOf(0) + 1 : clientDataLength(section));
  });
}

/** O of these pieces, with the header and the padding that fit them. */
function openedOf(type: OpenedType, suite: number, pieces: readonly Piece[]): Uint8Array {
  const { header, flags, offsets } = layouts[type];
  const body = concat(...pieces.map(({ octets }) => octets));
  const opened = concat(new Uint8Array(header), body, new Uint8Array(-body.length & 127));
  const view = viewOf(opened);
  view.setUint32(0, header + overheadOf(type, suite) + opened.length);
  opened.set([type === 'REQUEST' ? 2 : 3, 1], 4);
  opened[flags] = suite;
  let at = header;
  for (const { section, octets } of pieces) {
    if (section !== undefined) view.setUint16(offsets[section]!, at);
    at += octets.length;
  }
  return opened;
}

/** Another O of the sections of a right one. */
export const rearranged =
  (type: OpenedType, arrange: (sections: readonly Uint8Array[]) => readonly Piece[]) =>
  (opened: Uint8Array): Uint8Array =>
    openedOf(type, opened[layouts[type].flags]!, arrange(sectionsOf(type, opened)));

/** The sections in their order, some of them replaced. */
export const inOrder = (
  sections: readonly Uint8Array[],
  replaced: Readonly<Record<number, Uint8Array>> = {},
): Piece[] => sections.map((octets, section) => ({ section, octets: replaced[section] ?? octets }));

/** The opened frame of a vector as a frame of another suite: what hangs on the suite is the header's suite and length. */
export function withSuite(type: OpenedType, opened: Uint8Array, suite: number): Uint8Array {
  const { header, flags } = layouts[type];
  const changed = opened.with(flags, suite);
  viewOf(changed).setUint32(0, header + overheadOf(type, suite) + opened.length);
  return changed;
}
