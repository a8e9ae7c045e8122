/** The command line of `npm run conformance`. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { type Role, roles } from '../../steps/support/peers/declaration.ts';
import { suggestion } from '../../steps/support/peers/nearest.ts';
import { parseWords, UsageError, wholeNumber } from '../command-line.ts';

export interface Options {
  /** Ids of requirements or scenarios, areas or tag expressions; empty for everything. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly name: readonly string[];
  /** Scenarios in which the implementation plays some of these roles and no other; all if empty. */
  readonly role: readonly Role[];
  /** A part of the scenarios, from 1 on: the other parts run elsewhere. */
  readonly shard: { readonly index: number; readonly of: number } | undefined;
  /** How often each scenario runs. */
  readonly repeat: number;
  /** Folder of the runs. */
  readonly output: string | undefined;
  /** Ends the run at the first failure. */
  readonly failFast: boolean;
  readonly paths: readonly string[];
  readonly iut: string;
  /** NAME=VALUE: environment of the implementation, beside what its declaration gives it. */
  readonly env: readonly string[];
  /** It runs elsewhere: HOST:PORT of a server, or where an initiator is awaited. */
  readonly remote: { readonly role: 'server' | 'client'; readonly at: string; readonly file: string } | undefined;
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

/** How this command was called: an installed package has one of its own. */
export const command = process.env['PNA_COMMAND'] ?? 'npm run conformance --';

export const help = `${command} [OPTION …] [WHAT …]
${command} merge --output FOLDER REPORT.json …
${command} diff OLD-REPORT.json NEW-REPORT.json

Drives an implementation of the pseudo network adapter through the conformance suite.

  --iut FILE            what is tested: see docs/iut.md (default: iut.json, the reference)
  --env NAME=VALUE      sets it in the implementation's environment, and names it in the report; may be repeated

An implementation that runs elsewhere; the wire alone decides, and an ordinary user will do (docs/iut.md):
  --server HOST:PORT    connects to a tunnel server
  --listen ADDRESS:PORT waits there for a tunnel initiator
  --remote FILE         names and keys, and what the implementation is able to do

Which scenarios; without any of these the whole suite, and only then the verdict is CONFORMANT:
  WHAT, --only WHAT     a requirement (SRV-03), an area (SRV), a folder of features (frames), a feature (fig-12-server),
                        a scenario (FEATURE/NAME), a tag or a tag expression; may be repeated. WHAT may also be a file,
                        a folder or FILE:LINE
  --skip WHAT           the same, left out
  --name REGEXP         scenarios whose name matches; may be repeated
  --role ROLE           those in which the implementation is client, server or relay, and nothing else; may be repeated
  --rerun REPORT.json   what did not pass in that run
  --shard I/N           the I-th of N parts, for as many machines; \`merge\` makes one report of theirs

How:
  --repeat N            each scenario N times
  --fail-fast           ends at the first failure
  --baseline FILE       known failures: [{"id", "failure", "reason", "link"}]; one that passes by now fails the run
  --workers N           scenarios at a time (default: ${defaultWorkers()} on this machine)
  --seed N              the order of an earlier run, which prints its seed
  --output FOLDER       where the run gets its folder (default: captures/run)
  --keep-captures WHAT  all (default) or failed: whose captures and logs are kept
  --list                prints the scenarios' ids with their requirements, and runs none
  --profile             says at the end where the time went, by feature and by kind of cost
  --help                prints this

Reports and captures go to captures/run/TIME/, and captures/run/latest points to the last run that came to an end.
Exit status: 0 conformant, or nothing of what was selected failed; 1 not conformant, or the baseline is stale; 2 usage;
3 incomplete: nothing matched, nothing ran, or the suite itself failed. diff: 0 nothing is worse, 1 something is.
`;

