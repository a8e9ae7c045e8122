/** RFC 2131 table 3 and §4 on packets written by hand: this file has its own idea of the layout, apart from the codec. */
import test from 'ava';
import fc from 'fast-check';
import { answerDhcp, concernsDhcp, type DhcpSettings } from './dhcp.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const settings: DhcpSettings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: ['10.9.0.53', '10.9.0.54'],
  domain: 'corp.test',
  search: ['corp.test', 'lab.corp.test'],
  mtu: 1400,
  serverPhysical: hex('06 50 4e 41 53 00'),
};
const own = '0a 08 00 0a';
const server = '0a 08 00 01';
const wrong = '0a 08 00 63';
const zero = '00 00 00 00';
const everyone = 'ff ff ff ff';
const physical = '06 50 4e 41 43 00';

/** What a client says; each field in hexadecimal, as it stands in RFC 2131 fig. 1. */
interface Request {
  readonly options: string;
  readonly flags?: string;
  readonly ciaddr?: string;
  readonly giaddr?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly fragment?: string;
}

function client({ options, flags = '00 00', ciaddr = zero, giaddr = zero, ...ip }: Request): Uint8Array {
  const message = hex(`
    01 01 06 00  de ad be ef  00 07 ${flags}
    ${ciaddr} ${zero} ${zero} ${giaddr}
    ${physical} ${'00'.repeat(10)} ${'00'.repeat(192)}
    63 82 53 63 ${options} ff`);
  const length = (count: number) => count.toString(16).padStart(4, '0');
  const udp = hex(`00 44 00 43 ${length(message.length + 8)} 00 00`);
  const header = hex(`45 10 ${length(message.length + 28)} 00 00 ${ip.fragment ?? '40 00'} 40 11 00 00
    ${ip.source ?? zero} ${ip.destination ?? everyone}`);
  new DataView(header.buffer).setUint16(10, complement(header));
  return Uint8Array.of(...hex(`${'ff'.repeat(6)} ${physical} 08 00`), ...header, ...udp, ...message);
}

