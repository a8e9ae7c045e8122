/** RFC 4861 on packets written by hand. */
import test from 'ava';
import fc from 'fast-check';
import { isDiscovery } from '../packets/discovery.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { answerNeighbour } from './neighbour.ts';
import type { Resolve6 } from './resolution.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const client = '06 50 4e 41 43 00';
const server = '06 50 4e 41 53 00';
/** RFC 4291 appendix A: the universal bit is inverted, ff fe goes in between. */
const clientAddress = 'fe 80 00 00 00 00 00 00  04 50 4e ff fe 41 43 00';
const serverAddress = 'fe 80 00 00 00 00 00 00  04 50 4e ff fe 41 53 00';
const serverGroup = 'ff 02 00 00 00 00 00 00  00 00 00 01 ff 41 53 00';
const allRouters = 'ff 02 00 00 00 00 00 00  00 00 00 00 00 00 00 02';
const allNodes = 'ff 02 00 00 00 00 00 00  00 00 00 00 00 00 00 01';
const unspecified = '00'.repeat(16);
/** Prefix information for fd00:8::/64, on-link and autonomous; lifetimes 86400 and 14400. */
const prefixOption = '03 04 40 c0 00 01 51 80 00 00 38 40 00 00 00 00 fd 00 00 08 00 00 00 00 00 00 00 00 00 00 00 00';
const options = [
  { type: 3, value: hex(prefixOption).subarray(2) },
  { type: 5, value: hex('00 00 00 00 05 78') },
];

const resolve: Resolve6 = (address) => (address.toHex() === hex(serverAddress).toHex() ? hex(server) : undefined);
const router = { physical: hex(server), options, routerLifetime: 0 };
const answer = (frame: Uint8Array) => answerNeighbour(frame, resolve, router);

function packet(ethernet: string, source: string, destination: string, message: string): Uint8Array {
  const icmp = hex(message);
  const addresses = hex(source + destination);
  const pseudo = Uint8Array.of(...addresses, 0, 0, 0, icmp.length, 0, 0, 0, 58);
  new DataView(icmp.buffer).setUint16(2, complement(Uint8Array.of(...pseudo, ...icmp)));
  return Uint8Array.of(...hex(`${ethernet} 86 dd 60 00 00 00 00`), icmp.length, 58, 255, ...addresses, ...icmp);
}

