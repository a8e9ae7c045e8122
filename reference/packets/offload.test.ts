/** What the kernel makes of the same datagrams is in adapter/virtio-header.test.ts. */
import test from 'ava';
import fc from 'fast-check';
import { concat } from '../octets.ts';
import { type Unfinished, unfinished, unfinishedParts } from '../testing/unfinished.ts';
import { checksum, upperLayerChecksum } from './checksum.ts';
import { datagramLength, destinationOf, sourceOf } from './datagram.ts';
import { IpProtocol } from './ipv4.ts';
import { canBeSegmented, finish, leastSegmentSize, upperLayerToFinish } from './offload.ts';

const word = (octets: Uint8Array, at: number): number => (octets[at]! << 8) | octets[at + 1]!;
const isSix = (datagram: Uint8Array): boolean => datagram[0]! >> 4 === 6;
const ipLength = (datagram: Uint8Array): number => (isSix(datagram) ? 40 : 4 * (datagram[0]! & 15));
const headersOf = (datagram: Uint8Array): number => ipLength(datagram) + 4 * (datagram[ipLength(datagram) + 12]! >> 4);

/** Whether lengths and checksums are right, judged by other code than that under test. */
function isRight(datagram: Uint8Array, protocol: number): boolean {
  const pseudo = { source: sourceOf(datagram), destination: destinationOf(datagram) };
  const start = ipLength(datagram);
  const header = isSix(datagram) ? 0 : checksum(datagram.subarray(0, start));
  const upper = upperLayerChecksum(pseudo, protocol, datagram.subarray(start));
  return datagramLength(datagram) === datagram.length && header === 0 && upper === 0;
}

const ends = { source: '10.1.0.2', destination: '10.2.0.2', protocol: IpProtocol.tcp } as const;
const tcp = (length: number, parts: Partial<Unfinished> = {}): Uint8Array =>
  unfinished({ ...ends, payload: new Uint8Array(length).fill(7), ...parts });

test('a completed checksum is right, and nothing else has changed', (t) => {
  fc.assert(
    fc.property(unfinishedParts(3000), (parts) => {
      const datagram = unfinished(parts);
      const before = datagram.slice();
      const [done, ...more] = finish(datagram, { segmentSize: 0 });
      t.is(more.length, 0);
      t.true(isRight(done!, parts.protocol));
      t.deepEqual(datagram, before);
      const field = ipLength(datagram) + (parts.protocol === IpProtocol.tcp ? 16 : 6);
      done!.set(before.subarray(field, field + 2), field);
      t.deepEqual(done, before);
    }),
    { numRuns: 200 },
  );
});

test('a UDP checksum that would be 0 is all ones', (t) => {
  const parts = { ...ends, protocol: IpProtocol.udp } as const;
  const sum = word(finish(unfinished({ ...parts, payload: Uint8Array.of(0, 0) }), { segmentSize: 0 })[0]!, 26);
  const [done] = finish(unfinished({ ...parts, payload: Uint8Array.of(sum >> 8, sum) }), { segmentSize: 0 });
  t.is(word(done!, 26), 0xffff);
});

test('segments have the payload in order, numbers that go on, and right checksums', (t) => {
  const sizes = fc.integer({ min: leastSegmentSize, max: 2000 });
  fc.assert(
    fc.property(unfinishedParts(9000), sizes, (parts, segmentSize) => {
      const datagram = unfinished({ ...parts, protocol: IpProtocol.tcp });
      const headers = headersOf(datagram);
      const [start, payload] = [ipLength(datagram), datagram.subarray(headers)];
      const segments = finish(datagram, { segmentSize });
      if (payload.length <= segmentSize) {
        t.is(segments.length, 0);
        return;
      }
      t.deepEqual(concat(...segments.map((segment) => segment.subarray(headers))), payload);
      const sequence = (octets: Uint8Array): number => word(octets, start + 4) * 65_536 + word(octets, start + 6);
      segments.forEach((segment, index) => {
        const [first, last] = [index === 0, index === segments.length - 1];
        t.true(isRight(segment, IpProtocol.tcp));
        if (!last) t.is(segment.length, headers + segmentSize);
        t.is(sequence(segment), (sequence(datagram) + index * segmentSize) % 2 ** 32);
        const flags = parts.tcpFlags! & ~(first ? 0 : 0x80) & ~(last ? 0 : 0x09);
        t.is(segment[start + 13], flags);
        if (!isSix(segment)) t.is(word(segment, 4), (parts.identification! + index) & 0xffff);
        const same = segment.slice(0, headers);
        const fields = isSix(segment)
          ? [[4, 2]]
          : [
              [2, 4],
              [10, 2],
            ];
        for (const [at, length] of [...fields, [start + 4, 4], [start + 13, 1], [start + 16, 2]] as [number, number][])
          same.set(datagram.subarray(at, at + length), at);
        t.deepEqual(same, datagram.slice(0, headers));
      });
    }),
    { numRuns: 200 },
  );
});

