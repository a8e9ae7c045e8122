/** Steps about what a local stack leaves to its adapter (section 7.7): TCP that is to be cut, and checksums that are partial. */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { close } from '../../reference/libc/descriptors.ts';
import { indexOf } from '../../reference/libc/netdevice.ts';
import { bindToDevice, openPacketSocket } from '../../reference/libc/packet.ts';
import { send, setsockopt } from '../../reference/libc/sockets.ts';
import { viewOf } from '../../reference/octets.ts';
import { DataOption } from '../../reference/wire/identifiers.ts';
import { cat, fixed, u16, u32 } from '../../vectors/generate/octets.ts';
import { address, address6, checksum, ipv4 } from '../../vectors/generate/packets.ts';
import { packetDown, packetUp } from '../support/adapter.ts';
import { attacked } from '../support/attack.ts';
import { known } from '../support/known.ts';
import { kernelCall } from '../support/lab/failure.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { inNamespace } from '../support/lab/networks/setns.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { datagramsOf } from '../support/peers/bundle.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** <linux/if_packet.h>, <linux/virtio_net.h>: a header says before each frame what is left to be done about it. */
const [SOL_PACKET, PACKET_VNET_HDR] = [263, 15];
const NEEDS_CHECKSUM = 1;
const [TCPV4, TCPV6, ECN] = [1, 4, 0x80];
const ethernetHeader = 14;

const [FIN, PSH, ACK, ECE, CWR] = [0x01, 0x08, 0x10, 0x40, 0x80];
const [TCP, UDP] = [6, 17];
const port = 4242;
const segmentSize = 1_000;
/** Segments of one length, and a shorter last one: whoever cuts one more where there is none left shows it before the next. */
const payloads = [3_000, 3_500].map((length) => fixed('to be cut', length));
const sequence = 0xffff_fc00;
const identification = 0xfffe;

type Ends = readonly [source: string, destination: string];

const addressOf = (text: string): Uint8Array => (text.includes(':') ? address6(text) : address(text));
const pseudoOf = ([source, destination]: Ends, protocol: number, length: number): Uint8Array =>
  cat(addressOf(source), addressOf(destination), u32(protocol), u32(length));

/** The sum of the pseudo-header, which is a partial checksum. */
const partial = (ends: Ends, protocol: number, length: number): number =>
  ~checksum(pseudoOf(ends, protocol, length)) & 0xffff;

/** RFC 9293 §3.1 with timestamps (RFC 7323 §3.2); FIN, PSH, ECE and CWR are set. */
function wholeTcp(ends: Ends, payload: Uint8Array): Uint8Array {
  const options = cat([1, 1, 8, 10], u32(7), u32(9));
  const length = 20 + options.length + payload.length;
  const fields = cat(u16(port), u16(port), u32(sequence), u32(1), [0x80, FIN | PSH | ACK | ECE | CWR], u16(1024));
  const segment = cat(fields, u16(partial(ends, TCP, length)), u16(0), options, payload);
  return enveloped(ends, TCP, segment);
}

/** UDP whose whole checksum comes to 0. */
function udpOfZero(ends: Ends): Uint8Array {
  const header = cat(u16(port), u16(port), u16(10));
  const complement = checksum(cat(pseudoOf(ends, UDP, 10), header, u16(0), u16(0)));
  return enveloped(ends, UDP, cat(header, u16(partial(ends, UDP, 10)), u16(complement)));
}

function enveloped(ends: Ends, protocol: number, octets: Uint8Array): Uint8Array {
  const [source, destination] = ends;
  if (!source.includes(':')) return ipv4({ source, destination, protocol, identification, payload: octets });
  return cat(u32(0x60000000), u16(octets.length), [protocol, 64], address6(source), address6(destination), octets);
}

/** As the kernel does for a program: the adapter is told what is left to be done. */
function sendUnfinished(world: ConformanceWorld, datagram: Uint8Array, isCut: boolean): void {
  const isServer = world.get('victim').role === 'server';
  const frame = (isServer ? packetDown : packetUp)(datagram);
  const isSix = datagram[0]! >> 4 === 6;
  const start = ethernetHeader + (isSix ? 40 : 20);
  const header = new Uint8Array(10);
  header[0] = NEEDS_CHECKSUM;
  header[1] = isCut ? (isSix ? TCPV6 : TCPV4) | ECN : 0;
  const view = viewOf(header);
  view.setUint16(2, isCut ? start + 32 : 0, true);
  view.setUint16(4, isCut ? segmentSize : 0, true);
  view.setUint16(6, start, true);
  view.setUint16(8, isCut ? 16 : 6, true);
  const namespace = world.lab.namespace(isServer ? 'server' : 'client');
  const fd = inNamespace(namespace, () => {
    const made = openPacketSocket();
    bindToDevice(made, indexOf(adapterIn(namespace)), 0);
    return made;
  });
  try {
    kernelCall(() => setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, Uint8Array.of(1, 0, 0, 0), 4));
    assert.equal(
      kernelCall(() => send(fd, cat(header, frame))),
      header.length + frame.length,
    );
  } finally {
    close(fd);
  }
}

