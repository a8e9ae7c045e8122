/** Steps about DHCP messages that are put together on the spot (RFC 2131), where the vectors have none. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { viewOf } from '../../reference/octets.ts';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { prefixText } from '../../reference/packets/prefix.ts';
import { readDhcp } from '../../vectors/dhcp-reply.ts';
import {
  classlessRoute,
  clientPacket,
  type Envelope,
  type Message,
  option,
} from '../../vectors/generate/dhcp-packet.ts';
import { cat, fixed, u16 } from '../../vectors/generate/octets.ts';
import { address, checksum } from '../../vectors/generate/packets.ts';
import { sendUp } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { optionOf } from '../support/lab/captures/dhcp-messages.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { isFromDhcpServer } from '../support/lab/packets/emulator-questions.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress, serverPhysical } = virtualLan;

When('the stack sends a DHCP request by unicast to {word}', function (this: ConformanceWorld, server: string) {
  const envelope = { source: clientAddress, destination: server, to: serverPhysical };
  const message = { op: 1, xid: 0x5eed_0001, ciaddr: clientAddress, options: [option(53, [3])] };
  sendUp(this, clientPacket(message, envelope).subarray(14));
});

/** Option 121. */
function classlessRoutes(world: ConformanceWorld): string {
  const { routes = [] } = world.get('offered');
  const parts = routes.map((route) => classlessRoute(prefixText(route), route.gateway));
  return cat(...parts).toHex();
}

Then(
  /^the (?:OFFER|ACK) is a datagram of at most (\d+) octets, each option in it is whole, and the routes are (there|left out)$/,
  function (this: ConformanceWorld, longest: string, routes: string) {
    const offer = this.get('offer');
    const length = (offer[16]! << 8) | offer[17]!;
    assert.ok(length <= Number(longest), `it has ${length} octets`);
    assert.ok(offer.length >= 14 + length, `${offer.length} octets of ${14 + length}`);
    const [message, mtu] = [readDhcp(offer), virtualLan.mtu.toString(16).padStart(4, '0')];
    const options = [54, 1, 26, 121].map((code) => optionOf(message, code));
    const expectedRoutes = routes === 'there' ? classlessRoutes(this) : undefined;
    assert.deepEqual(options, [ipv4Octets(serverAddress).toHex(), 'ffffff00', mtu, expectedRoutes]);
    const parts = message.options.find(({ code }) => code === 121)?.parts ?? [];
    for (const part of parts)
      assert.ok(hasWholeRoutes(Uint8Array.fromHex(part)), `an option 121 ends within a route: ${part}`);
  },
);

/** RFC 3442: the length of a prefix, as many octets of the destination as it needs, and a gateway. */
function hasWholeRoutes(value: Uint8Array): boolean {
  let at = 0;
  while (at < value.length) at += 1 + Math.ceil(value[at]! / 8) + 4;
  return at === value.length;
}

// Many messages, one after the other.

/** A message, its envelope, and what is changed in the Ethernet packet. */
interface Question {
  readonly message: Omit<Message, 'op' | 'xid'>;
  readonly envelope?: Envelope;
  /** Sent again as it is, as by a client that has not heard the reply: each is answered. */
  readonly isRepeated?: boolean;
  /** Sent before it, and not to be answered. */
  readonly behind?: Omit<Message, 'op' | 'xid'>;
  readonly change?: (packet: Uint8Array) => Uint8Array;
  /** Where it isn't in one option of the message: the client identifier that comes back. */
  readonly identifier?: Uint8Array;
}

const discover = { options: [option(53, [1])] };
const request = { options: [option(53, [3])] };
const byUnicast: Envelope = { source: clientAddress, destination: serverAddress, to: serverPhysical };
const wantsBroadcast = 0x8000;
const relayAgent = '10.8.0.77';
const identifier = option(61, [1, 6, 0x50, 0x4e, 0x41, 0x43, 0]);
const identifierOf = (length: number): Uint8Array => option(61, fixed('identifier', length));
const tooLong = [identifierOf(255), identifierOf(145)];