function complement(octets: Uint8Array): number {
  let sum = 0;
  for (const [index, octet] of octets.entries()) sum += index % 2 === 0 ? octet << 8 : octet;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

const solicitation = (source = clientAddress, target = serverAddress, destination = serverGroup): Uint8Array =>
  packet(
    `33 33 ff 41 53 00 ${client}`,
    source,
    destination,
    `87 00 00 00 00 00 00 00 ${target} ${source === unspecified ? '' : `01 01 ${client}`}`,
  );
const advertisement = packet(
  `${client} ${server}`,
  serverAddress,
  clientAddress,
  `88 00 00 00 e0 00 00 00 ${serverAddress} 02 01 ${server}`,
);

test('the link-local address comes from the physical one (RFC 4291 appendix A)', (t) => {
  t.deepEqual(linkLocalOf(hex(server)), hex(serverAddress));
});

test('a solicitation for the server’s adapter is answered with its reserved physical address', (t) => {
  t.deepEqual(answer(solicitation()), advertisement);
});

test('a unicast solicitation, as unreachability detection sends it, is answered too', (t) => {
  t.deepEqual(answer(solicitation(clientAddress, serverAddress, serverAddress)), advertisement);
});

test('duplicate address detection goes unanswered, whatever address it is about', (t) => {
  t.is(answer(solicitation(unspecified)), undefined);
  t.is(answer(solicitation(unspecified, clientAddress)), undefined);
});

test('other addresses go unanswered, the client’s own and groups among them', (t) => {
  for (const target of [clientAddress, allNodes, unspecified])
    t.is(answer(solicitation(clientAddress, target)), undefined);
});

const routerSolicitation = (source = clientAddress): Uint8Array =>
  packet(
    `33 33 00 00 00 02 ${client}`,
    source,
    allRouters,
    source === unspecified ? '85 00 00 00 00 00 00 00' : `85 00 00 00 00 00 00 00 01 01 ${client}`,
  );
const routerMessage = `86 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00
  01 01 ${server}  ${prefixOption}  05 01 00 00 00 00 05 78`;

test('a router solicitation is answered with the server’s prefix and the MTU', (t) => {
  t.deepEqual(answer(routerSolicitation()), packet(`${client} ${server}`, serverAddress, clientAddress, routerMessage));
});

test('a router solicitation without an address is answered to all nodes', (t) => {
  t.deepEqual(
    answer(routerSolicitation(unspecified)),
    packet(`33 33 00 00 00 01 ${server}`, serverAddress, allNodes, routerMessage),
  );
});

test('without IPv6 in the client data there is no router', (t) => {
  t.is(answerNeighbour(routerSolicitation(), resolve), undefined);
});

const fromClient = (message: string): Uint8Array =>
  packet(`33 33 ff 41 53 00 ${client}`, clientAddress, serverGroup, message);
test('a solicitation without options is answered', (t) => {
  t.deepEqual(answer(fromClient(`87 00 00 00 00 00 00 00 ${serverAddress}`)), advertisement);
});

/** A solicitation behind extension headers: the first one's number, then their octets. */
function behind(first: string, headers: string): Uint8Array {
  const plain = solicitation();
  const frame = Uint8Array.of(...plain.subarray(0, 54), ...hex(headers), ...plain.subarray(54));
  frame[19] = plain[19]! + hex(headers).length;
  return frame.with(20, hex(first)[0]!);
}

const broken: [what: string, octets: Uint8Array][] = [
  ['a hop limit that a router has lowered', solicitation().with(21, 254)],
  ['a wrong checksum', solicitation().with(56, 0x12)],
  ['a code other than 0', fromClient(`87 01 00 00 00 00 00 00 ${serverAddress}`)],
  ['a solicitation cut short', fromClient(`87 00 00 00 00 00 00 00 ${serverAddress.slice(0, 30)}`)],
  ['a router solicitation cut short', fromClient('85 00 00 00')],
  ['a frame cut short', solicitation().subarray(0, 70)],
  ['an option of length 0', fromClient(`87 00 00 00 00 00 00 00 ${serverAddress} 01 00 ${client}`)],
  [
    'a source physical address from the unspecified address',
    packet(`33 33 00 00 00 02 ${client}`, unspecified, allRouters, `85 00 00 00 00 00 00 00 01 01 ${client}`),
  ],
  ['extension headers before it', behind('00', `3a 00 00 00 00 00 00 00`)],
  ['an option that runs over the end', fromClient(`87 00 00 00 00 00 00 00 ${serverAddress} 01 02 ${client}`)],
  ['an advertisement', advertisement],
];
for (const [what, octets] of broken)
  test(`unanswered: ${what}`, (t) => {
    t.is(answer(octets), undefined);
  });

test('neighbour discovery is for this emulator, other ICMPv6 is not', (t) => {
  t.true(isDiscovery(solicitation()));
  t.true(isDiscovery(routerSolicitation()));
  t.true(isDiscovery(advertisement));
  t.false(isDiscovery(solicitation().with(54, 128)), 'echo request');
  t.false(isDiscovery(solicitation().with(20, 17)), 'UDP');
  t.false(isDiscovery(solicitation().with(13, 0)), 'IPv4');
  t.false(isDiscovery(new Uint8Array(20)));
});

for (const [what, first, headers] of [
  ['hop-by-hop options', '00', '3a 00 05 02 00 00 00 00'],
  ['hop-by-hop options of 16 octets', '00', `3a 01 ${'00'.repeat(14)}`],
  ['a routing header', '2b', '3a 00 00 00 00 00 00 00'],
  ['destination options', '3c', '3a 00 01 04 00 00 00 00'],
  ['an authentication header of 24 octets', '33', `3a 04 ${'00'.repeat(22)}`],
  ['a fragment header, as the first fragment', '2c', '3a 00 00 01 12 34 56 78'],
  ['hop-by-hop options, then a fragment header', '00', '2c 00 01 04 00 00 00 00  3a 00 00 01 12 34 56 78'],
] as const)
  test(`neighbour discovery behind ${what} does not pass for anything else (RFC 6980 §5)`, (t) => {
    t.true(isDiscovery(behind(first, headers)));
  });

test('what only looks like neighbour discovery behind extension headers is not', (t) => {
  t.false(isDiscovery(behind('2c', '3a 00 00 08 12 34 56 78')), 'a later fragment: its octets may be anything');
  t.false(isDiscovery(behind('00', '11 00 05 02 00 00 00 00')), 'UDP');
  t.false(isDiscovery(behind('00', '3b 00 05 02 00 00 00 00')), 'no next header');
  t.false(isDiscovery(behind('00', '3a 00 05 02 00 00 00 00').with(62, 128)), 'echo request');
  t.false(isDiscovery(behind('00', '3a ff 05 02 00 00 00 00')), 'a header that runs over the end');
  t.false(isDiscovery(behind('2c', '2c 00 00 00 00 00 00 00').subarray(0, 62)), 'a chain that is cut');
});

test('no frame throws, and none from the unspecified address gets a neighbour advertisement', (t) => {
  const bases = [solicitation(), solicitation(unspecified), routerSolicitation(), routerSolicitation(unspecified)];
  const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
  const near = fc
    .tuple(fc.constantFrom(...bases), flips)
    .map(([octets, changes]) => changes.reduce((all, [at, value]) => all.with(at % all.length, value), octets));
  fc.assert(
    fc.property(fc.oneof(near, fc.uint8Array({ maxLength: 120 })), (octets) => {
      const reply = answer(octets);
      if (!reply || reply[54] === 134) return true;
      return (
        octets.subarray(22, 38).some((octet) => octet !== 0) &&
        reply.subarray(22, 38).toHex() === hex(serverAddress).toHex() &&
        reply.subarray(62, 78).toHex() === octets.subarray(62, 78).toHex()
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
