/** [EP] fig. 17 for IPv6: what the neighbour discovery emulator answers the local stack, and what it must not. */
import { z } from 'zod';
import { offer } from './client-data-ipv6.ts';
import { clientPhysical, serverPhysical } from './dhcp-packet.ts';
import { type Group, octets, type Subject, type Test } from './model.ts';
import { noRouter, refused, routerSolicitations, solicitations } from './neighbour-cases.ts';
import { ndOption, neighbourOptions, type Offer, sourcePhysical } from './neighbour-options.ts';
import { clientLinkLocal, serverLinkLocal } from './neighbour-packet.ts';
import { replyShape } from './neighbour-replies.ts';
import { serverGroup, serverShape } from './neighbour-server.ts';
import { clientData, dhcpOptions } from './network.ts';
import { cat, hex, u16, zeros } from './octets.ts';
import { address6 } from './packets.ts';

const group = (comment: string, n6: readonly Uint8Array[], tests: readonly Test[]): Group => ({
  type: 'Emulator',
  comment,
  clientData: hex(clientData(dhcpOptions({}), n6)),
  clientLinkLocal,
  serverLinkLocal,
  clientPhysical,
  serverPhysical,
  tests,
});

const wholeInternet: Offer = { ...offer, routes: ['fd00:8::/48', '::/0'], dns: [], search: [] };
/** RFC 4861 §4.6.1, RFC 8781, and a type that nobody has: what a receiver ignores and does not pass on. */
const strangers = [
  sourcePhysical('06:50:4e:41:53:99'),
  ndOption(38, cat(u16(8), address6('64:ff9b::').slice(0, 12))),
  ndOption(200, zeros(22)),
];

/** None is `::/0`, though one is as wide as 2000::/3: no default router. */
const many: Offer = {
  ...offer,
  routes: ['2000::/3', ...[...Array(100).keys()].map((number) => `fd00:9:${(number + 1).toString(16)}::/64`)],
};
/** Of 1280 octets: IPv6 header and fixed part, options 1, 3, 5, 25 and 31; Route Information has at most 24. */
const manyFit = Math.floor((1280 - 40 - 16 - 8 - 32 - 8 - 24 - 24) / 24);

export const subject: Subject = {
  subject: 'neighbour',
  source: ['[EP] fig. 17', 'RFC 4861', 'RFC 4862 §5.4.3', 'RFC 4191 §2.3', 'RFC 8106 §5', 'RFC 4291 appendix A'],
  requirements: ['ND-01', 'ND-02', 'ND-04', 'ND-05', 'ND-06', 'ND-07', 'ND-08', 'ND-10', 'ND-13'],
  notes: {
    NeighbourSolicitation: "The link-local address of the server's adapter is at its reserved physical address.",
    RouterSolicitation: 'A router tells what n6 of the client data says, and nothing else.',
    BehindClient: 'What is behind a client is at the reserved physical address of its adapter.',
    DuplicateAddressDetection:
      'RFC 4862 §5.4.3: a solicitation from `::`, an answer to which would take the address from the local stack.',
    HopLimit: 'RFC 4861 §6.1.1 and §7.1.1: below 255 it was forwarded, and comes from elsewhere.',
    OwnAddress: "An address that is the client's own.",
    Nobody: 'An address that nobody here has: what is behind the server is behind a router.',
    Malformed: 'A solicitation that RFC 4861 §6.1.1 or §7.1.1 has discarded.',
    NoSolicitation: 'Neighbour discovery that asks nothing.',
    NoRouter: 'Without IPv6 in the client data there is no router.',
  },
  shapes: {
    Emulator: {
      group: {
        clientData: octets,
        clientLinkLocal: z.string(),
        serverLinkLocal: z.string(),
        clientPhysical: z.string(),
        serverPhysical: z.string(),
      },
      valid: {
        packet: octets.describe('The Ethernet packet that the local stack sends.'),
        reply: replyShape,
        example: octets.describe('An answer that is right.'),
      },
      invalid: { verdict: z.literal('no answer'), packet: octets },
    },
    EmulatorAtServer: serverShape,
  },
  groups: [
    group('A /64, routes, DNS and an MTU.', neighbourOptions(offer), [
      ...solicitations(true),
      ...routerSolicitations(offer),
      ...refused,
    ]),
    group(
      'The default route, among options that mean nothing here.',
      [...strangers, ...neighbourOptions(wholeInternet)],
      [...solicitations(true), ...routerSolicitations(wholeInternet)],
    ),
    group('More routes than an advertisement holds.', neighbourOptions(many), routerSolicitations(many, manyFit)),
    group('No IPv6.', [], [...solicitations(undefined), ...noRouter]),
    serverGroup,
  ],
};