test('the longest datagrams of both families are cut', (t) => {
  const four = finish(tcp(65_535 - 40), { segmentSize: 1460 });
  t.deepEqual([four.length, four.at(-1)!.length], [45, 40 + (65_495 % 1460)]);
  const six = { source: 'fd00:1::2', destination: 'fd00:2::2' };
  t.is(finish(tcp(65_535 - 20, six), { segmentSize: leastSegmentSize }).length, 256);
});

const patched = (octets: Uint8Array, at: number, ...values: number[]): Uint8Array => {
  const copy = octets.slice();
  copy.set(values, at);
  return copy;
};
const udp = unfinished({ ...ends, protocol: IpProtocol.udp, payload: new Uint8Array(600) });
const six = unfinished({
  source: 'fd00:1::2',
  destination: 'fd00:2::2',
  protocol: IpProtocol.tcp,
  payload: new Uint8Array(600),
});
const cannot: Record<string, [datagram: Uint8Array, segmentSize: number]> = {
  nothing: [new Uint8Array(), 0],
  'a datagram of neither family': [patched(tcp(600), 0, 0x55), 0],
  'one octet more than its length says': [concat(tcp(600), Uint8Array.of(0)), 0],
  'one octet less': [tcp(600).slice(0, -1), 0],
  'a fragment that others follow': [patched(tcp(600), 6, 0x20), 0],
  'a fragment that is not the first': [patched(tcp(600), 6, 0, 1), 0],
  'a late fragment': [patched(tcp(600), 6, 0x1f, 0), 0],
  ICMP: [patched(tcp(600), 9, 1), 0],
  'IPv6 with an extension header': [patched(six, 6, 0), 0],
  'a TCP header of 16 octets': [patched(tcp(600), 32, 0x40), 0],
  'a TCP header that is longer than the datagram': [patched(tcp(0), 32, 0x60), 0],
  'half a TCP header': [unfinishedShort(tcp(0), 30), 0],
  'half a UDP header': [unfinishedShort(patched(tcp(0), 9, 17), 27), 0],
  'a UDP header of 6 octets that says so': [
    unfinishedShort(patched(tcp(0), 9, 17, 0, 0, ...patched(tcp(0), 0).slice(12, 24), 0, 6), 26),
    0,
  ],
  'a UDP length that is another': [patched(udp, 24, 0, 9), 0],
  'a segment size with UDP': [udp, 256],
  'a segment size below the least': [tcp(600), 255],
  'a segment size as long as the payload': [tcp(600), 600],
  'a segment size beyond the payload': [tcp(600), 65_535],
  'a segment size without a payload': [tcp(0), 256],
};

function unfinishedShort(datagram: Uint8Array, length: number): Uint8Array {
  return patched(datagram, 2, 0, length).slice(0, length);
}

for (const [what, [datagram, segmentSize]] of Object.entries(cannot))
  test(`nothing is made of ${what}`, (t) => {
    t.is(upperLayerToFinish(datagram, segmentSize), undefined);
    t.deepEqual(finish(datagram, { segmentSize }), []);
  });

test('what is beside these bounds is taken', (t) => {
  t.like(upperLayerToFinish(tcp(257), 256), { protocol: 6, start: 20, checksum: 36, payload: 40 });
  t.like(upperLayerToFinish(six, 599), { protocol: 6, start: 40, checksum: 56, payload: 60 });
  t.like(upperLayerToFinish(udp, 0), { protocol: 17, start: 20, checksum: 26, payload: 28 });
  // Don't fragment is no fragment.
  t.like(upperLayerToFinish(patched(tcp(0, { ipOptions: 40, tcpOptions: 40 }), 6, 0x40), 0), {
    start: 60,
    payload: 120,
  });
});

test('what is cut has whole headers of IP and TCP', (t) => {
  t.true(canBeSegmented(tcp(0), 20));
  t.true(canBeSegmented(tcp(0, { ipOptions: 40, tcpOptions: 40 }), 60));
  t.true(canBeSegmented(six, 40));
  // Behind an extension header of IPv6 of 8 octets.
  const behind = concat(
    patched(six, 4, 0x02, 0x74, 60).subarray(0, 40),
    Uint8Array.of(6, 0, 1, 4, 0, 0, 0, 0),
    six.subarray(40),
  );
  t.true(canBeSegmented(behind, 48));
  for (const [datagram, at] of [
    [tcp(600), 19],
    [tcp(600, { ipOptions: 4 }), 20],
    [six, 39],
    [tcp(600).slice(0, -1), 20],
    [concat(tcp(600), Uint8Array.of(0)), 20],
    [new Uint8Array(), 0],
    [patched(tcp(600), 32, 0x40), 20],
    [patched(tcp(0), 32, 0x60), 20],
    [tcp(0), 21],
    // What looks like a TCP header in the header of IP.
    [patched(tcp(600, { ipOptions: 40 }), 32, 0x50), 20],
    [patched(six, 32, 0x50), 20],
  ] as const)
    t.false(canBeSegmented(datagram, at));
});
