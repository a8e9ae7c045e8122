import test from 'ava';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { defaultTimers } from '../machines/timers.ts';
import { datagram, type Host, lifetimes, Pair } from '../testing/pair.ts';

/** Empty DATA frames under AES-256-GCM: header and digest alone. */
const keepAlives = (octets: readonly Uint8Array[]): number =>
  octets.filter((frame) => frame[4] === 4 && frame.length === 32).length;

test('TCP Open: 10 s, then Network Error; Idle after the back-off, and once more', (t) => {
  const pair = new Pair();
  pair.mute = true;
  pair.connect().pass(9_999);
  t.is(pair.initiator.node.state, 'TCP Open');
  pair.pass(1);
  t.deepEqual(pair.initiator.states, ['TCP Open', 'Network Error', 'Dying', 'Dead']);
  t.like(pair.initiator.all('ended')[0], { cause: { by: 'network', reason: 'timeout in TCP Open' }, retry: true });
  pair.mute = false;
  pair.pass(1_499);
  t.is(pair.initiator.node.state, 'Dead');
  pair.pass(1);
  t.is(pair.initiator.node.state, 'Authorized');
});

test('a connection that cannot be opened is a network error', (t) => {
  const pair = new Pair();
  pair.reachable = 'ECONNREFUSED';
  pair.connect();
  t.deepEqual(pair.initiator.all('ended')[0]?.cause, { by: 'network', reason: 'ECONNREFUSED' });
});

test('the back-off doubles up to its bound, with jitter, and starts anew after Authorized', (t) => {
  const pair = new Pair({ initiator: { timers: { ...defaultTimers, backOffMax: 5_000 } } });
  pair.reachable = 'ENETUNREACH';
  pair.connect();
  const waits: number[] = [];
  for (let n = 0; n < 5; n++) {
    const wait = pair.initiator.node.deadline! - pair.now;
    waits.push(wait);
    pair.pass(wait);
  }
  // Jitter is ½ here: the middle of 1 to 2 s, 2 to 4 s, 2.5 to 5 s.
  t.deepEqual(waits, [1_500, 3_000, 3_750, 3_750, 3_750]);
  pair.reachable = true;
  pair.pass(3_750);
  t.is(pair.initiator.node.state, 'Authorized');
  pair.input(pair.initiator, { type: 'end of stream' });
  t.is(pair.initiator.node.deadline! - pair.now, 1_500);
});

test('when the addresses of the machine change the back-off starts anew, and is never longer for it', (t) => {
  const pair = new Pair();
  pair.reachable = 'ENETUNREACH';
  pair.connect();
  while (pair.initiator.node.deadline! - pair.now < 40_000) pair.pass(pair.initiator.node.deadline! - pair.now);
  pair.pass(100).input(pair.initiator, { type: 'network changed' });
  const due = pair.initiator.node.deadline!;
  t.is(due - pair.now, 1_500);
  pair.pass(600).input(pair.initiator, { type: 'network changed' });
  t.is(pair.initiator.node.deadline, due);
  pair.pass(900);
  t.is(pair.initiator.node.deadline! - pair.now, 3_000, 'it doubles as after a first failure');
});

test('a change of the addresses just after Dead leaves the 1 s at least', (t) => {
  const randomness = { ...deterministicRandomness({}), jitter: () => 0 };
  const pair = new Pair({ initiator: { randomness } });
  pair.reachable = 'ENETUNREACH';
  pair.connect().input(pair.initiator, { type: 'network changed' });
  t.is(pair.initiator.node.deadline! - pair.now, 1_000);
});

test('a change of the addresses changes nothing for a connection that is there', (t) => {
  const pair = new Pair().connect();
  const { deadline } = pair.initiator.node;
  pair.pass(10).input(pair.initiator, { type: 'network changed' });
  t.is(pair.initiator.node.state, 'Authorized');
  t.is(pair.initiator.node.deadline, deadline);
});

