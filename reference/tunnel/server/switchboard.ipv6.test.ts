/** IPv6 at the switchboard: section 11 of the protocol, ADP-08 to ADP-10. */

import test from 'ava';
import { ipv6Octets } from '../../packets/addresses.ts';
import { parsePrefix } from '../../packets/prefix.ts';
import { Lan } from '../lan.ts';
import { type Rules, Switchboard } from './switchboard.ts';
import { Table } from './table.ts';

/** An IPv6 header with nothing in it but the addresses. */
function datagram(source: string, destination: string): Uint8Array {
  return Uint8Array.of(0x60, ...new Uint8Array(7), ...ipv6Octets(source), ...ipv6Octets(destination));
}

/** In the group, the /64s 64 to 127 and fd00:6::/48 may be with other members. */
const isClient = (number: number) => number >= 64 && number <= 127;

function board(rules: Rules = {}, six = true) {
  const lan = new Lan({ address: 'fd00:8::1', length: 48 });
  const four = new Table<string>(new Lan({ address: '10.8.0.1', length: 24 }));
  const tables = six
    ? new Table<string>(lan, { hasClient: isClient, networks: ['fd00:6::/48'].map(parsePrefix) })
    : undefined;
  const switchboard = new Switchboard<string>(four, tables, rules);
  const add = (name: string, number: number, ...networks: string[]) =>
    switchboard.add(name, {
      address: `10.8.0.${number}`,
      prefix: lan.nth(number),
      networks: networks.map(parsePrefix),
    });
  add('alice', 10);
  add('bob', 200, 'fd00:7::/48', '192.168.7.0/24');
  return switchboard;
}

const alices = 'fd00:8:0:a:450:4eff:fe41:4300';
const bobs = 'fd00:8:0:c8::1';

for (const [destination, holder] of [
  [alices, 'alice'],
  ['fd00:8:0:a::', 'alice'],
  [bobs, 'bob'],
  ['fd00:7::9', 'bob'],
  ['fd00:8:0:b::1', undefined],
  ['fd00:8::1', undefined],
  ['2001:db8::1', undefined],
  ['fe80::450:4eff:fe41:4300', undefined],
  ['ff02::1', undefined],
  ['ff0e::101', undefined],
] as const)
  test(`what the stack sends to ${destination} goes to ${holder ?? 'nobody'}`, (t) => {
    t.is(board().destination(datagram('fd00:9::1', destination)), holder);
  });

test('what the stack sends from a link-local address stays there', (t) => {
  t.is(board().destination(datagram('fe80::450:4eff:fe41:5300', alices)), undefined);
});

test('a datagram that is cut, or of another version, goes to nobody', (t) => {
  const whole = datagram('fd00:9::1', alices);
  t.is(board().destination(whole.subarray(0, 39)), undefined);
  t.is(board().destination(whole.with(0, 0x50)), undefined);
  t.is(board().destination(new Uint8Array(0)), undefined);
});

test('without IPv6 at the server nobody has an IPv6 address', (t) => {
  const switchboard = board({}, false);
  t.is(switchboard.destination(datagram('fd00:9::1', alices)), undefined);
  t.false(switchboard.permits('alice', ipv6Octets(alices), ipv6Octets('fd00:9::1')));
});

test('the end of a session ends both its families', (t) => {
  const switchboard = board();
  switchboard.remove('bob');
  for (const address of [bobs, 'fd00:7::9']) t.is(switchboard.destination(datagram('fd00:9::1', address)), undefined);
});

for (const [text, source, destination, permitted] of [
  ['from its /64 to the server', alices, 'fd00:8::1', true],
  ['from any address of its /64 to the private network', 'fd00:8:0:a:ffff::', 'fd00:9::1', true],
  ['from the /64 of nobody', 'fd00:8:0:b::1', 'fd00:9::1', false],
  ["from another session's /64", bobs, 'fd00:9::1', false],
  ['from the network behind another session', 'fd00:7::9', 'fd00:9::1', false],
  ["from the server's own address", 'fd00:8::1', 'fd00:9::1', false],
  ['from elsewhere', '2001:db8::1', 'fd00:9::1', false],
  ['from its link-local address', 'fe80::450:4eff:fe41:4300', 'fd00:8::1', false],
  ['from the unspecified address', '::', 'fd00:9::1', false],
  ["to the server's link-local address", alices, 'fe80::450:4eff:fe41:5300', false],
  ['to all nodes', alices, 'ff02::1', false],
  ['to a group of any scope', alices, 'ff0e::101', false],
  ['to another session', alices, bobs, false],
  ['to its own /64', alices, 'fd00:8:0:a::2', false],
  ['to the /64 of nobody', alices, 'fd00:8:0:b::1', false],
  ["to another address in the server's /64", alices, 'fd00:8::2', false],
  ['to the network behind another session', alices, 'fd00:7::9', false],
] as const)
  test(`alice ${permitted ? 'may' : 'may not'} send ${text}`, (t) => {
    t.is(board().permits('alice', ipv6Octets(source), ipv6Octets(destination)), permitted);
  });

test('bob may send from the network behind him', (t) => {
  t.true(board().permits('bob', ipv6Octets('fd00:7::9'), ipv6Octets('fd00:9::1')));
});

for (const [text, destination, allowed, group, groupAllowed] of [
  ['to another session', bobs, true, false, true],
  ['to the network behind another session', 'fd00:7::9', true, false, true],
  ['to its own /64', 'fd00:8:0:a::2', false, false, false],
  ['to where a client of another member may be', 'fd00:8:0:40::1', false, false, true],
  ['to where the network behind a client of another member may be', 'fd00:6::1', true, false, true],
  ['to a host that shares the virtual LAN', 'fd00:8::2', false, true, true],
  ['to all nodes', 'ff02::1', false, false, false],
  ['to a link-local address', 'fe80::1', false, false, false],
  ['to the private network', 'fd00:9::1', true, true, true],
  ['to the server', 'fd00:8::1', true, true, true],
] as const)
  test(`with client to client ${allowed}, in a group ${group}, with both ${groupAllowed}: ${text}`, (t) => {
    const verdicts = [{ clientToClient: true }, { shared: true }, { shared: true, clientToClient: true }].map((rules) =>
      board(rules).permits('alice', ipv6Octets(alices), ipv6Octets(destination)),
    );
    t.deepEqual(verdicts, [allowed, group, groupAllowed]);
  });

test('client to client: nobody may send from an address of another', (t) => {
  t.false(board({ clientToClient: true }).permits('alice', ipv6Octets(bobs), ipv6Octets(alices)));
});

test('::/0 behind a client lets it send from anywhere but from link-local and multicast addresses', (t) => {
  const switchboard = board();
  switchboard.add('carol', { address: '10.8.0.30', networks: [parsePrefix('::/0')] });
  t.true(switchboard.permits('carol', ipv6Octets('2001:db8::1'), ipv6Octets('fd00:8::1')));
  for (const source of ['fe80::1', 'ff02::1', alices])
    t.false(switchboard.permits('carol', ipv6Octets(source), ipv6Octets('fd00:8::1')), source);
  t.is(switchboard.destination(datagram('fd00:9::1', 'ff02::fb')), undefined);
});
