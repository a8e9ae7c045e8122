/** [EP] fig. 9 with flags 0 and 1: datagrams that lack their checksum or are to be cut, and what must not be taken for such. */
import { z } from 'zod';
import { type AeadName, aeadNames } from './bundles.ts';
import { count, decimal, type Group, invalidTest, octets, type Subject, validTest } from './model.ts';
import { cat, fixed, flip, hex, patch, u16, u32, zeros } from './octets.ts';
import { address, address6, checksum, datagram6, ipv4 } from './packets.ts';
import { type HeaderFields, type Keys, keysOf, keyTexts, type Plain, seal, transforms } from './schedule.ts';
import { h, ip4 } from './transform-refusals.ts';

/** One TCP or UDP datagram, with the right checksum or the partial one. */
export interface Packet {
  readonly addresses: readonly [source: string, destination: string];
  readonly protocol: 6 | 17;
  readonly payload: Uint8Array;
  readonly identification?: number;
  readonly ipOptions?: Uint8Array;
  readonly tcpOptions?: Uint8Array;
  readonly ports?: readonly [source: number, destination: number];
  readonly sequence?: number;
  readonly acknowledgement?: number;
  readonly tcpFlags?: number;
}

const none = zeros(0);
const isSix = ({ addresses }: Packet): boolean => addresses[0].includes(':');

/** RFC 768 and RFC 9293 §3.1, with this checksum. */
function upper(made: Packet, sum: number): Uint8Array {
  const { protocol, payload, tcpOptions = none, sequence = 1, acknowledgement = 9, tcpFlags = 0x10 } = made;
  const ports = cat(...(made.ports ?? [40000, protocol === 6 ? 5001 : 7]).map(u16));
  if (protocol === 17) return cat(ports, u16(8 + payload.length), u16(sum), payload);
  const words = 5 + tcpOptions.length / 4;
  const numbers = cat(u32(sequence), u32(acknowledgement));
  return cat(ports, numbers, [words << 4, tcpFlags], u16(65_535), u16(sum), u16(0), tcpOptions, payload);
}

/** A whole datagram. @param isPartial its checksum is the sum of the pseudo-header (section 7.7), else the right one */
export function packet(made: Packet, isPartial: boolean): Uint8Array {
  const [source, destination] = made.addresses.map(isSix(made) ? address6 : address);
  const { length } = upper(made, 0);
  const pseudo = cat(source!, destination!, u32(length), u32(made.protocol));
  const right = checksum(cat(pseudo, upper(made, 0))) || (made.protocol === 17 ? 0xffff : 0);
  const body = upper(made, isPartial ? ~checksum(pseudo) & 0xffff : right);
  if (isSix(made)) return cat(u32(0x60000000), u16(length), [made.protocol, 64], source!, destination!, body);
  const { identification = 0, ipOptions = none } = made;
  const header = (sum: number): Uint8Array =>
    cat(
      [0x45 + ipOptions.length / 4, 0],
      u16(20 + ipOptions.length + length),
      u16(identification),
      u16(0x4000),
      [64, made.protocol],
      u16(sum),
      ...[source!, destination!, ipOptions],
    );
  return cat(header(checksum(header(0))), body);
}

/** What a datagram is to become. */
export function wholeOf(made: Packet, segmentSize: number): Uint8Array[] {
  if (segmentSize === 0) return [packet(made, false)];
  const { payload, sequence = 1, tcpFlags = 0x10, identification = 0 } = made;
  return Array.from({ length: Math.ceil(payload.length / segmentSize) }, (_, index) => {
    const at = index * segmentSize;
    const isLast = at + segmentSize >= payload.length;
    const flags = tcpFlags & (isLast ? 0xff : 0xf6) & (index === 0 ? 0xff : 0x7f);
    const piece = payload.slice(at, at + segmentSize);
    const number = (identification + index) % 2 ** 16;
    const numbers = { sequence: (sequence + at) % 2 ** 32, identification: number };
    return packet({ ...made, ...numbers, tcpFlags: flags, payload: piece }, false);
  });
}

const four = ['10.8.0.10', '10.8.0.1'] as const;
const six = ['fd50:4e41::10', 'fd50:4e41::1'] as const;
const tcp = (length: number, label: string, more: Partial<Packet> = {}): Packet => ({
  ...{ addresses: four, protocol: 6, payload: fixed(`offload ${label}`, length) },
  ...more,
});
const udp = (length: number, label: string, more: Partial<Packet> = {}): Packet =>
  tcp(length, label, { protocol: 17, ...more });

