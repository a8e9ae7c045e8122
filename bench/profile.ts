/** Where the processor's time goes at both ends while a stream passes the fast path: kernel, cipher, everything else. */
import { join } from 'node:path';
import { run } from '../steps/support/lab/programs/command.ts';
import { heading, median, say, spread } from './figures.ts';
import { cpuSeconds, firstAnswer, gigabyte, processes, stream, type Way } from './measure.ts';
import { options } from './options.ts';
import { ours } from './peers/ours.ts';
import { type Peer, Place } from './peers/place.ts';

/** Samples a second of each processor that works. */
const frequency = 2_000;
/** Milliseconds for perf to write, and to read, what it has seen. */
const patience = 120_000;
/** Seconds of a stream until the runtime has compiled what it will. */
const warmUp = 2;

const parts = ['kernel', 'cipher', 'everything else'] as const;
type Part = (typeof parts)[number];

/** Functions of OpenSSL that only the cipher calls. */
const ofCipher = /^(evp_|crypto_|ossl_|aes|gcm|vaes_gcm|skip_iv_len|generic_aes|chacha|poly1305)/i;
/** The upper half of the addresses. */
const ofKernel = /^[89a-f][\da-f]{15}$/;

/** By symbol. */
type Samples = ReadonlyMap<string, number>;

interface Profile {
  readonly samples: Readonly<Record<Part, Samples>>;
  /** CPU-seconds of both ends for each GB. */
  readonly cost: number;
}

async function profile(peer: Peer, down: boolean): Promise<Profile> {
  await using place = await Place.create();
  await peer.server(place);
  await peer.client(place);
  const [client, server] = [place.namespace('client'), place.namespace('server')];
  const way: Way = { client, server, address: peer.address ?? place.inner('server') };
  await firstAnswer(way);
  await stream(way, { seconds: warmUp, down });
  // Programs that were run for the start have ended.
  const pids = (await Promise.all([client, server].map(processes))).flat();
  const file = join(place.folder, 'perf.data');
  const record = ['perf', 'record', '-q', '-e', 'cpu-clock', '-F', `${frequency}`, '-p', pids.join(), '-o', file];
  const used = cpuSeconds(pids);
  const [{ octets }] = await Promise.all([
    stream(way, { seconds: options.seconds, down }),
    run([...record, '--', 'sleep', `${options.seconds}`], { timeout: patience }),
  ]);
  const cost = ((cpuSeconds(pids) - used) / octets) * gigabyte;
  const text = await run(['perf', 'script', '-i', file, '-F', 'ip,sym'], { timeout: patience });
  return { samples: samplesOf(text), cost };
}

/** @param text a line for each sample: an address, and the symbol that it is in */
function samplesOf(text: string): Profile['samples'] {
  const samples = { kernel: new Map(), cipher: new Map(), 'everything else': new Map() };
  for (const line of text.split('\n')) {
    const [, address, symbol] = /^\s*([\da-f]+) (.*)$/.exec(line) ?? [];
    if (address === undefined || symbol === undefined) continue;
    const part = ofKernel.test(address) ? 'kernel' : ofCipher.test(symbol) ? 'cipher' : 'everything else';
    const of: Map<string, number> = samples[part];
    of.set(symbol, (of.get(symbol) ?? 0) + 1);
  }
  return samples;
}

const sum = (samples: Samples): number => [...samples.values()].reduce((total, count) => total + count, 0);

/** In hundredths of all samples. */
function shares({ samples }: Profile): Record<Part, number> {
  const all = parts.reduce((total, part) => total + sum(samples[part]), 0);
  const share = (part: Part): number => (100 * sum(samples[part])) / all;
  return { kernel: share('kernel'), cipher: share('cipher'), 'everything else': share('everything else') };
}

/** What was seen most often of one part, in hundredths of all samples. */
function most(profiles: readonly Profile[], part: Part, count: number): string {
  const all = profiles.flatMap(({ samples }) => parts.map((one) => sum(samples[one]))).reduce((a, b) => a + b, 0);
  const together = new Map<string, number>();
  for (const { samples } of profiles)
    for (const [symbol, seen] of samples[part]) together.set(symbol, (together.get(symbol) ?? 0) + seen);
  const first = [...together].sort(([, one], [, other]) => other - one).slice(0, count);
  return first.map(([symbol, seen]) => `${symbol} ${((100 * seen) / all).toFixed(1)}`).join(', ');
}

const figure = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} ±${spread(values).toFixed(digits)}`;

heading(
  `medians of ${options.rounds} rounds that take turns, ± half the range; hundredths of the samples at both ends`,
);
const measured = new Map<string, Profile[]>();
for (let round = 0; round < options.rounds; round++)
  for (const mtu of [65_000, 1_500])
    for (const down of [false, true]) {
      const name = `MTU ${mtu}, ${down ? 'down' : 'up'}`;
      measured.set(name, [...(measured.get(name) ?? []), await profile(ours('fast', mtu), down)]);
    }
say(`| | ${parts.join(' | ')} | CPU s/GB |\n| --- | --: | --: | --: | --: |`);
for (const [name, profiles] of measured) {
  const columns = parts.map((part) =>
    figure(
      profiles.map(shares).map((each) => each[part]),
      1,
    ),
  );
  say(
    `| ${name} | ${columns.join(' | ')} | ${figure(
      profiles.map(({ cost }) => cost),
      2,
    )} |`,
  );
}
for (const [name, profiles] of measured) for (const part of parts) say(`${name}, ${part}: ${most(profiles, part, 12)}`);
