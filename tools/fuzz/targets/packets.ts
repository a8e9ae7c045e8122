/** Decoders of packets of the local stack and of the inner network, and what stands between the tunnel and the stacks. */
import { decodeArp, encodeArp } from '../../../reference/packets/arp.ts';
import { datagramLength, destinationOf, sourceOf } from '../../../reference/packets/datagram.ts';
import { decodeDhcp } from '../../../reference/packets/dhcp.ts';
import { decodeDiscovery, isDiscovery } from '../../../reference/packets/discovery.ts';
import { decodeDomain, encodeDomain } from '../../../reference/packets/domain-names.ts';
import { decodeEthernet, encodeEthernet } from '../../../reference/packets/ethernet.ts';
import { decodeIpv4 } from '../../../reference/packets/ipv4.ts';
import { decodeIpv6 } from '../../../reference/packets/ipv6.ts';
import { decodeNeighbour } from '../../../reference/packets/neighbour.ts';
import { parsePrefix } from '../../../reference/packets/prefix.ts';
import { decodeUdp } from '../../../reference/packets/udp.ts';
import { carriesDiscovery, configuresLink, upperLayerOf } from '../../../reference/packets/upper-layer.ts';
import { Reception } from '../../../reference/tunnel/client/reception.ts';
import { Subject } from '../drive.ts';
import { lan } from '../lan.ts';
import { seeds } from '../seeds.ts';
import { same, type Target, unlessRefused } from './target.ts';

const datagrams = (): Uint8Array[] => seeds.map((frame) => frame.slice(14));
const packets = (...files: readonly string[]): string[] => files.map((file) => `reference/packets/${file}.ts`);

function decodeAll(frame: Uint8Array): void {
  const ethernet = unlessRefused(() => decodeEthernet(frame));
  if (ethernet === undefined) return;
  same('Ethernet again', encodeEthernet(ethernet).toHex(), frame.toHex());
  const { payload } = ethernet;
  const arp = unlessRefused(() => decodeArp(payload));
  if (arp !== undefined && !payload.toHex().startsWith(encodeArp(arp).toHex())) throw new Error('another ARP packet');
  const four = unlessRefused(() => decodeIpv4(payload));
  if (four !== undefined) unlessRefused(() => decodeUdp(four.payload));
  const six = unlessRefused(() => decodeIpv6(payload));
  if (six !== undefined) unlessRefused(() => decodeUdp(six.payload, six));
  const discovery = unlessRefused(() => decodeDiscovery(frame));
  if (discovery !== undefined && !isDiscovery(frame)) throw new Error('discovery that does not look like it');
  unlessRefused(() => decodeNeighbour(frame));
  carriesDiscovery(payload);
  configuresLink(payload);
  upperLayerOf(payload);
}

const reception = new Reception(
  {
    address: lan.client,
    prefixLength: lan.prefixLength,
    serverAddress: lan.server,
    leaseSeconds: 3_600,
    routes: [{ ...parsePrefix('10.9.0.0/16'), gateway: lan.server }],
    dns: [],
    search: [],
    clientPhysical: Uint8Array.fromHex(lan.clientPhysical),
    serverPhysical: Uint8Array.fromHex(lan.serverPhysical),
    ipv6: { prefix: 'fd00:8:0:a::', routes: [parsePrefix('fd00:9::/48')], dns: [], search: [] },
  },
  [],
  [parsePrefix('10.9.7.0/24')],
);

/** By the text of docs/protocol.md, ADP-33 to ADP-37, on hexadecimal digits. */
function receivable(source: string, destination: string): boolean {
  if (source.length === 8) {
    const there = source.startsWith('0a09') || source.startsWith('0a0800');
    const elsewhere = source.startsWith('0a0907') || ['0a080000', '0a08000a', '0a0800ff'].includes(source);
    return destination === '0a08000a' && there && !elsewhere;
  }
  return destination.startsWith(lan.prefix) && source.startsWith('fd0000090000');
}

/** The whole of an adapter at both ends, with the oracle of `npm run fuzz`. */
let subjects: readonly Subject[] | undefined;

export const packetTargets: readonly Target[] = [
  {
    name: 'packet',
    does: 'an Ethernet frame: ARP, IPv4, IPv6, UDP, ICMPv6, neighbour discovery',
    covers: packets(
      'arp',
      'datagram',
      'discovery',
      'ethernet',
      'icmpv6',
      'ipv4',
      'ipv6',
      'neighbour',
      'neighbour-options',
      'udp',
      'upper-layer',
      'checksum',
    ),
    longest: 1_600,
    seeds: () => seeds,
    run: decodeAll,
  },
  {
    name: 'dhcp-message',
    does: 'a DHCP message, with options in all three fields',
    covers: packets('dhcp', 'dhcp-options'),
    longest: 1_500,
    seeds: () => seeds.filter(({ length }) => length > 42 + 240).map((frame) => frame.slice(42)),
    run: (input) => {
      const message = unlessRefused(() => decodeDhcp(input));
      if (message !== undefined && message.transactionId !== Number(`0x${input.subarray(4, 8).toHex()}`))
        throw new Error('another transaction');
    },
  },
  {
    name: 'domain-name',
    does: 'domain names, compressed or not',
    covers: packets('domain-names'),
    longest: 600,
    seeds: () =>
      ['corp.test', 'a.b.c.d', 'x'.repeat(63)].flatMap((name) => [
        encodeDomain(name),
        Uint8Array.from([...encodeDomain(name), 1, 0x61, 0xc0, 0]),
      ]),
    run: (input) => {
      for (const compressed of [false, true])
        for (let at = 0; at < input.length; ) {
          const found = decodeDomain(input, at, compressed);
          if (found === undefined) break;
          if (found.end <= at || found.end > input.length) throw new Error(`it ends at ${found.end}`);
          if (found.name !== '')
            same('the name again', decodeDomain(encodeDomain(found.name), 0, false)?.name, found.name);
          at = found.end;
        }
    },
  },
  {
    name: 'reception',
    does: 'datagrams of a server that a client may hand to its stack',
    covers: ['reference/tunnel/client/reception.ts', ...packets('upper-layer', 'reserved', 'datagram')],
    longest: 200,
    seeds: datagrams,
    run: (input) => {
      const length = datagramLength(input);
      if (length === undefined) return;
      const datagram = input.subarray(0, length);
      const [source, destination] = [sourceOf(datagram), destinationOf(datagram)];
      if (!reception.permits(source, destination, datagram)) return;
      if (!receivable(source.toHex(), destination.toHex()))
        throw new Error(`${source.toHex()} to ${destination.toHex()}`);
      if (configuresLink(datagram)) throw new Error('a datagram that configures the link');
    },
  },
  {
    name: 'adapters',
    does: 'packets of the local stack through the adapters of both ends, compared with an independent decoder',
    covers: ['reference/adapter', 'reference/emulators'],
    longest: 1_514,
    seeds: () => seeds,
    run: async (input) => {
      subjects ??= [new Subject('client'), new Subject('server')];
      for (const subject of subjects) {
        const fault = await subject.send(input);
        if (fault !== undefined) throw new Error(fault);
      }
    },
  },
];