for (const frames of [1n, 3n, 10n])
  test(`a server that grants ${frames} frames is not connected to in a tight loop`, (t) => {
    const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, frames } } }).connect();
    for (let n = 0; n < 100; n++) pair.send(pair.initiator, datagram(40));
    t.is(pair.servers.length, 2, 'at once a single time');
    t.is(pair.initiator.node.state, 'Dead');
    t.true(pair.initiator.all('ended').at(-1)?.retry);
    t.true(pair.initiator.node.deadline! - pair.now >= 1_000);
    for (let second = 0; second < 60; second++) {
      pair.pass(1_000);
      for (let n = 0; n < 100; n++) pair.send(pair.initiator, datagram(40));
    }
    t.true(pair.servers.length > 3 && pair.servers.length < 12, `${pair.servers.length} connections`);
  });

test('jitter spreads the first back-off over 1 to 2 s', (t) => {
  for (const [jitter, wait] of [
    [0, 1_000],
    [0.75, 1_750],
  ] as const) {
    const randomness = { ...deterministicRandomness({}), jitter: () => jitter };
    const pair = new Pair({ initiator: { randomness } });
    pair.reachable = 'ENETUNREACH';
    pair.connect();
    t.is(pair.initiator.node.deadline! - pair.now, wait);
  }
});

test('Response Wait: 30 s, then CLOSE timeout', (t) => {
  const deaf = new Pair();
  deaf.tamper = () => [];
  deaf.connect();
  deaf.servers.length = 0;
  deaf.pass(29_999);
  t.is(deaf.initiator.node.state, 'Response Wait');
  deaf.pass(1);
  t.is(deaf.wire.there.at(-1)?.toHex(), '000000080501000b');
});

test('the server waits 10 s for RELAY, and 10 s for REQUEST', (t) => {
  const pair = new Pair();
  pair.tamper = (octets, direction) => (direction === 'there' ? [] : [octets]);
  pair.connect().pass(9_999);
  t.is(pair.server.node.state, 'Receive Relay');
  pair.pass(1);
  t.is(pair.wire.back[0]?.toHex(), '000000080501000b');

  const second = new Pair();
  second.tamper = (octets, direction) => (direction === 'there' && octets[4] === 2 ? [] : [octets]);
  second.connect().pass(9_999);
  t.is(second.server.node.state, 'Connect Wait');
  second.pass(1);
  t.is(second.wire.back[0]?.toHex(), '000000080501000b');
});

test('until the first DATA frame the server sends none; unconfirmed it closes after 10 s, keyed', (t) => {
  const pair = new Pair();
  pair.tamper = (octets, direction) => (direction === 'there' && octets[4] === 4 ? [] : [octets]);
  pair.connect().send(pair.server, datagram()).pass(9_999);
  t.is(pair.server.node.state, 'Authorized');
  t.false(pair.server.node.canSend);
  t.deepEqual(
    pair.wire.back.map((octets) => octets[4]),
    [3],
  );
  t.deepEqual(pair.authorityCalls, []);
  pair.pass(1);
  t.is(pair.wire.back.at(-1)?.subarray(0, 8).toHex(), '000000280501000b');
  t.deepEqual(pair.authorityCalls, ['ended']);
});

test('what the server has waiting leaves with the confirmation', (t) => {
  const pair = new Pair();
  let held: Uint8Array | undefined;
  pair.tamper = (octets, direction) => {
    if (direction === 'back' || octets[4] !== 4) return [octets];
    held = octets;
    return [];
  };
  pair.connect().send(pair.server, datagram(90, 1)).send(pair.server, datagram(90, 2));
  t.deepEqual(pair.server.all('confirmed'), []);
  pair.inject(pair.server, held!);
  t.is(pair.server.all('confirmed').length, 1);
  t.deepEqual(
    pair.initiator.all('deliver').map((effect) => effect.datagram[1]),
    [1, 2],
  );
});

