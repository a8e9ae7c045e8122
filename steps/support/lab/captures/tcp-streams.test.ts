import test from 'ava';
import fc from 'fast-check';
import { LabFailure } from '../failure.ts';
import type { Packet } from './pcap.ts';
import { tcpConnections } from './tcp-streams.ts';

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

interface Part {
  readonly forth: boolean;
  readonly sequence: number;
  readonly flags: number;
  readonly payload?: Uint8Array;
  readonly ports?: readonly [number, number];
}

/** Ethernet, IPv4, TCP without options; checksums are not looked at. */
function packetOf(
  { forth, sequence, flags, payload = new Uint8Array(), ports = [40_000, 3265] }: Part,
  index: number,
): Packet {
  const octets = new Uint8Array(54 + payload.length);
  const view = new DataView(octets.buffer);
  view.setUint16(12, 0x0800);
  view.setUint8(14, 0x45);
  view.setUint16(16, 40 + payload.length);
  view.setUint8(23, 6);
  octets.set(forth ? [10, 77, 0, 1, 10, 77, 0, 2] : [10, 77, 0, 2, 10, 77, 0, 1], 26);
  view.setUint16(34, forth ? ports[0] : ports[1]);
  view.setUint16(36, forth ? ports[1] : ports[0]);
  view.setUint32(38, sequence >>> 0);
  view.setUint8(46, 5 << 4);
  view.setUint8(47, flags);
  octets.set(payload, 54);
  return { number: index + 1, time: 1000 * index, octets, originalLength: octets.length };
}

const connections = (parts: readonly Part[]) => tcpConnections(parts.map(packetOf));
const octetsOf = (text: string) => new TextEncoder().encode(text);

test('both streams, their ends, and the packet of each octet', (t) => {
  const [connection, ...more] = connections([
    { forth: true, sequence: 100, flags: SYN },
    { forth: false, sequence: 900, flags: SYN | ACK },
    { forth: true, sequence: 101, flags: ACK, payload: octetsOf('abc') },
    { forth: false, sequence: 901, flags: ACK, payload: octetsOf('xy') },
    { forth: true, sequence: 104, flags: ACK | FIN, payload: octetsOf('d') },
    { forth: false, sequence: 903, flags: ACK | RST },
  ]);
  t.is(more.length, 0);
  t.deepEqual(connection?.forth.octets, octetsOf('abcd'));
  t.deepEqual(connection?.back.octets, octetsOf('xy'));
  t.is(connection?.forth.source, '10.77.0.1:40000');
  t.deepEqual(
    connection?.forth.chunks.map(({ offset, length, packet }) => [offset, length, packet]),
    [
      [0, 3, 3],
      [3, 1, 5],
    ],
  );
  t.deepEqual([connection?.forth.finished, connection?.forth.reset], [true, false]);
  t.deepEqual([connection?.back.finished, connection?.back.reset], [false, true]);
  t.is(connection?.back.endTime, 5000);
});

test('any order and any repetition of segments gives the same stream, also across 2³²', (t) => {
  const segments = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 });
  const property = fc.property(
    segments,
    fc.nat(0xffff_ffff),
    fc.infiniteStream(fc.nat(1000)),
    (pieces, first, draws) => {
      let at = 0;
      const parts = pieces.map((payload): Part => {
        const part = { forth: true, sequence: first + 1 + at, flags: ACK, payload };
        at += payload.length;
        return part;
      });
      const draw = () => draws.next().value as number;
      const sent = [...parts, ...parts.filter(() => draw() % 3 === 0)];
      const shuffled = sent
        .map((part) => ({ part, key: draw() }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ part }) => part);
      const [connection] = connections([{ forth: true, sequence: first, flags: SYN }, ...shuffled]);
      t.deepEqual(connection?.forth.octets, new Uint8Array(Buffer.concat(pieces)));
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 50 }));
});

test('segments that overlap count once', (t) => {
  const [connection] = connections([
    { forth: true, sequence: 0, flags: SYN },
    { forth: true, sequence: 1, flags: ACK, payload: octetsOf('abcd') },
    { forth: true, sequence: 3, flags: ACK, payload: octetsOf('cdef') },
  ]);
  t.deepEqual(connection?.forth.octets, octetsOf('abcdef'));
});

test('a hole is an error, and so is a segment that was cut short', (t) => {
  const syn: Part = { forth: true, sequence: 0, flags: SYN };
  t.throws(() => connections([syn, { forth: true, sequence: 5, flags: ACK, payload: octetsOf('x') }]), {
    instanceOf: LabFailure,
    message: /4 octets are missing at 0/,
  });
  const cut = packetOf({ forth: true, sequence: 1, flags: ACK, payload: octetsOf('xyz') }, 1);
  const short = { ...cut, octets: cut.octets.subarray(0, cut.octets.length - 1) };
  t.throws(() => tcpConnections([packetOf(syn, 0), short]), { instanceOf: LabFailure, message: /packet 2/ });
});

test('a port that is used again is another connection; a repeated SYN is the same', (t) => {
  const found = connections([
    { forth: true, sequence: 10, flags: SYN },
    { forth: true, sequence: 10, flags: SYN },
    { forth: true, sequence: 11, flags: ACK, payload: octetsOf('one') },
    { forth: true, sequence: 5000, flags: SYN },
    { forth: true, sequence: 5001, flags: ACK, payload: octetsOf('two') },
  ]);
  t.deepEqual(
    found.map(({ forth }) => new TextDecoder().decode(forth.octets)),
    ['one', 'two'],
  );
});

test('packets that are no TCP over Ethernet are passed over', (t) => {
  const arp = { number: 1, time: 0, octets: new Uint8Array(42), originalLength: 42 };
  t.deepEqual(tcpConnections([arp, { ...arp, octets: new Uint8Array(4), originalLength: 4 }]), []);
});