/** A frame in its place: what its datagram lacks, if anything. */
interface Frame {
  readonly comment: string;
  readonly flag: string;
  readonly datagram: Uint8Array;
  /** Undefined where nothing is lacking. */
  readonly segmentSize?: number;
  readonly whole: readonly Uint8Array[];
  readonly padding?: number;
}

const plain = (comment: string, datagram: Uint8Array): Frame => ({
  ...{ comment, datagram, flag: 'Whole' },
  whole: datagram.length === 0 ? [] : [datagram],
});
const partial = (comment: string, made: Packet, padding?: number): Frame => ({
  ...{ comment, flag: 'Partial', datagram: packet(made, true), segmentSize: 0, whole: wholeOf(made, 0) },
  ...(padding !== undefined && { padding }),
});
const long = (comment: string, made: Packet, segmentSize: number, padding?: number): Frame => ({
  ...{ comment, flag: 'Long', datagram: packet(made, true), segmentSize, whole: wholeOf(made, segmentSize) },
  ...(padding !== undefined && { padding }),
});

/** UDP whose right checksum comes out as 0: its payload makes up for the rest. */
function ones(): Packet {
  const before = udp(2, '', { payload: zeros(2) });
  const sum = viewOf(packet(before, false)).getUint16(26);
  return { ...before, payload: u16(sum) };
}
const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset);

const frames: readonly Frame[] = [
  plain('a keep-alive', none),
  partial('UDP', udp(60, 'a')),
  plain('a datagram that lacks nothing', ip4(60, 'offload b')),
  partial('UDP of an odd length', udp(61, 'c')),
  partial('UDP without a payload', udp(0, 'd')),
  partial('UDP whose checksum comes out as 0: all ones', ones()),
  partial('UDP over IPv6', udp(60, 'e', { addresses: six })),
  partial('TCP', tcp(100, 'f')),
  partial('TCP without a payload, 40 octets of options', tcp(0, 'g', { tcpOptions: zeros(40).fill(1) })),
  partial('TCP behind 40 octets of options of IPv4', tcp(33, 'h', { ipOptions: zeros(40).fill(1) })),
  partial('TCP over IPv6, with padding', tcp(100, 'i', { addresses: six }), 255),
  long('TCP, two segments', tcp(1000, 'j'), 600),
  long('TCP, three segments of 256 octets', tcp(768, 'k'), 256),
  long('TCP, the second segment has one octet', tcp(1201, 'l'), 1200),
  long(
    'sequence number and identification begin again at 0',
    tcp(900, 'm', { sequence: 0xffffff00, identification: 65_535 }),
    300,
  ),
  long('all flags: CWR is the first one’s, FIN and PSH are the last one’s', tcp(900, 'n', { tcpFlags: 0xff }), 300),
  long('options of both headers', tcp(700, 'o', { ipOptions: zeros(8).fill(1), tcpOptions: zeros(12).fill(1) }), 300),
  long('TCP over IPv6', tcp(3000, 'p', { addresses: six }), 1228),
  long('with padding', tcp(1000, 'q'), 999, 1),
  long('five segments of the longest that fit an MTU of 1,400', tcp(6_600, 'r'), 1360),
  plain('a datagram behind them', datagram6(60, 'offload s')),
];

type Refusal = readonly [flag: string, comment: string, plain: Plain | ((right: Uint8Array) => Uint8Array)];

const made = (datagram: Uint8Array, flags: number, segmentSize: number, header: HeaderFields = {}): Plain => ({
  datagram,
  header: { flags, segmentSize, ...header },
});
const [small, right] = [packet(udp(60, 'a'), true), packet(tcp(1000, 'j'), true)];
const rightSix = packet(tcp(1000, 'j', { addresses: six }), true);