/** RFC 791 §3.1: a Router Alert (RFC 2113) behind the fixed header, with lengths and checksum that go with it. */
function withIpOption(packet: Uint8Array): Uint8Array {
  const [header, behindHeader] = [packet.subarray(14, 34), packet.subarray(34)];
  const longer = cat(
    [0x46],
    header.subarray(1, 2),
    u16(header.length + 4 + behindHeader.length),
    header.subarray(4, 10),
  );
  const whole = cat(longer, [0, 0], header.subarray(12), [0x94, 4, 0, 0]);
  whole.set(u16(checksum(whole)), 10);
  return cat(packet.subarray(0, 14), whole, behindHeader);
}

const questions: Readonly<Record<string, Question>> = {
  RENEWING: { message: { ...request, ciaddr: clientAddress }, envelope: byUnicast },
  'RENEWING, broadcast wanted': {
    message: { ...request, ciaddr: clientAddress, flags: wantsBroadcast },
    envelope: byUnicast,
  },
  'REBINDING, broadcast wanted': {
    message: { ...request, ciaddr: clientAddress, flags: wantsBroadcast },
    envelope: { source: clientAddress },
  },
  'RENEWING another address': {
    message: { ...request, ciaddr: '10.8.0.11' },
    envelope: { ...byUnicast, source: '10.8.0.11' },
  },
  'RENEWING, with another address in option 50': {
    message: { options: [option(53, [3]), option(50, address('10.8.0.11'))], ciaddr: clientAddress },
    envelope: byUnicast,
  },
  'INIT-REBOOT with another address, and an identifier': {
    message: { options: [option(53, [3]), option(50, address('10.8.0.11')), identifier] },
  },
  'DISCOVER with an identifier': { message: { options: [option(53, [1]), identifier] } },
  'DISCOVER with an identifier of 2 octets': { message: { options: [option(53, [1]), identifierOf(2)] } },
  'DISCOVER with an identifier of 65 octets': { message: { options: [option(53, [1]), identifierOf(65)] } },
  'DISCOVER with an identifier of 255 octets': { message: { options: [option(53, [1]), identifierOf(255)] } },
  // RFC 3396 §5: in two options.
  'DISCOVER with an identifier of 260 octets': {
    message: { options: [option(53, [1]), identifierOf(255), option(61, fixed('the rest of it', 5))] },
    identifier: cat(fixed('identifier', 255), fixed('the rest of it', 5)),
  },
  // Longer than a reply to a client that says nothing of what it takes.
  'DISCOVER with an identifier of 400 octets': { message: { options: [option(53, [1]), ...tooLong] } },
  'INIT-REBOOT with another address, and an identifier of 400 octets': {
    message: { options: [option(53, [3]), option(50, address('10.8.0.11')), ...tooLong] },
  },
  // RFC 3396 §5: the field of options, then `file`, then `sname`.
  'DISCOVER with an identifier in file and sname': {
    message: {
      options: [option(53, [1]), option(52, [3])],
      file: cat(option(61, [1, 6, 0x50]), [255]),
      sname: cat(option(61, [0x4e, 0x41, 0x43, 0]), [255]),
    },
    identifier: identifier.subarray(2),
  },
  'DISCOVER with an identifier of type 0': {
    message: { options: [option(53, [1]), option(61, [0, 0x70, 0x6e, 0x61])] },
  },
  // Their octets are not options: as such the last one would be cut.
  'DISCOVER with file and sname full of letters': {
    message: { ...discover, file: fixed('a name', 128).fill(0x66), sname: fixed('a name', 64).fill(0x73) },
  },
  'DISCOVER with rapid commit, broadcast wanted': {
    message: { options: [option(53, [1]), option(80, [])], flags: wantsBroadcast },
  },
  'DISCOVER with rapid commit, for another address': {
    message: { options: [option(53, [1]), option(80, []), option(50, address('10.8.0.11'))] },
  },
  'INFORM, broadcast wanted': {
    message: { options: [option(53, [8])], ciaddr: clientAddress, flags: wantsBroadcast },
    envelope: byUnicast,
  },
  'DISCOVER with an overload of 4': { message: { options: [option(53, [1]), option(52, [4])] } },
  'DISCOVER to the broadcast address of the virtual LAN': {
    message: discover,
    envelope: { destination: '10.8.0.255' },
  },
  "DISCOVER to the server adapter's address": { message: discover, envelope: { destination: serverAddress } },
  'DISCOVER behind an option of IPv4': { message: discover, change: withIpOption },
  'DISCOVER with a wrong header checksum': { message: discover, change: (packet) => packet.with(24, packet[24]! ^ 1) },
  'DISCOVER of hardware type 6': { message: discover, change: (packet) => packet.with(43, 6) },
  'DISCOVER of a physical address of no octets': { message: discover, change: (packet) => packet.with(44, 0) },
  'RENEWING behind a RELEASE': {
    behind: { options: [option(53, [7])], ciaddr: clientAddress },
    message: { ...request, ciaddr: clientAddress },
    envelope: byUnicast,
  },
  'INIT-REBOOT behind a DECLINE': {
    behind: { options: [option(53, [4]), option(50, address(clientAddress)), option(54, address(serverAddress))] },
    message: { options: [option(53, [3]), option(50, address(clientAddress))] },
  },
  'RENEWING by way of a relay agent': {
    message: { ...request, ciaddr: clientAddress, giaddr: relayAgent },
    envelope: byUnicast,
  },
  'REBINDING another, by way of a relay agent': {
    message: { ...request, ciaddr: '10.8.0.11', giaddr: relayAgent },
    envelope: byUnicast,
  },
  'INFORM by way of a relay agent': {
    message: { options: [option(53, [8])], ciaddr: clientAddress, giaddr: relayAgent },
    envelope: byUnicast,
  },
  'DISCOVER, and the same again': { message: discover, isRepeated: true },
  'RENEWING, and the same again': {
    message: { ...request, ciaddr: clientAddress },
    envelope: byUnicast,
    isRepeated: true,
  },
  'INFORM that names another server': {
    message: { options: [option(53, [8]), option(54, address('10.9.0.5'))], ciaddr: clientAddress },
    envelope: byUnicast,
  },
  'INFORM without ciaddr': { message: { options: [option(53, [8])] }, envelope: byUnicast },
  'INFORM of nobody': { message: { options: [option(53, [8])] } },
  'RELEASE to all': { message: { options: [option(53, [7])], ciaddr: clientAddress } },
  'DECLINE to the server': { message: { options: [option(53, [4])] }, envelope: byUnicast },
};

