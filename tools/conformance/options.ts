/** The command line of `npm run conformance`. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  /** Ids of requirements or scenarios, areas or tag expressions; empty for everything. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly name: readonly string[];
  readonly paths: readonly string[];
  readonly iut: string;
  /** File of known failures. */
  readonly baseline: string | undefined;
  /** report.json of an earlier run, whose failures are to run again. */
  readonly rerun: string | undefined;
  /** Ids of those failures. */
  readonly again: readonly string[];
  readonly workers: number;
  readonly list: boolean;
  /** Says where the time went. */
  readonly profile: boolean;
  readonly seed: number;
  readonly keepCaptures: 'all' | 'failed';
  readonly help: boolean;
}

/** The command line is at fault: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const help = `npm run conformance -- [OPTION …] [FEATURE …]

Drives an implementation of the pseudo network adapter through the conformance suite.

  --iut FILE            what is tested: see docs/iut.md (default: iut.json, the reference)
  --only WHAT           a requirement (SRV-03), an area (SRV), the id of a scenario (FEATURE/NAME), a tag or a tag
                        expression; may be repeated
  --skip WHAT           the same, left out
  --name REGEXP         scenarios whose name matches; may be repeated
  --baseline FILE       known failures: [{"id", "reason", "link"}]; one that passes by now fails the run
  --rerun FILE          what did not pass in the run of this report.json
  --workers N           scenarios at a time (default: ${defaultWorkers()} on this machine)
  --seed N              the order of an earlier run, which prints its seed
  --keep-captures WHAT  all (default) or failed: whose captures and logs are kept
  --list                prints the scenarios' ids with their requirements, and runs none
  --profile             says at the end where the time went, by feature and by kind of cost
  --help                prints this

Features are files, folders or FILE:LINE. Reports and captures go to captures/run/latest/.
Exit status: 0 conformant, 1 not conformant, 2 usage, 3 incomplete: nothing ran, or the suite itself failed.
`;

/** @throws UsageError */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse(argv);
  const keepCaptures = values['keep-captures'] ?? 'all';
  if (keepCaptures !== 'all' && keepCaptures !== 'failed') {
    throw new UsageError(`--keep-captures ${keepCaptures}: neither "all" nor "failed"`);
  }
  for (const name of values.name ?? []) checkRegExp(name);
  return {
    only: values.only ?? [],
    skip: values.skip ?? [],
    name: values.name ?? [],
    paths: positionals,
    iut: values.iut ?? 'iut.json',
    baseline: values.baseline,
    rerun: values.rerun,
    again: [],
    workers: wholeNumber('--workers', values.workers, 1, 256) ?? defaultWorkers(),
    list: values.list ?? false,
    profile: values.profile ?? false,
    seed: wholeNumber('--seed', values.seed, 0, 0xffff_ffff) ?? Math.floor(Math.random() * 1_000_000),
    keepCaptures,
    help: values.help ?? false,
  };
}

/** Scenarios wait more than they compute. With four for each core the cores are busy, and no program waits long for one. */
export function defaultWorkers(): number {
  return 4 * availableParallelism();
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true },
        skip: { type: 'string', multiple: true },
        name: { type: 'string', multiple: true },
        iut: { type: 'string' },
        baseline: { type: 'string' },
        rerun: { type: 'string' },
        workers: { type: 'string' },
        list: { type: 'boolean' },
        profile: { type: 'boolean' },
        seed: { type: 'string' },
        'keep-captures': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError for text that is no whole number from `minimum` to `maximum` */
export function wholeNumber(
  option: string,
  text: string | undefined,
  minimum: number,
  maximum: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  throw new UsageError(`${option} ${text}: not a whole number from ${minimum} to ${maximum}`);
}

function checkRegExp(text: string): void {
  try {
    new RegExp(text);
  } catch (error) {
    throw new UsageError(`--name ${text}: ${(error as Error).message}`);
  }
}

/** A JSON file that the command line names. @throws UsageError */
export function jsonFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
}
