/** What `npm run fuzz -- --minutes N` explores. */
import { Malformed } from '../../../reference/errors.ts';
import { load } from '../../../vectors/load.ts';

export interface Target {
  readonly name: string;
  /** For `--list`. */
  readonly does: string;
  /** Files and folders of reference/ whose statements and branches are counted. */
  readonly covers: readonly string[];
  /** Octets of an input at most. */
  readonly longest: number;
  readonly seeds: () => readonly Uint8Array[];
  /** Throws if something happens that must not happen for any input. */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

/** @returns undefined for what is refused as it should be */
export function unlessRefused<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

/** @throws Error saying what differs */
export function same(what: string, one: unknown, other: unknown): void {
  const [left, right] = [one, other].map(
    (value) =>
      JSON.stringify(value, (_, part: unknown) =>
        part instanceof Uint8Array ? part.toHex() : typeof part === 'bigint' ? `${part}` : part,
      ) ?? 'undefined',
  );
  if (left !== right) throw new Error(`${what}: ${left?.slice(0, 400)} is not ${right?.slice(0, 400)}`);
}

/** What a field of a file of vectors holds in all its tests, right and wrong. */
export function vectorField(subject: string, field: string): Uint8Array[] {
  const values = load(subject).flatMap(({ tests }) => tests.map((test) => test[field] as unknown));
  return values.filter((value) => typeof value === 'string').map((hex) => Uint8Array.fromHex(hex));
}
