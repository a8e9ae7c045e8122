/** DORA exchanges that perfdhcp makes with the client's DHCP server emulator, and with dnsmasq beside it. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { patience, within } from '../steps/support/lab/deadlines/deadline.ts';
import { attempt, spawnInside } from '../steps/support/lab/programs/command.ts';
import { clientConfiguration, serverConfiguration } from '../steps/support/peers/configuration.ts';
import { heading, median, say } from './figures.ts';
import { Bench } from './laboratory.ts';

const rounds = 3;
/** Exchanges a second, and how many of them. */
const loads = [
  { rate: 2_000, exchanges: 10_000 },
  { rate: 8_000, exchanges: 40_000 },
] as const;
/** Microseconds that perfdhcp waits for the last replies: without it they count as lost. */
const exitWait = 100_000;

interface Measured {
  /** Exchanges completed in a second. */
  readonly rate: number;
  /** Of DISCOVER and REQUEST together. */
  readonly drops: number;
  readonly malformed: number;
  /** Milliseconds from DISCOVER to OFFER, and from REQUEST to ACK. */
  readonly offer: number;
  readonly ack: number;
}

/**
 * perfdhcp plays a relay agent whose address is the device's, so that it sends from port 67 and is answered there.
 * The one client that it plays has a physical address that no device has.
 */
async function exchange(namespace: string, device: string, load: (typeof loads)[number]) {
  const clients = ['-R', '1', '-b', 'mac=02:00:00:00:00:07'];
  const amount = ['-r', String(load.rate), '-n', String(load.exchanges), '-W', String(exitWait)];
  const argv = ['perfdhcp', '-4', '-l', device, '-B', ...clients, ...amount];
  const { stdout, stderr, code } = await attempt(argv, { namespace, timeout: 120_000 });
  // 3: an exchange was not completed. That is a figure, not a failure.
  if (code !== 0 && code !== 3) throw new Error(`${argv.join(' ')}: exit status ${code}: ${stderr}${stdout}`);
  return read(stdout);
}

/** @throws when perfdhcp's report is not of the form known */
function read(report: string): Measured {
  const all = (name: string, unit = ''): number[] =>
    [...report.matchAll(new RegExp(`^${name}: ([\\d.]+)${unit}`, 'gm'))].map(([, figure]) => Number(figure));
  const [exchanges, drops, malformed] = [all('Rate'), all('drops'), all('Malformed packets')];
  const delays = all('avg delay', ' ms');
  if (exchanges.length !== 1 || drops.length !== 2 || malformed.length !== 1 || delays.length !== 2)
    throw new Error(`perfdhcp's report is not understood:\n${report}`);
  return {
    rate: exchanges[0]!,
    drops: drops[0]! + drops[1]!,
    malformed: malformed[0]!,
    offer: delays[0]!,
    ack: delays[1]!,
  };
}

/** dnsmasq as a DHCP server on a device, until it is disposed of; it asks nobody whether an address is in use. */
async function dnsmasq(namespace: string, device: string, range: string): Promise<AsyncDisposable> {
  const leases = join(tmpdir(), `dnsmasq-${process.pid}.leases`);
  const noFiles = ['--conf-file=/dev/null', '--no-hosts', '--no-resolv', '--pid-file', '--port=0'];
  const foreground = ['--user=root', '--group=root', '--keep-in-foreground', '--log-facility=-', '--quiet-dhcp'];
  const server = ['--dhcp-authoritative', '--no-ping', `--dhcp-range=${range},1h`, `--dhcp-leasefile=${leases}`];
  const interfaces = ['--bind-interfaces', `--interface=${device}`];
  const child = spawnInside(namespace, ['dnsmasq', ...noFiles, ...foreground, ...server, ...interfaces], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(child, 'close');
  let log = '';
  const bound = Promise.withResolvers<void>();
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
    if (log.includes('sockets bound')) bound.resolve();
  });
  child.once('error', (error) => bound.reject(new Error(`dnsmasq: ${error.message}`)));
  child.once('close', () => bound.reject(new Error(`dnsmasq: ${log.trim()}`)));
  await within(patience, 'dnsmasq binding its sockets', bound.promise);
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await closed;
      rmSync(leases, { force: true });
    },
  };
}

function printFigures(server: string, figures: readonly Measured[]): void {
  const of = (name: keyof Measured): number => median(figures.map((all) => all[name]));
  const sum = (name: 'drops' | 'malformed'): number => figures.reduce((total, all) => total + all[name], 0);
  say(
    `  ${server.padEnd(10)}${of('rate').toFixed(0).padStart(6)} a second  ${sum('drops')} dropped, ${sum('malformed')} malformed  ` +
      `DISCOVER to OFFER ${of('offer').toFixed(3)} ms, REQUEST to ACK ${of('ack').toFixed(3)} ms`,
  );
}

/** A malformed reply is a fault. So is a drop, if dnsmasq has none: then the machine was not overloaded. */
function isWorse(emulator: readonly Measured[], other: readonly Measured[]): boolean {
  const dropped = (all: readonly Measured[]): boolean => all.some(({ drops }) => drops > 0);
  return emulator.some(({ malformed }) => malformed > 0) || (dropped(emulator) && !dropped(other));
}

async function main(): Promise<void> {
  await using bench = await Bench.create();
  const { lab, declaration } = bench;
  await bench.start('server', 'server', serverConfiguration(declaration));
  const client = await bench.start('client', 'client', clientConfiguration(declaration));
  await client.event('adapter');
  const [clientSide, serverSide] = [lab.namespace('client'), lab.namespace('server')];
  const device = 'dhcp0';
  await lab.link('client', { device, address: '10.99.0.10/24' }, 'server', { device, address: '10.99.0.1/24' });
  await using _dnsmasq = await dnsmasq(serverSide, device, '10.99.0.100,10.99.0.200');
  heading(`perfdhcp, medians of ${rounds} rounds in turn`);
  for (const load of loads) {
    const figures: { readonly emulator: Measured[]; readonly dnsmasq: Measured[] } = { emulator: [], dnsmasq: [] };
    for (let round = 0; round < rounds; round++) {
      figures.emulator.push(await exchange(clientSide, 'pna0', load));
      figures.dnsmasq.push(await exchange(clientSide, device, load));
    }
    say(`${load.exchanges} exchanges at ${load.rate} a second:`);
    printFigures('emulator', figures.emulator);
    printFigures('dnsmasq', figures.dnsmasq);
    if (isWorse(figures.emulator, figures.dnsmasq)) process.exitCode = 1;
  }
}

const missing = await attempt(['perfdhcp', '-v']).then(
  () => false,
  () => true,
);
if (missing) {
  process.stderr.write('bench: perfdhcp is missing: apt-get install kea-admin (a Debian package)\n');
  process.exitCode = 3;
} else await main();