/** Whether a datagram is of a protocol, between the ports of this file. */
function isOf(datagram: Uint8Array, protocol: number): boolean {
  const isSix = datagram[0]! >> 4 === 6;
  const upper = datagram.subarray(isSix ? 40 : 20);
  return datagram[isSix ? 6 : 9] === protocol && upper[0] === port >> 8 && upper[1] === (port & 0xff);
}

/** The next datagram of a protocol. */
async function nextOf(peer: ScriptedEndPoint, protocol: number, waiting: Uint8Array[]): Promise<Uint8Array> {
  for (;;) {
    const found = waiting.shift();
    if (found === undefined) {
      const { octets } = await peer.expect('DATA');
      const isBundle = (viewOf(octets).getUint16(10) & DataOption.bundle) !== 0;
      waiting.push(...(isBundle ? datagramsOf(peer, octets).datagrams : peer.session.opener.openAll(octets)));
    }
    if (found !== undefined && isOf(found, protocol)) return found.slice();
  }
}

function assertSegment(ends: Ends, payload: Uint8Array, octets: Uint8Array, index: number): void {
  const from = index * segmentSize;
  const isSix = octets[0]! >> 4 === 6;
  const headers = isSix ? 40 : 20;
  const part = payload.subarray(from, from + segmentSize);
  const isLast = from + segmentSize >= payload.length;
  const upper = octets.subarray(headers);
  const view = viewOf(octets);
  const expected = {
    length: octets.length - (isSix ? 40 : 0),
    identification: isSix ? undefined : (identification + index) & 0xffff,
    headerChecksum: 0,
    sequence: (sequence + from) >>> 0,
    flags: ACK | ECE | (index === 0 ? CWR : 0) | (isLast ? FIN | PSH : 0),
    checksum: 0,
    payload: part.toHex(),
  };
  const found = {
    length: view.getUint16(isSix ? 4 : 2),
    identification: isSix ? undefined : view.getUint16(4),
    headerChecksum: isSix ? 0 : checksum(octets.slice(0, 20)),
    sequence: view.getUint32(headers + 4),
    flags: upper[13],
    checksum: checksum(cat(pseudoOf(ends, TCP, upper.length), upper)),
    payload: upper.subarray(32).toHex(),
  };
  assert.deepEqual(found, expected, `segment ${index}`);
}

const families: Readonly<Record<string, readonly [client: string, server: string]>> = {
  IPv4: [virtualLan.clientAddress, virtualLan.serverAddress],
  IPv6: ['fd00:8:0:a::1', 'fd00:9::5'],
};

function endsOf(world: ConformanceWorld, family: string): Ends {
  const [client, server] = known(families, family);
  return world.get('victim').role === 'server' ? [server, client] : [client, server];
}

Then(
  'to a peer with the options {word}, TCP that the stack leaves to be cut comes in right segments, in',
  async function (this: ConformanceWorld, options: string, table: DataTable) {
    const { peer } = await attacked(this, Number(options));
    for (const [family = ''] of table.raw()) {
      const ends = endsOf(this, family);
      const waiting: Uint8Array[] = [];
      for (const payload of payloads) {
        sendUnfinished(this, wholeTcp(ends, payload), true);
        for (let index = 0; index * segmentSize < payload.length; index += 1)
          assertSegment(ends, payload, await nextOf(peer, TCP, waiting), index);
      }
    }
  },
);

Then(
  'to a peer with the options {word}, UDP whose checksum comes to 0 comes with one of ffff, or, where it takes that, a partial one',
  async function (this: ConformanceWorld, options: string) {
    const { peer } = await attacked(this, Number(options));
    const ends = endsOf(this, 'IPv4');
    sendUnfinished(this, udpOfZero(ends), false);
    for (let isThere = false; !isThere; ) {
      const { octets } = await peer.expect('DATA');
      const flags = viewOf(octets).getUint16(10);
      const isBundle = (flags & DataOption.bundle) !== 0;
      const datagrams = isBundle ? datagramsOf(peer, octets).datagrams : peer.session.opener.openAll(octets);
      const found = datagrams.find((one) => isOf(one, UDP));
      isThere = found !== undefined;
      const right = (flags & DataOption.checksum) === 0 ? 0xffff : partial(ends, UDP, 10);
      if (found !== undefined) assert.equal(viewOf(found).getUint16(26), right, `the checksum, with flags ${flags}`);
    }
  },
);
