import test from 'ava';
import { ipv4Octets } from '../../packets/addresses.ts';
import { Lan } from '../lan.ts';
import { type Rules, Switchboard } from './switchboard.ts';
import { Table } from './table.ts';

/** An IPv4 header with nothing in it but the addresses. */
function datagram(source: string, destination: string): Uint8Array {
  return Uint8Array.from([0x45, ...Array(11).fill(0), ...ipv4Octets(source), ...ipv4Octets(destination)]);
}

/** In the group, 10.8.0.64 to 10.8.0.127 and 192.168.9.0 may be with other members. */
const group = {
  hasClient: (number: number) => number >= 64 && number <= 127,
  networks: [{ address: '192.168.9.0', length: 32 }],
};

function board(rules: Rules = {}) {
  const four = new Table<string>(new Lan({ address: '10.8.0.1', length: 24 }), group);
  const switchboard = new Switchboard<string>(four, undefined, rules);
  switchboard.add('alice', { address: '10.8.0.10', networks: [] });
  switchboard.add('bob', { address: '10.8.0.200', networks: [{ address: '192.168.7.0', length: 24 }] });
  return switchboard;
}

test('a datagram goes to the session that holds its destination', (t) => {
  const switchboard = board();
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.10')), 'alice');
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.200')), 'bob');
  t.is(switchboard.destination(datagram('10.9.0.1', '192.168.7.255')), 'bob');
  t.is(switchboard.destination(datagram('10.9.0.1', '192.168.8.0')), undefined);
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.11')), undefined);
  t.is(switchboard.destination(new Uint8Array(40).fill(0x60)), undefined);
});

test('the longest prefix decides', (t) => {
  const switchboard = board();
  switchboard.add('carol', { address: '10.8.0.30', networks: [{ address: '192.168.7.128', length: 25 }] });
  t.is(switchboard.destination(datagram('10.9.0.1', '192.168.7.1')), 'bob');
  t.is(switchboard.destination(datagram('10.9.0.1', '192.168.7.129')), 'carol');
});

test('the first and the last address of the virtual LAN are behind nobody, whatever is behind a session', (t) => {
  const switchboard = board();
  switchboard.add('carol', { address: '10.8.0.30', networks: [{ address: '0.0.0.0', length: 0 }] });
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.1.255')), 'carol');
  for (const address of ['10.8.0.0', '10.8.0.255']) {
    t.is(switchboard.destination(datagram('10.9.0.1', address)), undefined, address);
    t.false(switchboard.permits('carol', ipv4Octets(address), ipv4Octets('10.8.0.1')), address);
  }
});

for (const [text, source, destination, permitted] of [
  ['from its address to the server', '10.8.0.10', '10.8.0.1', true],
  ['from its address to the private network', '10.8.0.10', '10.9.0.1', true],
  ['from another address', '10.8.0.11', '10.9.0.1', false],
  ["from another session's address", '10.8.0.200', '10.9.0.1', false],
  ["from the server's own address", '10.8.0.1', '10.9.0.1', false],
  ['to another session', '10.8.0.10', '10.8.0.200', false],
  ['to another part of the virtual LAN', '10.8.0.10', '10.8.0.77', false],
  ['to the broadcast address of the virtual LAN', '10.8.0.10', '10.8.0.255', false],
  ['to the network behind another session', '10.8.0.10', '192.168.7.1', false],
] as const)
  test(`alice ${permitted ? 'may' : 'may not'} send ${text}`, (t) => {
    t.is(board().permits('alice', ipv4Octets(source), ipv4Octets(destination)), permitted);
  });

