import test from 'ava';
import { datagram, lifetimes, MemoryTunnel } from '../testing/memory-tunnel.ts';

/** Empty DATA frames under AES-256-GCM: header and digest alone. */
const keepAlives = (octets: readonly Uint8Array[]): number =>
  octets.filter((frame) => frame[4] === 4 && frame.length === 32).length;

test('TCP Open: 10 s, then Network Error; Idle after the back-off, and once more', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.mute = true;
  tunnel.connect().pass(9_999);
  t.is(tunnel.initiator.node.state, 'TCP Open');
  tunnel.pass(1);
  t.deepEqual(tunnel.initiator.states, ['TCP Open', 'Network Error', 'Dying', 'Dead']);
  t.like(tunnel.initiator.all('ended')[0], { cause: { by: 'network', reason: 'timeout in TCP Open' }, retry: true });
  tunnel.mute = false;
  tunnel.pass(1_499);
  t.is(tunnel.initiator.node.state, 'Dead');
  tunnel.pass(1);
  t.is(tunnel.initiator.node.state, 'Authorized');
});

test('Response Wait: 30 s, then CLOSE timeout', (t) => {
  const unanswered = new MemoryTunnel();
  unanswered.tamper = () => [];
  unanswered.connect();
  unanswered.servers.length = 0;
  unanswered.pass(29_999);
  t.is(unanswered.initiator.node.state, 'Response Wait');
  unanswered.pass(1);
  t.is(unanswered.wire.downstream.at(-1)?.toHex(), '000000080501000b');
});

test('the server waits 10 s for RELAY, and 10 s for REQUEST', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.tamper = (octets, direction) => (direction === 'downstream' ? [] : [octets]);
  tunnel.connect().pass(9_999);
  t.is(tunnel.server.node.state, 'Receive Relay');
  tunnel.pass(1);
  t.is(tunnel.wire.upstream[0]?.toHex(), '000000080501000b');

  const second = new MemoryTunnel();
  second.tamper = (octets, direction) => (direction === 'downstream' && octets[4] === 2 ? [] : [octets]);
  second.connect().pass(9_999);
  t.is(second.server.node.state, 'Connect Wait');
  second.pass(1);
  t.is(second.wire.upstream[0]?.toHex(), '000000080501000b');
});

test('until the first DATA frame the server sends none; unconfirmed it closes after 10 s, keyed', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.tamper = (octets, direction) => (direction === 'downstream' && octets[4] === 4 ? [] : [octets]);
  tunnel.connect().send(tunnel.server, datagram()).pass(9_999);
  t.is(tunnel.server.node.state, 'Authorized');
  t.false(tunnel.server.node.canSend);
  t.deepEqual(
    tunnel.wire.upstream.map((octets) => octets[4]),
    [3],
  );
  t.deepEqual(tunnel.authorityCalls, []);
  tunnel.pass(1);
  t.is(tunnel.wire.upstream.at(-1)?.subarray(0, 8).toHex(), '000000280501000b');
  t.deepEqual(tunnel.authorityCalls, ['ended']);
});

test('the server sends the datagrams that wait once the session is confirmed', (t) => {
  const tunnel = new MemoryTunnel();
  let held: Uint8Array | undefined;
  tunnel.tamper = (octets, direction) => {
    if (direction === 'upstream' || octets[4] !== 4) return [octets];
    held = octets;
    return [];
  };
  tunnel.connect().send(tunnel.server, datagram(90, 1)).send(tunnel.server, datagram(90, 2));
  t.deepEqual(tunnel.server.all('confirmed'), []);
  tunnel.inject(tunnel.server, held!);
  t.is(tunnel.server.all('confirmed').length, 1);
  t.deepEqual(
    tunnel.initiator.all('deliver').map((effect) => effect.datagram[1]),
    [1, 2],
  );
});

test('the initiator sends an empty DATA frame at once, and every 20 s of silence; so does the server', (t) => {
  const tunnel = new MemoryTunnel().connect();
  t.is(keepAlives(tunnel.wire.downstream), 1);
  t.is(keepAlives(tunnel.wire.upstream), 0);
  tunnel.pass(19_999);
  t.deepEqual([keepAlives(tunnel.wire.downstream), keepAlives(tunnel.wire.upstream)], [1, 0]);
  tunnel.pass(1);
  t.deepEqual([keepAlives(tunnel.wire.downstream), keepAlives(tunnel.wire.upstream)], [2, 1]);
  tunnel.pass(10_000).send(tunnel.initiator, datagram()).pass(19_999);
  t.deepEqual(
    [keepAlives(tunnel.wire.downstream), keepAlives(tunnel.wire.upstream)],
    [2, 2],
    'a datagram is a sign of life',
  );
  tunnel.pass(1);
  t.is(keepAlives(tunnel.wire.downstream), 3);
  t.deepEqual([tunnel.server.all('deliver').length, tunnel.initiator.all('deliver').length], [1, 0]);
  tunnel.pass(3_000_000);
  t.deepEqual([tunnel.initiator.node.state, tunnel.server.node.state], ['Authorized', 'Authorized']);
});

for (const direction of ['downstream', 'upstream'] as const)
  test(`${direction}: 60 s without an octet is a network error`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    tunnel.tamper = (octets, way) => (way === direction ? [] : [octets]);
    const receiver = direction === 'downstream' ? tunnel.server : tunnel.initiator;
    tunnel.pass(59_999);
    t.is(receiver.node.state, 'Authorized');
    tunnel.pass(1);
    t.deepEqual(receiver.all('ended')[0]?.cause, { by: 'network', reason: 'nothing received for 60000 ms' });
    t.is(receiver.all('send').filter(({ octets }) => octets[4] === 5).length, 0, 'without a CLOSE');
  });

test('a frame that never becomes whole is an integrity failure 10 s after its last octet', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.inject(tunnel.server, Uint8Array.fromHex('0000004004')).pass(9_000);
  tunnel.inject(tunnel.server, Uint8Array.of(1)).pass(9_999);
  t.is(tunnel.server.node.state, 'Authorized');
  tunnel.pass(1);
  t.is(tunnel.server.all('ended')[0]?.cause.status, 4);
});

test('Reconnect does not wait for ever until the peer ends its stream', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect();
  tunnel.pass(80_000);
  const [old] = tunnel.servers;
  old!.ends.get(undefined)!.open = false;
  tunnel.pass(11_999);
  t.is(tunnel.initiator.node.state, 'Reconnect');
  tunnel.pass(1);
  t.like(tunnel.initiator.all('disconnect')[0], { abort: true });
  t.is(tunnel.initiator.node.state, 'Authorized');
});

test('Dying ends after 2 s when the peer does not end its stream', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.server.ends.get(undefined)!.open = false;
  tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' }).pass(1_999);
  t.is(tunnel.initiator.node.state, 'Dying');
  t.deepEqual(tunnel.initiator.all('disconnect'), []);
  tunnel.pass(1);
  t.is(tunnel.initiator.node.state, 'Dead');
  t.deepEqual(tunnel.initiator.all('disconnect').at(-1), { type: 'disconnect', abort: true });
});