test('the initiator sends an empty DATA frame at once, and every 20 s of silence; so does the server', (t) => {
  const pair = new Pair().connect();
  t.is(keepAlives(pair.wire.there), 1);
  t.is(keepAlives(pair.wire.back), 0);
  pair.pass(19_999);
  t.deepEqual([keepAlives(pair.wire.there), keepAlives(pair.wire.back)], [1, 0]);
  pair.pass(1);
  t.deepEqual([keepAlives(pair.wire.there), keepAlives(pair.wire.back)], [2, 1]);
  pair.pass(10_000).send(pair.initiator, datagram()).pass(19_999);
  t.deepEqual([keepAlives(pair.wire.there), keepAlives(pair.wire.back)], [2, 2], 'a datagram is a sign of life');
  pair.pass(1);
  t.is(keepAlives(pair.wire.there), 3);
  t.deepEqual([pair.server.all('deliver').length, pair.initiator.all('deliver').length], [1, 0]);
  pair.pass(3_000_000);
  t.deepEqual([pair.initiator.node.state, pair.server.node.state], ['Authorized', 'Authorized']);
});

for (const direction of ['there', 'back'] as const)
  test(`${direction}: 60 s without an octet is a network error`, (t) => {
    const pair = new Pair().connect();
    pair.tamper = (octets, way) => (way === direction ? [] : [octets]);
    const deaf = direction === 'there' ? pair.server : pair.initiator;
    pair.pass(59_999);
    t.is(deaf.node.state, 'Authorized');
    pair.pass(1);
    t.deepEqual(deaf.all('ended')[0]?.cause, { by: 'network', reason: 'nothing received for 60000 ms' });
    t.is(deaf.all('send').filter(({ octets }) => octets[4] === 5).length, 0, 'without a CLOSE');
  });

test('a frame that never becomes whole is an integrity failure 10 s after its last octet', (t) => {
  const pair = new Pair().connect();
  pair.inject(pair.server, Uint8Array.fromHex('0000004004')).pass(9_000);
  pair.inject(pair.server, Uint8Array.of(1)).pass(9_999);
  t.is(pair.server.node.state, 'Authorized');
  pair.pass(1);
  t.is(pair.server.all('ended')[0]?.cause.status, 4);
});

test('the initiator reconnects at 90 % of the seconds, and the session goes on with new keys', (t) => {
  const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect();
  pair.pass(89_999);
  t.is(pair.servers.length, 1);
  pair.pass(1);
  const after = pair.initiator.states.slice(5);
  t.deepEqual(after, ['Reconnect', 'TCP Open', 'Send Relay', 'Connect', 'Response Wait', 'Authorized']);
  t.is(pair.servers.length, 2);
  t.deepEqual(pair.initiator.all('ended'), [], 'for the adapter nothing has ended');
  const [first, second] = pair.initiator.all('authorized').map(({ session }) => session.handshakeHash.toHex());
  t.not(first, second);
  t.is(pair.servers[0]?.all('ended')[0]?.cause.status, 2);
  pair.send(pair.initiator, datagram()).send(pair.server, datagram());
  t.is(pair.server.all('deliver').length, 1);
  t.is(pair.initiator.all('deliver').length, 1);
});

for (const [what, from, bound] of [
  ['frames sent', 'initiator', { frames: 10n }],
  ['frames received', 'server', { frames: 10n }],
  ['octets sent', 'initiator', { octets: 1000n }],
  ['octets received', 'server', { octets: 1000n }],
] as const)
  test(`the initiator reconnects at 90 % of the ${what}`, (t) => {
    const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, ...bound } } }).connect();
    // The initiator's first frame, which is empty, counts too.
    const before = what === 'frames sent' ? 7 : 8;
    for (let n = 0; n < before; n++) pair.send(pair[from], datagram(100));
    t.is(pair.servers.length, 1);
    pair.send(pair[from], datagram(100));
    t.is(pair.servers.length, 2);
    t.is(pair.initiator.node.state, 'Authorized');
    const delivered = pair.servers.concat(pair.initiator).flatMap((host) => host.all('deliver'));
    t.is(delivered.length, before + 1, 'nothing is lost');
  });

