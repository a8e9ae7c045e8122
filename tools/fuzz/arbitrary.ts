/** What packets are drawn from: seeds with faults put in, messages with any fields, and octets at random. */
import fc from 'fast-check';
import { cat, u16 } from '../../vectors/generate/octets.ts';
import { checksum, ethernet, ipv4, address as octetsOf, udp4 } from '../../vectors/generate/packets.ts';
import { lan } from './lan.ts';
import { icmpv6Sum, linkLocal, u16 as read16 } from './oracle.ts';
import { seeds } from './seeds.ts';

const octet = fc.integer({ min: 0, max: 255 });
/** Values at the edges of what lengths and offsets mean. */
const edge = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 27, 28, 57, 58, 67, 68, 127, 128, 133, 135, 137, 240, 254, 255);
const place = fc.nat({ max: 0xffff });

/** Takes octets to others. Places are counted round the end, so that they fit whatever is there. */
type Fault = (octets: Uint8Array) => Uint8Array;
const at = (octets: Uint8Array, where: number): number => (octets.length === 0 ? 0 : where % octets.length);
const put = (octets: Uint8Array, where: number, value: number): Uint8Array =>
  octets.length === 0 ? octets : octets.with(at(octets, where), value);
const replace = (octets: Uint8Array, from: number, count: number, by: Uint8Array): Uint8Array => {
  const start = at(octets, from);
  return cat(octets.subarray(0, start), by, octets.subarray(Math.min(octets.length, start + count)));
};

const few = fc.uint8Array({ maxLength: 24 });

/** @param change makes of octets, and of what was drawn for it, other octets */
const faulty = <T>(weight: number, drawn: fc.Arbitrary<T>, change: (octets: Uint8Array, by: T) => Uint8Array) => ({
  weight,
  arbitrary: drawn.map(
    (by): Fault =>
      (octets) =>
        change(octets, by),
  ),
});
const none = new Uint8Array(0);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  faulty(4, fc.tuple(place, octet), (octets, [where, value]) => put(octets, where, value)),
  faulty(4, fc.tuple(place, edge), (octets, [where, value]) => put(octets, where, value)),
  // The headers are where the decisions are.
  faulty(4, fc.tuple(fc.nat(77), edge), (octets, [where, value]) => put(octets, where, value)),
  faulty(4, fc.tuple(place, fc.nat(7)), (octets, [where, bit]) =>
    put(octets, where, (octets[at(octets, where)] ?? 0) ^ (1 << bit)),
  ),
  faulty(2, place, (octets, length) => octets.slice(0, at(octets, length))),
  faulty(2, few, (octets, more) => cat(octets, more)),
  faulty(2, fc.tuple(place, few), (octets, [from, by]) => replace(octets, from, 0, by)),
  faulty(2, fc.tuple(place, fc.nat(24)), (octets, [from, count]) => replace(octets, from, count, none)),
  faulty(1, fc.tuple(fc.constantFrom(...seeds), place), (octets, [other, where]) =>
    cat(octets.subarray(0, at(octets, where)), other.subarray(at(octets, where))),
  ),
);

/** Makes lengths and checksums right again, so that what lies deeper is looked at. */
const repair: Fault = (octets) => {
  const fixed = octets.slice();
  const packet = fixed.subarray(14);
  if (read16(fixed, 12) === 0x0800 && packet.length >= 28) {
    packet.set(u16(packet.length), 2);
    packet.set([0, 0], 10);
    packet.set(u16(checksum(packet.subarray(0, (packet[0]! % 16) * 4))), 10);
    if (packet[0] === 0x45 && packet[9] === 17) packet.set(u16(packet.length - 20), 24);
  } else if (read16(fixed, 12) === 0x86dd && packet.length >= 44) {
    packet.set(u16(packet.length - 40), 4);
    packet.set([0, 0], 42);
    packet.set(u16(icmpv6Sum(packet)), 42);
  }
  return fixed;
};

const spoilt = fc
  .tuple(fc.constantFrom(...seeds), fc.array(fault, { maxLength: 4 }), fc.boolean())
  .map(([seed, faults, repaired]) => {
    const octets = faults.reduce((before, change) => change(before), seed);
    return repaired ? repair(octets) : octets;
  });

const oneOf = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const address = oneOf(
  lan.client,
  lan.other,
  lan.server,
  '0.0.0.0',
  '10.8.0.0',
  '10.8.0.255',
  '10.8.1.1',
  '224.0.0.1',
  '255.255.255.255',
);
const physical = oneOf(lan.clientPhysical, lan.serverPhysical, 'ffffffffffff', '000000000000', '01005e000001').map(
  (hex) => Uint8Array.fromHex(hex),
);

const arp = fc
  .tuple(physical, oneOf(1, 1, 1, 2, 0, 3), physical, address, physical, address, few)
  .map(([to, operation, sender, from, target, wanted, padding]) =>
    ethernet(
      to,
      sender,
      0x0806,
      cat([0, 1, 8, 0, 6, 4], u16(operation), sender, octetsOf(from), target, octetsOf(wanted), padding),
    ),
  );

