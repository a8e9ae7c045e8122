import test from 'ava';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { defaultTimers } from '../machines/timers.ts';
import { datagram, lifetimes, MemoryTunnel } from '../testing/memory-tunnel.ts';

test('a connection that cannot be opened is a network error', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.reachable = 'ECONNREFUSED';
  tunnel.connect();
  t.deepEqual(tunnel.initiator.all('ended')[0]?.cause, { by: 'network', reason: 'ECONNREFUSED' });
});

test('the back-off doubles up to its bound, with jitter, and starts anew after Authorized', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { timers: { ...defaultTimers, backOffMax: 5_000 } } });
  tunnel.reachable = 'ENETUNREACH';
  tunnel.connect();
  const waits: number[] = [];
  for (let n = 0; n < 5; n++) {
    const wait = tunnel.initiator.node.deadline! - tunnel.now;
    waits.push(wait);
    tunnel.pass(wait);
  }
  // Jitter is ½ here: the middle of 1 to 2 s, 2 to 4 s, 2.5 to 5 s.
  t.deepEqual(waits, [1_500, 3_000, 3_750, 3_750, 3_750]);
  tunnel.reachable = true;
  tunnel.pass(3_750);
  t.is(tunnel.initiator.node.state, 'Authorized');
  tunnel.input(tunnel.initiator, { type: 'end of stream' });
  t.is(tunnel.initiator.node.deadline! - tunnel.now, 1_500);
});

test('when the addresses of the machine change the back-off starts anew, and does not become longer', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.reachable = 'ENETUNREACH';
  tunnel.connect();
  while (tunnel.initiator.node.deadline! - tunnel.now < 40_000)
    tunnel.pass(tunnel.initiator.node.deadline! - tunnel.now);
  tunnel.pass(100).input(tunnel.initiator, { type: 'network changed' });
  const due = tunnel.initiator.node.deadline!;
  t.is(due - tunnel.now, 1_500);
  tunnel.pass(600).input(tunnel.initiator, { type: 'network changed' });
  t.is(tunnel.initiator.node.deadline, due);
  tunnel.pass(900);
  t.is(tunnel.initiator.node.deadline! - tunnel.now, 3_000, 'it doubles as after a first failure');
});

test('after a change of the addresses just after Dead the back-off is still 1 s at least', (t) => {
  const randomness = { ...deterministicRandomness({}), jitter: () => 0 };
  const tunnel = new MemoryTunnel({ initiator: { randomness } });
  tunnel.reachable = 'ENETUNREACH';
  tunnel.connect().input(tunnel.initiator, { type: 'network changed' });
  t.is(tunnel.initiator.node.deadline! - tunnel.now, 1_000);
});

test('a change of the addresses changes nothing for a connection that is there', (t) => {
  const tunnel = new MemoryTunnel().connect();
  const { deadline } = tunnel.initiator.node;
  tunnel.pass(10).input(tunnel.initiator, { type: 'network changed' });
  t.is(tunnel.initiator.node.state, 'Authorized');
  t.is(tunnel.initiator.node.deadline, deadline);
});

for (const frames of [1n, 3n, 10n])
  test(`a server that grants ${frames} frames is not connected to in a tight loop`, (t) => {
    const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, frames } } }).connect();
    for (let n = 0; n < 100; n++) tunnel.send(tunnel.initiator, datagram(40));
    t.is(tunnel.servers.length, 2, 'at once a single time');
    t.is(tunnel.initiator.node.state, 'Dead');
    t.true(tunnel.initiator.all('ended').at(-1)?.retry);
    t.true(tunnel.initiator.node.deadline! - tunnel.now >= 1_000);
    for (let second = 0; second < 60; second++) {
      tunnel.pass(1_000);
      for (let n = 0; n < 100; n++) tunnel.send(tunnel.initiator, datagram(40));
    }
    t.true(tunnel.servers.length > 3 && tunnel.servers.length < 12, `${tunnel.servers.length} connections`);
  });

test('jitter spreads the first back-off over 1 to 2 s', (t) => {
  for (const [jitter, wait] of [
    [0, 1_000],
    [0.75, 1_750],
  ] as const) {
    const randomness = { ...deterministicRandomness({}), jitter: () => jitter };
    const tunnel = new MemoryTunnel({ initiator: { randomness } });
    tunnel.reachable = 'ENETUNREACH';
    tunnel.connect();
    t.is(tunnel.initiator.node.deadline! - tunnel.now, wait);
  }
});