test('datagrams wait while a broken connection is made again: 64, the oldest dropped', (t) => {
  const pair = new Pair().connect();
  pair.input(pair.initiator, { type: 'network error', reason: 'ECONNRESET' });
  t.is(pair.initiator.node.state, 'Dead');
  for (let n = 0; n < 70; n++) pair.send(pair.initiator, datagram(40, n));
  t.deepEqual(queueOf(pair.initiator), { waiting: 64, dropped: 6 });
  pair.pass(2_000);
  t.is(pair.servers.length, 2);
  t.deepEqual(
    pair.server.all('deliver').map((effect) => effect.datagram[1]),
    Array.from({ length: 64 }, (_, n) => n + 6),
  );
});

test('datagrams wait while the keys are renewed', (t) => {
  const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect();
  pair.mute = true;
  pair.pass(90_000);
  t.is(pair.initiator.node.state, 'TCP Open');
  t.false(pair.initiator.node.canSend);
  // The datagram is the caller's again after each call.
  const reused = datagram(40);
  for (let n = 0; n < 70; n++) {
    reused[1] = n;
    pair.send(pair.initiator, reused);
  }
  t.deepEqual(queueOf(pair.initiator), { waiting: 64, dropped: 6 });
  pair.mute = false;
  pair.pass(15_000);
  t.deepEqual(
    pair.server.all('deliver').map((effect) => effect.datagram[1]),
    Array.from({ length: 64 }, (_, n) => n + 6),
  );
});

function queueOf(host: Host): unknown {
  return (host.node as unknown as { queueCounts: unknown }).queueCounts;
}

test('Reconnect does not wait for ever for the end of the stream', (t) => {
  const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect();
  pair.pass(80_000);
  const [old] = pair.servers;
  old!.ends.get(undefined)!.open = false;
  pair.pass(11_999);
  t.is(pair.initiator.node.state, 'Reconnect');
  pair.pass(1);
  t.like(pair.initiator.all('disconnect')[0], { abort: true });
  t.is(pair.initiator.node.state, 'Authorized');
});

test('an initiator that does not act: the server closes at 100 % and 60 s', (t) => {
  const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, seconds: 1000 } } });
  pair.connect();
  const server = pair.server;
  pair.tamper = (octets, way) => (way === 'there' && octets[4] === 5 ? [] : [octets]);
  // The initiator's own timer is stopped by never waking it.
  Object.defineProperty(pair.initiator.node, 'deadline', { get: () => undefined });
  const alive = setAlive(pair);
  for (let n = 0; n < 105; n++) alive(10_000);
  t.is(server.node.state, 'Authorized');
  alive(9_999);
  t.is(server.node.state, 'Authorized');
  alive(1);
  t.is(pair.wire.back.at(-1)?.subarray(0, 8).toHex(), '0000002805010002');
  t.deepEqual(server.all('ended')[0]?.cause, { status: 2, by: 'self', reason: 'key expired' });
});

test('a bound of use counts too: 60 s after it is reached the server closes', (t) => {
  const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, frames: 10n } } }).connect();
  pair.tamper = (octets, way) => (way === 'back' ? [] : [octets]);
  Object.defineProperty(pair.initiator.node, 'deadline', { get: () => undefined });
  const { server } = pair;
  for (let n = 0; n < 9; n++) pair.send(server, datagram());
  pair.pass(10_000).send(server, datagram()).pass(20_000);
  pair.send(pair.initiator, datagram()).send(server, datagram()).pass(39_999);
  t.is(server.node.state, 'Authorized');
  pair.pass(1);
  t.is(pair.wire.back.at(-1)?.subarray(0, 8).toHex(), '0000002805010002');
});

