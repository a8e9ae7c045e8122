/** What a DHCP client says, and what it must hear (RFC 2131 §4.3). */
import {
  classlessRoute,
  clientAddress,
  clientPacket,
  clientPhysical,
  type Envelope,
  type Message,
  option,
  seconds,
  serverAddress,
  serverPacket,
  serverPhysical,
} from './dhcp-packet.ts';
import { type Test, unanswered, validTest } from './model.ts';
import { ascii, cat, fixed, hex, patch, u16, u32, zeros } from './octets.ts';
import { address } from './packets.ts';

export const DISCOVER = 1;
export const OFFER = 2;
export const REQUEST = 3;
const DECLINE = 4;
export const ACK = 5;
export const NAK = 6;
const RELEASE = 7;
export const INFORM = 8;

const xid = 0x50_4e_41_01;
/** Option 53: the kind of message. */
export const type = (value: number): Uint8Array => option(53, [value]);
export const asks = option(55, [1, 3, 6, 15, 26, 51, 54, 119, 121]);
/** Option 50. @param text dotted quad */
export const requested = (text: string): Uint8Array => option(50, address(text));
/** Option 54. @param text dotted quad */
export const serverIs = (text: string): Uint8Array => option(54, address(text));
/** BOOTREQUEST with the one transaction id of these tests. */
export const ask = (options: readonly Uint8Array[], other: Partial<Message> = {}): Message => ({
  op: 1,
  xid,
  options,
  ...other,
});
export const everybody = 'ff:ff:ff:ff:ff:ff';
const unicast: Envelope = { source: clientAddress, destination: serverAddress, to: serverPhysical };

/** The configuration as every OFFER and ACK carries it. */
export const mask = option(1, address('255.255.255.0'));
const routes = option(121, classlessRoute('10.9.0.0/24', serverAddress));
const dns = option(6, address('10.9.0.53'));
export const domain = option(15, ascii('corp.test'));
export const mtu = option(26, u16(1400));
export const lease = option(51, seconds(3600));
export const network = [mask, dns, domain, mtu, routes];

interface Answer {
  readonly type: number;
  readonly to: string;
  readonly destination: string;
  readonly destinationPort?: number;
  readonly message?: Partial<Message>;
  readonly options: readonly Uint8Array[];
  readonly absent?: readonly number[];
}

/** The value of all options of a code, and the parts where there are several. */
function joined(options: readonly Uint8Array[], code: number): { code: number; value: string; parts?: string[] } {
  const parts = options.filter((one) => one[0] === code).map((one) => hex(one.slice(2)));
  return { code, value: parts.join(''), ...(parts.length > 1 ? { parts } : {}) };
}

/**
 * A request, and a reply that says what RFC 2131 wants in it. @param alter the request's packet, header of Ethernet included
 */
export function answered(
  flag: string,
  comment: string,
  request: Message,
  answer: Answer,
  envelope: Envelope = {},
  alter = (packet: Uint8Array) => packet,
): Test {
  const options = [type(answer.type), serverIs(serverAddress), ...answer.options];
  const codes = [...new Set(options.map((one) => one[0] ?? 0))];
  const message: Message = { op: 2, xid: request.xid, flags: request.flags ?? 0, options, ...answer.message };
  return validTest(flag, comment, {
    packet: hex(alter(clientPacket(request, envelope))),
    reply: {
      ethernetDestination: answer.to,
      ethernetSource: serverPhysical,
      ipSource: serverAddress,
      ipDestination: answer.destination,
      sourcePort: 67,
      destinationPort: answer.destinationPort ?? 68,
      op: 2,
      xid: hex(u32(message.xid)),
      flags: message.flags ?? 0,
      ciaddr: message.ciaddr ?? '0.0.0.0',
      yiaddr: message.yiaddr ?? '0.0.0.0',
      giaddr: message.giaddr ?? '0.0.0.0',
      chaddr: message.chaddr ?? clientPhysical,
      options: codes.map((code) => joined(options, code)),
      absent: answer.absent ?? [],
    },
    example: hex(serverPacket(message, answer.to, answer.destination, answer.destinationPort)),
  });
}

