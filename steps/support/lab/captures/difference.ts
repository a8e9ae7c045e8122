/** Octets that are not those that had to come: the report shows both as frames, beside each other. */
import { viewOf } from '../../../../reference/octets.ts';
import { frameStartLength } from '../../../../reference/wire/frame-start.ts';
import { Nonconformance } from '../failure.ts';

/** In hexadecimal. */
export interface Difference {
  /** Absent if words alone tell what had to come. */
  readonly expected?: string | undefined;
  readonly received: string;
}

interface Finding {
  readonly message: string;
  readonly difference: Difference;
}

/** A table of many rows may find several before it fails. */
const mostFindings = 32;
/** A worker thread runs one scenario at a time, so they are that scenario's. */
let found: Finding[] = [];

/** The error that tells of them: if the scenario fails by it, the report has them whole. */
export function differing(message: string, difference: Difference): Nonconformance {
  noteDifference(message, difference);
  return new Nonconformance(message);
}

/** Octets of which a later step may complain. @param message words that every such complaint has */
export function noteDifference(message: string, difference: Difference): void {
  if (found.length < mostFindings) found.push({ message, difference });
}

/** What a failure tells of, and nothing of scenarios before. @param failure its whole text; empty where there was none */
export function takeDifference(failure: string): Difference | undefined {
  const cause = found.find(({ message }) => failure.includes(message));
  found = [];
  return cause?.difference;
}

/** @throws Nonconformance unless both are the same */
export function assertOctets(received: Uint8Array, expected: Uint8Array, subject = 'the frame'): void {
  const at = firstDifference(received, expected);
  if (at === undefined) return;
  throw differing(text(subject, at, received, expected), { expected: expected.toHex(), received: received.toHex() });
}

/**
 * @param received a stream of frames, or its beginning @param expected frames, one after the other
 * @throws Nonconformance unless the one begins with the other, with the frames in which they differ
 */
export function assertBeginsWith(received: Uint8Array, expected: Uint8Array, subject: string): void {
  for (let start = 0, number = 1; start < expected.length; number += 1) {
    const frame = expected.subarray(start, start + lengthAt(expected, start));
    assertOctets(received.subarray(start, start + frame.length), frame, `${subject}, frame ${number}`);
    start += frame.length;
  }
}

const shown = 100;

function text(subject: string, at: number, received: Uint8Array, expected: Uint8Array): string {
  const [came, wanted] = [received, expected].map(
    (octets) => octets[at]?.toString(16).padStart(2, '0') ?? 'the end of it',
  );
  return [
    `${subject}: octet ${at} is ${came}, not ${wanted}`,
    `expected ${expected.subarray(0, shown).toHex()}`,
    `received ${received.subarray(0, shown).toHex()}`,
  ].join('\n');
}

function firstDifference(received: Uint8Array, expected: Uint8Array): number | undefined {
  const length = Math.max(received.length, expected.length);
  for (let at = 0; at < length; at++) if (received[at] !== expected[at]) return at;
  return undefined;
}

/** That of the frame that begins there; of what is too short for one, all of it. */
function lengthAt(octets: Uint8Array, start: number): number {
  const left = octets.length - start;
  return left < frameStartLength ? left : Math.max(frameStartLength, viewOf(octets).getUint32(start));
}