const codes = [0, 12, 43, 50, 50, 52, 53, 53, 54, 54, 55, 57, 61, 80, 82, 121, 249, 255];
const value = fc.oneof(
  address.map(octetsOf),
  few,
  octet.map((single) => Uint8Array.of(single)),
  oneOf(1, 3, 8).map((type) => Uint8Array.of(type)),
  // Sizes that a client takes.
  oneOf(300, 576, 700, 1500).map(u16),
);
/** Mostly with the length that it has. */
const option = fc
  .tuple(oneOf(...codes), value, oneOf(0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 200))
  .map(([code, octets, more]) =>
    code === 0 || code === 255 ? Uint8Array.of(code) : cat([code, (octets.length + more) % 256], octets),
  );
const fields = fc.record({
  type: oneOf(1, 3, 8, 2, 4, 5, 7, 0),
  head: oneOf('01010600', '01010600', '01010600', '02010600', '01060600', '01010800', '01011100'),
  flags: oneOf(0, 0x8000, 0xffff),
  addresses: fc.tuple(address, address, address, oneOf('0.0.0.0', '0.0.0.0', lan.client, '10.8.0.99')),
  hardware: physical,
  sname: fc.array(option, { maxLength: 3 }),
  file: fc.array(option, { maxLength: 3 }),
  options: fc.array(option, { maxLength: 6 }),
  ends: fc.boolean(),
  source: address,
  destination: oneOf('255.255.255.255', '255.255.255.255', lan.server, '10.8.0.255', '10.8.0.77', '10.9.0.1'),
});

const dhcp = fields.map(
  ({ type, head, flags, addresses, hardware, sname, file, options, ends, source, destination }) => {
    const room = (parts: readonly Uint8Array[], length: number): Uint8Array =>
      cat(...parts, new Uint8Array(length)).subarray(0, length);
    const fixed = cat(Uint8Array.fromHex(head), [1, 2, 3, 4, 0, 0], u16(flags), ...addresses.map(octetsOf));
    const message = cat(
      fixed,
      room([hardware], 16),
      room(sname, 64),
      room(file, 128),
      [99, 130, 83, 99, 53, 1, type],
      ...options,
      ends ? [255] : [],
    );
    const payload = udp4(source, 68, destination, 67, message);
    return ethernet(
      hardware,
      Uint8Array.fromHex(lan.clientPhysical),
      0x0800,
      ipv4({ source, destination, protocol: 17, payload }),
    );
  },
);

const address6 = oneOf(
  linkLocal.client,
  linkLocal.server,
  '00'.repeat(16),
  `${lan.prefix}0000000000000001`,
  `fd0000080000000b0000000000000001`,
  'ff0200000000000000000001ff415300',
  'ff020000000000000000000000000001',
).map((hex) => Uint8Array.fromHex(hex));
/** Type, length in units of 8 octets, mostly the one that it has, and the rest. */
const option6 = fc
  .tuple(oneOf(1, 1, 2, 3, 5, 14, 24, 255), oneOf(1, 1, 1, 2, 4), oneOf(0, 0, 0, 0, 0, 0, 1, 255), octet)
  .map(([type, units, more, fill]) => cat([type, (units + more) % 256], new Uint8Array(8 * units - 2).fill(fill)));
const neighbour = fc
  .tuple(
    fc.record({
      type: oneOf(133, 135, 135, 134, 136, 137, 128),
      code: oneOf(0, 0, 0, 0, 0, 0, 1),
      /** Octets between checksum and options. */
      bodyLength: oneOf(4, 20, 20, 0),
    }),
    fc.tuple(fc.oneof(fc.constant(Uint8Array.fromHex(linkLocal.client)), address6), address6, address6),
    fc.array(option6, { maxLength: 3 }),
    fc.record({
      hopLimit: oneOf(255, 255, 255, 255, 254),
      sum: oneOf(0, 0, 0, 0, 1),
      sender: fc.oneof({ weight: 6, arbitrary: fc.constant(Uint8Array.fromHex(lan.clientPhysical)) }, physical),
    }),
  )
  .map(([{ type, code, bodyLength }, [source, destination, target], options, { hopLimit, sum, sender }]) => {
    const message = cat([type, code, 0, 0], cat(new Uint8Array(4), target).subarray(0, bodyLength), ...options);
    const packet = cat([0x60, 0, 0, 0], u16(message.length), [58, hopLimit], source, destination, message);
    packet.set(u16(icmpv6Sum(packet) ^ sum), 42);
    return ethernet(Uint8Array.fromHex(lan.serverPhysical), sender, 0x86dd, packet);
  });

const etherType = oneOf([8, 0], [8, 6], [0x86, 0xdd], [0x81, 0], [0, 0]);
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc
    .tuple(etherType, fc.uint8Array({ maxLength: 400 }))
    .map(([type, payload]) => cat(new Uint8Array(12), type, payload)),
  fc
    .tuple(etherType, oneOf(0x45, 0x46, 0x4f, 0x44, 0x60), fc.uint8Array({ maxLength: 100 }))
    .map(([type, first, others]) => cat(new Uint8Array(12), type, [first], others)),
);

/** An Ethernet packet, or what passes for one. */
export const packet: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 6, arbitrary: spoilt },
  { weight: 2, arbitrary: dhcp },
  { weight: 1, arbitrary: arp },
  { weight: 1, arbitrary: neighbour },
  { weight: 1, arbitrary: noise },
);
