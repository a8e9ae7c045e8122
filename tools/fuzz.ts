/**
 * `npm run fuzz`: inputs that nobody thought of. Without `--minutes` random and spoilt packets go through adapters in memory,
 * each outcome compared with that of an independent decoder. With it each decoder, and the nodes as sequences of inputs, are
 * explored by what each input reaches.
 */
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { parseWords, positive, UsageError, wholeNumber } from './command-line.ts';
import { enclosed } from './conformance/enclosure.ts';
import { keptOf, octetsOf } from './fuzz/corpus.ts';
import { faultOf } from './fuzz/guided/explore.ts';
import { guided } from './fuzz/guided/guided.ts';
import { live } from './fuzz/live.ts';
import { Memory } from './fuzz/memory.ts';
import { fuzz, tryPacket } from './fuzz/run.ts';
import type { Target } from './fuzz/targets/target.ts';
import { ownTargets, targets } from './fuzz/targets.ts';

const help = `npm run fuzz [-- OPTION …]

Sends the kept corpus and then random and spoilt DHCP, ARP, neighbour discovery and IP packets through the transmit path
and the emulators of a client's and a server's adapter, in memory. It stops at the first crash, and at the first
reply or datagram in the tunnel that is wrong or missing. It fails if memory grows.

  --count N      packets to draw (default: 1000000)
  --seed N       draws the packets of an earlier run, which prints its seed

With --minutes it explores targets instead, each in its share of the time: inputs that reach code which none reached before
are kept and changed further. What is found is kept in tools/fuzz/corpus, whose inputs npm test tries again.

  --minutes N    so long in all
  --target T     this target alone; can be given several times
  --live         sends to a running server, relay and client what was kept, changed a little; somebody honest has to
                 get in after every 40 connections
  --keep         the inputs that together reach most take the place of the kept ones
  --input HEX    tries this one input of the target given by --target
  --list         the targets
  --help         prints this

Exit status: 0 nothing found, 1 a fault, 2 wrong usage, 3 no namespaces for --live
`;

/** Packets between two lines of progress. */
const batch = 20_000;
/** Of a seed and of a count. */
const maximum = 2 ** 31 - 1;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  const wrongUsage = error instanceof UsageError || error instanceof SyntaxError;
  process.stderr.write(
    wrongUsage
      ? `${error.message}\nnpm run fuzz -- --help lists the options\n`
      : `fuzz: ${(error as Error).stack ?? error}\n`,
  );
  return wrongUsage ? 2 : 1;
});

async function main(argv: readonly string[]): Promise<number> {
  const values = parse(argv);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (values.list) {
    for (const { name, does } of ownTargets) say(`${name.padEnd(24)}${does}`);
    return 0;
  }
  const chosen = chosenTargets(values.target);
  if (values.input !== undefined) return tryOne(chosen, octetsOf(values.input, '--input'));
  const seed = wholeNumber('--seed', values.seed, 0, maximum) ?? randomInt(maximum);
  if (values.minutes !== undefined) {
    const minutes = positive('--minutes', values.minutes) ?? 0;
    if (values.live) return sendLive(minutes, seed);
    return (await guided({ targets: chosen ?? ownTargets, minutes, seed, keep: values.keep, say })) ? 0 : 1;
  }
  if (chosen !== undefined) throw new UsageError('--target needs --minutes or --input');
  if (values.live || values.keep) throw new UsageError(`--${values.live ? 'live' : 'keep'} needs --minutes`);
  const count = wholeNumber('--count', values.count, 0, maximum) ?? 1_000_000;
  for (const { file, line, comment, input } of keptOf('adapters')) {
    const fault = await tryPacket(input);
    if (fault !== undefined) return report(input, `${file}:${line} ${comment}: ${fault}`);
  }
  return sendDrawn(seed, count);
}

function parse(argv: readonly string[]) {
  const options = {
    count: { type: 'string' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    target: { type: 'string', multiple: true },
    live: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    input: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  return parseWords({ args: [...argv], options }).values;
}

/** In namespaces of their own. */
async function sendLive(minutes: number, seed: number): Promise<number> {
  const status = await enclosed(import.meta.filename);
  if (status !== undefined) return status;
  return (await live({ iut: resolve('iut.json'), minutes, seed, say })) ? 0 : 1;
}

function chosenTargets(names: readonly string[] | undefined): Target[] | undefined {
  return names?.map((name) => {
    const target = targets.find((one) => one.name === name);
    if (target === undefined) throw new UsageError(`--target ${name}: no such target; --list has them`);
    return target;
  });
}

async function tryOne(chosen: readonly Target[] | undefined, input: Uint8Array): Promise<number> {
  const [target, ...others] = chosen ?? [];
  if (target === undefined || others.length > 0) throw new UsageError('--input needs one --target');
  const fault = await faultOf(target, input);
  say(fault === undefined ? 'nothing found' : `FAULT of ${target.name}: ${fault}`);
  return fault === undefined ? 0 : 1;
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
  say(`FAULT ${fault}\npacket ${packet.toHex()}\nagain: npm run fuzz -- --target adapters --input ${packet.toHex()}`);
  say('Mend the fault, then add the packet to tools/fuzz/corpus/adapters.');
  return 1;
}
