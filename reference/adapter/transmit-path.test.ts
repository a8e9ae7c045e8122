/** [EP] fig. 17 on frames written by hand. */
import test from 'ava';
import fc from 'fast-check';
import { IpProtocol } from '../packets/ipv4.ts';
import { finish, type Offload } from '../packets/offload.ts';
import { unfinished } from '../testing/unfinished.ts';
import { zeroCounters } from './counters.ts';
import { type Emulator, type Emulators, transmit } from './transmit-path.ts';
import type { Left } from './virtio-header.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const deaf: Emulator = { concerns: () => false, answer: () => undefined };
const deafAll: Emulators = { arp: deaf, dhcp: deaf, neighbour: deaf };

/** UDP 10.8.0.10:4660 → 10.9.0.7:22136, "hi", 30 octets. */
const ipv4 = hex(`45 00 00 1e 00 01 00 00 40 11 66 a6 0a 08 00 0a 0a 09 00 07  12 34 56 78 00 0a 00 00 68 69`);
/** No next header, 2 octets of payload. */
const ipv6 = hex(`60 00 00 00 00 02 3b 40 ${'fd'.padEnd(32, '0')} ${'fe'.padEnd(32, '1')} 68 69`);
const frame = (etherType: string, payload: Uint8Array): Uint8Array =>
  Uint8Array.of(...hex('06 50 4e 41 53 00  06 50 4e 41 43 00'), ...hex(etherType), ...payload);

function send(octets: Uint8Array, emulators: Emulators | undefined = deafAll, takes = true) {
  const counters = zeroCounters();
  const sent: Uint8Array[] = [];
  const indicated: Uint8Array[] = [];
  const ports = {
    indicate: (reply: Uint8Array) => {
      indicated.push(reply.slice());
      return takes;
    },
    tunnel: (datagram: Uint8Array) => {
      sent.push(datagram.slice());
      return takes;
    },
  };
  transmit(octets, emulators, ports, counters);
  return { sent, indicated, counters };
}

test('an IP datagram goes to the tunnel without its Ethernet header', (t) => {
  t.deepEqual(send(frame('0800', ipv4)).sent, [ipv4]);
  t.deepEqual(send(frame('86dd', ipv6)).sent, [ipv6]);
  t.deepEqual(send(frame('0800', ipv4)).counters.transmitted, { frames: 1, octets: 30 });
});

test('the padding of a short frame stays behind', (t) => {
  t.deepEqual(send(frame('0800', Uint8Array.of(...ipv4, ...new Uint8Array(16)))).sent, [ipv4]);
});

test('what is no IP datagram is dropped and counted', (t) => {
  const cases: [Uint8Array, 'notIp' | 'malformed'][] = [
    [new Uint8Array(0), 'notIp'],
    [new Uint8Array(13), 'notIp'],
    [frame('0800', new Uint8Array(0)), 'notIp'],
    [frame('88cc', ipv4), 'notIp'],
    [frame('8100', ipv4), 'notIp'],
    [frame('0806', ipv4), 'notIp'],
    [frame('86dd', ipv4), 'notIp'],
    [frame('0800', ipv6), 'notIp'],
    [frame('0800', ipv4.subarray(0, 29)), 'malformed'],
    [frame('0800', ipv4.with(0, 0x44)), 'malformed'],
    [frame('0800', ipv4.with(3, 19)), 'malformed'],
    [frame('86dd', ipv6.subarray(0, 41)), 'malformed'],
  ];
  for (const [octets, drop] of cases) {
    const { sent, indicated, counters } = send(octets);
    t.deepEqual([...sent, ...indicated], []);
    t.deepEqual(counters, { ...zeroCounters(), transmitDropped: { ...zeroCounters().transmitDropped, [drop]: 1 } });
  }
});

