/** What every frame begins with: length, version and type, and the bounds of each type's length. */
import { Malformed } from '../errors.ts';
import { FrameType, type FrameTypeName, protocolVersion, Status } from './identifiers.ts';
import { field8, field32, layout } from './layout.ts';

/** Smallest and largest length of each frame, in octets, the length field included. */
export const bounds: Readonly<Record<FrameTypeName, { readonly min: number; readonly max: number }>> = {
  /** Fixed part 10, one index 2, two names of one octet with their NUL. */
  RELAY: { min: 16, max: 4_608 },
  /** Header 18 and, of suite 1, a Noise message whose opened buffer is one block of 128. */
  REQUEST: { min: 18 + 96 + 18 + 128, max: 4_096 },
  /** Header 14 and, of suite 1, a Noise message whose opened buffer is one block of 128. */
  RESPONSE: { min: 14 + 48 + 14 + 128, max: 16_384 },
  DATA: { min: 16, max: 131_072 },
  CLOSE: { min: 8, max: 40 },
};

const start = layout('frame', { length: field32(), type: field8(), version: field8() });

/** Octets that every frame begins with: length, type, version. */
export const frameStartLength = start.size;

/** "DATA" for 4. */
const typeNames = new Map(Object.entries(FrameType).map(([name, type]) => [type as number, name as FrameTypeName]));

/**
 * Judges the first 6 octets of a frame: no more is read or buffered of an impossible frame.
 * @returns the frame's length in octets, and its type
 * @throws Malformed in this order: a length below 6, a version other than 1 (status 6), an unknown type, a length
 *   outside the type's bounds
 */
export function judgeStart(octets: Uint8Array): { readonly length: number; readonly type: FrameTypeName } {
  const { length, type, version } = start.decode(octets);
  if (length < start.size) throw new Malformed(`frame length: ${length}, at least ${start.size}`);
  if (version !== protocolVersion) {
    throw new Malformed(`frame version: ${version}, not ${protocolVersion}`, Status.unsupportedVersion);
  }
  const name = typeNames.get(type);
  if (name === undefined) throw new Malformed(`frame type: ${type} is not known`);
  const { min, max } = bounds[name];
  if (length < min || length > max) throw new Malformed(`${name} length: ${length}, ${min} to ${max}`);
  return { length, type: name };
}
