/** Tunnels beside each other in one run: each round starts every one anew, and measures the bare wire beside it. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Chart } from './chart.ts';
import { heading, median, say, spread } from './figures.ts';
import { type Figures, firstAnswer, measure } from './measure.ts';
import { options } from './options.ts';
import { nebula } from './peers/nebula.ts';
import { openvpnBest, openvpnInstalled } from './peers/openvpn.ts';
import { ours } from './peers/ours.ts';
import { type Peer, Place } from './peers/place.ts';
import { ssh } from './peers/ssh.ts';
import { tinc } from './peers/tinc.ts';
import { vtun } from './peers/vtun.ts';
import { wireguardGo } from './peers/wireguard-go.ts';
import { keep } from './record.ts';

const peers: readonly Peer[] = [
  ours('fast', 65_000),
  ours('fast', 65_000, { dataOptions: [] }),
  ours('fast', 1_500),
  ours('fast', 1_500, { dataOptions: [] }),
  ours('fast', 1_500, { dataOptions: [], beside: true }),
  ours('fast', 1_500, { dataOptions: ['bundle'] }),
  ours('fast', 1_500, { dataOptions: ['checksum', 'segmentation'] }),
  ours('readable', 65_000),
  ours('readable', 1_500),
  ours('readable', 1_500, { dataOptions: [] }),
  ours('readable', 1_500, { dataOptions: ['bundle'] }),
  ours('readable', 1_500, { dataOptions: ['checksum', 'segmentation'] }),
  ...[openvpnBest, openvpnInstalled, vtun, tinc, ssh, nebula, wireguardGo],
];

/** With the milliseconds from the start of the client to the first answer to a ping. */
type Round = Figures & { readonly start: number };

/** Shares are of the bare wire in the same round. */
const columns: readonly { readonly title: string; readonly digits: number; readonly of: (round: Round) => number }[] = [
  { title: 'up Gbit/s', digits: 2, of: ({ up }) => up },
  { title: 'share', digits: 3, of: ({ up, wire }) => up / wire },
  { title: 'down share', digits: 3, of: ({ down, wire }) => down / wire },
  { title: '4 streams share', digits: 3, of: ({ four, wire }) => four / wire },
  { title: '64 octets 1000/s', digits: 0, of: ({ small }) => small },
  { title: 'first pings ms', digits: 2, of: ({ first }) => first },
  { title: 'ping ms', digits: 2, of: ({ idle }) => idle },
  { title: 'loaded ms', digits: 1, of: ({ loaded }) => loaded },
  { title: 'start ms', digits: 0, of: ({ start }) => start },
  { title: 'client MB', digits: 0, of: ({ clientMemory }) => clientMemory },
  { title: 'server MB', digits: 0, of: ({ serverMemory }) => serverMemory },
  { title: 'CPU s/GB', digits: 1, of: ({ cpu }) => cpu },
];

const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
const isInstalled = (program: string): boolean => folders.some((folder) => existsSync(join(folder, program)));

async function round(peer: Peer): Promise<Round> {
  await using place = await Place.create();
  await peer.prepare?.(place);
  await peer.server(place);
  const [client, server] = [place.namespace('client'), place.namespace('server')];
  const way = { client, server, address: peer.address ?? place.inner('server') };
  const begun = performance.now();
  await peer.client(place);
  await firstAnswer(way);
  const start = performance.now() - begun;
  const figures = await measure(way, { ...way, address: place.outer('server') }, options.seconds);
  return { ...figures, start };
}

function table(measured: ReadonlyMap<Peer, readonly Round[]>): string {
  const head = ['', ...columns.map(({ title }) => title)];
  const rows = [...measured].map(([{ name }, rounds]) => [
    name,
    ...columns.map(({ digits, of }) => {
      const values = rounds.map(of);
      return `${median(values).toFixed(digits)} ±${spread(values).toFixed(digits)}`;
    }),
  ]);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

const wanted = peers.filter(({ name }) => options.only.every((word) => name.includes(word)));
const measured = new Map<Peer, Round[]>();
for (const peer of wanted) {
  const missing = peer.programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) measured.set(peer, []);
  else say(`${peer.name}: left out, without ${missing.join(', ')} (Debian: apt-get install ${peer.packages})`);
}
heading(
  `medians of ${options.rounds} rounds that take turns, ± half the range; shares of the bare wire of the same round`,
);
for (let number = 1; number <= options.rounds; number++)
  for (const [peer, rounds] of measured)
    try {
      const figures = await round(peer);
      rounds.push(figures);
      say(`round ${number}, ${peer.name}: ${figures.up.toFixed(2)} of ${figures.wire.toFixed(1)} Gbit/s`);
    } catch (error) {
      measured.delete(peer);
      say(`${peer.name}: left out from here: ${(error as Error).message}`);
    }
say(table(measured));
const bars = (title: string, of: (round: Round) => number): Chart => ({
  kind: 'bars',
  title,
  bars: [...measured].map(([{ name }, rounds]) => [name, median(rounds.map(of))] as const),
});
keep('peers', Object.fromEntries([...measured].map(([{ name }, rounds]) => [name, rounds])), {
  'peers-stream': bars('One stream, share of the bare wire', ({ up, wire }) => up / wire),
  'peers-small': bars('Datagrams of 64 octets, thousands a second', ({ small }) => small),
  'peers-loaded': bars('Ping beside a stream, ms', ({ loaded }) => loaded),
});