test('the reply of an emulator goes to the local stack and nothing to the tunnel', (t) => {
  const reply = frame('0806', new Uint8Array(28));
  for (const name of ['arp', 'dhcp', 'neighbour'] as const) {
    const answering = { ...deafAll, [name]: { concerns: () => true, answer: () => reply } };
    const { sent, indicated, counters } = send(frame('0800', ipv4), answering);
    t.deepEqual(sent, []);
    t.deepEqual(indicated, [reply]);
    t.deepEqual(counters.answered, { arp: 0, dhcp: 0, neighbour: 0, [name]: 1 });
  }
});

test('what an emulator leaves unanswered does not reach the tunnel either', (t) => {
  const { sent, indicated, counters } = send(frame('0800', ipv4), {
    ...deafAll,
    dhcp: { concerns: () => true, answer: () => undefined },
  });
  t.deepEqual([...sent, ...indicated], []);
  t.is(counters.transmitDropped.unanswered, 1);
});

test('without a tunnel datagrams are dropped and counted', (t) => {
  t.is(send(frame('0800', ipv4), deafAll, false).counters.transmitDropped.noTunnel, 1);
  const counters = zeroCounters();
  const never = () => t.fail() as never;
  transmit(frame('0800', ipv4), undefined, { indicate: never, tunnel: never }, counters);
  t.is(counters.transmitDropped.noTunnel, 1);
});

test('any frame either yields one whole datagram or counts one drop', (t) => {
  const anyFrame = fc.tuple(
    fc.constantFrom('0800', '86dd', '0806', '8100', '0000'),
    fc.constantFrom(0x45, 0x46, 0x4f, 0x60, 0x00),
    fc.uint8Array({ maxLength: 100 }),
  );
  fc.assert(
    fc.property(anyFrame, ([etherType, first, rest]) => {
      const { sent, counters } = send(frame(etherType, Uint8Array.of(first, ...rest)));
      const drops = Object.values(counters.transmitDropped).reduce((sum, count) => sum + count, 0);
      return sent.length + drops === 1;
    }),
  );
  t.pass();
});

test('the longest datagram passes', (t) => {
  const longest = new Uint8Array(65_535);
  longest.set(ipv4);
  longest.set([0xff, 0xff], 2);
  t.deepEqual(send(frame('0800', longest)).sent, [longest]);
});

test('what the local stack left to do is said to the tunnel, or done where the datagram does not tell', (t) => {
  const ends = { source: '10.8.0.10', destination: '10.8.0.1', protocol: IpProtocol.tcp } as const;
  const datagram = unfinished({ ...ends, payload: new Uint8Array(600).fill(1) });
  const [type, start, checksum] = [1, 20, 36];
  const cases: [Left, [Uint8Array, Offload | undefined][]][] = [
    [{ type: 0, segmentSize: 0, start, checksum }, [[datagram, { segmentSize: 0 }]]],
    [{ type, segmentSize: 500, start, checksum }, [[datagram, { segmentSize: 500 }]]],
    [{ type, segmentSize: 700, start, checksum }, finish(datagram, { segmentSize: 0 }).map((one) => [one, undefined])],
    [{ type: 5, segmentSize: 500, start, checksum }, []],
  ];
  for (const [left, expected] of cases) {
    const sent: [Uint8Array, Offload | undefined][] = [];
    const counters = zeroCounters();
    const tunnel = (one: Uint8Array, offload?: Offload): boolean => sent.push([one.slice(), offload]) > 0;
    transmit(frame('0800', datagram), deafAll, { indicate: () => false, tunnel }, counters, left);
    t.deepEqual(sent, expected);
    t.is(counters.transmitted.frames, expected.length > 0 ? 1 : 0);
    t.is(counters.transmitDropped.noTunnel, expected.length > 0 ? 0 : 1);
  }
  const small: Left = { type, segmentSize: 100, start, checksum };
  const sent: (Offload | undefined)[] = [];
  const tunnel = (_: Uint8Array, offload?: Offload): boolean => sent.push(offload) < 2;
  const counters = zeroCounters();
  transmit(frame('0800', datagram), deafAll, { indicate: () => false, tunnel }, counters, small);
  t.deepEqual(sent, [undefined, undefined]);
  t.is(counters.transmitDropped.noTunnel, 1);
});