const typeNames: Readonly<Record<string, string>> = { '02': 'OFFER', '05': 'ACK', '06': 'NAK' };
const destinations: Readonly<Record<string, string>> = {
  [clientAddress]: virtualLan.clientPhysical,
  '255.255.255.255': 'ff:ff:ff:ff:ff:ff',
  // Its messages come from the client's physical address here.
  [relayAgent]: virtualLan.clientPhysical,
};

/** Where it is one option of the message. */
const identifierIn = (options: readonly Uint8Array[]): Uint8Array | undefined =>
  options.find(([code]) => code === 61)?.subarray(2);

/** Each message is followed by a DISCOVER that is always answered; the transaction id tells whose reply one is. */
Then(
  'DHCP messages of the stack get these replies, and no others',
  async function (this: ConformanceWorld, table: DataTable) {
    const stack = this.get('stack');
    const faults: string[] = [];
    for (const [index, { message: name = '', reply = '', to = '', identifier: echoed = '' }] of table
      .hashes()
      .entries()) {
      const {
        message,
        envelope = {},
        behind,
        isRepeated,
        change = (packet: Uint8Array) => packet,
        identifier: sent = identifierIn(message.options),
      } = known(questions, name);
      const xid = 0x5eed_1000 + 2 * index;
      if (behind !== undefined) stack.inject(clientPacket({ op: 1, xid: xid + 0x1000, ...behind }, byUnicast));
      const packet = change(clientPacket({ op: 1, xid, ...message }, envelope));
      for (const one of isRepeated ? [packet, packet] : [packet]) stack.inject(one);
      stack.inject(clientPacket({ op: 1, xid: xid + 1, ...discover }));
      const came: string[] = [];
      for (;;) {
        const read = readDhcp(await stack.next('a reply', isFromDhcpServer));
        if (read.fields.xid === (xid + 1).toString(16)) break;
        const type = known(typeNames, optionOf(read, 53) ?? '');
        const { ipDestination, ethernetDestination } = read.fields;
        const own = read.fields.xid === xid.toString(16) ? '' : ` with the transaction id ${read.fields.xid}`;
        const echo = optionOf(read, 61);
        const mark = echo === undefined ? '' : echo === sent?.toHex() ? ' identifier' : ` another identifier, ${echo}`;
        came.push(`${type} to ${ipDestination} at ${ethernetDestination}${mark}${own}`);
      }
      const mark = echoed === 'yes' ? ' identifier' : '';
      const once = reply === 'none' ? '' : `${reply} to ${to} at ${known(destinations, to)}${mark}`;
      const expected = isRepeated ? `${once}, ${once}` : once;
      if (came.join(', ') !== expected)
        faults.push(`${name}: expected ${expected || 'nothing'}, came ${came.join(', ')}`);
    }
    if (faults.length > 0) throw new Nonconformance(faults.join('\n'));
  },
);