/** RFC 1071, of octets whose checksum field is zero, or zero when the field is right. */
function complement(octets: Uint8Array): number {
  let sum = 0;
  for (const [index, octet] of octets.entries()) sum += index % 2 === 0 ? octet << 8 : octet;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** A reply taken apart by offsets. */
function fieldsOf(frame: Uint8Array | undefined) {
  if (!frame) throw new Error('there is no reply');
  const at = (offset: number, length: number) => frame.subarray(offset, offset + length).toHex();
  const options: [code: number, value: string][] = [];
  let offset = 282;
  while (frame[offset] !== 255) {
    if (frame[offset] === 0) {
      offset += 1;
      continue;
    }
    const length = frame[offset + 1]!;
    options.push([frame[offset]!, at(offset + 2, length)]);
    offset += 2 + length;
  }
  const value = (code: number) => options.find(([number]) => number === code)?.[1];
  return {
    to: at(0, 6),
    from: at(6, 6),
    source: at(26, 4),
    destination: at(30, 4),
    ports: at(34, 4),
    fixed: at(42, 8),
    flags: at(52, 2),
    ciaddr: at(54, 4),
    yiaddr: at(58, 4),
    siaddr: at(62, 4),
    giaddr: at(66, 4),
    chaddr: at(70, 16),
    codes: options.map(([code]) => code),
    options,
    value,
    type: value(53),
    /** Octets of the BOOTP message. */
    length: frame.length - 42,
    ipv4Sum: complement(frame.subarray(14, 34)),
    udpSum: complement(
      Uint8Array.of(...frame.subarray(26, 34), 0, 17, ...frame.subarray(38, 40), ...frame.subarray(34)),
    ),
  };
}

const DISCOVER = '35 01 01';
const REQUEST = '35 01 03';
const OFFER = '02';
const ACK = '05';
const NAK = '06';
const answerTo = (request: Request, has = settings) => answerDhcp(client(request), has);
const bare = (text: string) => text.replaceAll(' ', '');

test('DISCOVER is answered with an OFFER of the address', (t) => {
  const offer = fieldsOf(answerTo({ options: DISCOVER }));
  t.is(offer.type, OFFER);
  t.is(offer.yiaddr, bare(own));
  t.is(offer.ciaddr, bare(zero));
  t.is(offer.fixed, '02010600deadbeef');
  t.is(offer.chaddr, `${bare(physical)}${'00'.repeat(10)}`);
  t.is(offer.value(54), bare(server));
  t.is(offer.value(51), '00000e10');
  t.is(offer.value(1), 'ffffff00');
});

test('the reply comes from the server’s adapter, ports 67 to 68, checksums right', (t) => {
  const offer = fieldsOf(answerTo({ options: DISCOVER }));
  t.is(offer.from, settings.serverPhysical.toHex());
  t.is(offer.source, bare(server));
  t.is(offer.ports, '00430044');
  t.is(offer.ipv4Sum, 0);
  t.is(offer.udpSum, 0);
  const sum = answerTo({ options: DISCOVER })!.subarray(40, 42).toHex();
  t.not(sum, '0000', 'the UDP checksum is computed, not left out');
});

test('option 53 comes first', (t) => {
  for (const options of [DISCOVER, `${REQUEST} 32 04 ${own}`, `${REQUEST} 32 04 ${wrong}`, '35 01 08'])
    t.is(fieldsOf(answerTo({ options })).codes[0], 53);
});

test('without the broadcast flag the reply is unicast to the new address (§4.1)', (t) => {
  const offer = fieldsOf(answerTo({ options: DISCOVER }));
  t.is(offer.destination, bare(own));
  t.is(offer.to, bare(physical));
});

test('with the broadcast flag the reply is broadcast, and keeps the flag', (t) => {
  const offer = fieldsOf(answerTo({ options: DISCOVER, flags: '80 00' }));
  t.is(offer.destination, bare(everyone));
  t.is(offer.to, 'ffffffffffff');
  t.is(offer.flags, '8000');
});

test('by way of a relay agent the reply goes to it, port 67', (t) => {
  const offer = fieldsOf(answerTo({ options: DISCOVER, giaddr: '0a 08 00 0a', source: own }));
  t.is(offer.destination, bare(own));
  t.is(offer.ports, '00430043');
  t.is(offer.giaddr, bare(own));
  const nak = fieldsOf(answerTo({ options: `${REQUEST} 32 04 ${wrong}`, giaddr: own }));
  t.is(nak.type, NAK);
  t.is(nak.destination, bare(own));
  t.is(nak.flags, '8000', '§4.3.2: the agent is to broadcast it');
});

test('SELECTING: this server chosen and the address right is ACK', (t) => {
  const ack = fieldsOf(answerTo({ options: `${REQUEST} 36 04 ${server} 32 04 ${own}` }));
  t.is(ack.type, ACK);
  t.is(ack.yiaddr, bare(own));
  t.is(ack.value(51), '00000e10');
});

test('SELECTING: another server chosen is silence; this one and a wrong address is NAK', (t) => {
  t.is(answerTo({ options: `${REQUEST} 36 04 0a 08 00 02 32 04 ${own}` }), undefined);
  t.is(fieldsOf(answerTo({ options: `${REQUEST} 36 04 ${server} 32 04 ${wrong}` })).type, NAK);
});

test('INIT-REBOOT: with no DISCOVER before it, ACK or NAK by the address', (t) => {
  t.is(fieldsOf(answerTo({ options: `${REQUEST} 32 04 ${own}` })).type, ACK);
  t.is(fieldsOf(answerTo({ options: `${REQUEST} 32 04 ${wrong}` })).type, NAK);
});

test('RENEWING: unicast, answered by unicast to the address in use', (t) => {
  const ack = fieldsOf(answerTo({ options: REQUEST, ciaddr: own, source: own, destination: server }));
  t.is(ack.type, ACK);
  t.is(ack.yiaddr, bare(own));
  t.is(ack.ciaddr, bare(own));
  t.is(ack.destination, bare(own));
  t.is(ack.to, bare(physical));
});

test('REBINDING: broadcast, answered by unicast; a wrong address is NAK', (t) => {
  const ack = fieldsOf(answerTo({ options: REQUEST, ciaddr: own, source: own, flags: '80 00' }));
  t.is(ack.type, ACK);
  t.is(ack.destination, bare(own), '§4.1: a non-zero ciaddr goes before the flag');
  const nak = fieldsOf(answerTo({ options: REQUEST, ciaddr: wrong, source: wrong }));
  t.is(nak.type, NAK);
  t.is(nak.ciaddr, bare(zero));
  t.is(nak.destination, bare(everyone), '§4.1: the client may have no usable address');
  t.is(nak.to, 'ffffffffffff');
});

test('NAK is broadcast and bare', (t) => {
  const nak = fieldsOf(answerTo({ options: `${REQUEST} 32 04 ${wrong} 3d 03 00 61 62`, ciaddr: zero }));
  t.is(nak.destination, bare(everyone));
  t.is(nak.to, 'ffffffffffff');
  t.is(nak.yiaddr, bare(zero));
  t.is(nak.ciaddr, bare(zero));
  t.deepEqual(nak.codes, [53, 54, 61]);
});

test('REQUEST that names no address is no request', (t) => {
  t.is(answerTo({ options: REQUEST }), undefined);
});

test('INFORM is always ACK, to the address in use, without address and lease', (t) => {
  for (const address of [own, wrong]) {
    const ack = fieldsOf(answerTo({ options: '35 01 08', ciaddr: address, source: address }));
    t.is(ack.type, ACK);
    t.is(ack.yiaddr, bare(zero));
    t.is(ack.destination, bare(address));
    t.false(ack.codes.includes(51));
    t.is(ack.value(54), bare(server));
    t.is(ack.value(6), '0a0900350a090036');
  }
});

test('DECLINE and RELEASE get no reply', (t) => {
  t.is(answerTo({ options: `35 01 04 36 04 ${server} 32 04 ${own}` }), undefined);
  t.is(answerTo({ options: `35 01 07 36 04 ${server}`, ciaddr: own, source: own, destination: server }), undefined);
});

test('rapid commit: DISCOVER is ACK at once (RFC 4039)', (t) => {
  const ack = fieldsOf(answerTo({ options: `${DISCOVER} 50 00` }));
  t.is(ack.type, ACK);
  t.is(ack.value(80), '');
  t.is(ack.yiaddr, bare(own));
  t.false(fieldsOf(answerTo({ options: DISCOVER })).codes.includes(80));
});

test('the client identifier is echoed in every reply (RFC 6842)', (t) => {
  const identifier = '3d 07 01 06 50 4e 41 43 00';
  for (const options of [DISCOVER, `${REQUEST} 32 04 ${own}`, `${REQUEST} 32 04 ${wrong}`, '35 01 08'])
    t.is(fieldsOf(answerTo({ options: `${options} ${identifier}` })).value(61), '0106504e414300');
  t.is(fieldsOf(answerTo({ options: DISCOVER })).value(61), undefined);
});

test('the parameter request list decides on option 249, which the reply has only then', (t) => {
  t.is(fieldsOf(answerTo({ options: DISCOVER })).value(249), undefined);
  t.is(fieldsOf(answerTo({ options: `${DISCOVER} 37 03 01 79 f9` })).value(249), bare('18 0a 09 00 0a 08 00 01'));
});

test('what is not configured is not told', (t) => {
  const { domain: _, mtu: __, ...others } = settings;
  const offer = fieldsOf(answerTo({ options: DISCOVER }, { ...others, dns: [], search: [], routes: [] }));
  t.deepEqual(offer.codes, [53, 54, 51, 1]);
});

test('the reply fits what the client takes, 576 octets unless it says more', (t) => {
  const routes = Array.from({ length: 60 }, (_, index) => ({
    address: `10.9.${index}.0`,
    length: 24,
    gateway: '10.8.0.1',
  }));
  const small = answerTo({ options: DISCOVER }, { ...settings, routes });
  t.true(small!.length - 14 <= 576);
  t.is(fieldsOf(small).value(51), '00000e10');
  const large = answerTo({ options: `${DISCOVER} 39 02 05 dc` }, { ...settings, routes });
  t.true(fieldsOf(large).codes.includes(121));
  t.true(large!.length - 14 > 576);
});

test('a reply is at least 300 octets of BOOTP', (t) => {
  t.is(fieldsOf(answerTo({ options: `${REQUEST} 32 04 ${wrong}` })).length, 300);
  t.true(fieldsOf(answerTo({ options: DISCOVER })).length >= 300);
});

test('an unfinished UDP checksum is no fault: offload leaves it to the adapter', (t) => {
  const octets = client({ options: REQUEST, ciaddr: own, source: own, destination: server });
  octets.set([0x12, 0x34], 40);
  t.is(fieldsOf(answerDhcp(octets, settings)).type, ACK);
});

test('requests for this emulator are broadcast or to the server’s address, port 67', (t) => {
  t.true(concernsDhcp(client({ options: DISCOVER }), settings));
  t.true(concernsDhcp(client({ options: REQUEST, ciaddr: own, source: own, destination: server }), settings));
  t.true(concernsDhcp(client({ options: DISCOVER, destination: '0a 08 00 ff' }), settings));
  t.false(concernsDhcp(client({ options: DISCOVER, destination: '0a 09 00 05' }), settings));
  const other = client({ options: DISCOVER });
  t.false(concernsDhcp(other.with(37, 0x35), settings), 'another port');
  t.false(concernsDhcp(other.with(23, 6), settings), 'TCP');
  t.false(concernsDhcp(other.with(21, 1), settings), 'a fragment that is not the first');
  t.false(concernsDhcp(other.with(13, 6), settings), 'ARP');
  t.false(concernsDhcp(new Uint8Array(0), settings));
});

const broken: [what: string, octets: Uint8Array][] = [
  ['a reply', client({ options: DISCOVER }).with(42, 2)],
  ['another hardware type', client({ options: DISCOVER }).with(43, 6)],
  ['another hardware length', client({ options: DISCOVER }).with(44, 16)],
  ['a wrong magic cookie', client({ options: DISCOVER }).with(278, 0)],
  ['BOOTP without a message type', client({ options: '' })],
  ['a message type of two octets', client({ options: '35 02 01 01' })],
  ['the OFFER of another server', client({ options: '35 01 02' })],
  ['an unknown message type', client({ options: '35 01 63' })],
  ['an option that runs over the end', client({ options: '35 01 01 0c 20' })],
  ['a requested address of three octets', client({ options: `${REQUEST} 32 03 0a 08 00` })],
  ['the first piece of a datagram', client({ options: DISCOVER, fragment: '20 00' })],
  ['a packet cut short', client({ options: DISCOVER }).subarray(0, 200)],
];
for (const [what, octets] of broken)
  test(`unanswered: ${what}`, (t) => {
    t.is(answerDhcp(octets, settings), undefined);
  });

test('no frame throws, and every reply is a whole message with an address of this client or none', (t) => {
  const option = fc
    .tuple(fc.constantFrom(50, 53, 54, 55, 57, 61, 80, 0, 255), fc.uint8Array({ maxLength: 12 }))
    .map(([code, value]) => Uint8Array.of(code, value.length, ...value).toHex());
  const type = fc.integer({ min: 0, max: 9 }).map((number) => `3501${number.toString(16).padStart(2, '0')}`);
  const anyAddress = fc.constantFrom(own, wrong, zero, server);
  const near = fc
    .record({
      options: fc.tuple(type, fc.array(option, { maxLength: 4 })).map(([first, rest]) => first + rest.join('')),
      ciaddr: anyAddress,
      giaddr: anyAddress,
      flags: fc.constantFrom('00 00', '80 00'),
    })
    .map(client);
  const flipped = fc
    .tuple(near, fc.nat(), fc.integer({ min: 0, max: 255 }))
    .map(([octets, at, value]) => octets.with(at % octets.length, value));
  const cut = fc.tuple(near, fc.nat()).map(([octets, at]) => octets.subarray(0, at % octets.length));
  fc.assert(
    fc.property(fc.oneof(near, flipped, cut, fc.uint8Array({ maxLength: 400 })), (octets) => {
      const answer = answerDhcp(octets, settings);
      if (!answer) return true;
      const reply = fieldsOf(answer);
      const address = reply.type === NAK || octets[284] === 8 ? [bare(zero)] : [bare(own), bare(zero)];
      return (
        [OFFER, ACK, NAK].includes(reply.type ?? '') &&
        address.includes(reply.yiaddr) &&
        reply.length >= 300 &&
        answer.length <= 14 + 576 + 1000 &&
        reply.ipv4Sum === 0 &&
        reply.udpSum === 0
      );
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
