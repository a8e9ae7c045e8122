/** RFC 4861 §4.3, §4.4, §7.1.1 and §7.1.2. */
import test from 'ava';
import { Malformed } from '../errors.ts';
import { encodeDiscovery } from './discovery.ts';
import { decodeNeighbour, encodeNeighbour, type NeighbourMessage } from './neighbour.ts';

const malformed = { instanceOf: Malformed };
const address = (last: number): Uint8Array => Uint8Array.of(0xfd, ...new Uint8Array(14), last);
const group = Uint8Array.of(0xff, 2, ...new Uint8Array(13), 1);
const physical = { source: Uint8Array.of(2, 0, 0, 0, 0, 1), destination: Uint8Array.of(2, 0, 0, 0, 0, 2) };
const ends = { physical, source: address(1), destination: address(2), target: address(3) };
const solicitation: NeighbourMessage = { ...ends, type: 135, flags: 0, option: Uint8Array.of(2, 0, 0, 0, 0, 9) };
const advertisement: NeighbourMessage = { ...ends, type: 136, flags: 0xe0, option: Uint8Array.of(2, 0, 0, 0, 0, 9) };

test('what is encoded decodes to the same, with and without the physical address', (t) => {
  for (const message of [solicitation, advertisement])
    for (const option of [message.option, undefined])
      t.deepEqual(decodeNeighbour(encodeNeighbour({ ...message, option })), { ...message, option });
});

test('a solicitation names the source’s physical address (1), an advertisement the target’s (2)', (t) => {
  // Ethernet 14, IPv6 40, ICMPv6 4, flags 4, target 16.
  t.is(encodeNeighbour(solicitation)[78], 1);
  t.is(encodeNeighbour(advertisement)[78], 2);
  const options = [
    { type: 1, value: Uint8Array.of(2, 0, 0, 0, 0, 7) },
    { type: 2, value: Uint8Array.of(2, 0, 0, 0, 0, 8) },
  ];
  const fixedPart = Uint8Array.of(0, 0, 0, 0, ...address(3));
  const optionOf = (type: number) => decodeNeighbour(encodeDiscovery({ ...ends, type, fixedPart, options }))?.option;
  t.is(optionOf(135)?.at(-1), 7);
  t.is(optionOf(136)?.at(-1), 8);
});

test('the flags of a solicitation are reserved, and ignored', (t) => {
  t.is(decodeNeighbour(encodeNeighbour({ ...solicitation, flags: 0xff }))?.flags, 0);
});

test('other packets are none: routers’ messages, and other EtherTypes', (t) => {
  const router = { physical, source: ends.source, destination: ends.destination, options: [] };
  t.is(decodeNeighbour(encodeDiscovery({ ...router, type: 133, fixedPart: new Uint8Array(4) })), undefined);
  t.is(decodeNeighbour(encodeDiscovery({ ...router, type: 134, fixedPart: new Uint8Array(12) })), undefined);
  t.is(decodeNeighbour(encodeNeighbour(solicitation).with(12, 8)), undefined);
});

test('refused: a group as the target, and a solicited advertisement to a group', (t) => {
  t.throws(() => decodeNeighbour(encodeNeighbour({ ...solicitation, target: group })), malformed);
  t.throws(() => decodeNeighbour(encodeNeighbour({ ...advertisement, destination: group })), malformed);
  t.like(decodeNeighbour(encodeNeighbour({ ...advertisement, destination: group, flags: 0xa0 })), { flags: 0xa0 });
  t.like(decodeNeighbour(encodeNeighbour({ ...solicitation, destination: group })), { target: address(3) });
});

test('refused: from a group of physical addresses', (t) => {
  const source = Uint8Array.of(3, 0, 0, 0, 0, 1);
  const frame = encodeNeighbour({ ...solicitation, physical: { ...physical, source } });
  t.throws(() => decodeNeighbour(frame), malformed);
});
