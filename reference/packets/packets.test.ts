/** What the codecs of this folder have in common, as properties. */
import test from 'ava';
import fc from 'fast-check';
import { Malformed } from '../errors.ts';
import { decodeArp, encodeArp } from './arp.ts';
import { decodeDhcp } from './dhcp.ts';
import { decodeEthernet, encodeEthernet } from './ethernet.ts';
import { decodeIcmpv6, encodeIcmpv6 } from './icmpv6.ts';
import { decodeIpv4, encodeIpv4 } from './ipv4.ts';
import { decodeIpv6, encodeIpv6 } from './ipv6.ts';
import { decodeNeighbourOptions } from './neighbour-options.ts';
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
