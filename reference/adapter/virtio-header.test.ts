/** The kernel forwards between TAPs: it takes datagrams that lack something, hands them on as they are, or does the work itself. */
import { writeFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { ip } from '../linux/programs/iproute2.ts';
import { setAddress } from '../linux/routing/address.ts';
import { concat, equalOctets, u16 } from '../octets.ts';
import { upperLayerChecksum } from '../packets/checksum.ts';
import { IpProtocol } from '../packets/ipv4.ts';
import { finish, leastSegmentSize, type Offload } from '../packets/offload.ts';
import { kernelTests } from '../testing/private-network.ts';
import { type Unfinished, unfinished, unfinishedParts } from '../testing/unfinished.ts';
import { Tap } from './tap.ts';
import {
  completeLeft,
  finishLeft,
  offloadOf,
  readVirtioHeader,
  virtioHeaderLength,
  writeVirtioHeader,
} from './virtio-header.ts';

const onTap = kernelTests('TAP');
const [local, remote] = [Uint8Array.of(2, 0, 0, 0, 0, 1), Uint8Array.of(2, 0, 0, 0, 0, 2)];
const frameOf = (datagram: Uint8Array): Uint8Array =>
  concat(local, remote, u16(datagram[0]! >> 4 === 4 ? 0x0800 : 0x86dd), datagram);

/** An adapter of its own subnets, 10.N.0.0/24 and fd00:N::/64, where the number 2 is the neighbour. */
async function openRouted(name: string, number: number, offloads: boolean): Promise<Tap> {
  const device = new Tap({ name, offloads, queueLength: 1000 });
  device.setPhysicalAddress(local);
  device.setMtu(9_000);
  device.setUp(true);
  await setAddress(name, { address: `10.${number}.0.1`, length: 24 });
  await ip('-6', 'address', 'add', `fd00:${number}::1/64`, 'dev', name, 'nodad');
  for (const neighbour of [`10.${number}.0.2`, `fd00:${number}::2`])
    await ip('neigh', 'add', neighbour, 'lladdr', '02:00:00:00:00:02', 'dev', name, 'nud', 'permanent');
  writeFileSync(`/proc/sys/net/ipv4/conf/${name}/rp_filter`, '0');
  return device;
}

function beRouter(): void {
  for (const key of ['ipv4/ip_forward', 'ipv6/conf/all/forwarding']) writeFileSync(`/proc/sys/net/${key}`, '1');
}

/** What comes out of a device, of TCP or UDP from port 4000, until so many octets of payload have come. */
async function forwarded(device: Tap, isDone: (frames: readonly Uint8Array[]) => boolean): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  while (!isDone(frames) && (await device.readable()))
    for (let frame = device.read(); frame; frame = device.read()) {
      const at = (device.offloads ? virtioHeaderLength : 0) + 14;
      const start = at + (frame[at]! >> 4 === 6 ? 40 : 4 * (frame[at]! & 15));
      if (((frame[start]! << 8) | frame[start + 1]!) === 4000) frames.push(frame.slice());
    }
  return frames;
}

/** The router is one hop. */
const sent = (parts: Unfinished): Uint8Array => unfinished({ ...parts, timeToLive: 65 });
const expected = (parts: Unfinished): Uint8Array => unfinished({ ...parts, timeToLive: 64 });

function write(device: Tap, datagram: Uint8Array, offload: Offload): boolean {
  const header = new Uint8Array(virtioHeaderLength);
  return writeVirtioHeader(header, datagram, offload) && device.write(concat(header, frameOf(datagram)));
}

/** Segment sizes that fit the payload, 0 among them. */
const trials = (four: string[], six: string[]) =>
  unfinishedParts(20_000, four, six).chain((parts) => {
    const most = Math.min(8_000, parts.payload.length - 1);
    const isLong = parts.protocol === IpProtocol.tcp && most >= leastSegmentSize;
    const cut = isLong ? fc.integer({ min: leastSegmentSize, max: most }) : fc.constant(0);
    return fc.record({ parts: fc.constant(parts), segmentSize: cut });
  });

const isWhole = ({ parts, segmentSize }: { parts: Unfinished; segmentSize: number }): boolean =>
  segmentSize > 0 || parts.payload.length < 8_000;

async function trial(t: ExecutionContext, number: number, offloads: boolean, judge: typeof judgeDone): Promise<void> {
  beRouter();
  await using from = await openRouted('pna-from', 1, true);
  await using to = await openRouted('pna-to', number, offloads);
  const property = fc.asyncProperty(
    trials(['10.1.0.2', `10.${number}.0.2`], ['fd00:1::2', `fd00:${number}::2`]).filter(isWhole),
    async ({ parts, segmentSize }) => {
      t.true(write(from, sent(parts), { segmentSize }));
      await judge(t, to, parts, segmentSize);
    },
  );
  await fc.assert(property, { numRuns: 150 });
}

async function judgeDone(t: ExecutionContext, to: Tap, parts: Unfinished, segmentSize: number): Promise<void> {
  const ours = finish(expected(parts), { segmentSize });
  const frames = await forwarded(to, ({ length }) => length >= ours.length);
  t.deepEqual(
    frames.map((frame) => frame.subarray(14)),
    ours,
  );
}