for (const [text, destination, allowed, group, groupAllowed] of [
  ['to another session', '10.8.0.200', true, false, true],
  ['to the network behind another session', '192.168.7.1', true, false, true],
  ['to its own address', '10.8.0.10', false, false, false],
  ['to where a client of another member may be', '10.8.0.77', false, false, true],
  ['to where the network behind a client of another member may be', '192.168.9.0', true, false, true],
  ['to a host that shares the virtual LAN', '10.8.0.20', false, true, true],
  ['to the broadcast address of the virtual LAN', '10.8.0.255', false, false, false],
  ['to the network address of the virtual LAN', '10.8.0.0', false, false, false],
  ['to the private network', '10.9.0.1', true, true, true],
  ['to the server', '10.8.0.1', true, true, true],
] as const)
  test(`with client to client ${allowed}, in a group ${group}, with both ${groupAllowed}: ${text}`, (t) => {
    const verdicts = [{ clientToClient: true }, { shared: true }, { shared: true, clientToClient: true }].map((rules) =>
      board(rules).permits('alice', ipv4Octets('10.8.0.10'), ipv4Octets(destination)),
    );
    t.deepEqual(verdicts, [allowed, group, groupAllowed]);
  });

test('beyond the virtual LAN a client reaches what is in reach, and no network behind another client for that', (t) => {
  const reach = [
    { address: '10.9.0.0', length: 24 },
    { address: '192.168.0.0', length: 16 },
    { address: 'fd00:9::', length: 64 },
  ];
  const permits = (rules: Rules, destination: string): boolean =>
    board({ reach, ...rules }).permits('alice', ipv4Octets('10.8.0.10'), ipv4Octets(destination));
  for (const rules of [{}, { shared: true }]) {
    for (const destination of ['10.8.0.1', '10.9.0.0', '10.9.0.255', '192.168.8.1'])
      t.true(permits(rules, destination), destination);
    for (const destination of ['10.9.1.0', '10.8.1.0', '203.0.113.1', '192.168.7.1'])
      t.false(permits(rules, destination), destination);
  }
  t.true(permits({ clientToClient: true }, '192.168.7.1'));
  t.true(permits({ shared: true }, '10.8.0.20'));
  t.false(permits({ reach: [] }, '10.9.0.0'));
});

test('client to client: nobody may send from an address of another', (t) => {
  t.false(board({ clientToClient: true }).permits('alice', ipv4Octets('10.8.0.200'), ipv4Octets('10.8.0.10')));
});

test('bob may send from the network behind him', (t) => {
  t.true(board().permits('bob', ipv4Octets('192.168.7.9'), ipv4Octets('10.9.0.1')));
});

test('a later session takes an address over, and the end of the earlier leaves it alone', (t) => {
  const switchboard = board();
  switchboard.add('alice again', { address: '10.8.0.10', networks: [] });
  switchboard.remove('alice');
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.10')), 'alice again');
  switchboard.remove('alice again');
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.10')), undefined);
});

for (const reserved of [
  '0.0.0.0',
  '0.1.2.3',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.0.1',
  '224.0.0.1',
  '239.255.255.250',
  '255.255.255.255',
]) {
  test(`nothing from or to ${reserved} passes, even with a default route behind a client`, (t) => {
    const switchboard = board();
    switchboard.add('carol', { address: '10.8.0.30', networks: [{ address: '0.0.0.0', length: 0 }] });
    const [own, far, odd] = ['10.8.0.30', '10.9.0.1', reserved].map(ipv4Octets);
    t.false(switchboard.permits('carol', own!, odd!));
    t.false(switchboard.permits('carol', odd!, far!));
    t.is(switchboard.destination(datagram('10.9.0.1', reserved)), undefined);
    t.is(switchboard.destination(datagram(reserved, '10.8.0.30')), undefined);
  });
}

for (const ordinary of ['1.0.0.0', '126.255.255.255', '128.0.0.0', '169.253.0.1', '223.255.255.255', '240.0.0.1']) {
  test(`${ordinary} passes`, (t) => {
    const switchboard = board();
    switchboard.add('carol', { address: '10.8.0.30', networks: [{ address: '0.0.0.0', length: 0 }] });
    t.true(switchboard.permits('carol', ipv4Octets(ordinary), ipv4Octets('10.8.0.1')));
    t.is(switchboard.destination(datagram('10.9.0.1', ordinary)), 'carol');
  });
}
