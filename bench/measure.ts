/** What is measured of a tunnel: streams, small datagrams, pings, memory, CPU time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { attempt, run } from '../steps/support/lab/programs/command.ts';
import { median } from './figures.ts';

export const gigabyte = 1e9;
/** Milliseconds for one stream: the longest takes ten minutes. */
const patience = 660_000;

/** Where a stream goes from and to: namespaces, and an address of the server. */
export interface Way {
  readonly client: string;
  readonly server: string;
  readonly address: string;
  /** Another one for each of several streams at once. */
  readonly port?: number;
}

/** Of iperf3's report. */
interface Report {
  readonly sum_received: { readonly bits_per_second: number; readonly bytes: number };
  readonly sum: { readonly packets: number; readonly lost_packets: number; readonly seconds: number };
}

async function iperf(way: Way, ...words: readonly string[]): Promise<Report> {
  const { client, server, address } = way;
  const port = String(way.port ?? 5201);
  const listen = ['netns', 'exec', server, 'iperf3', '-s', '-1', '-p', port, '--forceflush'];
  const listener = spawn('ip', listen, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(listener, 'exit');
  await once(listener.stdout, 'data');
  listener.stdout.resume();
  try {
    const text = await run(['iperf3', '-J', '-c', address, '-p', port, ...words], {
      namespace: client,
      timeout: patience,
    });
    return (JSON.parse(text) as { readonly end: Report }).end;
  } finally {
    listener.kill('SIGKILL');
    await ended;
  }
}

/** Streams of TCP. */
export interface Stream {
  readonly seconds: number;
  /** How many at once; 1 if absent. */
  readonly streams?: number;
  /** From the server to the client. */
  readonly down?: boolean;
  /** Mbit/s at most; without a limit if absent. */
  readonly limit?: number;
}

/** @returns octets that arrived, and Gbit/s */
export async function stream(way: Way, { seconds, streams = 1, down = false, limit = 0 }: Stream) {
  const words = ['-t', String(seconds), '-P', String(streams), '-b', `${limit}M`, ...(down ? ['-R'] : [])];
  const { bytes, bits_per_second } = (await iperf(way, ...words)).sum_received;
  return { octets: bytes, gigabits: bits_per_second / 1e9 };
}

/** UDP datagrams of `octets` octets that arrive in a second. @param limit Mbit/s that are sent at most; 0 without a limit */
export async function datagrams(way: Way, seconds: number, octets: number, limit = 0): Promise<number> {
  const words = ['-u', '-b', `${limit}M`, '-l', String(octets), '-t', String(seconds)];
  const { sum } = await iperf(way, ...words);
  return (sum.packets - sum.lost_packets) / sum.seconds;
}

/** Milliseconds, the median of 100. */
export async function ping({ client, address }: Way): Promise<number> {
  const text = await run(['ping', '-n', '-i', '0.02', '-c', '100', address], { namespace: client });
  return median([...text.matchAll(/ time=([\d.]+)/g)].map(([, milliseconds]) => Number(milliseconds)));
}

/** Pings again and again until an answer comes. @throws Error if none comes within 20 s */
export async function firstAnswer({ client, address }: Way): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    const { code } = await attempt(['ping', '-n', '-q', '-c', '1', '-W', '0.1', address], { namespace: client });
    if (code === 0) return;
    if (performance.now() > end) throw new Error('no ping was answered within 20 s');
    await pause(5);
  }
}

/** Resident memory of processes, in MB. */
export const residentMegabytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return sum + (Number(kibibytes ?? 0) * 1024) / 1e6;
  }, 0);

/** Seconds of CPU that processes have used, in user and kernel mode (proc_pid_stat(5), fields 14 and 15). */
export const cpuSeconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11]) + Number(fields[12])) / 100;
  }, 0);

/** One round of everything, of a tunnel that carries something by now. */
export interface Figures {
  /** Gbit/s: the bare wire just before, one stream to the server, one from it, four to it. */
  readonly wire: number;
  readonly up: number;
  readonly down: number;
  readonly four: number;
  /** Thousands of datagrams of 64 octets that arrive in a second. */
  readonly small: number;
  /** Milliseconds: before anything else has passed, after streams, and beside one. */
  readonly first: number;
  readonly idle: number;
  readonly loaded: number;
  /** CPU-seconds of both ends for each GB to the server. */
  readonly cpu: number;
  /** Resident memory in MB, before anything but a ping has passed. */
  readonly clientMemory: number;
  readonly serverMemory: number;
}

/** Processes of a namespace. */
export async function processes(namespace: string): Promise<readonly number[]> {
  const text = await run(['ip', 'netns', 'pids', namespace]);
  return text.split(/\s+/).filter(Boolean).map(Number);
}

/** @param outer the same two ends over the bare wire */
export async function measure(way: Way, outer: Way, seconds: number): Promise<Figures> {
  const { gigabits: wire } = await stream(outer, { seconds });
  const first = await ping(way);
  const [client, server] = [await processes(way.client), await processes(way.server)];
  const [clientMemory, serverMemory] = [residentMegabytes(client), residentMegabytes(server)];
  const pids = [...client, ...server];
  const used = cpuSeconds(pids);
  const { gigabits: up, octets } = await stream(way, { seconds });
  const cpu = ((cpuSeconds(pids) - used) / octets) * gigabyte;
  const { gigabits: down } = await stream(way, { seconds, down: true });
  const { gigabits: four } = await stream(way, { seconds, streams: 4 });
  const idle = await ping(way);
  const small = (await datagrams(way, seconds, 64)) / 1_000;
  const [loaded] = await Promise.all([pause(400).then(() => ping(way)), stream(way, { seconds })]);
  return { wire, up, down, four, small, first, idle, loaded, cpu, clientMemory, serverMemory };
}
