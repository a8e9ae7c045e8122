/** Packets as the RFCs draw them, written by hand; what the codecs have in common, as properties. */
import test from 'ava';
import fc from 'fast-check';
import { Malformed, Misuse } from '../errors.ts';
import { decodeArp, encodeArp } from './arp.ts';
import { checksum, upperLayerChecksum } from './checksum.ts';
import { decodeDhcp } from './dhcp.ts';
import { decodeEthernet, encodeEthernet } from './ethernet.ts';
import { decodeIcmpv6, encodeIcmpv6 } from './icmpv6.ts';
import { decodeIpv4, encodeIpv4, isFragment } from './ipv4.ts';
import { decodeIpv6, encodeIpv6 } from './ipv6.ts';
import { decodeNeighbourOptions, encodeNeighbourOptions } from './neighbour-options.ts';
import { decodeUdp, encodeUdp } from './udp.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const malformed = { instanceOf: Malformed };
const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const six = fc.uint8Array({ minLength: 6, maxLength: 6 });
const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 });
const payload = fc.uint8Array({ maxLength: 300 });
const pseudo = fc.oneof(
  fc.record({ source: sixteen, destination: sixteen }),
  fc.record({
    source: fc.uint8Array({ minLength: 4, maxLength: 4 }),
    destination: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  }),
);

test('checksum: the example of RFC 1071 §3', (t) => {
  t.is(checksum(hex('0001 f203 f4f5 f6f7')), 0x220d);
  t.is(checksum(hex('0001 f203 f4f5 f6f7 220d')), 0);
});

test('checksum: an odd octet is the high one of a word; many octets carry more than once', (t) => {
  t.is(checksum(hex('0102 03')), 0xfbfd);
  t.is(checksum(new Uint8Array(65_535).fill(0xff)), 0x00ff);
  t.is(checksum(hex('ffff ffff 0001')), 0xfffe);
  t.is(checksum(new Uint8Array(0)), 0xffff);
});

test('checksum: the pseudo-headers add addresses, protocol and length', (t) => {
  const [source, destination] = [hex('0a000001'), hex('0a000002')];
  const sum = 0x0a00 + 1 + 0x0a00 + 2 + 17 + 8 + 0x0102;
  t.is(upperLayerChecksum({ source, destination }, 17, hex('0102 0000 0000 0000')), 0xffff - sum);
});

const arpRequest = '0001 0800 06 04 0001 06504e414300 0a08000a 000000000000 0a080001';

test('ARP by hand, padded by Ethernet', (t) => {
  const packet = {
    operation: 1,
    senderPhysical: hex('06504e414300'),
    senderAddress: '10.8.0.10',
    targetPhysical: new Uint8Array(6),
    targetAddress: '10.8.0.1',
  };
  t.deepEqual(decodeArp(hex(arpRequest + '00'.repeat(18))), packet);
  t.deepEqual(encodeArp(packet), hex(arpRequest));
});

test('ARP refused: cut, of other hardware, protocol or lengths', (t) => {
  const octets = hex(arpRequest);
  t.throws(() => decodeArp(octets.subarray(0, 27)), malformed);
  for (const offset of [0, 1, 2, 3, 4, 5]) t.throws(() => decodeArp(octets.with(offset, 9)), malformed);
});

/** The header of a datagram in general use as an example: 0xb861 is its checksum. */
const ipv4 = '4500 0073 0000 4000 4011 b861 c0a80001 c0a800c7';

test('IPv4 by hand', (t) => {
  const octets = new Uint8Array(0x73);
  octets.set(hex(ipv4));
  const datagram = decodeIpv4(octets);
  t.is(datagram.source, '192.168.0.1');
  t.is(datagram.destination, '192.168.0.199');
  t.is(datagram.protocol, 17);
  t.is(datagram.timeToLive, 64);
  t.is(datagram.flags, 2);
  t.is(datagram.payload.length, 0x73 - 20);
  t.false(isFragment(datagram));
  t.deepEqual(encodeIpv4(datagram), octets);
});

test('IPv4 refused: wrong checksum, version, header length and total length', (t) => {
  const octets = new Uint8Array(0x73);
  octets.set(hex(ipv4));
  const sealed = (header: Uint8Array): Uint8Array => {
    const result = header.with(10, 0).with(11, 0);
    const sum = checksum(result.subarray(0, Math.min(4 * (result[0]! & 15), result.length)));
    return result.with(10, sum >> 8).with(11, sum & 0xff);
  };
  t.throws(() => decodeIpv4(octets.subarray(0, 19)), malformed);
  t.throws(() => decodeIpv4(octets.with(8, 63)), { ...malformed, message: /checksum/ });
  t.throws(() => decodeIpv4(sealed(octets.with(0, 0x65))), { ...malformed, message: /version/ });
  t.throws(() => decodeIpv4(sealed(octets.with(0, 0x44))), { ...malformed, message: /header 16/ });
  t.throws(() => decodeIpv4(sealed(octets.with(3, 0x74))), { ...malformed, message: /total length 116/ });
  t.throws(() => decodeIpv4(sealed(octets.with(3, 19))), { ...malformed, message: /total length 19/ });
  t.throws(() => decodeIpv4(sealed(octets.with(0, 0x4f).with(3, 56))), { ...malformed, message: /header 60/ });
});

