/** RFC 4861 at the server's adapter: solicitations for what is behind tunnel clients, and for what is behind nobody. */
import { z } from 'zod';
import { clientPhysical, serverPhysical } from './dhcp-packet.ts';
import { type Group, octets, type Test, unanswered, validTest } from './model.ts';
import { sourcePhysical, targetPhysical } from './neighbour-options.ts';
import { body, clientLinkLocal, serverLinkLocal, solicitedNode, unspecified } from './neighbour-packet.ts';
import { replyShape } from './neighbour-replies.ts';
import { cat, hex, patch, zeros } from './octets.ts';
import { address6, ethernet, type Icmp6, icmp6, physical } from './packets.ts';

/** Of two confirmed clients, and a network behind the first. */
const prefixes = ['fd00:8:0:a::/64', 'fd00:8:0:ff::/64', 'fd00:20::/64', '2001:db8:20::/48'];
const own = 'fd00:8::1';
const source = sourcePhysical(serverPhysical);

/** The server's stack asks. */
function asked(target: string, fields: Partial<Icmp6> = {}, options: Uint8Array = source): Uint8Array {
  const message = {
    source: serverLinkLocal,
    destination: solicitedNode(target),
    type: 135,
    body: body.neighbourSolicitation(target, options),
    ...fields,
  };
  const group = message.destination.startsWith('ff');
  const to = group ? cat([0x33, 0x33], address6(message.destination).slice(12)) : physical(clientPhysical);
  return ethernet(to, physical(serverPhysical), 0x86dd, icmp6(message));
}

function answered(comment: string, target: string, packet: Uint8Array, asker = serverLinkLocal): Test {
  const answer = { source: target, destination: asker, type: 136 };
  return validTest('BehindClient', comment, {
    packet: hex(packet),
    reply: {
      type: 136,
      ethernetSource: clientPhysical,
      ipSource: target,
      destinations: [{ ethernet: serverPhysical, ip: asker }],
      solicited: true,
      override: true,
      target,
      targetPhysical: clientPhysical,
    },
    example: hex(
      ethernet(
        physical(serverPhysical),
        physical(clientPhysical),
        0x86dd,
        icmp6({ ...answer, body: body.neighbourAdvertisement(0x60, target, targetPhysical(clientPhysical)) }),
      ),
    ),
  });
}

const behind = [
  clientLinkLocal,
  'fd00:8:0:a::',
  'fd00:8:0:a::1',
  'fd00:8:0:a:450:4eff:fe41:4300',
  'fd00:8:0:a:ffff:ffff:ffff:ffff',
  'fd00:8:0:ff::7',
  'fd00:20::7',
  '2001:db8:20:ffff::1',
];
const nobodys: [comment: string, target: string][] = [
  ['the /64 next below', 'fd00:8:0:9:ffff:ffff:ffff:ffff'],
  ['the /64 next above', 'fd00:8:0:b::'],
  ['a /64 whose number has the same digits in another place', 'fd00:8:0:a0::1'],
  ['a /64 that is another by its highest bit', 'fd00:8:0:800a::1'],
  ['the same /64 of another prefix', 'fd00:9:0:a::1'],
  ['the server itself', own],
  ["the server's /64", 'fd00:8::10'],
  ["the server's link-local address", serverLinkLocal],
  ['another link-local address', 'fe80::1'],
  ["the client's interface identifier with the bit not inverted", 'fe80::650:4eff:fe41:4300'],
  ["the client's interface identifier in a /64 of nobody", 'fd00:77::450:4eff:fe41:4300'],
  ["the client's interface identifier in another link-local /64", 'fe80:0:0:1:450:4eff:fe41:4300'],
  ['the /64 next to a network behind a client', 'fd00:20:0:1::7'],
  ['the /48 next to a network behind a client', '2001:db8:21::1'],
  ['a network of nobody', 'fd00:77::1'],
  ['the loopback address', '::1'],
  ['`::`', unspecified],
  ['an IPv4 address, mapped', '::ffff:a08:a'],
];
const target = 'fd00:8:0:a::1';
const right = asked(target);
const checksumAt = 14 + 40 + 2;
const tests: Test[] = [
  ...behind.map((one) => answered(`a neighbour solicitation for ${one}`, one, asked(one))),
  answered('by unicast', target, asked(target, { destination: clientLinkLocal })),
  answered('from a global address', target, asked(target, { source: own }), own),
  answered('without a source physical address', target, asked(target, { destination: clientLinkLocal }, zeros(0))),
  ...nobodys.map(([comment, one]) => unanswered('Nobody', comment, asked(one))),
  unanswered(
    'DuplicateAddressDetection',
    "for an address of a client's /64",
    asked(target, { source: unspecified }, zeros(0)),
  ),
  unanswered(
    'DuplicateAddressDetection',
    "for the clients' link-local address",
    asked(clientLinkLocal, { source: unspecified }, zeros(0)),
  ),
  ...[254, 64, 1].map((hopLimit) => unanswered('HopLimit', `hop limit ${hopLimit}`, asked(target, { hopLimit }))),
  unanswered('Malformed', 'a wrong checksum', patch(right, checksumAt, [(right[checksumAt] ?? 0) ^ 0x80])),
  unanswered('Malformed', 'code 1', asked(target, { code: 1 })),
  unanswered('Malformed', 'an option of length 0', asked(target, {}, cat([1, 0], zeros(6)))),
  unanswered('Malformed', 'an option that runs over the end', asked(target, {}, cat([1, 2], zeros(6)))),
  unanswered('Malformed', 'without its last octet', right.slice(0, -1)),
  unanswered(
    'NoRouter',
    'a router solicitation: no router is here',
    asked(target, { destination: 'ff02::2', type: 133, body: body.routerSolicitation(source) }),
  ),
  unanswered(
    'NoSolicitation',
    'an advertisement',
    asked(target, { type: 136, body: body.neighbourAdvertisement(0x20, target, targetPhysical(serverPhysical)) }),
  ),
];

export const serverShape = {
  group: { prefixes: z.array(z.string()), clientPhysical: z.string(), serverPhysical: z.string() },
  valid: {
    packet: octets.describe("The Ethernet packet that the server's local stack sends."),
    reply: replyShape,
    example: octets.describe('An answer that is right.'),
  },
  invalid: { verdict: z.literal('no answer'), packet: octets },
};

export const serverGroup: Group = {
  type: 'EmulatorAtServer',
  comment: "At the server's adapter: the /64s of confirmed clients and the networks behind them.",
  prefixes,
  clientPhysical,
  serverPhysical,
  tests,
};