Then(
  'leases that the stack is granted {duration} one after the other are each of {int} s',
  async function (this: ConformanceWorld, time: number, seconds: number) {
    const stack = this.get('stack');
    const found: number[] = [];
    for (let xid = 0x5eed_3000; xid < 0x5eed_3003; xid++) {
      if (found.length > 0) await pause(time);
      stack.inject(clientPacket({ op: 1, xid, ...request, ciaddr: clientAddress }, byUnicast));
      const isReply = (frame: Uint8Array): boolean =>
        isFromDhcpServer(frame) && readDhcp(frame).fields.xid === xid.toString(16);
      const reply = readDhcp(await stack.next('an ACK', isReply));
      found.push(Number.parseInt(optionOf(reply, 51) ?? '', 16));
    }
    assert.deepEqual(found, [seconds, seconds, seconds]);
  },
);

Then('an ACK has the routes as option 249 too where the stack asks for it', async function (this: ConformanceWorld) {
  const stack = this.get('stack');
  const options = [option(53, [3]), option(55, [1, 121, 249])];
  stack.inject(clientPacket({ op: 1, xid: 0x5eed_0249, ciaddr: clientAddress, options }, byUnicast));
  const reply = readDhcp(await stack.next('an ACK', isFromDhcpServer));
  const [routes, others] = [121, 249].map((code) => optionOf(reply, code));
  assert.deepEqual([optionOf(reply, 53), others], ['05', routes]);
});

// The checksum.

/** Where the UDP datagram begins in an Ethernet packet whose IPv4 header has no options. */
const udpAt = 34;

/** Of 16-bit words, with every carry still in it. */
function sumOf(octets: Uint8Array): number {
  let sum = 0;
  for (const [index, octet] of octets.entries()) sum += index % 2 === 0 ? octet * 256 : octet;
  return sum;
}

/** RFC 768: what the checksum of a packet is made of, its own field left out. */
function sumOfUdp(packet: Uint8Array): number {
  const length = viewOf(packet).getUint16(udpAt + 4);
  const udp = packet.slice(udpAt, udpAt + length);
  udp.fill(0, 6, 8);
  return sumOf(cat(packet.subarray(26, udpAt), u16(17), u16(length), udp));
}

const foldedOnce = (sum: number): number => (sum & 0xffff) + (sum >>> 16);

/** The last 16 bits of a transaction id, for sums with and without them. */
const edges: Readonly<Record<string, (sum: number) => boolean>> = {
  'is that of any transaction id': () => true,
  'comes to 0, which is sent as ffff': (sum) => foldedOnce(foldedOnce(sum)) === 0xffff,
  'has a carry that brings another one with it': (sum) => foldedOnce(sum) > 0xffff,
};

Then('the checksum of the OFFER is right where it', async function (this: ConformanceWorld, table: DataTable) {
  const stack = this.get('stack');
  const offerTo = async (low: number): Promise<Uint8Array> => {
    stack.inject(clientPacket({ op: 1, xid: 0x5eed_0000 + low, ...discover }));
    return stack.next('an OFFER', isFromDhcpServer);
  };
  const without = sumOfUdp(await offerTo(0));
  for (const [edge = ''] of table.raw()) {
    const isEdge = known(edges, edge);
    const low = Array.from({ length: 0xffff }, (_, index) => index + 1).find((one) => isEdge(without + one));
    assert.ok(low !== undefined, `no transaction id for: ${edge}`);
    const packet = await offerTo(low);
    const expected = ~foldedOnce(foldedOnce(sumOfUdp(packet))) & 0xffff || 0xffff;
    assert.equal(viewOf(packet).getUint16(udpAt + 6), expected, edge);
  }
});
