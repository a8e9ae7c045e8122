import test from 'ava';
import { ipv6Octets } from '../../packets/addresses.ts';
import { parsePrefix } from '../../packets/prefix.ts';
import { Lan } from '../lan.ts';
import { Table } from './table.ts';

const lan = new Lan({ address: 'fd00:8::1', length: 48 });
const holding = (number: number, ...networks: string[]) => ({
  address: `10.8.0.${number}`,
  prefix: lan.nth(number),
  networks: networks.map(parsePrefix),
});

function table() {
  const made = new Table<string>(lan);
  made.add('alice', holding(10));
  made.add('bob', holding(20, 'fd00:7::/33', '192.168.7.0/24'));
  return made;
}
const holderIn = (asked: Table<string>, address: string) => asked.holder(ipv6Octets(address), 0);

for (const [address, holder] of [
  ['fd00:8:0:a::', 'alice'],
  ['fd00:8:0:a:ffff:ffff:ffff:ffff', 'alice'],
  ['fd00:8:0:9:ffff:ffff:ffff:ffff', undefined],
  ['fd00:8:0:b::', undefined],
  ['fd00:9:0:a::', undefined],
  ['fd00:8::1', undefined],
  ['fd00:7::1', 'bob'],
  ['fd00:7:7fff:ffff:ffff:ffff:ffff:ffff', 'bob'],
  ['fd00:7:8000::', undefined],
  ['::ffff:192.168.7.1', undefined],
] as const)
  test(`${address} is ${holder ?? 'nobody'}’s`, (t) => {
    t.is(holderIn(table(), address), holder);
  });

test('the longest prefix decides, down to a single address', (t) => {
  const made = table();
  made.add('carol', holding(30, 'fd00:7:0:1::/64', 'fd00:7::5/128'));
  made.add('dave', holding(40, 'fd00:7::/32'));
  t.is(holderIn(made, 'fd00:7::4'), 'bob');
  t.is(holderIn(made, 'fd00:7::5'), 'carol');
  t.is(holderIn(made, 'fd00:7:0:1::5'), 'carol');
  t.is(holderIn(made, 'fd00:7:8000::'), 'dave');
});

test('a /64 of the virtual LAN is its client’s, whatever networks are behind others', (t) => {
  const made = table();
  made.add('carol', holding(30, 'fd00:8:0:a::/65'));
  t.is(holderIn(made, 'fd00:8:0:a::1'), 'alice');
});

test('what is link-local or multicast is nobody’s, though everything else is behind a client', (t) => {
  const made = table();
  made.add('carol', holding(30, '::/0'));
  t.is(holderIn(made, '2001:db8::1'), 'carol');
  for (const address of ['fe80::1', 'febf:ffff::1', 'ff02::1', 'ff0e::1', '::ffff:0.0.0.0', '::ffff:10.8.0.20'])
    t.is(holderIn(made, address), undefined, address);
  for (const address of ['fe7f::1', 'fec0::1', '::fffe:ffff:ffff', '::1:0:0:0'])
    t.is(holderIn(made, address), 'carol', address);
});

test('a later session takes a /64 and its networks over, and the end of the earlier leaves them alone', (t) => {
  const made = table();
  made.add('bob again', holding(20, 'fd00:7::/33'));
  for (const address of ['fd00:8:0:14::1', 'fd00:7::1']) t.is(holderIn(made, address), 'bob again');
  made.remove('bob');
  for (const address of ['fd00:8:0:14::1', 'fd00:7::1']) t.is(holderIn(made, address), 'bob again');
  made.remove('bob again');
  for (const address of ['fd00:8:0:14::1', 'fd00:7::1']) t.is(holderIn(made, address), undefined);
  t.is(holderIn(made, 'fd00:8:0:a::1'), 'alice');
});

for (const [address, location] of [
  ['fd00:8::1', 'own'],
  ['fd00:8::2', 'lan'],
  ['fd00:8:0:a::1', 'lan'],
  ['fd00:8:0:ffff:ffff:ffff:ffff:ffff', 'lan'],
  ['fd00:9::1', 'other'],
  ['2001:db8::1', 'other'],
  ['fe80::1', 'nobody'],
  ['febf::1', 'nobody'],
  ['fec0::1', 'other'],
  ['ff02::1', 'nobody'],
  ['ff0e::101', 'nobody'],
] as const)
  test(`${address} lies in: ${location}`, (t) => {
    const datagram = Uint8Array.of(...new Uint8Array(24), ...ipv6Octets(address));
    t.is(table().locate(datagram, 24), location);
  });

test('of a group are the /64s that clients can have, and the networks behind them', (t) => {
  const networks = ['fd00:7::/33', '192.168.7.0/24'].map(parsePrefix);
  const made = new Table<string>(lan, { hasClient: (number) => number >= 10 && number <= 99, networks });
  const isOfGroup = (address: string) => made.isOfGroup(ipv6Octets(address));
  for (const address of ['fd00:8:0:a::1', 'fd00:8:0:63::1', 'fd00:7::1']) t.true(isOfGroup(address), address);
  for (const address of ['fd00:8:0:9::1', 'fd00:8:0:64::1', 'fd00:8::1', 'fd00:7:8000::1', '2001:db8::1'])
    t.false(isOfGroup(address), address);
  t.false(table().isOfGroup(ipv6Octets('fd00:8:0:a::1')), 'without a group');
});