/** In place of the second frame. */
const refused: readonly Refusal[] = [
  ['Header', 'flag 1 without flag 0', made(right, 0x0002, 600)],
  ['Header', 'flag 1 without a segment size', made(right, 0x0003, 0)],
  ['Header', 'a segment size of 1', made(right, 0x0003, 1)],
  ['Header', 'a segment size of 255', made(right, 0x0003, 255)],
  ['Header', 'a segment size as long as the datagram', made(right, 0x0003, right.length)],
  ['Header', 'a segment size beyond the datagram', made(right, 0x0003, right.length + 1)],
  ['Header', 'the greatest segment size', made(right, 0x0003, 65_535)],
  ['Header', 'flag 0 with a segment size', made(right, 0x0001, 600)],
  ['Header', 'flag 0 with a segment size of 1', made(small, 0x0001, 1)],
  ['Header', 'a segment size without a flag', made(right, 0x0000, 600)],
  ...[2, 3, 4, 5, 15].map((bit): Refusal => ['Header', `flags 0, 1 and ${bit}`, made(right, 0x0003 | (1 << bit), 600)]),
  ...[2, 3, 4, 15].map((bit): Refusal => ['Header', `flags 0 and ${bit}`, made(small, 0x0001 | (1 << bit), 0)]),
  ['Header', 'flags 0 and 2, with a segment size', made(right, 0x0005, 600)],
  ['Header', 'the flags in the other octet', made(right, 0x0300, 600)],
  ['Header', 'flag 0, no datagram', made(none, 0x0001, 0)],
  ['Header', 'flags 0 and 1, no datagram', made(none, 0x0003, 256)],
  ['Header', 'a datagram length of 0', made(right, 0x0003, 600, { datagramLength: 0 })],
  ['Header', 'a datagram length of the first segment', made(right, 0x0003, 600, { datagramLength: 640 })],
  ['Header', 'protocol 86DD of IPv4', made(right, 0x0003, 600, { protocol: 0x86dd })],
  ['Header', 'protocol 0800 of IPv6', made(rightSix, 0x0003, 600, { protocol: 0x0800 })],
  ['Padding', 'padding that is not zero', { ...made(right, 0x0003, 600), padding: 2, paddingOctets: [0, 1] }],
  ['Changed', 'the flags taken away on the way', (frame) => patch(frame, 10, [0, 0])],
  ['Changed', 'flag 1 set on the way', (frame) => patch(frame, 10, [0, 3, 1, 0])],
  ['Changed', 'a bit of the segment size', (frame) => flip(frame, 13, 1)],
  ['Changed', 'the last octet', (frame) => flip(frame, -1)],
];

const fragment = (value: number): Uint8Array => patch(right, 6, u16(value));
const shortened = (datagram: Uint8Array, length: number): Uint8Array =>
  patch(datagram.slice(0, length), 2, u16(length));
const icmp = ipv4({ source: four[0], destination: four[1], protocol: 1, payload: fixed('offload icmp', 600) });

/** Datagrams that cannot lack what their frames say, in place of the second one. */
const unfit: readonly (readonly [comment: string, plain: Plain])[] = [
  ['UDP with a segment size', made(packet(udp(1000, 'j'), true), 0x0003, 600)],
  ['ICMP', made(icmp, 0x0001, 0)],
  ['ICMP with a segment size', made(icmp, 0x0003, 300)],
  ['IPv6 without a next header', made(datagram6(600, 'offload t'), 0x0001, 0)],
  [
    'IPv6 with an extension header',
    made(
      cat(patch(rightSix.slice(0, 40), 4, [...u16(1028), 60]), [6, 0, 1, 4, 0, 0, 0, 0], rightSix.slice(40)),
      0x0003,
      600,
    ),
  ],
  ['a segment size as long as the payload', made(right, 0x0003, 1000)],
  ['a segment size as long as payload and TCP header', made(right, 0x0003, 1020)],
  ['a fragment that others follow', made(fragment(0x2000), 0x0003, 600)],
  ['a fragment that is not the first', made(fragment(0x0001), 0x0003, 600)],
  ['a fragment with a partial checksum', made(fragment(0x2000), 0x0001, 0)],
  ['a TCP header of 16 octets', made(patch(right, 32, [0x40]), 0x0003, 600)],
  ['a TCP header that goes beyond the datagram', made(patch(packet(tcp(0, 'u'), true), 32, [0x60]), 0x0001, 0)],
  ['19 octets of TCP', made(shortened(packet(tcp(0, 'u'), true), 39), 0x0001, 0)],
  ['7 octets of UDP', made(shortened(packet(udp(0, 'u'), true), 27), 0x0001, 0)],
  ['a length of UDP one too short', made(patch(small, 24, u16(67)), 0x0001, 0)],
  ['a length of UDP one too long', made(patch(small, 24, u16(69)), 0x0001, 0)],
  ['a total length one too short', made(patch(right, 2, u16(1039)), 0x0003, 600)],
  ['a total length one too long', made(patch(right, 2, u16(1041)), 0x0003, 600)],
  ['a payload length one too long', made(patch(rightSix, 4, u16(1021)), 0x0003, 600)],
  ['an IPv4 header of 16 octets', made(patch(right, 0, [0x44]), 0x0003, 600)],
];

