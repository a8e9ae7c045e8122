/** How costs grow: with tunnels at a server, the size of a datagram, relays in the path, routes of a client. */
import { virtualLan } from '../steps/support/lab/networks/virtual-lan.ts';
import {
  clientConfiguration,
  merge,
  type Overrides,
  relayConfiguration,
  serverConfiguration,
} from '../steps/support/peers/configuration.ts';
import type { Chart } from './chart.ts';
import { heading, median, say } from './figures.ts';
import { Bench } from './laboratory.ts';
import { initiatorEntries, withoutLimits } from './many.ts';
import { cpuSeconds, datagrams, firstAnswer, ping, residentMegabytes, stream, type Way } from './measure.ts';
import { options } from './options.ts';
import { keep } from './record.ts';

const { rounds, seconds } = options;
const patience = 300_000;
const relayNodes = ['relay-b', 'relay-c', 'server-2', 'server-3'] as const;

type Point = Readonly<Record<string, number>>;

const medianOf = async (measured: () => Promise<number>): Promise<number> => {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) values.push(await measured());
  return median(values);
};

/** A client and its server. @returns the way through the tunnel and the one over the wire, and their processes */
async function tunnel(bench: Bench, changes: { readonly server?: Overrides; readonly client?: Overrides } = {}) {
  const { lab, declaration } = bench;
  const both = { transforms: ['aes256gcm'] };
  const server = await bench.start('server', 'server', merge(serverConfiguration(declaration, both), changes.server));
  const ends = { client: lab.namespace('client'), server: lab.namespace('server') };
  const way: Way = { ...ends, address: virtualLan.serverAddress };
  const begun = performance.now();
  const client = await bench.start('client', 'client', merge(clientConfiguration(declaration, both), changes.client));
  await firstAnswer(way);
  const start = performance.now() - begun;
  const wire: Way = { ...ends, address: lab.address('server') };
  return { way, wire, start, server: server.program, client: client.program };
}

/** One of them busy, the others idle. */
async function byTunnels(): Promise<readonly Point[]> {
  const counts = [1, 3, 10, 30, 100, 300, 1_000];
  await using bench = await Bench.create();
  const { lab, declaration } = bench;
  const [alice] = (serverConfiguration(declaration) as { readonly initiators: readonly [Overrides] }).initiators;
  const others = initiatorEntries(1_000, ['x25519']) as readonly Overrides[];
  const { way, wire, server } = await tunnel(bench, {
    server: {
      initiators: [alice, ...others],
      adapter: { address: '10.8.0.1/16', mtu: 1_500 },
      clientData: { pool: '10.8.1.0-10.8.250.255' },
      limits: withoutLimits,
    },
  });
  const initiators = bench.process('client', 'initiators.ts', lab.address('server'));
  await stream(way, { seconds });
  const alone = residentMegabytes([server.innermost]);
  const points: Point[] = [];
  let first = 0;
  for (const tunnels of counts) {
    const count = tunnels - 1 - first;
    if (count > 0) {
      initiators.command({ first, count, abreast: 8, suite: 'x25519' });
      await initiators.event('done', patience);
      first += count;
    }
    const memory = residentMegabytes([server.innermost]);
    const share = await medianOf(async () => {
      const { gigabits } = await stream(wire, { seconds });
      return (await stream(way, { seconds })).gigabits / gigabits;
    });
    points.push({
      tunnels,
      memory,
      each: ((memory - alone) * 1_000) / Math.max(1, first),
      share,
      ping: await ping(way),
    });
  }
  return points;
}

async function byDatagram(): Promise<readonly Point[]> {
  await using bench = await Bench.create();
  const { way, server, client } = await tunnel(bench, { server: { adapter: { mtu: 65_000 } } });
  const points: Point[] = [];
  for (const octets of [64, 256, 1_024, 4_096, 16_384, 64_000]) {
    const pids = [server.innermost, client.innermost];
    const costs: number[] = [];
    const rate = await medianOf(async () => {
      const used = cpuSeconds(pids);
      const each = await datagrams(way, seconds, octets);
      costs.push(((cpuSeconds(pids) - used) / (each * seconds)) * 1e6);
      return each;
    });
    points.push({ octets, rate, gigabits: (rate * octets * 8) / 1e9, microseconds: median(costs) });
  }
  return points;
}

async function byRelays(): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (let relays = 0; relays <= relayNodes.length; relays++) {
    const nodes = relayNodes.slice(0, relays);
    await using bench = await Bench.create({ nodes: [...relayNodes] });
    for (const node of nodes) await bench.start('relay', node, relayConfiguration(`${node}.test`));
    const path = [...nodes, 'server'].map((node) => `${node}.test`);
    const { way, wire } = await tunnel(bench, { client: { path }, server: { adapter: { mtu: 65_000 } } });
    const share = await medianOf(async () => {
      const { gigabits } = await stream(wire, { seconds });
      return (await stream(way, { seconds })).gigabits / gigabits;
    });
    points.push({ connections: relays + 1, share, ping: await medianOf(() => ping(way)) });
  }
  return points;
}

const routesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `10.${64 + (number >> 8)}.${number & 255}.0/24`);

async function byRoutes(): Promise<readonly Point[]> {
  const points: Point[] = [];
  for (const routes of [1, 10, 100, 1_000]) {
    const start = await medianOf(async () => {
      await using bench = await Bench.create();
      return (await tunnel(bench, { server: { clientData: { routes: [...routesOf(routes)] } } })).start;
    });
    points.push({ routes, start });
  }
  return points;
}

/** Columns of points against their first one. */
function lines(
  title: string,
  points: readonly Point[],
  xTitle: string,
  names: Readonly<Record<string, string>>,
): Chart {
  const [x = ''] = Object.keys(points[0] ?? {});
  const series = Object.entries(names).map(([key, name]) => ({
    name,
    points: points.map((point) => [point[x] ?? 0, point[key] ?? 0] as const),
  }));
  return { kind: 'lines', title, xTitle, series };
}

function print(title: string, points: readonly Point[]): void {
  say(title);
  for (const point of points)
    say(
      `  ${Object.entries(point)
        .map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`)
        .join('  ')}`,
    );
}

heading(`medians of ${rounds}; shares are of the bare wire just before`);
const tunnels = await byTunnels();
print('tunnels at one server, one of them busy, MTU 1500: MB, kB for each, share, ping in ms', tunnels);
const sizes = await byDatagram();
print('UDP datagrams of one tunnel, MTU 65000: a second, Gbit/s, CPU of both ends for each', sizes);
const relays = await byRelays();
print('TCP connections in the path, MTU 65000: share, ping in ms', relays);
const routes = await byRoutes();
print('routes of a client: ms from its start to the first answer', routes);
keep(
  'growth',
  { tunnels, sizes, relays, routes },
  {
    'growth-tunnels': lines('Resident memory of a server, MB', tunnels, 'tunnels', { memory: 'MB' }),
    'growth-datagrams': lines('CPU of both ends for a datagram, µs', sizes, 'octets', { microseconds: 'µs' }),
    'growth-relays': lines('Share of the bare wire', relays, 'TCP connections in the path', { share: 'share' }),
    'growth-routes': lines('From start to first ping, ms', routes, 'routes', { start: 'ms' }),
  },
);