export const leased = { message: { yiaddr: clientAddress }, options: [lease, ...network] };
const informed = { message: { ciaddr: clientAddress }, absent: [51] };
export const toClient = { to: clientPhysical, destination: clientAddress };
export const toAll = { to: everybody, destination: '255.255.255.255' };
export const bare = { type: NAK, ...toAll, options: [], absent: [1, 3, 6, 15, 26, 50, 51, 119, 121, 249] };
export const broadcastFlag = 0x8000;
const identifier = option(61, cat([1], fixed('client identifier', 6)));
const long = fixed('client identifier, long', 200);

export const valid: Test[] = [
  answered('Discover', 'DISCOVER, unicast wanted', ask([type(DISCOVER), asks]), {
    type: OFFER,
    ...toClient,
    ...leased,
  }),
  answered('Discover', 'DISCOVER, broadcast wanted', ask([type(DISCOVER), asks], { flags: broadcastFlag }), {
    type: OFFER,
    ...toAll,
    ...leased,
  }),
  answered('Discover', 'DISCOVER that asks for another address', ask([type(DISCOVER), requested('10.8.0.77'), asks]), {
    type: OFFER,
    ...toClient,
    ...leased,
  }),
  answered('RapidCommit', 'DISCOVER with rapid commit', ask([type(DISCOVER), option(80, []), asks]), {
    type: ACK,
    ...toClient,
    message: leased.message,
    options: [lease, ...network, option(80, [])],
  }),
  answered('Request', 'SELECTING', ask([type(REQUEST), serverIs(serverAddress), requested(clientAddress), asks]), {
    type: ACK,
    ...toClient,
    ...leased,
  }),
  answered(
    'Request',
    'SELECTING, broadcast wanted',
    ask([type(REQUEST), serverIs(serverAddress), requested(clientAddress), asks], { flags: broadcastFlag }),
    { type: ACK, ...toAll, ...leased },
  ),
  answered('Request', 'INIT-REBOOT, no DISCOVER before it', ask([type(REQUEST), requested(clientAddress), asks]), {
    type: ACK,
    ...toClient,
    ...leased,
  }),
  answered(
    'Request',
    'RENEWING',
    ask([type(REQUEST), asks], { ciaddr: clientAddress }),
    { type: ACK, ...toClient, message: { yiaddr: clientAddress, ciaddr: clientAddress }, options: leased.options },
    unicast,
  ),
  answered(
    'Request',
    'REBINDING',
    ask([type(REQUEST), asks], { ciaddr: clientAddress }),
    { type: ACK, ...toClient, message: { yiaddr: clientAddress, ciaddr: clientAddress }, options: leased.options },
    { source: clientAddress },
  ),
  answered(
    'Nak',
    'SELECTING with another address',
    ask([type(REQUEST), serverIs(serverAddress), requested('10.8.0.11')]),
    bare,
  ),
  answered(
    'Nak',
    'INIT-REBOOT with an address of another network',
    ask([type(REQUEST), requested('192.168.1.5')]),
    bare,
  ),
  answered('Nak', 'REBINDING with another address', ask([type(REQUEST)], { ciaddr: '10.8.0.11' }), bare, {
    source: '10.8.0.11',
  }),
  answered(
    'Inform',
    'INFORM',
    ask([type(INFORM), asks], { ciaddr: clientAddress }),
    { type: ACK, ...toClient, ...informed, options: network },
    { source: clientAddress },
  ),
  answered(
    'Inform',
    'INFORM from an address that it did not give',
    ask([type(INFORM), asks], { ciaddr: '10.8.0.99' }),
    {
      type: ACK,
      to: clientPhysical,
      destination: '10.8.0.99',
      message: { ciaddr: '10.8.0.99' },
      options: network,
      absent: [51],
    },
    { source: '10.8.0.99' },
  ),
  answered(
    'Offload',
    'the UDP checksum is not complete',
    ask([type(REQUEST), asks], { ciaddr: clientAddress }),
    { type: ACK, ...toClient, message: { yiaddr: clientAddress, ciaddr: clientAddress }, options: leased.options },
    { ...unicast, checksum: 0x1234 },
  ),
  answered(
    'Offload',
    'no UDP checksum',
    ask([type(DISCOVER), asks]),
    { type: OFFER, ...toClient, ...leased },
    { checksum: 0 },
  ),
  answered('Identifier', 'the client identifier comes back', ask([type(DISCOVER), identifier, asks]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [...leased.options, identifier],
  }),
  answered(
    'Discover',
    'DISCOVER, every flag set but that of broadcast',
    ask([type(DISCOVER), asks], { flags: 0x7fff }),
    {
      type: OFFER,
      ...toClient,
      ...leased,
    },
  ),
  answered(
    'Discover',
    'DISCOVER with another physical address than it comes from',
    ask([type(DISCOVER), asks], { chaddr: '02:00:00:00:00:07' }),
    {
      type: OFFER,
      ...toClient,
      to: '02:00:00:00:00:07',
      message: { yiaddr: clientAddress, chaddr: '02:00:00:00:00:07' },
      options: leased.options,
    },
  ),
  answered(
    'Identifier',
    'a client identifier in two parts (RFC 3396)',
    ask([type(DISCOVER), option(61, long.slice(0, 100)), asks, option(61, long.slice(100))]),
    { type: OFFER, ...toClient, message: leased.message, options: [...leased.options, option(61, long)] },
  ),
  answered(
    'Identifier',
    'the client identifier of INFORM',
    ask([type(INFORM), identifier, asks], { ciaddr: clientAddress }),
    { type: ACK, ...toClient, ...informed, options: [...network, identifier] },
    { source: clientAddress },
  ),
  answered(
    'Overload',
    'option overload: the message type stands in file',
    ask([option(52, [1]), asks], { file: cat(type(DISCOVER), [255]) }),
    { type: OFFER, ...toClient, ...leased },
  ),
  answered(
    'Overload',
    'option overload: the address stands in sname',
    ask([type(REQUEST), option(52, [2]), asks], { sname: cat(requested(clientAddress), [255]) }),
    { type: ACK, ...toClient, ...leased },
  ),
  answered(
    'Overload',
    'option overload: the message type stands in file, the address in sname',
    ask([option(52, [3]), asks], { file: cat(type(REQUEST), [255]), sname: cat(requested(clientAddress), [255]) }),
    { type: ACK, ...toClient, ...leased },
  ),
  answered('Option249', 'asks for option 249', ask([type(DISCOVER), option(55, [1, 3, 6, 15, 26, 249])]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [lease, mask, option(249, classlessRoute('10.9.0.0/24', serverAddress))],
  }),
];

