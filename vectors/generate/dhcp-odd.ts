/** DHCP messages that are odd and right, and some that are only odd. */
import {
  ACK,
  answered,
  ask,
  asks,
  DISCOVER,
  everybody,
  INFORM,
  leased,
  NAK,
  network,
  OFFER,
  REQUEST,
  requested,
  serverIs,
  toAll,
  toClient,
  type,
} from './dhcp-cases.ts';
import { clientAddress, clientPacket, clientPhysical, option, serverAddress } from './dhcp-packet.ts';
import { type Test, unanswered } from './model.ts';
import { ascii, cat, fixed, patch, u16, zeros } from './octets.ts';
import { address, checksum } from './packets.ts';

const offer = { type: OFFER, ...toClient, ...leased };
const selecting = [type(REQUEST), serverIs(serverAddress), requested(clientAddress), asks];
const ipAt = 14;
const bootpAt = ipAt + 20 + 8;
const agent = '10.8.0.99';

/** A header of 24 octets: RFC 791 §3.1, with an option of no operation. */
function withIpOptions(packet: Uint8Array): Uint8Array {
  const header = cat([0x46], packet.slice(ipAt + 1, ipAt + 20), [1, 1, 1, 0]);
  const length = patch(header, 2, u16(packet.length - ipAt + 4));
  const summed = patch(length, 10, u16(0));
  return cat(packet.slice(0, ipAt), patch(summed, 10, u16(checksum(summed))), packet.slice(ipAt + 20));
}
/** Changes the IPv4 header and makes its checksum right again. */
function reheaded(packet: Uint8Array, offset: number, octets: Uint8Array): Uint8Array {
  const header = patch(patch(packet.slice(ipAt, ipAt + 20), offset, octets), 10, u16(0));
  return cat(packet.slice(0, ipAt), patch(header, 10, u16(checksum(header))), packet.slice(ipAt + 20));
}

const discover = ask([type(DISCOVER), asks]);
const packet = clientPacket(discover);

export const odd: Test[] = [
  answered('Odd', 'a host name (12)', ask([type(DISCOVER), option(12, ascii('host')), asks]), offer),
  answered('Odd', 'a host name of no octet', ask([type(DISCOVER), option(12, []), asks]), offer),
  answered('Odd', 'a vendor class (60)', ask([type(DISCOVER), option(60, ascii('MSFT 5.0')), asks]), offer),
  answered('Odd', 'a vendor class of no octet', ask([type(DISCOVER), option(60, []), asks]), offer),
  answered('Odd', 'relay agent information (82)', ask([type(DISCOVER), asks, option(82, cat([1, 4], 'port'))]), offer),
  answered('Odd', 'an option that nobody knows', ask([type(DISCOVER), option(224, fixed('224', 100)), asks]), offer),
  answered(
    'Odd',
    'pad options between the others',
    ask([cat([0, 0], type(DISCOVER)), cat([0], asks), zeros(3)]),
    offer,
  ),
  answered('Odd', 'the message type last', ask([asks, option(12, ascii('host')), type(DISCOVER)]), offer),
  answered('Odd', 'a lease time (51) is asked for', ask([type(DISCOVER), option(51, fixed('lease', 4)), asks]), offer),
  answered(
    'Odd',
    'asks for all 255 codes but the end',
    ask([
      type(DISCOVER),
      option(
        55,
        Array.from({ length: 254 }, (_, at) => at + 1),
      ),
    ]),
    {
      ...offer,
      options: leased.options,
    },
  ),
  answered(
    'Odd',
    'asks for one code many times',
    ask([type(DISCOVER), option(55, [1, 1, 1, 6, 6, 15, 15, 26, 121, 121, 1])]),
    offer,
  ),
  answered('Odd', 'seconds, as of a client that has waited', ask([type(DISCOVER), asks], { secs: 0xffff }), offer),
  answered('Odd', '16 hops', ask([type(DISCOVER), asks], { hops: 16 }), offer),
  answered('Odd', 'transaction id 0', { ...discover, xid: 0 }, offer),
  answered('Odd', 'transaction id ffffffff', { ...discover, xid: 0xffffffff }, offer),
  answered(
    'Odd',
    'names in sname and file that are no options',
    ask([type(DISCOVER), asks], { sname: ascii('server'), file: ascii('boot') }),
    offer,
  ),
  answered('Odd', 'from a source port of its own', discover, offer, { sourcePort: 40000 }),
  answered('Odd', 'from an address already', discover, offer, { source: clientAddress }),
  answered('Odd', 'to the broadcast address of the virtual LAN', discover, offer, { destination: '10.8.0.255' }),
  answered(
    'Odd',
    'ciaddr counts before option 50',
    ask([type(REQUEST), requested('10.8.0.77'), asks], { ciaddr: clientAddress }),
    {
      type: ACK,
      ...toClient,
      message: { yiaddr: clientAddress, ciaddr: clientAddress },
      options: leased.options,
    },
  ),
  answered(
    'Odd',
    'ciaddr counts before option 50, and is another',
    ask([type(REQUEST), requested(clientAddress)], { ciaddr: '10.8.0.77' }),
    {
      type: NAK,
      ...toAll,
      options: [],
      absent: [1, 3, 6, 15, 26, 50, 51, 119, 121, 249],
    },
  ),
  answered('Odd', 'SELECTING with a client identifier', ask([...selecting, option(61, cat([1], fixed('id', 6)))]), {
    type: ACK,
    ...toClient,
    message: leased.message,
    options: [...leased.options, option(61, cat([1], fixed('id', 6)))],
  }),
  answered(
    'Odd',
    'INFORM without an address, from one',
    ask([type(INFORM), asks]),
    {
      type: ACK,
      to: clientPhysical,
      destination: '10.8.0.99',
      options: network,
      absent: [51],
    },
    { source: '10.8.0.99' },
  ),
  answered('Odd', 'INFORM without an address, from nowhere', ask([type(INFORM), asks]), {
    type: ACK,
    to: everybody,
    destination: '255.255.255.255',
    options: network,
    absent: [51],
  }),
  answered('Odd', 'options in the IPv4 header', discover, offer, {}, withIpOptions),
  answered('Odd', 'a time to live of 1', discover, offer, {}, (one) => reheaded(one, 8, Uint8Array.of(1))),
  answered('Odd', 'octets behind the datagram', discover, offer, {}, (one) => cat(one, zeros(7).fill(0xee))),
  answered('Odd', 'type of service and identification', discover, offer, {}, (one) =>
    reheaded(reheaded(one, 1, Uint8Array.of(0x10)), 4, u16(0x1234)),
  ),
  answered('Odd', 'do not fragment', discover, offer, {}, (one) => reheaded(one, 6, u16(0x4000))),
  answered(
    'RelayAgent',
    'by way of a relay agent, broadcast wanted',
    ask([type(DISCOVER), asks], { giaddr: agent, flags: 0x8000, hops: 1 }),
    {
      type: OFFER,
      to: clientPhysical,
      destination: agent,
      destinationPort: 67,
      message: { yiaddr: clientAddress, giaddr: agent },
      options: leased.options,
    },
    { source: agent, sourcePort: 67 },
  ),
  answered(
    'RelayAgent',
    'SELECTING by way of a relay agent',
    ask(selecting, { giaddr: agent, hops: 4 }),
    {
      type: ACK,
      to: clientPhysical,
      destination: agent,
      destinationPort: 67,
      message: { yiaddr: clientAddress, giaddr: agent },
      options: leased.options,
    },
    { source: agent, sourcePort: 67 },
  ),
];

