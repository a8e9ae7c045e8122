/** What a relay costs: memory of an idle tunnel, and what passes it as a share of the bare wire. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Lab } from '../steps/lab/namespace.ts';
import { Program } from '../steps/lab/process.ts';
import { relayConfiguration } from '../steps/peers/configuration.ts';
import { loadDeclaration } from '../steps/peers/declaration.ts';
import { Iut } from '../steps/peers/iut.ts';
import { median } from './median.ts';

const rounds = 5;
const idle = 1_000;
const busy = 50;
const gibibyte = 2 ** 30;
const patience = 120_000;

const declaration = loadDeclaration(resolve(import.meta.dirname, '../iut.json'));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Seconds of CPU that a process has used, in user and kernel mode ([proc_pid_stat(5)], fields 14 and 15). */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

await using lab = await Lab.create({ relays: ['relay-b'] });

function load(node: 'client' | 'server', name: string, ...words: string[]): Promise<Program> {
  const program = resolve(import.meta.dirname, 'load.ts');
  return Program.start({
    namespace: lab.namespace(node),
    argv: [process.execPath, program, ...words],
    stdoutLog: join(folder, `${name}.out`),
    stderrLog: join(folder, `${name}.err`),
  });
}

const sink = await load('server', 'sink', 'sink');
await sink.event('ready', patience);
const limits = { halfOpenPerSource: 65_535, halfOpen: 65_535, connectionsPerSource: 65_535, connections: 65_535 };
await using relay = await Iut.start({
  declaration,
  role: 'relay',
  namespace: lab.namespace('relay-b'),
  configuration: relayConfiguration('relay-b.test', { limits }),
  folder: join(folder, 'relay-b'),
});
await relay.ready();
const direct = await load('client', 'direct', 'source', lab.address('server'), 'server.test');
const relayed = await load('client', 'relayed', 'source', lab.address('relay-b'), 'relay-b.test,server.test');

/** @returns seconds */
async function run(source: Program, connections: number, octets: number, frame: number): Promise<number> {
  source.command({ connections, octets, frame });
  return Number((await source.event('done', patience))['seconds']);
}

say(`${process.version}; ${cpus().length} cores, shared by sender, relay and receiver; medians of ${rounds}`);
await run(relayed, 20, 0, 0);
const before = relay.program.residentMemory();
await run(relayed, idle, 0, 0);
const each = (relay.program.residentMemory() - before) / idle / 1024;
say(
  `${idle} idle tunnels: ${each.toFixed(1)} KiB of resident memory each, ${(before / 2 ** 20).toFixed(0)} MiB before`,
);

for (const [connections, frame] of [
  [1, 1_500],
  [1, 65_552],
  [busy, 1_500],
  [busy, 65_552],
] as const) {
  const octets = gibibyte / connections;
  const figures: { wire: number; relay: number; cpu: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const wire = (gibibyte * 8) / (await run(direct, connections, octets, frame)) / 1e9;
    const used = cpuSeconds(relay.program.pid);
    const through = (gibibyte * 8) / (await run(relayed, connections, octets, frame)) / 1e9;
    figures.push({ wire, relay: through, cpu: ((cpuSeconds(relay.program.pid) - used) / gibibyte) * 1e9 });
  }
  const ratio = median(figures.map(({ wire, relay: through }) => through / wire));
  const [wire, through, cpu] = (['wire', 'relay', 'cpu'] as const).map((name) =>
    median(figures.map((all) => all[name])),
  );
  say(
    `${String(connections).padStart(3)} busy, frames of ${String(frame).padStart(6)}: wire ${wire!.toFixed(1)}  relay ${through!.toFixed(1)} Gbit/s  ` +
      `ratio ${ratio.toFixed(2)}  ${cpu!.toFixed(2)} CPU-seconds for each GB at the relay`,
  );
}
for (const program of [direct, relayed, sink]) await program[Symbol.asyncDispose]();
