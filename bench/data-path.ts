/**
 * One tunnel over the readable and over the fast data path, and OpenVPN beside them where it is installed, each beside the
 * bare wire of its own round: a TCP stream up and down, small UDP datagrams, and pings.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { run } from '../steps/support/lab/command.ts';
import { virtualLan } from '../steps/support/lab/virtual-lan.ts';
import { clientConfiguration, serverConfiguration } from '../steps/support/peers/configuration.ts';
import { heading, median, say } from './figures.ts';
import { Bench } from './laboratory.ts';

const rounds = 5;
const seconds = '2';
const port = '5201';

/** Where a stream goes from and to: namespaces, and an address of the server. */
interface Way {
  readonly client: string;
  readonly server: string;
  readonly address: string;
}

interface Subject {
  readonly name: string;
  readonly way: Way;
  /** The same over the bare wire. */
  readonly wire: Way;
  readonly close: () => Promise<void>;
}

interface Figures {
  /** Shares of the wire in the same round, and Gbit/s. */
  readonly up: number;
  readonly down: number;
  readonly gigabits: number;
  /** Thousands of datagrams of 64 octets that arrive in a second, of 150 that are sent. */
  readonly small: number;
  /** Milliseconds: alone, and beside a stream. */
  readonly idle: number;
  readonly loaded: number;
}

interface Report {
  readonly sum_received: { readonly bits_per_second: number };
  readonly sum: { readonly packets: number; readonly lost_packets: number; readonly seconds: number };
}

async function iperf({ client, server, address }: Way, ...words: readonly string[]): Promise<Report> {
  const listen = ['netns', 'exec', server, 'iperf3', '-s', '-1', '-p', port, '--forceflush'];
  const listener = spawn('ip', listen, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(listener, 'exit');
  await once(listener.stdout, 'data');
  listener.stdout.resume();
  const argv = ['iperf3', '-J', '-c', address, '-p', port, '-t', seconds, ...words];
  const text = await run(argv, { namespace: client });
  await ended;
  return (JSON.parse(text) as { readonly end: Report }).end;
}

const gigabits = async (way: Way, ...words: readonly string[]): Promise<number> =>
  (await iperf(way, ...words)).sum_received.bits_per_second / 1e9;

/** The average of 20. */
async function ping({ client, address }: Way): Promise<number> {
  const text = await run(['ping', '-n', '-q', '-i', '0.05', '-c', '20', address], { namespace: client });
  return Number(/= [\d.]+\/([\d.]+)\//.exec(text)?.[1]);
}

async function measure(way: Way, wire: number): Promise<Figures> {
  const idle = await ping(way);
  const [up, loaded] = await Promise.all([gigabits(way), pause(400).then(() => ping(way))]);
  const down = await gigabits(way, '-R');
  const { sum } = await iperf(way, '-u', '-b', String(150_000 * 64 * 8), '-l', '64');
  const small = (sum.packets - sum.lost_packets) / sum.seconds / 1_000;
  return { up: up / wire, down: down / wire, gigabits: up, small, idle, loaded };
}

async function tunnel(dataPath: string, mtu: number): Promise<Subject> {
  const bench = await Bench.create();
  const { lab, declaration } = bench;
  const both = { transforms: ['aes256gcm'], dataPath };
  await bench.start('server', 'server', serverConfiguration(declaration, { ...both, adapter: { mtu } }));
  const client = await bench.start('client', 'client', clientConfiguration(declaration, both));
  await client.event('adapter');
  const way = { client: lab.namespace('client'), server: lab.namespace('server'), address: virtualLan.serverAddress };
  const wire = { ...way, address: lab.address('server') };
  return { name: dataPath, way, wire, close: () => bench[Symbol.asyncDispose]() };
}

/** OpenVPN over TCP, with the same cipher. */
async function openvpn(mtu: number): Promise<Subject> {
  const bench = await Bench.create();
  const { lab } = bench;
  const folder = mkdtempSync(join(tmpdir(), 'bench-openvpn-'));
  const [client, server] = [lab.namespace('client'), lab.namespace('server')];
  const files = (name: string) => [join(folder, `${name}.crt`), join(folder, `${name}.key`)] as const;
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const prints = new Map<string, string>();
  for (const name of ['client', 'server']) {
    const [certificate, key] = files(name);
    await run(['openssl', 'req', '-x509', ...curve, '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate]);
    const text = await run(['openssl', 'x509', '-in', certificate, '-noout', '-fingerprint', '-sha256']);
    prints.set(name, text.trim().replace(/^.*=/, ''));
  }
  const processes: ChildProcess[] = [];
  const start = (namespace: string, name: string, peer: string, ...words: readonly string[]): void => {
    const [certificate, key] = files(name);
    const identity = ['--cert', certificate, '--key', key, '--peer-fingerprint', prints.get(peer) ?? ''];
    const data = ['--dev', 'tun', '--data-ciphers', 'AES-256-GCM', '--tun-mtu', String(mtu), '--mssfix', '0'];
    const argv = ['netns', 'exec', namespace, 'openvpn', ...identity, ...data, '--socket-flags', 'TCP_NODELAY'];
    processes.push(spawn('ip', [...argv, ...words], { stdio: 'ignore' }));
  };
  const [here, there] = ['10.9.0.2', '10.9.0.1'];
  start(server, 'server', 'client', '--tls-server', '--dh', 'none', '--proto', 'tcp-server', '--ifconfig', there, here);
  await pause(500);
  const remote = ['--remote', lab.address('server'), '--ifconfig', here, there];
  start(client, 'client', 'server', '--tls-client', '--proto', 'tcp-client', ...remote);
  await pause(4_000);
  const close = async (): Promise<void> => {
    for (const child of processes) child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
    await bench[Symbol.asyncDispose]();
  };
  const wire = { client, server, address: lab.address('server') };
  return { name: 'OpenVPN', way: { ...wire, address: there }, wire, close };
}

function print(name: string, figures: readonly Figures[]): void {
  const of = (key: keyof Figures, digits: number): string => median(figures.map((all) => all[key])).toFixed(digits);
  say(
    `  ${name.padEnd(10)}up ${of('gigabits', 2)} Gbit/s, share ${of('up', 3)}  down ${of('down', 3)}  ` +
      `small ${of('small', 0)} k/s  ping ${of('idle', 2)} ms, loaded ${of('loaded', 2)}`,
  );
}

async function compare(mtu: number): Promise<void> {
  const withOpenvpn = existsSync('/usr/sbin/openvpn');
  const subjects = [await tunnel('readable', mtu), await tunnel('fast', mtu)];
  if (withOpenvpn) subjects.push(await openvpn(Math.min(mtu, 48_000)));
  await pause(500);
  const figures = subjects.map((): Figures[] => []);
  const wires: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const wire = await gigabits(subjects[round % subjects.length]!.wire);
    wires.push(wire);
    for (const [index, { way }] of subjects.entries()) figures[index]?.push(await measure(way, wire));
  }
  say(`MTU ${mtu}: wire ${median(wires).toFixed(1)} Gbit/s`);
  for (const [index, { name }] of subjects.entries()) print(name, figures[index] ?? []);
  for (const { close } of subjects) await close();
}

heading(`medians of ${rounds} rounds that take turns; shares of the wire of the same round`);
for (const mtu of [65_000, 1_500]) await compare(mtu);
