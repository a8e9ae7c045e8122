/** [EP] fig. 17, steps 330 and 334: what the DHCP server emulator answers the local stack, and what it must not. */
import { z } from 'zod';
import { exampleClientData } from './client-data.ts';
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
import { octets, type Subject, type Test } from './model.ts';
import { ascii, cat, fixed, hex, patch, u16, u32, zeros } from './octets.ts';
import { address } from './packets.ts';

const DISCOVER = 1;
const OFFER = 2;
const REQUEST = 3;
const DECLINE = 4;
const ACK = 5;
const NAK = 6;
const RELEASE = 7;
const INFORM = 8;

const xid = 0x50_4e_41_01;
const type = (value: number): Uint8Array => option(53, [value]);
const asks = option(55, [1, 3, 6, 15, 26, 51, 54, 119, 121]);
const requested = (text: string): Uint8Array => option(50, address(text));
const serverIs = (text: string): Uint8Array => option(54, address(text));
const ask = (options: readonly Uint8Array[], other: Partial<Message> = {}): Message => ({
  op: 1,
  xid,
  options,
  ...other,
});
const everybody = 'ff:ff:ff:ff:ff:ff';
const unicast: Envelope = { source: clientAddress, destination: serverAddress, to: serverPhysical };

/** The configuration as every OFFER and ACK carries it. */
const mask = option(1, address('255.255.255.0'));
const routes = option(121, classlessRoute('10.9.0.0/24', serverAddress));
const dns = option(6, address('10.9.0.53'));
const domain = option(15, ascii('corp.test'));
const mtu = option(26, u16(1400));
const lease = option(51, seconds(3600));
const network = [mask, dns, domain, mtu, routes];

interface Answer {
  readonly type: number;
  readonly to: string;
  readonly destination: string;
  readonly message?: Partial<Message>;
  readonly options: readonly Uint8Array[];
  readonly absent?: readonly number[];
}

const decoded = (one: Uint8Array): { code: number; value: string } => ({ code: one[0] ?? 0, value: hex(one.slice(2)) });

function answered(flag: string, comment: string, request: Message, answer: Answer, envelope: Envelope = {}): Test {
  const options = [type(answer.type), serverIs(serverAddress), ...answer.options];
  const message: Message = { op: 2, xid: request.xid, flags: request.flags ?? 0, options, ...answer.message };
  return {
    comment,
    flags: [flag],
    result: 'valid',
    packet: hex(clientPacket(request, envelope)),
    reply: {
      ethernetDestination: answer.to,
      ethernetSource: serverPhysical,
      ipSource: serverAddress,
      ipDestination: answer.destination,
      sourcePort: 67,
      destinationPort: 68,
      op: 2,
      xid: hex(u32(message.xid)),
      flags: message.flags ?? 0,
      ciaddr: message.ciaddr ?? '0.0.0.0',
      yiaddr: message.yiaddr ?? '0.0.0.0',
      giaddr: '0.0.0.0',
      chaddr: clientPhysical,
      options: options.map(decoded),
      absent: answer.absent ?? [],
    },
    example: hex(serverPacket(message, answer.to, answer.destination)),
  };
}

function unanswered(flag: string, comment: string, packet: Uint8Array): Test {
  return { comment, flags: [flag], result: 'invalid', verdict: 'no answer', packet: hex(packet) };
}

const leased = { message: { yiaddr: clientAddress }, options: [lease, ...network] };
const toClient = { to: clientPhysical, destination: clientAddress };
const toAll = { to: everybody, destination: '255.255.255.255' };
const bare = { type: NAK, ...toAll, options: [], absent: [1, 3, 6, 15, 26, 50, 51, 119, 121, 249] };
const broadcastFlag = 0x8000;
const identifier = option(61, cat([1], fixed('client identifier', 6)));
const long = fixed('client identifier, long', 200);

