/**
 * `npm run attack -- churn`: a thousand tunnels, of which many are killed and as many come, all the time. The others must lose
 * nothing, and each datagram is accounted for: by who sent it, by the kernel's counters, and by the server's statistics.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { programIn } from '../../reference/linux/programs/installed.ts';
import { wireDevice } from '../../steps/support/lab/networks/namespace.ts';
import { virtualLan, wantedDevice } from '../../steps/support/lab/networks/virtual-lan.ts';
import { run as command } from '../../steps/support/lab/programs/command.ts';
import type { Program } from '../../steps/support/lab/programs/process.ts';
import { serverConfiguration, tunnelPort } from '../../steps/support/peers/configuration.ts';
import { identityOf } from '../../steps/support/peers/identities.ts';
import type { Iut } from '../../steps/support/peers/iut.ts';
import { type Account, echoIds, type Tunnels } from './account.ts';
import { addresses } from './attacks.ts';
import { Field } from './field.ts';

interface Options {
  readonly iut: string;
  readonly minutes: number;
  readonly tunnels: number;
  /** Milliseconds from one echo of a tunnel to the next. */
  readonly every: number;
  readonly say: (text: string) => void;
}

const processes = 4;
/** npm puts another program of this name first. */
const nft = programIn('/usr/sbin:/sbin', 'nft') ?? 'nft';
/** Of all tunnels, each ten seconds. */
const share = 0.2;
const round = 10_000;
/** To start all tunnels, or to have all answers, however slow the machine is. */
const starting = 180_000;

/** Counts datagrams where the server's stack gets them, and where it sends them, by the identifier of the echo. */
const counters = (device: string): string => `table inet churn {
${Object.values(echoIds)
  .flatMap((id) => [`counter in${id} {}`, `counter out${id} {}`])
  .join('\n')}
chain in { type filter hook input priority 0;
${Object.values(echoIds)
  .map((id) => `iifname "${device}" icmp type echo-request icmp id ${id} counter name in${id}`)
  .join('\n')}
}
chain out { type filter hook output priority 0;
${Object.values(echoIds)
  .map((id) => `oifname "${device}" icmp type echo-reply icmp id ${id} counter name out${id}`)
  .join('\n')}
}
}`;

/** @returns whether all held */
export async function churn({ iut, minutes, tunnels, every, say }: Options): Promise<boolean> {
  await using field = await Field.create(iut);
  const { lab, declaration } = field;
  const each = Math.ceil(tunnels / processes);
  const changes = Math.round(each * share);
  // Those that were killed last are not those that come next.
  const names = Array.from({ length: processes }, (_, process) =>
    Array.from({ length: each + 2 * changes }, (_, nth) => `tunnel-${process}-${nth}`),
  );
  const initiators = names.flat().map((name) => ({ name, publicKey: identityOf(name).publicKey, suites: ['x25519'] }));
  const server = await field.start(
    'server',
    'server',
    serverConfiguration(declaration, {
      initiators,
      adapter: { name: wantedDevice, address: `${virtualLan.serverAddress}/16` },
      clientData: { pool: '10.8.1.0-10.8.31.255' },
    }),
  );
  const device = String((await server.event('adapter'))['name'] ?? wantedDevice);
  const inside = { namespace: lab.namespace('server') };
  await command([nft, '-f', '-'], { ...inside, input: counters(device) });
  await lab.ip(lab.namespace('others'), `link set ${wireDevice} txqueuelen 10000`);
  const peers = names.map((own, index) =>
    field.crowd('tunnels.ts', {
      to: lab.address('server'),
      port: tunnelPort,
      from: addresses.ipv4.slice(index * 16, index * 16 + 16),
      names: own,
      tunnels: each,
      every,
      server: virtualLan.serverAddress,
    } satisfies Tunnels),
  );
  await Promise.all(peers.map((peer) => peer.event('ready', starting)));
  say(`${each * processes} tunnels are there, each with ${1_000 / every} echoes a second`);
  for (let left = Math.round((minutes * 60_000) / round); left > 0; left--) {
    for (const peer of peers) peer.command({ kill: changes, start: changes });
    await Promise.all([pause(round), ...peers.map((peer) => peer.event('started', starting))]);
  }
  for (const peer of peers) peer.command({ rest: true });
  for (const peer of peers) peer.command({ account: true });
  const accounts = await Promise.all(
    peers.map(async (peer) => (await peer.event('account', starting)) as unknown as Account),
  );
  const kernel = await kernelCounts(inside.namespace, device);
  say(`${kernel.neighbours} entries are in the server's table of IPv4 neighbours`);
  return judge(accounts, kernel, await statisticsOf(server), peers, say);
}