test('the first CLOSE of a new connection is not keyed with the old session', (t) => {
  const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } }).connect().pass(80_000);
  pair.tamper = (octets, way) => (way === 'back' || octets[4] === 2 ? [] : [octets]);
  pair.pass(10_000);
  t.is(pair.initiator.node.state, 'Response Wait');
  pair.inject(pair.initiator, Uint8Array.fromHex('000000200901'));
  t.is(pair.wire.there.at(-1)?.toHex(), '0000000805010005');
});

/** Time passes, and the initiator says something at its end. */
function setAlive(pair: Pair): (milliseconds: number) => void {
  return (milliseconds) => {
    pair.pass(milliseconds);
    if (pair.initiator.node.state === 'Authorized') pair.send(pair.initiator, datagram(20));
  };
}

test('Dying ends after 2 s when the peer does not end its stream', (t) => {
  const pair = new Pair().connect();
  pair.server.ends.get(undefined)!.open = false;
  pair.input(pair.initiator, { type: 'command', command: 'end session' }).pass(1_999);
  t.is(pair.initiator.node.state, 'Dying');
  t.deepEqual(pair.initiator.all('disconnect'), []);
  pair.pass(1);
  t.is(pair.initiator.node.state, 'Dead');
  t.deepEqual(pair.initiator.all('disconnect').at(-1), { type: 'disconnect', abort: true });
});

for (const [reason, status, input] of [
  ['end session', 1, { type: 'command', command: 'end session' }],
  ['superseded', 14, { type: 'superseded' }],
] as const)
  test(`a session that the server ended by ${reason} is not begun again`, (t) => {
    const pair = new Pair().connect();
    pair.input(pair.server, input);
    t.deepEqual(pair.initiator.all('ended'), [{ type: 'ended', cause: { status, by: 'peer', reason }, retry: false }]);
    pair.pass(100_000);
    t.is(pair.initiator.node.state, 'Idle');
    pair.connect();
    t.is(pair.initiator.node.state, 'Authorized', 'until the user says so');
  });

test('a server that shuts down is tried again', (t) => {
  const pair = new Pair().connect();
  pair.input(pair.server, { type: 'command', command: 'shut down' });
  t.true(pair.initiator.all('ended')[0]?.retry);
  pair.pass(2_000);
  t.is(pair.initiator.node.state, 'Authorized');
});

test('without a standing order nothing is tried again', (t) => {
  const pair = new Pair({ initiator: { reconnect: false } }).connect();
  pair.input(pair.server, { type: 'command', command: 'shut down' });
  t.false(pair.initiator.all('ended')[0]?.retry);
  pair.pass(100_000);
  t.is(pair.initiator.node.state, 'Idle');
});

for (const state of ['TCP Open', 'Response Wait', 'Dead', 'Reconnect'] as const)
  test(`End Session in ${state} ends the standing order`, (t) => {
    const pair = new Pair({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } });
    if (state === 'TCP Open') pair.mute = true;
    if (state === 'Response Wait') pair.tamper = (octets, way) => (way === 'back' ? [] : [octets]);
    if (state === 'Dead') pair.reachable = 'ECONNREFUSED';
    pair.connect();
    if (state === 'Reconnect') {
      pair.pass(80_000);
      pair.server.ends.get(undefined)!.open = false;
      pair.pass(10_000);
    }
    t.is(pair.initiator.node.state, state);
    pair.input(pair.initiator, { type: 'command', command: 'end session' });
    t.is(pair.initiator.node.state, 'Dead');
    t.false(pair.initiator.all('ended').at(-1)?.retry);
    t.is(pair.initiator.all('send').filter(({ octets }) => octets[4] === 5).length, state === 'Reconnect' ? 1 : 0);
    pair.pass(200_000);
    t.is(pair.initiator.node.state, 'Idle');
  });
