/** `npm run attack`: attacks against real processes, and what those who have nothing to do with them notice. */
import { resolve } from 'node:path';
import { loadDeclaration } from '../steps/support/peers/declaration.ts';
import { suggestion } from '../steps/support/peers/nearest.ts';
import { attacks } from './attack/attacks.ts';
import { churn } from './attack/churn.ts';
import { refusals } from './attack/refusals.ts';
import { rogueServer } from './attack/rogue-server.ts';
import { type Outcome, run } from './attack/run.ts';
import { builtReference } from './build/reference.ts';
import { parseWords, positive, statusOf, UsageError, wholeNumber } from './command-line.ts';
import { enclosed } from './conformance/enclosure.ts';

const help = `npm run attack -- [--only ID …] [--tries N] [--iut FILE] [--plain] [--list]
npm run attack -- churn [--minutes N] [--tunnels N] [--every N] [--iut FILE]
npm run attack -- refusals [--count N] [--iut FILE]
npm run attack -- rogue-server [--count N] [--iut FILE]

Starts a server, a relay and a client in namespaces, has attackers keep at them, and tries as an honest initiator
to be authorised within 2 s, again and again. A tunnel that renews its key every 18 s carries echoes meanwhile.

  --only ID      this attack alone, or those whose id begins so; can be given several times
  --tries N      honest tries during each attack (100)
  --iut FILE     iut.json of another implementation, to compare (iut.json)
  --plain        the server is not told of the relay before it
  --list         the attacks
  --help         prints this

churn: 1,000 tunnels (--tunnels), of which 200 are killed and 200 come each 10 s, for 5 minutes (--minutes). The others lose
no echo for more than 1 s, and each datagram is accounted for: sent = delivered + dropped, exactly. Each tunnel has an echo
every 500 ms (--every), which is 2,000 a second: where others use the machine, take a longer time.

refusals: REQUESTs that are wrong in six ways, 2,000 each (--count), and the medians of the times to their refusals, which
differ by at most 0.2 ms. Only a quiet machine can tell.

rogue-server: router advertisements, forged UDP, multicast and more from an authorised server, 50 times each (--count). Nothing
reaches the client's stack, and nothing of its machine changes.

Exit status: 0 when in each attack at least 99 of 100 got in and the tunnel lost no echo, or what is said above holds,
1 when not, 2 for a wrong command line, 3 when the laboratory failed.
`;

/** The share of honest tries that has to get in. */
const share = 0.99;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const columns = ['attack', 'in', 'median', 'longest', 'lost', 'renewed', 'MiB', 'fds', 'log/min', 'made/s'];
const widths = [26, 9, 8, 8, 9, 8, 6, 6, 9, 7];
const line = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, index) =>
      index === 0 ? String(cell).padEnd(widths[0] ?? 0) : String(cell).padStart(widths[index] ?? 0),
    )
    .join('');

function row(id: string, outcome: Outcome): string {
  const { tries, median, longest, lost, echoes, renewed, memory, descriptors, log, rate } = outcome;
  const times = [median, longest].map((time) => `${time.toFixed(0)} ms`);
  const figures = [(memory / 2 ** 20).toFixed(0), descriptors, log.toFixed(0), rate.toFixed(0)];
  return line([id, `${outcome.in}/${tries}`, ...times, `${lost}/${echoes}`, renewed, ...figures]);
}

/** Options of each form of the command. */
const forms: Readonly<Record<string, readonly string[]>> = {
  crowds: ['only', 'tries', 'iut', 'plain', 'list', 'help'],
  churn: ['minutes', 'tunnels', 'every', 'iut', 'help'],
  refusals: ['count', 'iut', 'help'],
  'rogue-server': ['count', 'iut', 'help'],
};

process.exitCode = await statusOf('npm run attack --', main);

async function main(): Promise<number> {
  const { form, ...options } = parse();
  const { values, chosen, iut } = options;
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.list) {
    for (const { id, does } of attacks) say(`${id.padEnd(26)}${does}`);
    return 0;
  }
  loadDeclaration(iut);
  const status = await enclosed(import.meta.filename, builtReference);
  if (status !== undefined) return status;
  if (form === 'crowds') return crowds(chosen, { iut, tries: options.tries, plain: values.plain ?? false });
  return (await whetherHeld(form, options)) ? 0 : 1;
}

/** @throws UsageError */
function parse() {
  const { values, positionals } = parseWords({
    allowPositionals: true,
    options: {
      minutes: { type: 'string' },
      tunnels: { type: 'string' },
      every: { type: 'string' },
      count: { type: 'string' },
      only: { type: 'string', multiple: true },
      tries: { type: 'string' },
      iut: { type: 'string' },
      plain: { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const [form = 'crowds', ...more] = positionals;
  const known = Object.keys(forms).filter((name) => name !== 'crowds');
  if (positionals.length > 0 && !known.includes(form))
    throw new UsageError(`${form}: neither ${known.join(', ')} nor an option${suggestion(form, known)}`);
  if (more.length > 0) throw new UsageError(`${form} does not take "${more[0]}"`);
  const strange = Object.keys(values).find((name) => !forms[form]?.includes(name));
  if (strange !== undefined)
    throw new UsageError(
      `--${strange}: no option ${form === 'crowds' ? 'without one of' : 'of'} ${form === 'crowds' ? known.join(', ') : form}`,
    );
  const chosen = attacks.filter(
    ({ id }) => values.only?.some((only) => id === only || id.startsWith(`${only}-`)) ?? true,
  );
  if (chosen.length === 0)
    throw new UsageError(`--only ${values.only?.join(' --only ')}: no attack has this id; --list has them`);
  return {
    form,
    values,
    chosen,
    iut: resolve(values.iut ?? 'iut.json'),
    tries: wholeNumber('--tries', values.tries, 1, 1_000_000) ?? 100,
    minutes: positive('--minutes', values.minutes) ?? 5,
    tunnels: wholeNumber('--tunnels', values.tunnels, 1, 4_000) ?? 1_000,
    every: wholeNumber('--every', values.every, 1, 60_000) ?? 500,
    count: wholeNumber('--count', values.count, 1, 1_000_000),
  };
}

/** Attacks that have a form of their own. */
function whetherHeld(
  form: string,
  { iut, minutes, tunnels, every, count }: Omit<ReturnType<typeof parse>, 'form'>,
): Promise<boolean> {
  if (form === 'churn') return churn({ iut, minutes, tunnels, every, say });
  if (form === 'refusals') return refusals({ iut, count: count ?? 2_000, say });
  return rogueServer({ iut, rounds: count ?? 50, say });
}

interface CrowdOptions {
  readonly iut: string;
  readonly tries: number;
  readonly plain: boolean;
}

async function crowds(chosen: typeof attacks, options: CrowdOptions): Promise<number> {
  const progress = (text: string): void =>
    void (process.stderr.isTTY && process.stderr.write(`\r${text.padEnd(60)}\r`));
  say(line(columns));
  let status = 0;
  for (const attack of chosen) {
    try {
      const outcome = await run(attack, options, progress);
      say(row(attack.id, outcome));
      if (outcome.in < share * options.tries || outcome.lost > 0) status ||= 1;
    } catch (error) {
      process.stderr.write(`attack: ${attack.id}: ${error instanceof Error ? error.stack : error}\n`);
      status = 3;
    }
  }
  return status;
}
