/** `npm run attack`: attacks against real processes, and whether honest initiators get in meanwhile. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { attacks } from './attack/attacks.ts';
import { type Outcome, run } from './attack/run.ts';
import { enclose, ended, obstacle } from './conformance/enclosure.ts';

const help = `usage: npm run attack -- [--only ID …] [--tries N] [--iut FILE] [--plain] [--list]

Starts a server, a relay and a client in namespaces, has attackers keep at them, and tries as an honest initiator
to be authorised within 2 s, again and again. A tunnel that renews its key every 18 s carries echoes meanwhile.

  --only ID      this attack alone, or those whose id begins so; can be given several times
  --tries N      honest tries during each attack (100)
  --iut FILE     iut.json of another implementation, to compare (iut.json)
  --plain        the server is not told of the relay before it
  --list         the attacks

Exit status: 0 when in each attack at least 99 of 100 got in and the tunnel lost no echo, 1 when not,
2 for a wrong command line, 3 when the laboratory failed.
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

const { values } = parseArgs({
  options: {
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
const problem = obstacle();

if (values.help) process.stdout.write(help);
else if (values.list) for (const { id, does } of attacks) say(`${id.padEnd(26)}${does}`);
else if (chosen.length === 0 || !(tries >= 1)) {
  process.stderr.write(`attack: ${chosen.length === 0 ? 'no attack has such an id' : '--tries is a number'}\n${help}`);
  process.exitCode = 2;
} else if (problem !== undefined) {
  process.stderr.write(`attack: ${problem}\n`);
  process.exitCode = 3;
} else if (process.env['PNA_ENCLOSED'] !== '1') {
  const own = [process.execPath, resolve(import.meta.filename), ...process.argv.slice(2)];
  process.exitCode = await ended(enclose(own, { PNA_ENCLOSED: '1' }));
} else {
  const options = { iut: resolve(values.iut), tries, plain: values.plain };
  const progress = (text: string): void =>
    void (process.stderr.isTTY && process.stderr.write(`\r${text.padEnd(60)}\r`));
  say(line(columns));
  for (const attack of chosen)
    try {
      const outcome = await run(attack, options, progress);
      say(row(attack.id, outcome));
      if (outcome.in < share * tries || outcome.lost > 0) process.exitCode ??= 1;
    } catch (error) {
      process.stderr.write(`attack: ${attack.id}: ${error instanceof Error ? error.stack : error}\n`);
      process.exitCode = 3;
    }
}