const discover = ask([type(DISCOVER), asks]);
const packet = clientPacket(discover);
const bootpAt = 14 + 20 + 8;

export const invalid: Test[] = [
  unanswered(
    'OtherServer',
    'SELECTING another server',
    clientPacket(ask([type(REQUEST), serverIs('10.8.0.2'), requested(clientAddress)])),
  ),
  unanswered(
    'Silent',
    'DECLINE',
    clientPacket(ask([type(DECLINE), serverIs(serverAddress), requested(clientAddress)])),
  ),
  unanswered(
    'Silent',
    'RELEASE',
    clientPacket(ask([type(RELEASE), serverIs(serverAddress)], { ciaddr: clientAddress }), unicast),
  ),
  unanswered('NoRequest', 'REQUEST that names no address', clientPacket(ask([type(REQUEST), asks]))),
  unanswered('NoRequest', 'BOOTREPLY', clientPacket({ ...discover, op: 2 })),
  unanswered('NoRequest', 'OFFER', clientPacket(ask([type(OFFER)]))),
  unanswered('NoRequest', 'ACK', clientPacket(ask([type(ACK)]))),
  unanswered('NoRequest', 'message type 0', clientPacket(ask([type(0)]))),
  unanswered('NoRequest', 'no message type: BOOTP', clientPacket(ask([asks]))),
  unanswered('NoRequest', 'to port 68', clientPacket(discover, { destinationPort: 68 })),
  unanswered('Malformed', 'another magic cookie', clientPacket({ ...discover, cookie: 0x63825364 })),
  unanswered('Malformed', 'a message type of two octets', clientPacket(ask([option(53, [1, 1])]))),
  unanswered('Malformed', 'a message type of no octet', clientPacket(ask([option(53, [])]))),
  unanswered(
    'Malformed',
    'an option that ends beyond the packet',
    clientPacket(ask([type(DISCOVER), cat([61, 255], zeros(100))])),
  ),
  unanswered('Malformed', 'the hardware address has 16 octets', patch(packet, bootpAt + 2, [16])),
  unanswered('Malformed', 'ends inside the fixed fields', packet.slice(0, bootpAt + 200)),
  unanswered('Malformed', 'ends inside the UDP header', packet.slice(0, bootpAt - 4)),
];
