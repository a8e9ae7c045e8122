import test from 'ava';
import { allocate } from './pool.ts';
import { Switchboard } from './switchboard.ts';

const octets = (address: string) => Uint8Array.from(address.split('.').map(Number));

/** An IPv4 header with nothing in it but the addresses. */
function datagram(source: string, destination: string): Uint8Array {
  return Uint8Array.from([0x45, ...Array(11).fill(0), ...octets(source), ...octets(destination)]);
}

function board() {
  const switchboard = new Switchboard<string>({ address: '10.8.0.1', length: 24 });
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
    t.is(board().permits('alice', octets(source), octets(destination)), permitted);
  });

test('nor to the network behind an initiator that is not here now', (t) => {
  const networks = [{ address: '192.168.9.0', length: 24 }];
  const switchboard = new Switchboard<string>({ address: '10.8.0.1', length: 24 }, { networks });
  switchboard.add('alice', { address: '10.8.0.10', networks: [] });
  t.false(switchboard.permits('alice', octets('10.8.0.10'), octets('192.168.9.1')));
  t.true(switchboard.permits('alice', octets('10.8.0.10'), octets('192.168.10.1')));
});

test('where initiators may reach each other, she may send to all of these, and only from her own address', (t) => {
  const switchboard = new Switchboard<string>({ address: '10.8.0.1', length: 24 }, { clientToClient: true });
  switchboard.add('alice', { address: '10.8.0.10', networks: [] });
  switchboard.add('bob', { address: '10.8.0.200', networks: [{ address: '192.168.7.0', length: 24 }] });
  for (const to of ['10.8.0.200', '10.8.0.77', '192.168.7.1'])
    t.true(switchboard.permits('alice', octets('10.8.0.10'), octets(to)), to);
  t.false(switchboard.permits('alice', octets('10.8.0.11'), octets('10.8.0.200')));
});

test('bob may send from the network behind him', (t) => {
  t.true(board().permits('bob', octets('192.168.7.9'), octets('10.9.0.1')));
});

test('a later session takes an address over, and the end of the earlier leaves it alone', (t) => {
  const switchboard = board();
  switchboard.add('alice again', { address: '10.8.0.10', networks: [] });
  switchboard.remove('alice');
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.10')), 'alice again');
  switchboard.remove('alice again');
  t.is(switchboard.destination(datagram('10.9.0.1', '10.8.0.10')), undefined);
});

test('addresses belong to names: fixed ones first, the others in order, none of them twice', (t) => {
  const initiator = (name: string, publicKey: string, address?: string) => ({
    name,
    publicKey,
    suites: [],
    networks: [],
    ...(address && { address }),
  });
  const initiators = [
    initiator('alice', 'a'),
    initiator('bob', 'b', '10.8.0.2'),
    initiator('alice', 'c'),
    initiator('carol', 'd'),
    initiator('dave', 'e'),
  ];
  const adapter = { name: 'x', address: '10.8.0.1/24', mtu: 1400, clientPhysical: '', serverPhysical: '' };
  const clientData = { pool: '10.8.0.1-10.8.0.4', routes: [], dns: [], search: [], leaseSeconds: 60 };
  t.deepEqual(
    [...allocate({ initiators, adapter, clientData })],
    [
      ['bob', '10.8.0.2'],
      ['alice', '10.8.0.3'],
      ['carol', '10.8.0.4'],
    ],
  );
});
