/** What an encoder can't write is the caller's error; the longest and shortest that it can are written. */
import test from 'ava';
import { Malformed, Misuse } from '../errors.ts';
import { encodeArp } from './arp.ts';
import { encodeDomain } from './domain-names.ts';
import { decodeEthernet, encodeEthernet } from './ethernet.ts';
import { encodeIpv4 } from './ipv4.ts';
import { encodeIpv6 } from './ipv6.ts';
import { physicalOctets, physicalText } from './physical.ts';
import { encodeUdp } from './udp.ts';

const misuse = { instanceOf: Misuse };
const octets = (length: number): Uint8Array => new Uint8Array(length);

test('physical addresses have 6 octets', (t) => {
  const arp = { operation: 1, senderAddress: '10.0.0.1', targetAddress: '10.0.0.2' };
  for (const [one, other] of [
    [5, 6],
    [6, 7],
  ] as const) {
    t.throws(() => encodeArp({ ...arp, senderPhysical: octets(one), targetPhysical: octets(other) }), misuse);
    const frame = { destination: octets(one), source: octets(other), etherType: 0, payload: octets(0) };
    t.throws(() => encodeEthernet(frame), misuse);
  }
  t.throws(() => decodeEthernet(octets(13)), { instanceOf: Malformed });
  t.is(decodeEthernet(octets(14)).payload.length, 0);
});

test('the text of a physical address', (t) => {
  t.is(physicalText(physicalOctets('02:0A:ff:00:00:01')), '02:0a:ff:00:00:01');
  for (const text of ['02:0a:ff:00:00', 'x02:0a:ff:00:00:01', '02:0a:ff:00:00:01:', '02:0a:ff:00:00:1', ''])
    t.throws(() => physicalOctets(text), misuse, text);
});

test('IPv6 addresses have 16 octets, and a datagram at most 65,535 after its header', (t) => {
  const datagram = { trafficClass: 0, flowLabel: 0, nextHeader: 59, hopLimit: 1 };
  const encode = (source: number, destination: number, payload: number): Uint8Array =>
    encodeIpv6({ ...datagram, source: octets(source), destination: octets(destination), payload: octets(payload) });
  t.throws(() => encode(15, 16, 0), misuse);
  t.throws(() => encode(16, 17, 0), misuse);
  t.throws(() => encode(16, 16, 65_536), misuse);
  t.is(encode(16, 16, 65_535).length, 65_575);
});

test('an IPv4 datagram has at most 65,535 octets', (t) => {
  const encode = (payload: number): Uint8Array =>
    encodeIpv4({ protocol: 17, source: '10.0.0.1', destination: '10.0.0.2', payload: octets(payload) });
  t.is(encode(65_515).length, 65_535);
  t.throws(() => encode(65_516), misuse);
});

test('a UDP datagram has at most 65,535 octets', (t) => {
  const ends = { source: octets(4), destination: octets(4) };
  const encode = (payload: number): Uint8Array =>
    encodeUdp({ sourcePort: 1, destinationPort: 2, payload: octets(payload) }, ends);
  t.is(encode(65_527).length, 65_535);
  t.throws(() => encode(65_528), misuse);
});

test('a domain name has at most 253 characters, which are 255 octets', (t) => {
  const label = 'a'.repeat(63);
  t.is(encodeDomain([label, label, label, 'a'.repeat(61)].join('.')).length, 255);
  t.throws(() => encodeDomain([label, label, label, 'a'.repeat(62)].join('.')), misuse);
  t.throws(() => encodeDomain(`${label}a`), misuse);
});