const plainOf = ({ datagram, segmentSize, padding = 0 }: Frame): Plain => ({
  ...{ datagram, padding },
  ...(segmentSize !== undefined && { header: { flags: segmentSize === 0 ? 1 : 3, segmentSize } }),
});

const unchanged = (datagram: Uint8Array): Uint8Array => datagram;

/**
 * The frames of the file under these keys, and what stands in place of the second.
 * @param start DATA frames before them
 * @param change is done to every datagram
 */
export function sealOffload(name: AeadName, keys: Keys, start = 0, change = unchanged) {
  const mine = frames.map((frame) => ({
    ...frame,
    datagram: change(frame.datagram),
    whole: frame.whole.map(change),
  }));
  const all = mine.map((frame, index) => ({ ...plainOf(frame), n: start + index }));
  const sealed = seal(name, keys, all);
  const second =
    ({ datagram, ...wrong }: Plain) =>
    (): Uint8Array =>
      seal(name, keys, [{ ...wrong, datagram: change(datagram), n: start + 1 }])[0]!;
  const refusals = refused.map(([flag, comment, wrong]) => ({
    ...{ flag, comment, verdict: 'integrity failure' as const },
    frame: typeof wrong === 'function' ? () => wrong(sealed[1]!) : second(wrong),
  }));
  const drops = unfit.map(([comment, wrong]) => ({
    ...{ flag: 'Unfit', comment, verdict: 'dropped' as const },
    frame: second(wrong),
  }));
  return { frames: mine, sealed, invalid: [...refusals, ...drops] };
}

function groupOf(name: AeadName): Group {
  const keys = keysOf(fixed(`offload ${name}`), name, h);
  const { sealed, invalid } = sealOffload(name, keys);
  return {
    type: 'Offload',
    comment:
      'Bits 0 and 1 are negotiated, and bit 3 may be. Each invalid frame stands in place of the second valid one: open the first before it.',
    transform: name,
    transformId: transforms[name],
    keys: keyTexts(keys),
    tests: [
      ...frames.map(({ flag, comment, datagram, segmentSize = 0, padding = 0, whole }, n) =>
        validTest(flag, comment, {
          n: String(n),
          datagram: hex(datagram),
          segmentSize,
          padding,
          frame: hex(sealed[n]!),
          whole: whole.map(hex),
        }),
      ),
      ...invalid.map(({ flag, comment, verdict, frame }) =>
        invalidTest(flag, comment, { verdict, n: '1', frame: hex(frame()) }),
      ),
    ],
  };
}

export const subject: Subject = {
  subject: 'offload',
  source: ['[EP] fig. 9', 'RFC 768', 'RFC 791 §3.1', 'RFC 8200 §3', 'RFC 9293 §3.1'],
  requirements: ['OFF-01', 'OFF-02', 'OFF-03', 'DATA-05', 'DATA-10', 'TRF-03', 'KEY-02'],
  notes: {
    Whole: 'Lacks nothing.',
    Partial: 'Flag 0: the checksum is partial.',
    Long: 'Flags 0 and 1: besides it is to be cut.',
    Header: 'The keys are right; flags, segment size and what goes with them fit no frame.',
    Padding: 'The keys are right; the padding is not zeros.',
    Changed: 'Sealed right, and changed on the way.',
    Unfit: 'Sealed right; the datagram cannot lack what the frame says.',
  },
  shapes: {
    Offload: {
      group: {
        transform: z.enum(aeadNames),
        transformId: z.int(),
        keys: z.strictObject({ key: octets, iv: octets, close: octets }),
      },
      valid: {
        n: decimal.describe('DATA frames that went before in this direction.'),
        datagram: octets.describe('As it is in the frame; empty: a keep-alive.'),
        segmentSize: count.describe('Octets of payload in each segment but the last; 0: it is not to be cut.'),
        padding: count.describe('Octets of padding that the sender chose to add.'),
        frame: octets,
        whole: z.array(octets).describe('What becomes of the datagram where what it lacks is done: in their order.'),
      },
      invalid: {
        verdict: z.enum(['integrity failure', 'dropped']),
        n: decimal.describe('Valid frames of this group that are opened before: those of a lower n.'),
        frame: octets,
      },
    },
  },
  groups: aeadNames.map(groupOf),
};
