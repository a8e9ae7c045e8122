/** Solicitations of the local stack: those that are answered, and what must not be. */
import { clientPhysical, serverPhysical } from './dhcp-packet.ts';
import { type Test, unanswered, validTest } from './model.ts';
import { ndOption, type Offer, sourcePhysical, targetPhysical } from './neighbour-options.ts';
import {
  allNodes,
  allRouters,
  body,
  clientLinkLocal,
  sent,
  serverLinkLocal,
  solicitedNode,
  unspecified,
} from './neighbour-packet.ts';
import { type Answer, toAsker, toNeighbour } from './neighbour-replies.ts';
import { cat, hex, patch, u16, unhex, zeros } from './octets.ts';
import { type Icmp6, icmp6 } from './packets.ts';

const ownGlobal = 'fd00:8:0:a::5';
const source = sourcePhysical(clientPhysical);
/** RFC 3971 §5.3.2, RFC 7527: a nonce, which this revision does not know. */
const nonce = ndOption(14, unhex('0123456789ab'));

/** From the client for the server's adapter, multicast and with its physical address, unless fields say otherwise. */
function solicitation(target = serverLinkLocal, fields: Partial<Icmp6> = {}, options = source): Uint8Array {
  const body135 = body.neighbourSolicitation(target, options);
  return sent({ source: clientLinkLocal, destination: solicitedNode(target), type: 135, body: body135, ...fields });
}
function routerSolicitation(fields: Partial<Icmp6> = {}, options = source): Uint8Array {
  const body133 = body.routerSolicitation(options);
  return sent({ source: clientLinkLocal, destination: allRouters, type: 133, body: body133, ...fields });
}

const none = zeros(0);
const unicast = { destination: serverLinkLocal };

/** @param router as `toNeighbour` takes it */
export function solicitations(router: boolean | undefined): Test[] {
  const reserved = body.neighbourSolicitation(serverLinkLocal, source, 0xffffffff);
  const cases: [comment: string, packet: Uint8Array, asker?: string][] = [
    ['to the solicited-node group', solicitation()],
    ['by unicast', solicitation(serverLinkLocal, unicast)],
    ['by unicast, without a source physical address', solicitation(serverLinkLocal, unicast, none)],
    ["from an address of the client's /64", solicitation(serverLinkLocal, { source: ownGlobal }), ownGlobal],
    ['from another link-local address', solicitation(serverLinkLocal, { source: 'fe80::c0' }), 'fe80::c0'],
    ['with an option that is not known', solicitation(serverLinkLocal, {}, cat(nonce, source))],
    ['with a reserved field that is not zero', solicitation(serverLinkLocal, { body: reserved })],
  ];
  return cases.map(([comment, packet, asker = clientLinkLocal]) =>
    answered('NeighbourSolicitation', `a neighbour solicitation ${comment}`, packet, toNeighbour(asker, router)),
  );
}

/** @param leastRoutes as `toAsker` takes it */
export function routerSolicitations(offer: Offer, leastRoutes?: number): Test[] {
  const own = toAsker(offer, clientLinkLocal, leastRoutes);
  const cases: [comment: string, packet: Uint8Array, answer?: Answer][] = [
    ['to all routers', routerSolicitation()],
    ['without a source physical address', routerSolicitation({}, none)],
    ['from `::`', routerSolicitation({ source: unspecified }, none), toAsker(offer, undefined, leastRoutes)],
    ['by unicast', routerSolicitation(unicast)],
    [
      "from an address of the client's /64",
      routerSolicitation({ source: ownGlobal }),
      toAsker(offer, ownGlobal, leastRoutes),
    ],
    ['with an option that is not known', routerSolicitation({}, cat(source, nonce))],
    [
      'with a reserved field that is not zero',
      routerSolicitation({ body: body.routerSolicitation(source, 0xffffffff) }),
    ],
  ];
  return cases.map(([comment, packet, answer = own]) =>
    answered('RouterSolicitation', `a router solicitation ${comment}`, packet, answer),
  );
}

function answered(flag: string, comment: string, packet: Uint8Array, answer: Answer): Test {
  return validTest(flag, comment, { packet: hex(packet), ...answer });
}
const neighbour = (options: Uint8Array): Uint8Array => solicitation(serverLinkLocal, {}, options);
const router = (options: Uint8Array): Uint8Array => routerSolicitation({}, options);
const toGroup = solicitedNode(serverLinkLocal);
const bodyOf = body.neighbourSolicitation(serverLinkLocal, source);
/** The right checksum stands behind Ethernet and IPv6 header, type and code. */
const checksumAt = 14 + 40 + 2;
const wrong = (packet: Uint8Array): Uint8Array => patch(packet, checksumAt, [packet[checksumAt]! ^ 0x01]);
const about = (target: string, from = unspecified): Uint8Array => solicitation(target, { source: from }, none);
const zeroLength = cat([1, 0], zeros(6));
const tooLong = cat([1, 2], zeros(6));

