/** What a relay costs: memory of an idle tunnel, what passes it, and what a whole tunnel carries through 0, 1 and 2. */

import { virtualLan } from '../steps/support/lab/networks/virtual-lan.ts';
import {
  clientConfiguration,
  type Overrides,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from '../steps/support/peers/configuration.ts';
import { heading, median, say } from './figures.ts';
import { Bench, send } from './laboratory.ts';
import { cpuSeconds } from './measure.ts';

const rounds = 5;
const idle = 1_000;
const busy = 50;
const gigabyte = 1e9;
/** Octets of a round through a whole tunnel. */
const octetsThrough = 128 * 2 ** 20;
const port = String(tunnelPort);

interface Round {
  /** Gbit/s. */
  readonly wire: number;
  readonly carried: number;
  /** CPU-seconds for each GB. */
  readonly cpu: number;
}

function printFigures(label: string, figures: readonly Round[]): void {
  const of = (name: keyof Round, digits: number): string => median(figures.map((all) => all[name])).toFixed(digits);
  const ratio = median(figures.map(({ wire, carried }) => carried / wire)).toFixed(3);
  say(
    `${label.padEnd(32)} wire ${of('wire', 1).padStart(5)}  carried ${of('carried', 2).padStart(5)} Gbit/s  ` +
      `share ${ratio}  ${of('cpu', 2)} CPU-seconds for each GB`,
  );
}

/** Sends the same directly and through what is measured, in turn. */
async function measure(
  octets: number,
  direct: () => Promise<number>,
  carried: () => Promise<number>,
  cpu: () => number,
): Promise<Round[]> {
  const figures: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const gigabits = (seconds: number): number => (octets * 8) / seconds / 1e9;
    const wire = gigabits(await direct());
    const used = cpu();
    figures.push({ wire, carried: gigabits(await carried()), cpu: ((cpu() - used) / octets) * gigabyte });
  }
  return figures;
}

async function relayAlone(): Promise<void> {
  await using bench = await Bench.create({ relays: ['relay-b'] });
  const { lab } = bench;
  const limits = { halfOpenPerSource: 65_535, halfOpen: 65_535, connectionsPerSource: 65_535, connections: 65_535 };
  const relay = await bench.start('relay', 'relay-b', relayConfiguration('relay-b.test', { limits }));
  await bench.load('server', 'sink', port);
  const direct = await bench.load('client', 'source', lab.address('server'), port, 'server.test');
  const relayed = await bench.load('client', 'source', lab.address('relay-b'), port, 'relay-b.test,server.test');
  await send(relayed, 20, 0, 0);
  const before = relay.program.residentMemory();
  await send(relayed, idle, 0, 0);
  const each = (relay.program.residentMemory() - before) / idle / 1024;
  say(`${idle} idle tunnels in one relay: ${each.toFixed(1)} KiB of resident memory each`);
  say(`besides them, at the relay alone (${(before / 2 ** 20).toFixed(0)} MiB without them):`);
  const octets = 2 ** 30;
  for (const connections of [1, busy])
    for (const frame of [1_500, 65_552]) {
      const each = octets / connections;
      const figures = await measure(
        octets,
        () => send(direct, connections, each, frame),
        () => send(relayed, connections, each, frame),
        () => cpuSeconds([relay.program.innermost]),
      );
      printFigures(`  ${connections} busy, frames of ${frame}`, figures);
    }
}

async function wholeTunnel(relays: 0 | 1 | 2): Promise<void> {
  await using bench = await Bench.create({ relays: ['relay-b', 'relay-c'] });
  const { lab, declaration } = bench;
  const between = (['relay-b', 'relay-c'] as const).slice(0, relays);
  const path = [...between, 'server'].map((node) => `${node}.test`);
  const client: Overrides = { path };
  const processes = [
    await bench.start('server', 'server', serverConfiguration(declaration)),
    ...(await Promise.all(between.map((node) => bench.start('relay', node, relayConfiguration(`${node}.test`))))),
    await bench.start('client', 'client', clientConfiguration(declaration, client)),
  ];
  await processes.at(-1)?.event('adapter');
  const sinkPort = '7000';
  await bench.load('server', 'sink', sinkPort);
  const direct = await bench.load('client', 'source', lab.address('server'), sinkPort, 'server.test');
  const inside = await bench.load('client', 'source', virtualLan.serverAddress, sinkPort, 'server.test');
  const programs = processes.map(({ program }) => program.innermost);
  const figures = await measure(
    octetsThrough,
    () => send(direct, 1, octetsThrough, 65_536),
    () => send(inside, 1, octetsThrough, 65_536),
    () => cpuSeconds(programs),
  );
  printFigures(`  ${relays} relays`, figures);
}

heading(`TCP, medians of ${rounds}`);
await relayAlone();
say(`a tunnel at MTU ${virtualLan.mtu}, all its processes together:`);
for (const relays of [0, 1, 2] as const) await wholeTunnel(relays);
