/** Failures that say the same, and which of them may be the cause of others. */
import type { Verdict } from './verdict.ts';

/** What is needed of a scenario's result. */
export interface Failed {
  readonly id: string;
  readonly verdict: Verdict;
  readonly reason?: string | undefined;
  readonly step?: string | undefined;
  /** Steps that held before. */
  readonly held: number;
}

export interface Cause {
  /** First line of what the first of them says. */
  readonly reason: string;
  readonly step: string;
  readonly ids: readonly string[];
  /** In the middle of them so many steps had held. */
  readonly held: number;
}

/** The same text for failures that differ in figures alone: numbers, octets in hexadecimal, addresses, times. */
export const likeness = (text: string): string =>
  text
    .replace(/\b\d+(?:[.,:]\d+)*\b/g, '#')
    .replace(/\b(?:0x)?(?=[0-9a-f]*\d)[0-9a-f]{2,}\b…?/gi, '#')
    .replace(/\s+/g, ' ')
    .trim();

/** The beginnings of what assertions say in general, whatever they compare. */
const generic =
  /^(Expected values to be|Expected "actual"|The (expression|input)|Input (A|objects)|false == true|Failed)/;

/** Lines of an assertion's message that tell the difference. */
const differences = (lines: readonly string[]): string[] =>
  lines.filter((line) => /^\s*[+-] /.test(line) && !line.includes('actual - expected')).map((line) => line.trim());

/** The first line of a failure that says something, and up to three after it. */
export function tellingLines(reason = ''): string {
  const [first = '', ...others] = reason.split('\n');
  if (!generic.test(first)) return [first, ...others.slice(0, 3)].join('\n');
  const words = differences(others).slice(0, 4);
  return words.length === 0 ? first : `came (+) and expected (-): ${words.join(' ').replaceAll(/ +/g, ' ')}`;
}

/** `5 of 7 fail: the second: expected RESPONSE, received CLOSE` is about the latter. */
const many = /^\d+ of \d+\b[^:]*:.*?\b(expected .*)$/;

/** Which failures belong together. */
export function kinOf({ reason = '', step = '' }: Pick<Failed, 'reason' | 'step'>): string {
  const [first = '', ...others] = reason.split('\n');
  if (!generic.test(first)) return likeness(many.exec(first)?.[1] ?? first);
  const differing = differences(others).join(' ');
  return likeness(/[a-z]{3}/i.test(differing) ? differing : `${step} ${differing}`);
}

/** So large a part of all failures is no detail. */
const large = 0.1;

/**
 * Failures by what they say, the likeliest cause of others first: among the frequent ones that of which scenarios break
 * earliest, then the rare ones in the same order.
 */
export function causesOf(results: readonly Failed[]): readonly Cause[] {
  const failed = results.filter(({ verdict }) => verdict === 'failed' || verdict === 'warning');
  return [...Map.groupBy(failed, kinOf).values()]
    .map((all) => {
      const [first] = all;
      const held = all.map((one) => one.held).toSorted((one, other) => one - other)[Math.floor(all.length / 2)] ?? 0;
      return {
        reason: tellingLines(first?.reason ?? ''),
        step: first?.step ?? '',
        ids: [...new Set(all.map(({ id }) => id))],
        held,
      };
    })
    .toSorted((one, other) => {
      const isRare = ({ ids }: Cause): number => Number(ids.length < large * failed.length);
      return isRare(one) - isRare(other) || one.held - other.held || other.ids.length - one.ids.length;
    });
}