/** @throws UsageError */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse(argv);
  const keepCaptures = values['keep-captures'] ?? 'all';
  if (keepCaptures !== 'all' && keepCaptures !== 'failed') {
    throw new UsageError(`--keep-captures ${keepCaptures}: neither "all" nor "failed"`);
  }
  for (const name of values.name ?? []) checkRegExp(name);
  const remote = remoteOf(values);
  return {
    only: values.only ?? [],
    skip: values.skip ?? [],
    name: values.name ?? [],
    role: (values.role ?? []).map(roleOf),
    shard: shardOf(values.shard),
    repeat: wholeNumber('--repeat', values.repeat, 1, 1000) ?? 1,
    output: values.output,
    failFast: values['fail-fast'] ?? false,
    paths: positionals,
    iut: values.iut ?? 'iut.json',
    env: (values.env ?? []).map(checkAssignment),
    baseline: values.baseline,
    rerun: values.rerun,
    again: [],
    remote,
    workers: wholeNumber('--workers', values.workers, 1, remote ? 1 : 256) ?? (remote ? 1 : defaultWorkers()),
    list: values.list ?? false,
    profile: values.profile ?? false,
    seed: wholeNumber('--seed', values.seed, 0, 0xffff_ffff) ?? Math.floor(Math.random() * 1_000_000),
    keepCaptures,
    help: values.help ?? false,
  };
}

/** Scenarios wait more than they compute: five for each core left it idle for a fifth of the time. */
export function defaultWorkers(): number {
  return 6 * availableParallelism();
}

const known = {
  only: { type: 'string', multiple: true },
  skip: { type: 'string', multiple: true },
  name: { type: 'string', multiple: true },
  role: { type: 'string', multiple: true },
  shard: { type: 'string' },
  repeat: { type: 'string' },
  'fail-fast': { type: 'boolean' },
  iut: { type: 'string' },
  env: { type: 'string', multiple: true },
  server: { type: 'string' },
  listen: { type: 'string' },
  remote: { type: 'string' },
  output: { type: 'string' },
  baseline: { type: 'string' },
  rerun: { type: 'string' },
  workers: { type: 'string' },
  list: { type: 'boolean' },
  profile: { type: 'boolean' },
  seed: { type: 'string' },
  'keep-captures': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parse(argv: readonly string[]) {
  return parseWords({ args: [...argv], allowPositionals: true, options: known });
}

function checkAssignment(text: string): string {
  if (/^\w+=/.test(text)) return text;
  throw new UsageError(`--env ${text}: not NAME=VALUE, such as PNA_DATA_PATH=readable`);
}

/** One at a time: what is elsewhere is the same process for all scenarios. */
function remoteOf({ server, listen, remote, iut, env }: ReturnType<typeof parse>['values']) {
  const at = server ?? listen;
  if (at === undefined && remote === undefined) return undefined;
  if (at === undefined || (server !== undefined && listen !== undefined))
    throw new UsageError('--remote FILE: with either --server HOST:PORT or --listen ADDRESS:PORT');
  const option = server === undefined ? '--listen' : '--server';
  if (remote === undefined) throw new UsageError(`${option} ${at}: needs --remote FILE, with names and keys`);
  if (iut !== undefined || env !== undefined)
    throw new UsageError(`${option} ${at}: without --iut and --env, as the suite starts no program`);
  return { role: server === undefined ? ('client' as const) : ('server' as const), at, file: remote };
}

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role !== undefined) return role;
  throw new UsageError(`--role ${text}: not one of ${roles.join(', ')}${suggestion(text, roles)}`);
}

function shardOf(text: string | undefined): Options['shard'] {
  if (text === undefined) return undefined;
  const [, index = Number.NaN, of = Number.NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  throw new UsageError(`--shard ${text}: not I/N, such as 1/4, with I from 1 to N`);
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
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'does not exist' : code === 'EISDIR' ? 'is a folder: name the file in it' : undefined;
    throw new UsageError(`${file} ${why ?? `cannot be read (${code})`}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file}: ${text.trim() === '' ? 'is empty' : `is not JSON: ${(error as Error).message}`}`);
  }
}
