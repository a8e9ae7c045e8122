/**
 * Mixed load for a long time: two streams and small datagrams through one tunnel whose keys live 20 s, and others that come
 * and go. Each minute says what both ends hold; they may not hold more and more.
 */
import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { virtualLan } from '../steps/support/lab/networks/virtual-lan.ts';
import { clientConfiguration, type Overrides, serverConfiguration } from '../steps/support/peers/configuration.ts';
import { heading, say } from './figures.ts';
import { Bench } from './laboratory.ts';
import { initiatorEntries, withoutLimits } from './many.ts';
import { datagrams, firstAnswer, residentMegabytes, stream, type Way } from './measure.ts';
import { options } from './options.ts';

/** Minutes until everything has been allocated that is ever needed. */
const warmUp = 5;
/** How much more memory than then a process may hold, as a share. */
const growth = 0.1;
/** Mbit/s of each stream and of the small datagrams: enough to be busy, and not so much that nothing else gets a core. */
const limits = { stream: 100, small: 2 };
/** Tunnels that come, stay for less than a minute, and go. */
const guests = 20;
const patience = 300_000;

interface Held {
  readonly megabytes: number;
  readonly descriptors: number;
}

/** The least of several looks: while keys are renewed there are two connections. */
async function held(pid: number): Promise<Held> {
  const lowest = { megabytes: Number.POSITIVE_INFINITY, descriptors: Number.POSITIVE_INFINITY };
  for (let look = 0; look < 10; look++) {
    lowest.megabytes = Math.min(lowest.megabytes, residentMegabytes([pid]));
    lowest.descriptors = Math.min(lowest.descriptors, readdirSync(`/proc/${pid}/fd`).length);
    await pause(200);
  }
  return lowest;
}
const text = ({ megabytes, descriptors }: Held): string => `${megabytes.toFixed(1)} MB, ${descriptors} descriptors`;

heading(
  `${options.minutes} minutes: streams of ${limits.stream} Mbit/s each way, datagrams of 64 octets, ${guests} guests a minute`,
);
await using bench = await Bench.create();
const { lab, declaration } = bench;
const lifetime = { seconds: 20 };
const both = { transforms: ['aes256gcm'], lifetime };
const [alice] = (serverConfiguration(declaration) as { readonly initiators: readonly [Overrides] }).initiators;
const server = await bench.start(
  'server',
  'server',
  serverConfiguration(declaration, {
    ...both,
    initiators: [alice, ...(initiatorEntries(guests, ['x25519']) as readonly Overrides[])],
    limits: withoutLimits,
  }),
);
const client = await bench.start('client', 'client', clientConfiguration(declaration, { ...both, reconnect: true }));
const way: Way = {
  client: lab.namespace('client'),
  server: lab.namespace('server'),
  address: virtualLan.serverAddress,
};
await firstAnswer(way);
const ends = { server: server.program.innermost, client: client.program.innermost };

const begun = performance.now();
let [octets, small] = [0, 0];
const before = new Map<string, Held>();
for (let minute = 1; minute <= options.minutes; minute++) {
  const end = begun + minute * 60_000;
  await Promise.all([
    carry(end, { port: 5201 }, async (one, seconds) => {
      octets += (await stream(one, { seconds, limit: limits.stream })).octets;
    }),
    carry(end, { port: 5202 }, async (one, seconds) => {
      octets += (await stream(one, { seconds, limit: limits.stream, down: true })).octets;
    }),
    carry(end, { port: 5203 }, async (one, seconds) => {
      small += seconds * (await datagrams(one, seconds, 64, limits.small));
    }),
    guestsComeAndGo(),
  ]);
  await judge(minute);
}
say(`${(octets / 1e9).toFixed(1)} GB and ${(small / 1e6).toFixed(1)} million small datagrams arrived`);

/** Loads the tunnel until the minute is nearly over. */
async function carry(end: number, port: { port: number }, load: (one: Way, seconds: number) => Promise<void>) {
  const seconds = Math.floor((end - performance.now()) / 1_000) - 2;
  if (seconds > 0) await load({ ...way, ...port }, seconds);
}

/** The process goes without a CLOSE of theirs: the server finds the ends of their streams. */
async function guestsComeAndGo(): Promise<void> {
  await using initiators = bench.process('client', 'initiators.ts', lab.address('server'));
  initiators.command({ first: 0, count: guests, abreast: 4, suite: 'x25519' });
  await initiators.event('done', patience);
}

async function judge(minute: number): Promise<void> {
  const words: string[] = [];
  for (const [name, pid] of Object.entries(ends)) {
    const now = await held(pid);
    if (minute === warmUp) before.set(name, now);
    const then = before.get(name);
    const isMore =
      then !== undefined && (now.megabytes > (1 + growth) * then.megabytes || now.descriptors > then.descriptors);
    if (isMore) process.exitCode = 1;
    words.push(`${name} ${text(now)}${isMore ? `, MORE than ${text(then)}` : ''}`);
  }
  say(`minute ${String(minute).padStart(3)}  ${words.join('   ')}`);
}
