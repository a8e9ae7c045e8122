/** `npm run fuzz`: random and spoilt packets through adapters in memory, each outcome compared with that of an independent decoder. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { UsageError, wholeNumber } from './conformance/options.ts';
import { corpus, octetsOf } from './fuzz/corpus.ts';
import { Memory } from './fuzz/memory.ts';
import { fuzz, tryPacket } from './fuzz/run.ts';

const help = `usage: npm run fuzz [-- OPTION …]

Sends the kept corpus and then random and spoilt DHCP, ARP, neighbour discovery and IP packets through the transmit path
and the emulators of a client's and a server's adapter, in memory. It stops at the first crash, and at the first
reply or datagram in the tunnel that is wrong or missing. It fails if memory grows.

  --count N      packets to draw (default: 1000000)
  --seed N       draws the packets of an earlier run, which prints its seed
  --packet HEX   sends this one packet alone
  --help         this text

exit status: 0 nothing found, 1 a fault, 2 wrong usage
`;

/** Packets between two lines of progress. */
const batch = 20_000;
/** Of a seed and of a count. */
const maximum = 2 ** 31 - 1;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const wrongUsage = error instanceof UsageError || error instanceof SyntaxError;
  process.stderr.write(wrongUsage ? `fuzz: ${error.message}\n` : `fuzz: ${(error as Error).stack ?? error}\n`);
  return wrongUsage ? 2 : 1;
});

async function main(argv: readonly string[]): Promise<number> {
  const values = parse(argv);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.packet !== undefined) return sendOne(octetsOf(values.packet, '--packet'));
  const count = wholeNumber('--count', values.count, 0, maximum) ?? 1_000_000;
  const seed = wholeNumber('--seed', values.seed, 0, maximum) ?? randomInt(maximum);
  for (const { file, line, comment, packet } of corpus()) {
    const fault = await tryPacket(packet);
    if (fault !== undefined) return report(packet, `${file}:${line} ${comment}: ${fault}`);
  }
  return sendDrawn(seed, count);
}

function parse(argv: readonly string[]) {
  const options = {
    count: { type: 'string' },
    seed: { type: 'string' },
    packet: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n${help}`);
  }
}

async function sendOne(packet: Uint8Array): Promise<number> {
  const fault = await tryPacket(packet);
  if (fault !== undefined) return report(packet, fault);
  say('nothing found');
  return 0;
}

/** A batch has a seed of its own, counted on from the run's. */
async function sendDrawn(seed: number, count: number): Promise<number> {
  say(`seed ${seed}, ${count} packets at each end`);
  const memory = new Memory();
  const begun = performance.now();
  for (let sent = 0, nth = 0; sent < count; nth++) {
    const size = Math.min(batch, count - sent);
    const { tally, failure } = await fuzz((seed + nth) | 0, size);
    if (failure) {
      say(`among the packets ${sent + 1} to ${sent + size}: npm run fuzz -- --seed ${seed} --count ${sent + size}`);
      return report(failure.packet, failure.fault);
    }
    sent += size;
    const { heap, resident } = memory.sample();
    const fates = Object.entries(tally).map(([fate, number]) => `${fate} ${number}`);
    const perSecond = (sent / (performance.now() - begun)) * 1_000;
    const room = `heap ${heap.toFixed(1)}, resident ${resident.toFixed(0)} MiB`;
    say(`${String(sent).padStart(9)}  ${perSecond.toFixed(0)} a second  ${room}  ${fates.join(', ')}`);
  }
  return judgeMemory(memory);
}

function judgeMemory(memory: Memory): number {
  const growth = memory.growth();
  if (growth === undefined) {
    say('nothing found; too few packets to judge memory by');
    return 0;
  }
  const grew = `heap grew by ${growth.heap.toFixed(1)} MiB, resident memory by ${growth.resident.toFixed(0)} MiB`;
  say(growth.flat ? `nothing found; ${grew}` : `memory is not flat: ${grew}`);
  return growth.flat ? 0 : 1;
}

function report(packet: Uint8Array, fault: string): number {
  say(`FAULT ${fault}\npacket ${packet.toHex()}\nagain: npm run fuzz -- --packet ${packet.toHex()}`);
  say('Mend the fault, then add the packet to tools/fuzz/corpus.');
  return 1;
}