test('datagrams wait while a broken connection is made again: 64, the oldest dropped', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.input(tunnel.initiator, { type: 'network error', reason: 'ECONNRESET' });
  t.is(tunnel.initiator.node.state, 'Dead');
  for (let n = 0; n < 70; n++) tunnel.send(tunnel.initiator, datagram(40, n));
  t.deepEqual(tunnel.initiator.queueCounts, { waiting: 64, dropped: 6 });
  tunnel.pass(2_000);
  t.is(tunnel.servers.length, 2);
  t.deepEqual(
    tunnel.server.all('deliver').map((effect) => effect.datagram[1]),
    Array.from({ length: 64 }, (_, n) => n + 6),
  );
});

for (const [reason, status, input] of [
  ['end session', 1, { type: 'command', command: 'end session' }],
  ['superseded', 14, { type: 'superseded' }],
] as const)
  test(`a session that the server ended by ${reason} is not begun again`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    tunnel.input(tunnel.server, input);
    t.deepEqual(tunnel.initiator.all('ended'), [
      { type: 'ended', cause: { status, by: 'peer', reason }, retry: false },
    ]);
    tunnel.pass(100_000);
    t.is(tunnel.initiator.node.state, 'Idle');
    tunnel.connect();
    t.is(tunnel.initiator.node.state, 'Authorized', 'until the user says so');
  });

test('a server that shuts down is tried again', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.input(tunnel.server, { type: 'command', command: 'shut down' });
  t.true(tunnel.initiator.all('ended')[0]?.retry);
  tunnel.pass(2_000);
  t.is(tunnel.initiator.node.state, 'Authorized');
});

test('without a standing order nothing is tried again', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { reconnect: false } }).connect();
  tunnel.input(tunnel.server, { type: 'command', command: 'shut down' });
  t.false(tunnel.initiator.all('ended')[0]?.retry);
  tunnel.pass(100_000);
  t.is(tunnel.initiator.node.state, 'Idle');
});

/** Its stream is ended, the server's is not. */
function inDying(reconnect: boolean): MemoryTunnel {
  const tunnel = new MemoryTunnel({ initiator: { reconnect } }).connect();
  tunnel.server.ends.get(undefined)!.open = false;
  return tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
}

for (const reconnect of [true, false]) {
  const kind = reconnect ? 'that is to reconnect' : 'that is not to reconnect';

  test(`an initiator ${kind} obeys an order to connect that comes in Dying when the back-off is over`, (t) => {
    const tunnel = inDying(reconnect);
    t.is(tunnel.initiator.node.state, 'Dying');
    tunnel.connect().pass(2_000);
    t.is(tunnel.initiator.node.state, 'Dead');
    t.true(tunnel.initiator.all('ended').at(-1)?.retry);
    tunnel.pass(2_000);
    t.is(tunnel.initiator.node.state, 'Authorized');
  });

  test(`an initiator ${kind} obeys End Session that comes behind it`, (t) => {
    const tunnel = inDying(reconnect).connect();
    tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' }).pass(100_000);
    t.false(tunnel.initiator.all('ended').at(-1)?.retry);
    t.is(tunnel.initiator.node.state, 'Idle');
  });
}

test('an order to connect in Authorized is none for the time after', (t) => {
  const tunnel = new MemoryTunnel({ initiator: { reconnect: false } }).connect().connect();
  tunnel.input(tunnel.server, { type: 'command', command: 'shut down' }).pass(100_000);
  t.is(tunnel.initiator.node.state, 'Idle');
});

for (const state of ['TCP Open', 'Response Wait', 'Dead', 'Reconnect'] as const)
  test(`End Session in ${state} ends the standing order`, (t) => {
    const tunnel = new MemoryTunnel({ initiator: { lifetimes: { ...lifetimes, seconds: 100 } } });
    if (state === 'TCP Open') tunnel.mute = true;
    if (state === 'Response Wait') tunnel.tamper = (octets, direction) => (direction === 'upstream' ? [] : [octets]);
    if (state === 'Dead') tunnel.reachable = 'ECONNREFUSED';
    tunnel.connect();
    if (state === 'Reconnect') {
      tunnel.pass(80_000);
      tunnel.server.ends.get(undefined)!.open = false;
      tunnel.pass(10_000);
    }
    t.is(tunnel.initiator.node.state, state);
    tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
    t.is(tunnel.initiator.node.state, 'Dead');
    t.false(tunnel.initiator.all('ended').at(-1)?.retry);
    t.is(tunnel.initiator.all('send').filter(({ octets }) => octets[4] === 5).length, state === 'Reconnect' ? 1 : 0);
    tunnel.pass(200_000);
    t.is(tunnel.initiator.node.state, 'Idle');
  });
