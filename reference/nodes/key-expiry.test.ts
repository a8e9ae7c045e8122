import test from 'ava';
import { datagram, lifetimes, MemoryTunnel } from '../testing/memory-tunnel.ts';

test('the initiator reconnects at 90 % of the seconds, and the session goes on with new keys', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect();
  tunnel.pass(89_999);
  t.is(tunnel.servers.length, 1);
  tunnel.pass(1);
  const after = tunnel.initiator.states.slice(5);
  t.deepEqual(after, ['Reconnect', 'TCP Open', 'Send Relay', 'Connect', 'Response Wait', 'Authorized']);
  t.is(tunnel.servers.length, 2);
  t.deepEqual(tunnel.initiator.all('ended'), [], 'for the adapter nothing has ended');
  const [first, second] = tunnel.initiator.all('authorized').map(({ session }) => session.handshakeHash.toHex());
  t.not(first, second);
  t.is(tunnel.servers[0]?.all('ended')[0]?.cause.status, 2);
  tunnel.send(tunnel.initiator, datagram()).send(tunnel.server, datagram());
  t.is(tunnel.server.all('deliver').length, 1);
  t.is(tunnel.initiator.all('deliver').length, 1);
});

for (const [use, from, bound] of [
  ['frames sent', 'initiator', { frames: 10n }],
  ['frames received', 'server', { frames: 10n }],
  ['octets sent', 'initiator', { octets: 1000n }],
  ['octets received', 'server', { octets: 1000n }],
] as const)
  test(`the initiator reconnects at 90 % of the ${use}`, (t) => {
    const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, ...bound } } }).connect();
    // The initiator's first frame, which is empty, counts too.
    const before = use === 'frames sent' ? 7 : 8;
    for (let n = 0; n < before; n++) tunnel.send(tunnel[from], datagram(100));
    t.is(tunnel.servers.length, 1);
    tunnel.send(tunnel[from], datagram(100));
    t.is(tunnel.servers.length, 2);
    t.is(tunnel.initiator.node.state, 'Authorized');
    const delivered = tunnel.servers.concat(tunnel.initiator).flatMap((driven) => driven.all('deliver'));
    t.is(delivered.length, before + 1, 'nothing is lost');
  });

test('datagrams wait while the keys are renewed', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect();
  tunnel.mute = true;
  tunnel.pass(90_000);
  t.is(tunnel.initiator.node.state, 'TCP Open');
  t.false(tunnel.initiator.node.canSend);
  // The datagram is the caller's again after each call.
  const reused = datagram(40);
  for (let n = 0; n < 70; n++) {
    reused[1] = n;
    tunnel.send(tunnel.initiator, reused);
  }
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 64, dropped: 6 });
  tunnel.mute = false;
  tunnel.pass(15_000);
  t.deepEqual(
    tunnel.server.all('deliver').map((effect) => effect.datagram[1]),
    Array.from({ length: 64 }, (_, n) => n + 6),
  );
});

test('if the initiator does not act, the server closes at 100 % and 60 s', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, seconds: 1000 } } });
  tunnel.connect();
  const server = tunnel.server;
  tunnel.tamper = (octets, direction) => (direction === 'downstream' && octets[4] === 5 ? [] : [octets]);
  // The initiator's own timer is stopped by never waking it.
  Object.defineProperty(tunnel.initiator.node, 'deadline', { get: () => undefined });
  const alive = setAlive(tunnel);
  for (let n = 0; n < 105; n++) alive(10_000);
  t.is(server.node.state, 'Authorized');
  alive(9_999);
  t.is(server.node.state, 'Authorized');
  alive(1);
  t.is(tunnel.wire.upstream.at(-1)?.subarray(0, 8).toHex(), '0000002805010002');
  t.deepEqual(server.all('ended')[0]?.cause, { status: 2, by: 'self', reason: 'key expired' });
});

test('a bound of use counts too: 60 s after it is reached the server closes', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, frames: 10n } } }).connect();
  tunnel.tamper = (octets, direction) => (direction === 'upstream' ? [] : [octets]);
  Object.defineProperty(tunnel.initiator.node, 'deadline', { get: () => undefined });
  const { server } = tunnel;
  for (let n = 0; n < 9; n++) tunnel.send(server, datagram());
  tunnel.pass(10_000).send(server, datagram()).pass(20_000);
  tunnel.send(tunnel.initiator, datagram()).send(server, datagram()).pass(39_999);
  t.is(server.node.state, 'Authorized');
  tunnel.pass(1);
  t.is(tunnel.wire.upstream.at(-1)?.subarray(0, 8).toHex(), '0000002805010002');
});

test('the first CLOSE of a new connection is not keyed with the old session', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect().pass(80_000);
  tunnel.tamper = (octets, direction) => (direction === 'upstream' || octets[4] === 2 ? [] : [octets]);
  tunnel.pass(10_000);
  t.is(tunnel.initiator.node.state, 'Response Wait');
  tunnel.inject(tunnel.initiator, Uint8Array.fromHex('000000200901'));
  t.is(tunnel.wire.downstream.at(-1)?.toHex(), '0000000805010005');
});

/** Time passes, and the initiator says something at its end. */
function setAlive(tunnel: MemoryTunnel): (milliseconds: number) => void {
  return (milliseconds) => {
    tunnel.pass(milliseconds);
    if (tunnel.initiator.node.state === 'Authorized') tunnel.send(tunnel.initiator, datagram(20));
  };
}
