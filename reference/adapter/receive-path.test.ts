/** [EP] fig. 18 on datagrams written by hand. */
import test from 'ava';
import { IpProtocol } from '../packets/ipv4.ts';
import { finish } from '../packets/offload.ts';
import { unfinished } from '../testing/unfinished.ts';
import { zeroCounters } from './counters.ts';
import { type PeerPolicy, ReceivePath } from './receive-path.ts';
import { offloadOf, readVirtioHeader } from './virtio-header.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
/** UDP 10.8.0.10:4660 → 10.9.0.7:22136, "hi", 30 octets. */
const ipv4 = hex(`45 00 00 1e 00 01 00 00 40 11 66 a6 0a 08 00 0a 0a 09 00 07  12 34 56 78 00 0a 00 00 68 69`);
/** No next header, 2 octets of payload. */
const ipv6 = hex(`60 00 00 00 00 02 3b 40 ${'fd'.padEnd(32, '0')} ${'fe'.padEnd(32, '1')} 68 69`);
const local = hex('06 50 4e 41 43 00');
const remote = hex('06 50 4e 41 53 00');

function receive(datagram: Uint8Array, permits: PeerPolicy = () => true, takes = true) {
  const counters = zeroCounters();
  const path = new ReceivePath(counters);
  path.setAddresses(local, remote);
  const indicated: Uint8Array[] = [];
  const done = path.receive(datagram, permits, (octets) => {
    indicated.push(octets.slice());
    return takes;
  });
  return { done, indicated, counters };
}

test('a datagram is indicated in a frame with the reserved addresses', (t) => {
  t.deepEqual(receive(ipv4).indicated, [Uint8Array.of(...local, ...remote, 0x08, 0x00, ...ipv4)]);
  t.deepEqual(receive(ipv6).indicated, [Uint8Array.of(...local, ...remote, 0x86, 0xdd, ...ipv6)]);
  t.deepEqual(receive(ipv4).counters.received, { frames: 1, octets: 30 });
});

test('what is not exactly one IP datagram is dropped and counted', (t) => {
  for (const octets of [
    new Uint8Array(0),
    new Uint8Array(40),
    ipv4.subarray(0, 29),
    Uint8Array.of(...ipv4, 0),
    Uint8Array.of(...ipv6, 0),
    Uint8Array.of(0x45),
  ]) {
    const { done, indicated, counters } = receive(octets);
    t.false(done);
    t.deepEqual(indicated, []);
    t.is(counters.receiveDropped.malformed, 1);
  }
});

test('a source that the peer may not use is dropped and counted', (t) => {
  const seen: string[] = [];
  const { done, indicated, counters } = receive(ipv4, (source, destination) => {
    seen.push(source.toHex(), destination.toHex());
    return false;
  });
  t.false(done);
  t.deepEqual(seen, ['0a08000a', '0a090007']);
  t.deepEqual(indicated, []);
  t.is(counters.receiveDropped.policy, 1);
  receive(ipv6, (source, destination) => {
    t.is(source.toHex(), 'fd'.padEnd(32, '0'));
    t.is(destination.toHex(), 'fe'.padEnd(32, '1'));
    return true;
  });
});

test('what the local stack does not take is counted', (t) => {
  const { done, counters } = receive(ipv4, () => true, false);
  t.false(done);
  t.is(counters.receiveDropped.refused, 1);
  t.is(counters.received.frames, 0);
});

test('the longest datagram passes', (t) => {
  const longest = new Uint8Array(65_535);
  longest.set(ipv4);
  longest.set([0xff, 0xff], 2);
  t.is(receive(longest).indicated[0]?.length, 65_549);
});

const ends = { source: '10.8.0.1', destination: '10.8.0.10', protocol: IpProtocol.tcp } as const;
const long = unfinished({ ...ends, payload: new Uint8Array(1000).fill(1) });
const ethernet = Uint8Array.of(...local, ...remote, 0x08, 0x00);

function receiveUnfinished(offloads: boolean, segmentSize: number, takes: (index: number) => boolean = () => true) {
  const counters = zeroCounters();
  const path = new ReceivePath(counters, offloads);
  path.setAddresses(local, remote);
  const indicated: Uint8Array[] = [];
  const indicate = (octets: Uint8Array): boolean => takes(indicated.push(octets.slice()) - 1);
  return { done: path.receive(long, () => true, indicate, { segmentSize }), indicated, counters, path };
}

test('what a datagram lacks is said before its frame to a device that takes it so', (t) => {
  for (const segmentSize of [0, 256]) {
    const { indicated, path, counters } = receiveUnfinished(true, segmentSize);
    t.is(indicated.length, 1);
    const [octets = new Uint8Array()] = indicated;
    t.deepEqual(octets.subarray(10), Uint8Array.of(...ethernet, ...long));
    t.deepEqual(offloadOf(readVirtioHeader(octets)!, long), { segmentSize });
    t.deepEqual(path.addresses, Uint8Array.of(...local, ...remote));
    t.deepEqual(counters.received, { frames: 1, octets: 1040 });
    // What comes next lacks nothing.
    path.receive(
      ipv4,
      () => true,
      (next) => t.deepEqual(next, Uint8Array.of(...new Uint8Array(10), ...ethernet, ...ipv4)) as never,
    );
  }
});

test('for any other device it is done here', (t) => {
  for (const segmentSize of [0, 256]) {
    const { done, indicated, counters } = receiveUnfinished(false, segmentSize);
    t.true(done);
    t.deepEqual(
      indicated,
      finish(long, { segmentSize }).map((one) => Uint8Array.of(...ethernet, ...one)),
    );
    t.deepEqual(counters.received, { frames: 1, octets: 1040 });
  }
  const { done, counters } = receiveUnfinished(false, 256, (index) => index < 2);
  t.false(done);
  t.is(counters.receiveDropped.refused, 1);
});

test('a datagram that cannot lack this is dropped and counted', (t) => {
  for (const offloads of [false, true])
    for (const segmentSize of [255, 1000]) {
      const { done, indicated, counters } = receiveUnfinished(offloads, segmentSize);
      t.false(done);
      t.deepEqual(indicated, []);
      t.is(counters.receiveDropped.malformed, 1);
    }
});