test('IPv4: more fragments or an offset make a fragment', (t) => {
  t.true(isFragment({ flags: 1, fragmentOffset: 0 } as ReturnType<typeof decodeIpv4>));
  t.true(isFragment({ flags: 0, fragmentOffset: 1 } as ReturnType<typeof decodeIpv4>));
  t.false(isFragment({ flags: 2, fragmentOffset: 0 } as ReturnType<typeof decodeIpv4>));
});

test('IPv6 by hand, with octets after its payload', (t) => {
  const addresses = 'fe800000000000000000000000000001 ff020000000000000000000000000002';
  const datagram = decodeIpv6(hex(`62b 12345 0004 3a ff ${addresses} 85000001 0000`));
  t.is(datagram.trafficClass, 0x2b);
  t.is(datagram.flowLabel, 0x12345);
  t.is(datagram.nextHeader, 58);
  t.is(datagram.hopLimit, 255);
  t.deepEqual(datagram.payload, hex('85000001'));
  t.deepEqual(encodeIpv6(datagram), hex(`62b 12345 0004 3a ff ${addresses} 85000001`));
  t.throws(() => decodeIpv6(hex(`62b 12345 0005 3a ff ${addresses} 85000001`)), malformed);
  t.throws(() => decodeIpv6(hex(`42b 12345 0004 3a ff ${addresses} 85000001`)), malformed);
  t.throws(() => decodeIpv6(hex(`62b 12345 0000 3a ff ${addresses}`).subarray(0, 39)), malformed);
});

test('UDP: RFC 768’s checksum, none, and none over IPv6', (t) => {
  const four = { source: hex('0a000001'), destination: hex('0a000002') };
  const sixes = { source: hex(`${'00'.repeat(15)}01`), destination: hex(`${'00'.repeat(15)}02`) };
  // 0a00+0001+0a00+0002 + 0011+000a + 0044+0043+000a+4142 = 55f1; its complement is aa0e.
  const datagram = '0044 0043 000a aa0e 4142';
  t.deepEqual(encodeUdp({ sourcePort: 68, destinationPort: 67, payload: hex('4142') }, four), hex(datagram));
  t.is(decodeUdp(hex(datagram), four).sourcePort, 68);
  t.throws(() => decodeUdp(hex(datagram).with(9, 0x43), four), { ...malformed, message: /checksum/ });
  t.notThrows(() => decodeUdp(hex(datagram).with(9, 0x43)));
  const bare = '0044 0043 000a 0000 4142';
  t.notThrows(() => decodeUdp(hex(bare), four));
  t.throws(() => decodeUdp(hex(bare), sixes), { ...malformed, message: /checksum/ });
});

test('UDP: a checksum that comes out as 0 is sent as all ones', (t) => {
  const nowhere = { source: new Uint8Array(4), destination: new Uint8Array(4) };
  // 0011+000a + 000a + ffda = ffff, whose complement is 0.
  const octets = encodeUdp({ sourcePort: 0, destinationPort: 0, payload: hex('ffda') }, nowhere);
  t.is(octets.subarray(6, 8).toHex(), 'ffff');
  t.notThrows(() => decodeUdp(octets, nowhere));
});

test('UDP refused: a length that is too short or too long', (t) => {
  for (const length of ['0007', '000b'])
    t.throws(() => decodeUdp(hex(`0044 0043 ${length} 0000 4142`)), { ...malformed, message: /length/ });
  t.deepEqual(decodeUdp(hex('0044 0043 0009 0000 4142')).payload, hex('41'));
});

test('neighbour options by hand: length in units of 8 octets', (t) => {
  const options = '01 01 06504e414300  05 01 0000 00000578';
  t.deepEqual(decodeNeighbourOptions(hex(options)), [
    { type: 1, value: hex('06504e414300') },
    { type: 5, value: hex('0000 00000578') },
  ]);
  t.throws(() => decodeNeighbourOptions(hex('01 00 06504e414300')), malformed);
  t.throws(() => decodeNeighbourOptions(hex('01 02 06504e414300')), malformed);
  t.throws(() => decodeNeighbourOptions(hex('01')), malformed);
});