const duplicates: [string, Uint8Array][] = [
  ["for the server's adapter", about(serverLinkLocal)],
  ["for the client's link-local address", about(clientLinkLocal)],
  ["for an address of the client's /64", about(ownGlobal)],
  ['with a nonce', solicitation(clientLinkLocal, { source: unspecified }, nonce)],
  ['by unicast', solicitation(serverLinkLocal, { source: unspecified, ...unicast }, none)],
];
const nobodys: [string, string][] = [
  ['another link-local address', 'fe80::1'],
  ['the EUI-64 whose bit is not inverted', 'fe80::650:4eff:fe41:5300'],
  ["the server's interface identifier in the client's /64", 'fd00:8:0:a:450:4eff:fe41:5300'],
  ["an address of another client's /64", 'fd00:8:0:b::1'],
  ['an address of a network behind the server', 'fd00:9::53'],
  ["the server's adapter in IPv4, mapped", '::ffff:a08:1'],
  ['the loopback address', '::1'],
  ['`::`', unspecified],
];
const malformed: [string, Uint8Array][] = [
  ['a wrong checksum', wrong(solicitation())],
  ['a checksum of 0', solicitation(serverLinkLocal, { sum: 0 })],
  ['a checksum without the pseudo header', solicitation(serverLinkLocal, { sum: bare() })],
  ['a router solicitation with a wrong checksum', wrong(routerSolicitation())],
  ['code 1', solicitation(serverLinkLocal, { code: 1 })],
  ['a router solicitation of code 1', routerSolicitation({ code: 1 })],
  ['an option of length 0', neighbour(zeroLength)],
  ['an option of length 0 behind a right one', neighbour(cat(source, [14, 0], zeros(6)))],
  ['a router solicitation with an option of length 0', router(zeroLength)],
  ['an option that runs over the end', neighbour(tooLong)],
  ['a router solicitation with an option that runs over the end', router(tooLong)],
  ['half an option', neighbour(source.slice(0, 4))],
  ['a target cut short', solicitation(serverLinkLocal, { body: bodyOf.slice(0, 19) })],
  ['no target', solicitation(serverLinkLocal, { body: zeros(4) })],
  ['a router solicitation of 4 octets', routerSolicitation({ body: none })],
  ['a payload length beyond the packet', patch(solicitation(), 14 + 4, u16(40))],
  ['without its last octet', solicitation().slice(0, -1)],
  ['the IPv6 header alone', solicitation().slice(0, 54)],
  ['version 5', patch(solicitation(), 14, [0x50])],
  ['a target that is a group', solicitation(toGroup, { destination: toGroup })],
  ['a target that is all nodes', solicitation(allNodes, { destination: allNodes })],
  ['from a group', solicitation(serverLinkLocal, { source: allNodes })],
  ['a router solicitation from `::` with a source physical address', routerSolicitation({ source: unspecified })],
];

/** The checksum of the ICMPv6 message alone: that over a pseudo header of zeros but for length and next header. */
function bare(): number {
  const message = icmp6({ source: '::', destination: '::', type: 135, body: bodyOf }).slice(40);
  return message[2]! * 256 + message[3]!;
}

const advertisement = body.neighbourAdvertisement(0x20, clientLinkLocal, targetPhysical(clientPhysical));
const advertised = { destination: allNodes, source: clientLinkLocal };
const solicited = body.neighbourAdvertisement(0x60, serverLinkLocal, targetPhysical(serverPhysical));
const routers = body.routerAdvertisement(0, sourcePhysical(clientPhysical));
const redirect = body.redirect(serverLinkLocal, 'fd00:9::53');

export const refused: readonly Test[] = [
  ...duplicates.map(([what, packet]) =>
    unanswered('DuplicateAddressDetection', `a neighbour solicitation from \`::\` ${what}`, packet),
  ),
  ...[254, 64, 0].flatMap((hopLimit) => [
    unanswered('HopLimit', `a neighbour solicitation of hop limit ${hopLimit}`, solicitation(undefined, { hopLimit })),
    unanswered('HopLimit', `a router solicitation of hop limit ${hopLimit}`, routerSolicitation({ hopLimit })),
  ]),
  unanswered('OwnAddress', "the client's link-local address", solicitation(clientLinkLocal)),
  unanswered('OwnAddress', "an address of the client's /64", solicitation(ownGlobal, { source: ownGlobal })),
  ...nobodys.map(([comment, target]) => unanswered('Nobody', comment, solicitation(target))),
  ...malformed.map(([comment, packet]) => unanswered('Malformed', comment, packet)),
  unanswered(
    'NoSolicitation',
    'the announcement of an address',
    sent({ ...advertised, type: 136, body: advertisement }),
  ),
  unanswered(
    'NoSolicitation',
    'an advertisement by unicast',
    sent({ source: clientLinkLocal, ...unicast, type: 136, body: solicited }),
  ),
  unanswered('NoSolicitation', 'a router advertisement', sent({ ...advertised, type: 134, body: routers })),
  unanswered('NoSolicitation', 'a redirect', sent({ source: clientLinkLocal, ...unicast, type: 137, body: redirect })),
];

export const noRouter: readonly Test[] = [
  unanswered('NoRouter', 'a router solicitation to all routers', routerSolicitation()),
  unanswered('NoRouter', 'a router solicitation from `::`', routerSolicitation({ source: unspecified }, none)),
  unanswered('NoRouter', 'a router solicitation by unicast', routerSolicitation(unicast)),
];
