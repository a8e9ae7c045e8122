/** How a packet that was read differs from what a vector wants of it. */
import { isDeepStrictEqual } from 'node:util';

/** By the name of a field: what was read, and what is wanted. */
export type Comparisons = Readonly<Record<string, readonly [read: unknown, wanted: unknown]>>;

/** @returns a line for each field that differs; none where the packet is right */
export function differences(comparisons: Comparisons): string[] {
  return Object.entries(comparisons)
    .filter(([, [read, wanted]]) => !isDeepStrictEqual(read, wanted))
    .map(([field, [read, wanted]]) => `${field}: ${JSON.stringify(read)}, not ${JSON.stringify(wanted)}`);
}
