/**
 * `npm run attack -- rogue-server`: a server with the right key sends a client everything by which one could configure its
 * machine or reach what it has no business with. What its stack gets is read on its TAP; what it has is compared before and
 * after.
 */
import { readFileSync } from 'node:fs';
import { adapterIn } from '../../steps/support/lab/networks/adapter-device.ts';
import { virtualLan } from '../../steps/support/lab/networks/virtual-lan.ts';
import { datagramOf } from '../../steps/support/lab/packets/datagrams.ts';
import { echoReply } from '../../steps/support/lab/packets/echo-reply.ts';
import { PacketSocket } from '../../steps/support/lab/packets/packet-socket.ts';
import { run as command } from '../../steps/support/lab/programs/command.ts';
import { clientConfiguration, tunnelPort } from '../../steps/support/peers/configuration.ts';
import { ScriptedListener } from '../../steps/support/peers/scripted.ts';
import { ScriptedServer } from '../../steps/support/peers/scripted-server.ts';
import { cat, u16, u32, zeros } from '../../vectors/generate/octets.ts';
import { address6, icmp6 } from '../../vectors/generate/packets.ts';
import { Field } from './field.ts';

interface Options {
  readonly iut: string;
  /** How often each of them is sent. */
  readonly rounds: number;
  readonly say: (text: string) => void;
}

const { clientAddress, serverAddress } = virtualLan;
/** An address of the client in its own LAN, and of another machine there. */
const [ownLan, besides] = ['10.77.0.1', '10.77.0.2'];
const rogue = 'fe80::bad';
const prefix = '2001:db8:bad::';

/** A router that says it is the default one, with a prefix to make an address of, and a DNS server. */
function advertisement(destination: string): Uint8Array {
  const information = cat([3, 4, 64, 0xc0], u32(7_200), u32(3_600), zeros(4), address6(prefix));
  const names = cat([25, 3], zeros(2), u32(3_600), address6(`${prefix}53`));
  const body = cat([64, 0], u16(1_800), zeros(8), information, names);
  return icmp6({ source: rogue, destination, type: 134, body, hopLimit: 255 });
}

const attacks: Readonly<Record<string, (mark: number) => readonly Uint8Array[]>> = {
  'router advertisements': () => ['ff02::1', 'fd00:8:0:a::1', 'fe80::450:4eff:fe41:4300'].map(advertisement),
  'neighbour discovery and redirects': (mark) =>
    [135, 136, 137].map((type) => datagramOf(rogue, 'ff02::1', `ICMPv6 ${type}`, mark)),
  'redirects and router discovery in IPv4': (mark) =>
    [5, 9, 10].map((type) => datagramOf(serverAddress, clientAddress, `ICMP ${type}`, mark)),
  'DHCP to the client': (mark) => [
    datagramOf(serverAddress, clientAddress, 'UDP to 68', mark),
    datagramOf(serverAddress, '255.255.255.255', 'UDP to 68', mark),
    datagramOf('fd00:8::1', 'fd00:8:0:a::1', 'UDP to 546', mark),
  ],
  "forged UDP to the client's own LAN address": (mark) =>
    [serverAddress, besides, '192.0.2.1', '127.0.0.1'].map((from) => datagramOf(from, ownLan, 'UDP to 53', mark)),
  'forged UDP from networks that are not accepted': (mark) =>
    ['192.0.2.1', besides, '10.10.0.1', '127.0.0.1', '169.254.1.1', clientAddress].map((from) =>
      datagramOf(from, clientAddress, 'UDP to 53', mark),
    ),
  'multicast and broadcast': (mark) => [
    ...['224.0.0.1', '224.0.0.251', '239.255.255.250', '255.255.255.255', '10.8.0.255'].map((to) =>
      datagramOf(serverAddress, to, 'UDP to 5353', mark),
    ),
    ...['ff02::1', 'ff02::fb', 'ff0e::101'].map((to) => datagramOf('fd00:8::1', to, 'UDP to 5353', mark)),
  ],
  'IPv6, which the client does not accept': (mark) => [
    datagramOf('fd00:8::1', 'fd00:8:0:a::1', 'UDP to 53', mark),
    datagramOf('fd00:8::1', 'fd77::1', 'UDP to 53', mark),
  ],
};

/** What a server could change of the client's machine, without what counts and ages by itself. */
async function stateOf(namespace: string): Promise<string> {
  const lists = [
    ['-4', 'addr', 'show'],
    ['-6', 'addr', 'show'],
    ['-4', 'route', 'show', 'table', 'all'],
    ['-6', 'route', 'show', 'table', 'all'],
    ['rule', 'show'],
  ];
  const tables = await Promise.all(lists.map((words) => command(['ip', ...words], { namespace })));
  const names = await command(['ip', 'netns', 'exec', namespace, 'cat', '/etc/resolv.conf']).catch(() => '');
  return [...tables, names].join('\n').replace(/(expires|valid_lft|preferred_lft) \w+/g, '');
}

/** @returns whether nothing of it reached the stack, and nothing is configured */
export async function rogueServer({ iut, rounds, say }: Options): Promise<boolean> {
  await using field = await Field.create(iut);
  const { lab, declaration } = field;
  const namespace = lab.namespace('client');
  await using listener = await ScriptedListener.listen(lab.namespace('server'), tunnelPort);
  const accept = { ipv6: false, dns: false, defaultRoute: false, prefixes: ['10.9.0.0/16'] };
  const client = await field.start('client', 'client', clientConfiguration(declaration, { accept }));
  const connection = await listener.accept();
  const ipv6 = {
    prefix: 'fd00:8:0:a::',
    routes: [{ address: '::', length: 0 }],
    dns: [`${prefix}53`],
    search: ['bad.test'],
  };
  const server = new ScriptedServer(connection, { settings: { ipv6, dns: ['192.0.2.53'] } });
  await server.authorize();
  await client.event('adapter');
  await using stack = PacketSocket.open(namespace, await adapterIn(namespace));
  const passes = async (mark: number): Promise<readonly Uint8Array[]> => {
    const control = echoReply(serverAddress, clientAddress, mark);
    await server.send(control);
    const came: Uint8Array[] = [];
    for (;;) {
      const frame = await stack.next('a datagram that is allowed');
      if (Buffer.from(frame).includes(control)) return came;
      came.push(frame);
    }
  };
  await passes(1);
  const before = await stateOf(namespace);
  let mark = 2;
  let clean = true;
  for (const [name, datagrams] of Object.entries(attacks)) {
    let sent = 0;
    let reached = 0;
    for (let left = rounds; left > 0; left--) {
      const all = datagrams(mark);
      for (const datagram of all) await server.send(datagram);
      mark = (mark + 1) % 60_000;
      const came = await passes(60_001);
      sent += all.length;
      reached += all.filter((datagram) => came.some((frame) => Buffer.from(frame).includes(datagram))).length;
    }
    say(`${name.padEnd(52)}${String(sent).padStart(8)} sent${String(reached).padStart(8)} reached the stack`);
    clean &&= reached === 0;
  }
  const after = await stateOf(namespace);
  const changed = after
    .split('\n')
    .filter((line) => !before.includes(line))
    .concat(before.split('\n').filter((line) => !after.includes(line)));
  for (const line of changed) say(`changed: ${line.trim()}`);
  const log = readFileSync(`${client.folder}/stderr.log`, 'utf8');
  say(changed.length === 0 ? 'no address, route, rule or name server has changed' : `the client says: ${log}`);
  return clean && changed.length === 0 && client.program.running;
}