const valid: Test[] = [
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
    {
      type: ACK,
      ...toClient,
      message: { ciaddr: clientAddress },
      options: network,
      absent: [51],
    },
    { source: clientAddress },
  ),
  answered('Identifier', 'the client identifier comes back', ask([type(DISCOVER), identifier, asks]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [...leased.options, identifier],
  }),
  answered(
    'Identifier',
    'a client identifier in two parts (RFC 3396)',
    ask([type(DISCOVER), option(61, long.slice(0, 100)), asks, option(61, long.slice(100))]),
    { type: OFFER, ...toClient, message: leased.message, options: [...leased.options, option(61, long)] },
  ),
  answered(
    'Overload',
    'option overload: the message type stands in file',
    ask([option(52, [1]), asks], { file: cat(type(DISCOVER), [255]) }),
    { type: OFFER, ...toClient, ...leased },
  ),
  answered('Routes', 'asks for option 249', ask([type(DISCOVER), option(55, [1, 3, 6, 15, 26, 249])]), {
    type: OFFER,
    ...toClient,
    message: leased.message,
    options: [lease, mask, option(249, classlessRoute('10.9.0.0/24', serverAddress))],
  }),
];

const discover = ask([type(DISCOVER), asks]);
const packet = clientPacket(discover);
const bootpAt = 14 + 20 + 8;

const invalid: Test[] = [
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

const ip = z.string().regex(/^\d+\.\d+\.\d+\.\d+$/);
const mac = z.string().regex(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/);

export const subject: Subject = {
  subject: 'dhcp',
  source: [
    '[EP] fig. 17, steps 330 to 334',
    '[EP] fig. 23, steps 512 and 514',
    'RFC 2131',
    'RFC 2132',
    'RFC 3396',
    'RFC 3442',
    'RFC 4039',
    'RFC 6842',
  ],
  notes: {
    Discover: 'DISCOVER is answered by an OFFER of the one address there is.',
    RapidCommit: 'RFC 4039: DISCOVER with option 80 is answered by an ACK with option 80.',
    Request: "REQUEST in the client's four states, RFC 2131 table 4.",
    Nak: 'An address that is not the one of the client data: NAK, broadcast, with nothing but 53, 54 and what echoes.',
    Inform: 'INFORM is answered by an ACK without address and lease.',
    Identifier: 'RFC 6842: option 61 comes back as it was.',
    Overload: 'RFC 2131 §4.1: options continue in file and sname.',
    Routes: 'RFC 3442, and the option that older clients ask for instead.',
    OtherServer: 'The client has taken another server.',
    Silent: 'Messages that have no answer.',
    NoRequest: 'No request of a client.',
    Malformed: 'Octets that break RFC 2131 or RFC 2132.',
  },
  shapes: {
    Emulator: {
      group: {
        clientData: octets.describe('What RESPONSE brought.'),
        clientAddress: ip,
        serverAddress: ip,
        clientPhysical: mac,
        serverPhysical: mac,
      },
      valid: {
        packet: octets.describe('The Ethernet packet that the local stack sends.'),
        reply: z
          .strictObject({
            ethernetDestination: mac,
            ethernetSource: mac,
            ipSource: ip,
            ipDestination: ip,
            sourcePort: z.int(),
            destinationPort: z.int(),
            op: z.int(),
            xid: octets,
            flags: z.int(),
            ciaddr: ip,
            yiaddr: ip,
            giaddr: ip,
            chaddr: mac,
            options: z
              .array(z.strictObject({ code: z.int(), value: octets }))
              .describe('Must be there with this value, parts joined (RFC 3396); 53 first, the others in any order.'),
            absent: z.array(z.int()).describe('Options that must not be there.'),
          })
          .describe('What the reply must say. Others options than these may be there.'),
        example: octets.describe('One reply that says so, as an Ethernet packet; others are as right.'),
      },
      invalid: { verdict: z.literal('no answer'), packet: octets },
    },
  },
  groups: [
    {
      type: 'Emulator',
      comment: 'An emulator that has just been set up with the client data receives the packet as its first.',
      clientData: hex(exampleClientData),
      clientAddress,
      serverAddress,
      clientPhysical,
      serverPhysical,
      tests: [...valid, ...invalid],
    },
  ],
};
