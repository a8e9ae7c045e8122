/** The options of a benchmark, behind its subject's name. */
import { parseWords, wholeNumber } from '../tools/command-line.ts';

export interface BenchOptions {
  readonly rounds: number;
  /** Seconds for each stream. */
  readonly seconds: number;
  /** Of mixed load. */
  readonly minutes: number;
  /** GB under each transform, each way. */
  readonly gigabytes: number;
  /** Words that the name of a peer has, each of them. */
  readonly only: readonly string[];
  /** Folder that gets the figures and their charts. */
  readonly output: string | undefined;
}

/** @throws UsageError */
function parseOptions(words: readonly string[]): BenchOptions {
  const { values } = parseWords({
    args: [...words],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      gigabytes: { type: 'string' },
      only: { type: 'string', multiple: true },
      output: { type: 'string' },
    },
  });
  return {
    rounds: wholeNumber('--rounds', values.rounds, 1, 100) ?? 5,
    seconds: wholeNumber('--seconds', values.seconds, 1, 600) ?? 2,
    minutes: wholeNumber('--minutes', values.minutes, 6, 1_440) ?? 30,
    gigabytes: wholeNumber('--gigabytes', values.gigabytes, 1, 100) ?? 2,
    only: values.only ?? [],
    output: values.output,
  };
}

/** Those of this process: its first word is the subject. */
export const options = parseOptions(process.argv.slice(3));
