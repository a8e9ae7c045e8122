/** `npm run attack`: attacks against real processes, and what those who have nothing to do with them notice. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { attacks } from './attack/attacks.ts';
import { churn } from './attack/churn.ts';
import { refusals } from './attack/refusals.ts';
import { rogueServer } from './attack/rogue-server.ts';
import { type Outcome, run } from './attack/run.ts';
import { enclose, ended, obstacle } from './conformance/enclosure.ts';

const help = `usage: npm run attack -- [--only ID …] [--tries N] [--iut FILE] [--plain] [--list]
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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '5' },
    tunnels: { type: 'string', default: '1000' },
    every: { type: 'string', default: '500' },
    count: { type: 'string' },
    only: { type: 'string', multiple: true },
    tries: { type: 'string', default: '100' },
    iut: { type: 'string', default: 'iut.json' },
    plain: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const chosen = attacks.filter(
  ({ id }) => values.only?.some((only) => id === only || id.startsWith(`${only}-`)) ?? true,
);
const tries = Number(values.tries);
const iut = resolve(values.iut);
const count = (usual: number): number => Number(values.count ?? usual);

/** Those with a name of their own. */
const others: Readonly<Record<string, () => Promise<boolean>>> = {
  churn: () =>
    churn({ iut, minutes: Number(values.minutes), tunnels: Number(values.tunnels), every: Number(values.every), say }),
  refusals: () => refusals({ iut, count: count(2_000), say }),
  'rogue-server': () => rogueServer({ iut, rounds: count(50), say }),
};
const [name, ...more] = positionals;
const other = name === undefined ? undefined : others[name];

function misuse(): string | undefined {
  if (more.length > 0 || (name !== undefined && other === undefined))
    return `nothing is called ${positionals.join(' ')}`;
  if (chosen.length === 0) return 'no attack has such an id';
  const numbers = [values.tries, values.minutes, values.tunnels, values.every, values.count ?? '1'];
  return numbers.every((text) => Number(text) > 0)
    ? undefined
    : '--tries, --minutes, --tunnels, --every and --count are numbers';
}

const sayFailure = (where: string, error: unknown): void =>
  void process.stderr.write(`attack: ${where}${error instanceof Error ? error.stack : error}\n`);

async function crowds(): Promise<number> {
  const options = { iut, tries, plain: values.plain };
  const progress = (text: string): void =>
    void (process.stderr.isTTY && process.stderr.write(`\r${text.padEnd(60)}\r`));
  say(line(columns));
  let status = 0;
  for (const attack of chosen) {
    try {
      const outcome = await run(attack, options, progress);
      say(row(attack.id, outcome));
      if (outcome.in < share * tries || outcome.lost > 0) status ||= 1;
    } catch (error) {
      sayFailure(`${attack.id}: `, error);
      status = 3;
    }
  }
  return status;
}

const wrong = misuse();
const problem = obstacle();
if (values.help) process.stdout.write(help);
else if (values.list) for (const { id, does } of attacks) say(`${id.padEnd(26)}${does}`);
else if (wrong !== undefined) {
  process.stderr.write(`attack: ${wrong}\n${help}`);
  process.exitCode = 2;
} else if (problem !== undefined) {
  process.stderr.write(`attack: ${problem}\n`);
  process.exitCode = 3;
} else if (process.env['PNA_ENCLOSED'] !== '1') {
  const own = [process.execPath, resolve(import.meta.filename), ...process.argv.slice(2)];
  process.exitCode = await ended(enclose(own, { PNA_ENCLOSED: '1' }));
} else {
  try {
    process.exitCode = other === undefined ? await crowds() : (await other()) ? 0 : 1;
  } catch (error) {
    sayFailure('', error);
    process.exitCode = 3;
  }
}