async function judgeHandedOn(t: ExecutionContext, to: Tap, parts: Unfinished, segmentSize: number): Promise<void> {
  const [frame, ...more] = await forwarded(to, ({ length }) => length > 0);
  t.is(more.length, 0);
  const left = readVirtioHeader(frame!);
  const datagram = frame!.subarray(virtioHeaderLength + 14);
  t.deepEqual(datagram, expected(parts));
  t.deepEqual(offloadOf(left!, datagram), { segmentSize });
  t.deepEqual(finishLeft(left!, datagram), finish(datagram, { segmentSize }));
}

onTap('what is finished here equals what the kernel finishes', (t) => trial(t, 2, false, judgeDone));

onTap('the kernel hands on what it was told', (t) => trial(t, 3, true, judgeHandedOn));

onTap('the local stack leaves its work to an adapter that takes it now, and to no other', async (t) => {
  const { createSocket } = await import('node:dgram');
  for (const [offloads, takes] of [
    [true, true],
    [true, false],
    [false, false],
  ] as const) {
    await using device = await openRouted('pna-own', 4, offloads);
    device.setOffload(false);
    if (takes) device.setOffload(true);
    const socket = createSocket('udp4').bind(4000, '10.4.0.1');
    socket.send(new Uint8Array(100), 5000, '10.4.0.2');
    const [frame] = await forwarded(device, ({ length }) => length > 0);
    socket.close();
    const left = offloads ? readVirtioHeader(frame!) : undefined;
    if (takes) t.like(left, { type: 0, segmentSize: 0, start: 20, checksum: 26 });
    else t.is(left, undefined);
    const datagram = frame!.subarray(offloads ? virtioHeaderLength + 14 : 14);
    const [done = datagram] = left === undefined ? [] : finishLeft(left, datagram);
    const pseudo = { source: done.subarray(12, 16), destination: done.subarray(16, 20) };
    t.is(upperLayerChecksum(pseudo, IpProtocol.udp, done.subarray(20)), 0);
    t.is(takes, !equalOctets(done, datagram));
  }
});

const header = (...octets: number[]): Uint8Array => Uint8Array.from(octets);
const tcp = unfinished({
  source: '10.1.0.2',
  destination: '10.2.0.2',
  protocol: IpProtocol.tcp,
  payload: new Uint8Array(1000),
});

test('a header of nothing, and one that only says that a checksum is right', (t) => {
  t.is(readVirtioHeader(header(0, 0, 54, 0, 0, 0, 0, 0, 0, 0)), undefined);
  t.is(readVirtioHeader(header(2, 0, 54, 0, 0, 0, 34, 0, 16, 0)), undefined);
});

test('what a datagram alone does not say is done here', (t) => {
  const small = readVirtioHeader(header(1, 1, 54, 0, 100, 0, 34, 0, 16, 0))!;
  t.is(offloadOf(small, tcp), undefined);
  t.is(finishLeft(small, tcp).length, 10);
  const elsewhere = readVirtioHeader(header(1, 0, 54, 0, 0, 0, 40, 0, 16, 0))!;
  t.is(offloadOf(elsewhere, tcp), undefined);
  t.is(finishLeft(elsewhere, tcp).length, 1);
  const ecn = readVirtioHeader(header(1, 0x81, 54, 0, 0, 1, 34, 0, 16, 0))!;
  t.deepEqual(offloadOf(ecn, tcp), { segmentSize: 256 });
});

test('what makes no sense comes to nothing', (t) => {
  for (const octets of [
    // Before the datagram, behind it, no segment size, UDP to be cut; TCP in the IP header, and where no whole header is.
    [1, 0, 0, 0, 0, 0, 13, 0, 16, 0],
    [1, 0, 0, 0, 0, 0, 34, 0, 0xff, 0x04],
    [1, 1, 54, 0, 0, 0, 34, 0, 16, 0],
    [1, 3, 54, 0, 0, 1, 34, 0, 16, 0],
    [1, 1, 54, 0, 0, 1, 33, 0, 16, 0],
    [1, 1, 54, 0, 1, 0, 0xfc, 0x03, 16, 0],
  ])
    t.deepEqual(finishLeft(readVirtioHeader(Uint8Array.from(octets))!, tcp), []);
  t.false(writeVirtioHeader(new Uint8Array(10), tcp, { segmentSize: 1000 }));
});

test('a checksum is completed in place as it is in a copy; what has to be cut, and what makes no sense, stays', (t) => {
  const octet = fc.constantFrom(0, 1, 16, 34, 40, 54, 100);
  const headers = fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1, 4), octet, octet, octet, octet);
  let done = 0;
  fc.assert(
    fc.property(unfinishedParts(3_000), headers, (parts, [flags, type, length, size, start, offset]) => {
      const datagram = unfinished(parts);
      const left = readVirtioHeader(header(flags, type, length, 0, size, 1, start, 0, offset, 0));
      if (left === undefined) return;
      const [whole] = left.type === 0 ? finishLeft(left, datagram) : [];
      const inPlace = datagram.slice();
      t.is(completeLeft(left, inPlace), whole !== undefined);
      t.deepEqual(inPlace, whole ?? datagram);
      done += whole === undefined ? 0 : 1;
    }),
    { numRuns: 1_000 },
  );
  t.true(done > 30);
});
