/** Section 6 of the protocol: which /64 of the virtual LAN has which number. */
import test from 'ava';
import fc from 'fast-check';
import { ipv6Octets, ipv6Text } from '../packets/addresses.ts';
import { Lan } from './lan.ts';

const numberOf = (lan: Lan, address: string) => lan.numberOf(ipv6Octets(address), 0);

test('fd00:8::1/48: the client with number 10 has fd00:8:0:a::/64, the server is in number 0', (t) => {
  const lan = new Lan({ address: 'fd00:8::1', length: 48 });
  t.deepEqual(lan.prefix, { address: 'fd00:8::', length: 48 });
  t.deepEqual(lan.own, ipv6Octets('fd00:8::1'));
  t.deepEqual(lan.nth(10), { address: 'fd00:8:0:a::', length: 64 });
  t.is(numberOf(lan, 'fd00:8:0:a:450:4eff:fe41:4300'), 10);
  t.is(numberOf(lan, 'fd00:8::1'), 0);
});

/** For each length of a prefix: the prefix, its last /64, and the addresses just outside. */
for (const [own, prefix, last, before, after] of [
  ['fd00::1/16', 'fd00::', 'fd00:ffff:ffff:ffff::', 'fcff:ffff:ffff:ffff::', 'fd01::'],
  ['fd00:8000::1/17', 'fd00:8000::', 'fd00:ffff:ffff:ffff::', 'fd00:7fff:ffff:ffff::', 'fd01::'],
  ['fd00:8::1/31', 'fd00:8::', 'fd00:9:ffff:ffff::', 'fd00:7:ffff:ffff::', 'fd00:a::'],
  ['fd00:8::1/32', 'fd00:8::', 'fd00:8:ffff:ffff::', 'fd00:7:ffff:ffff::', 'fd00:9::'],
  ['fd00:8:8000::1/33', 'fd00:8:8000::', 'fd00:8:ffff:ffff::', 'fd00:8:7fff:ffff::', 'fd00:9::'],
  ['fd00:8:7::1/48', 'fd00:8:7::', 'fd00:8:7:ffff::', 'fd00:8:6:ffff::', 'fd00:8:8::'],
  ['fd00:8:7:100::1/56', 'fd00:8:7:100::', 'fd00:8:7:1ff::', 'fd00:8:7:ff::', 'fd00:8:7:200::'],
  ['fd00:8:7:ffc0::1/58', 'fd00:8:7:ffc0::', 'fd00:8:7:ffff::', 'fd00:8:7:ffbf::', 'fd00:8:8::'],
  ['fd00:8:7:6::1/63', 'fd00:8:7:6::', 'fd00:8:7:7::', 'fd00:8:7:5::', 'fd00:8:7:8::'],
] as const)
  test(`the first and the last /64 of ${own}`, (t) => {
    const [address = '', length] = own.split('/');
    const lan = new Lan({ address, length: Number(length) });
    const highest = 2 ** (64 - Number(length)) - 1;
    t.deepEqual(lan.prefix, { address: prefix, length: Number(length) });
    t.deepEqual(lan.nth(0), { address: prefix, length: 64 });
    t.deepEqual(lan.nth(highest), { address: last, length: 64 });
    t.is(numberOf(lan, prefix), 0);
    t.is(numberOf(lan, last.replace('::', ':ffff:ffff:ffff:ffff')), highest);
    t.is(numberOf(lan, before.replace('::', ':ffff:ffff:ffff:ffff')), undefined);
    t.is(numberOf(lan, after), undefined);
  });

test('numbers above 2^32 are those of /64s too', (t) => {
  const lan = new Lan({ address: 'fd00::1', length: 16 });
  t.deepEqual(lan.nth(2 ** 32), { address: 'fd00:1::', length: 64 });
  t.deepEqual(lan.nth(0x1234_8765_4321), { address: 'fd00:1234:8765:4321::', length: 64 });
  t.is(numberOf(lan, 'fd00:1234:8765:4321::1'), 0x1234_8765_4321);
});

test('the server may have any prefix, also one in which no bit is 0', (t) => {
  const lan = new Lan({ address: 'ffff:ffff:ffff:ff00::1', length: 56 });
  t.deepEqual(lan.nth(0x80), { address: 'ffff:ffff:ffff:ff80::', length: 64 });
  t.is(numberOf(lan, 'ffff:ffff:ffff:ff80::'), 0x80);
});

test('a server’s address outside the first /64 does not shift the numbers', (t) => {
  const lan = new Lan({ address: 'fd00:8:0:5::1', length: 48 });
  t.deepEqual(lan.nth(5), { address: 'fd00:8:0:5::', length: 64 });
  t.is(lan.numberOf(lan.own, 0), 5);
});

test('an address is read where it stands', (t) => {
  const lan = new Lan({ address: 'fd00:8::1', length: 48 });
  const datagram = Uint8Array.of(...new Uint8Array(24), ...ipv6Octets('fd00:8:0:a::1'));
  t.is(lan.numberOf(datagram, 24), 10);
  t.is(lan.numberOf(datagram, 8), undefined);
});

test('a number comes back from its /64, and what is in a /64 is in the prefix', (t) => {
  const cases = fc
    .record({
      octets: fc.uint8Array({ minLength: 16, maxLength: 16 }),
      length: fc.integer({ min: 16, max: 63 }),
    })
    .chain(({ octets, length }) =>
      fc.record({
        own: fc.constant({ address: ipv6Text(octets), length }),
        number: fc.maxSafeNat().map((number) => number % 2 ** (64 - length)),
        host: fc.uint8Array({ minLength: 8, maxLength: 8 }),
      }),
    );
  fc.assert(
    fc.property(cases, ({ own, number, host }) => {
      const lan = new Lan(own);
      const subnet = ipv6Octets(lan.nth(number).address);
      const bits = (address: Uint8Array) => BigInt(`0x${address.toHex()}`);
      t.is(
        bits(subnet),
        ((bits(ipv6Octets(own.address)) >> BigInt(128 - own.length)) << BigInt(128 - own.length)) +
          (BigInt(number) << 64n),
      );
      subnet.set(host, 8);
      t.is(lan.numberOf(subnet, 0), number);
    }),
  );
});