export const refusedOdd: Test[] = [
  unanswered(
    'Malformed',
    'two message types (RFC 3396: one of two octets)',
    clientPacket(ask([type(DISCOVER), type(DISCOVER)])),
  ),
  unanswered(
    'Malformed',
    'two message types that differ',
    clientPacket(ask([type(DISCOVER), type(REQUEST), requested(clientAddress)])),
  ),
  unanswered('Malformed', 'a requested address of 3 octets', clientPacket(ask([type(REQUEST), option(50, zeros(3))]))),
  unanswered(
    'Malformed',
    'a requested address twice',
    clientPacket(ask([type(REQUEST), requested(clientAddress), requested(clientAddress)])),
  ),
  unanswered(
    'Malformed',
    'a server identifier of 5 octets',
    clientPacket(ask([type(REQUEST), option(54, zeros(5)), requested(clientAddress)])),
  ),
  unanswered('Malformed', 'hardware type 6', patch(packet, bootpAt + 1, [6])),
  unanswered('Malformed', 'a hardware address of 0 octets', patch(packet, bootpAt + 2, [0])),
  unanswered('Malformed', 'a hardware address of a group', clientPacket({ ...discover, chaddr: '01:00:5e:00:00:01' })),
  unanswered('Malformed', 'a magic cookie of zeros', clientPacket({ ...discover, cookie: 0 })),
  unanswered(
    'Malformed',
    'a wrong checksum of the IPv4 header',
    patch(packet, ipAt + 10, [(packet[ipAt + 10] ?? 0) ^ 1]),
  ),
  unanswered('Malformed', 'an IPv4 header of 16 octets', reheaded(packet, 0, Uint8Array.of(0x44))),
  unanswered('Malformed', 'IP version 6', reheaded(packet, 0, Uint8Array.of(0x65))),
  unanswered('Malformed', 'a total length beyond the packet', reheaded(packet, 2, u16(packet.length))),
  unanswered('Malformed', 'a UDP length beyond the datagram', patch(packet, ipAt + 24, u16(0xffff))),
  unanswered('Malformed', 'a UDP length of 7', patch(packet, ipAt + 24, u16(7))),
  unanswered('NoRequest', 'the first of two fragments', reheaded(packet, 6, u16(0x2000))),
  unanswered('NoRequest', 'op 0', clientPacket({ ...discover, op: 0 })),
  unanswered('NoRequest', 'op 3', clientPacket({ ...discover, op: 3 })),
  unanswered('NoRequest', 'NAK', clientPacket(ask([type(NAK)]))),
  ...[9, 10, 13, 255].map((value) =>
    unanswered('NoRequest', `message type ${value}`, clientPacket(ask([type(value)]))),
  ),
  unanswered(
    'NoRequest',
    'REQUEST of another server by its ciaddr',
    clientPacket(ask([type(REQUEST), serverIs('10.8.0.2')], { ciaddr: clientAddress })),
  ),
  unanswered(
    'OtherServer',
    'SELECTING another server that is a neighbour of this one',
    clientPacket(ask([type(REQUEST), serverIs('10.8.0.0'), requested(clientAddress)])),
  ),
  unanswered(
    'OtherServer',
    'SELECTING all',
    clientPacket(ask([type(REQUEST), option(54, address('255.255.255.255')), requested(clientAddress)])),
  ),
];
