/** [EP] fig. 17, steps 330 and 334: what the DHCP server emulator answers the local stack, and what it must not. */
import { z } from 'zod';
import { invalid, valid } from './dhcp-cases.ts';
import { odd, refusedOdd } from './dhcp-odd.ts';
import { clientAddress, clientPhysical, serverAddress, serverPhysical } from './dhcp-packet.ts';
import { relayed } from './dhcp-relayed.ts';
import {
  fortyServers,
  manyRoutes,
  twentyRoutes,
  validCrowded,
  validDefaultRoute,
  validManyRoutes,
  validNoRoute,
} from './dhcp-routes.ts';
import { type Group, octets, type Subject, type Test } from './model.ts';
import { clientData, dhcpOptions, exampleClientData } from './network.ts';
import { hex } from './octets.ts';

const ip = z.string().regex(/^\d+\.\d+\.\d+\.\d+$/);
const mac = z.string().regex(/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/);

const group = (comment: string, data: Uint8Array, tests: readonly Test[]): Group => ({
  type: 'Emulator',
  comment: `${comment} The packet is the first that the emulator receives.`,
  clientData: hex(data),
  clientAddress,
  serverAddress,
  clientPhysical,
  serverPhysical,
  tests,
});

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
  requirements: [
    'DHCP-01',
    'DHCP-02',
    'DHCP-03',
    'DHCP-04',
    'DHCP-05',
    'DHCP-06',
    'DHCP-07',
    'DHCP-08',
    'DHCP-09',
    'DHCP-10',
    'DHCP-11',
    'DHCP-12',
    'DHCP-13',
    'DHCP-14',
    'DHCP-16',
    'DHCP-17',
  ],
  notes: {
    Discover: 'DISCOVER is answered by an OFFER of the one address there is.',
    RapidCommit: 'RFC 4039: DISCOVER with option 80 is answered by an ACK with option 80.',
    Request: "REQUEST in the client's four states, RFC 2131 table 4.",
    Nak: 'An address that is not the one of the client data: NAK, broadcast, with nothing but 53, 54 and what echoes.',
    Inform: 'INFORM is answered by an ACK without address and lease.',
    Identifier: 'RFC 6842: option 61 comes back as it was.',
    Overload: 'RFC 2131 §4.1: options continue in file and sname.',
    RelayAgent: 'RFC 2131 §4.1: the answer goes to the relay agent, port 67.',
    Routes: 'RFC 3442; RFC 3396 where one option does not hold them.',
    Option249:
      'What some clients ask for in place of option 121: beyond the requirements, there for whoever answers it.',
    Offload: 'A local stack that leaves checksums to its adapter.',
    OtherServer: 'The client has taken another server.',
    Silent: 'Messages that have no answer.',
    Odd: 'Nothing that RFC 2131 forbids: it is answered like any other.',
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
              .array(z.strictObject({ code: z.int(), value: octets, parts: z.array(octets).optional() }))
              .describe(
                'Must be there with this value, parts joined (RFC 3396); 53 first, the others in any order; in these parts where there are several.',
              ),
            absent: z.array(z.int()).describe('Options that must not be there.'),
          })
          .describe('What the reply must say. Other options than these may be there.'),
        example: octets.describe('One reply that says so, as an Ethernet packet; others are as right.'),
      },
      invalid: { verdict: z.literal('no answer'), packet: octets },
    },
  },
  groups: [
    group('The usual client data.', exampleClientData, [...valid, ...relayed, ...invalid]),
    group('29 routes.', clientData(dhcpOptions({ routes: manyRoutes })), validManyRoutes),
    group('The default route.', clientData(dhcpOptions({ routes: ['0.0.0.0/0'] })), validDefaultRoute),
    group(
      'More than a reply holds.',
      clientData(dhcpOptions({ routes: twentyRoutes, dns: fortyServers, domain: 'corp.test', mtu: 1400 })),
      validCrowded,
    ),
    group('No route.', clientData(dhcpOptions({ mtu: 1400 })), validNoRoute),
    group('The usual client data, odd messages.', exampleClientData, [...odd, ...refusedOdd]),
  ],
};