test('what is encoded decodes to the same', (t) => {
  const ethernet = fc.record({ destination: six, source: six, etherType: u16, payload });
  const datagram4 = fc.record({
    typeOfService: u8,
    identification: u16,
    flags: fc.integer({ min: 0, max: 7 }),
    fragmentOffset: fc.integer({ min: 0, max: 0x1fff }),
    timeToLive: u8,
    protocol: u8,
    source: fc.ipV4(),
    destination: fc.ipV4(),
    options: fc.integer({ min: 0, max: 10 }).chain((n) => fc.uint8Array({ minLength: 4 * n, maxLength: 4 * n })),
    payload,
  });
  const datagram6 = fc.record({
    trafficClass: u8,
    flowLabel: fc.integer({ min: 0, max: 0xfffff }),
    nextHeader: u8,
    hopLimit: u8,
    source: sixteen,
    destination: sixteen,
    payload,
  });
  const arp = fc.record({
    operation: u16,
    senderPhysical: six,
    senderAddress: fc.ipV4(),
    targetPhysical: six,
    targetAddress: fc.ipV4(),
  });
  fc.assert(fc.property(ethernet, (x) => void t.deepEqual(decodeEthernet(encodeEthernet(x)), x)));
  fc.assert(fc.property(datagram4, (x) => void t.deepEqual(decodeIpv4(encodeIpv4(x)), x)));
  fc.assert(fc.property(datagram6, (x) => void t.deepEqual(decodeIpv6(encodeIpv6(x)), x)));
  fc.assert(fc.property(arp, (x) => void t.deepEqual(decodeArp(encodeArp(x)), x)));
  const udp = fc.record({ sourcePort: u16, destinationPort: u16, payload });
  fc.assert(fc.property(udp, pseudo, (x, ends) => void t.deepEqual(decodeUdp(encodeUdp(x, ends), ends), x)));
  const icmp = fc.record({ type: u8, code: u8, body: payload });
  fc.assert(fc.property(icmp, pseudo, (x, ends) => void t.deepEqual(decodeIcmpv6(encodeIcmpv6(x, ends), ends), x)));
});

test('one flipped bit does not pass a checksum', (t) => {
  const ends = { source: new Uint8Array(16).fill(1), destination: new Uint8Array(16).fill(2) };
  const udp = encodeUdp({ sourcePort: 546, destinationPort: 547, payload: hex('01020304') }, ends);
  const icmp = encodeIcmpv6({ type: 133, code: 0, body: hex('00000000') }, ends);
  for (const [octets, decode] of [
    [udp, decodeUdp],
    [icmp, decodeIcmpv6],
  ] as const)
    for (let bit = 0; bit < 8 * octets.length; bit++) {
      const flipped = octets.with(bit >> 3, octets[bit >> 3]! ^ (1 << (bit & 7)));
      t.throws(() => decode(flipped, ends), malformed, `bit ${bit}`);
    }
});

test('any octets decode or are Malformed', (t) => {
  const ends = { source: new Uint8Array(4), destination: new Uint8Array(4) };
  const decoders: readonly ((octets: Uint8Array) => unknown)[] = [
    decodeEthernet,
    decodeArp,
    decodeIpv4,
    decodeIpv6,
    decodeDhcp,
    decodeNeighbourOptions,
    (octets) => decodeUdp(octets, ends),
    (octets) => decodeUdp(octets),
    (octets) => decodeIcmpv6(octets, ends),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...decoders), fc.uint8Array({ maxLength: 300 }), (decode, octets) => {
      try {
        decode(octets);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }),
    { numRuns: 3_000 },
  );
  t.pass();
});

test('what does not fit is the caller’s error', (t) => {
  t.throws(() => encodeNeighbourOptions([{ type: 1, value: new Uint8Array(7) }]), { instanceOf: Misuse });
  t.throws(
    () =>
      encodeEthernet({
        destination: new Uint8Array(5),
        source: new Uint8Array(6),
        etherType: 0,
        payload: new Uint8Array(0),
      }),
    { instanceOf: Misuse },
  );
  const octets = new Uint8Array(0x73);
  octets.set(hex(ipv4));
  const datagram = decodeIpv4(octets);
  t.throws(() => encodeIpv4({ ...datagram, options: new Uint8Array(3) }), { instanceOf: Misuse });
  t.throws(() => encodeIpv4({ ...datagram, options: new Uint8Array(44) }), { instanceOf: Misuse });
  t.throws(() => encodeIpv4({ ...datagram, payload: new Uint8Array(65_516) }), { instanceOf: Misuse });
  t.throws(() => encodeIpv4({ ...datagram, source: '192.168.0.256' }), { instanceOf: Misuse });
});
