/** Whole handshakes at one server, from RELAY to the first DATA frame: how many in a second, and what each costs the server. */
import type { SuiteName } from '../reference/wire/identifiers.ts';
import { serverConfiguration } from '../steps/support/peers/configuration.ts';
import { heading, median, say } from './figures.ts';
import { Bench } from './laboratory.ts';
import { initiatorEntries, withoutLimits } from './many.ts';
import { cpuSeconds } from './measure.ts';

const rounds = 5;
const each = 200;
const abreast = 8;
const patience = 120_000;

async function measure(suite: SuiteName): Promise<void> {
  await using bench = await Bench.create();
  const { lab, declaration } = bench;
  const { program } = await bench.start(
    'server',
    'server',
    serverConfiguration(declaration, {
      initiators: initiatorEntries(each * rounds, [suite]),
      adapter: { address: '10.8.0.1/16' },
      clientData: { pool: '10.8.1.0-10.8.250.255' },
      limits: withoutLimits,
    }),
  );
  const initiators = bench.process('client', 'initiators.ts', lab.address('server'));
  const rates: number[] = [];
  const costs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const used = cpuSeconds([program.innermost]);
    initiators.command({ first: round * each, count: each, abreast, suite });
    const { seconds } = await initiators.event('done', patience);
    rates.push(each / Number(seconds));
    costs.push(((cpuSeconds([program.innermost]) - used) / each) * 1_000);
  }
  const cost = median(costs);
  say(
    `${suite.padEnd(8)} ${median(rates).toFixed(0)} a second with the initiators on the same cores; ` +
      `${cost.toFixed(2)} ms of the server's CPU each, so ${(1_000 / cost).toFixed(0)} a second on a core of its own`,
  );
}

heading(`${each} initiators, ${abreast} at a time, medians of ${rounds}`);
for (const suite of ['x25519', 'hybrid'] as const) await measure(suite);