interface KernelCounts {
  /** Echo requests that the stack got, and replies that it sent, by the identifier. */
  readonly in: Readonly<Record<number, number>>;
  readonly out: Readonly<Record<number, number>>;
  /** Frames of the adapter: written by the server, and read by it. */
  readonly written: number;
  readonly read: number;
  /** Frames that the adapter's queue in the kernel had no room for. */
  readonly full: number;
  /** Entries of the table of IPv4 neighbours. Beyond 1,024 on a whole machine the kernel has no room by default. */
  readonly neighbours: number;
}

async function kernelCounts(namespace: string, device: string): Promise<KernelCounts> {
  const listed = JSON.parse(await command([nft, '-j', 'list', 'counters'], { namespace })) as {
    nftables: { counter?: { name: string; packets: number } }[];
  };
  const of = (way: string): Record<number, number> =>
    Object.fromEntries(
      Object.values(echoIds).map((id) => [
        id,
        listed.nftables.find(({ counter }) => counter?.name === `${way}${id}`)?.counter?.packets ?? 0,
      ]),
    );
  const [link] = JSON.parse(await command(['ip', '-s', '-j', 'link', 'show', device], { namespace })) as [
    { stats64: { rx: { packets: number }; tx: { packets: number; dropped: number } } },
  ];
  return {
    neighbours: (await command(['ip', '-4', 'neigh', 'show', 'dev', device], { namespace })).split('\n').length - 1,
    in: of('in'),
    out: of('out'),
    written: link.stats64.rx.packets,
    read: link.stats64.tx.packets,
    full: link.stats64.tx.dropped,
  };
}

/** What the reference says of its adapter (docs/operating.md). */
interface Statistics {
  readonly adapter: {
    readonly transmitted: { readonly frames: number };
    readonly received: { readonly frames: number };
    readonly answered: Readonly<Record<string, number>>;
    readonly advertised: number;
    readonly dropped: readonly { readonly way: string; readonly reason: string; readonly frames: number }[];
  };
}

/** Undefined where an implementation has none. */
async function statisticsOf({ program }: Iut): Promise<Statistics | undefined> {
  program.command({ command: 'statistics' });
  return (await program.event('statistics').catch(() => undefined)) as unknown as Statistics | undefined;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function judge(
  accounts: readonly Account[],
  kernel: KernelCounts,
  statistics: Statistics | undefined,
  peers: readonly Program[],
  say: (text: string) => void,
): boolean {
  const total = (name: Exclude<keyof Account, 'event' | 'reason'>): number => sum(accounts.map((one) => one[name]));
  const [sent, answered, cut] = [total('sent'), total('answered'), total('cut')];
  const { usual, cut: last } = echoIds;
  const drops = statistics?.adapter.dropped ?? [];
  const dropped = (way: string): number => sum(drops.filter((drop) => drop.way === way).map(({ frames }) => frames));
  const unread = cut - (kernel.in[last] ?? 0);
  const replied = kernel.out[usual] ?? 0;
  // The queue may have no room for a reply to what was sent right before a reset, too: nobody waits for that one.
  const full = Math.max(kernel.full - (kernel.out[last] ?? 0), Math.min(kernel.full, replied - answered));
  const rows: [string, number, number][] = [
    ['sent = reached the stack + dropped', sent, (kernel.in[usual] ?? 0) + dropped('receive')],
    ['replies of the stack = answered + no room in the queue', replied, answered + full],
    ['sent = answered + never answered', sent, answered + total('unanswered')],
  ];
  if (statistics !== undefined) {
    const { transmitted, received, answered: emulated, advertised } = statistics.adapter;
    const replies = sum(Object.values(emulated));
    const reached = (kernel.in[usual] ?? 0) + (kernel.in[last] ?? 0);
    rows.push(
      ["the server's count of datagrams = reached the stack", received.frames, reached],
      [
        "the kernel's count of frames written = received + replies + advertised",
        kernel.written,
        received.frames + replies + advertised,
      ],
      [
        "the kernel's count of frames read = transmitted + answered + dropped",
        kernel.read,
        transmitted.frames + replies + dropped('transmit'),
      ],
    );
  }
  const longest = Math.max(...accounts.map((one) => one.longest));
  say(`${total('killed')} tunnels killed, ${total('open')} open at the end, ${total('lost')} lost`);
  for (const { reason } of accounts) if (reason !== '') say(`  ${reason}`);
  say(`${sent} echoes; the longest took ${longest.toFixed(0)} ms; ${total('late')} took more than 1 s`);
  say(`${total('unanswered')} were never answered; the queue had no room for ${kernel.full} frames of the stack`);
  say(`${cut} more were sent right before a reset; ${unread} of them were not read any more`);
  for (const { way, reason, frames } of drops) say(`dropped: ${frames}, ${way}, ${reason}`);
  for (const [what, one, other] of rows) say(`${one === other ? 'equal    ' : 'NOT EQUAL'} ${what}: ${one}, ${other}`);
  const ended = peers.filter(({ running }) => !running).length;
  const failed = total('late') + total('unanswered') + total('lost') + ended;
  return rows.every(([, one, other]) => one === other) && failed === 0 && unread >= 0;
}
