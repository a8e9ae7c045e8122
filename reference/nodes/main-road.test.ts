import test from 'ava';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { datagram, initiatorKeys, Pair, serverKeys } from '../testing/pair.ts';
import { Suite, Transform } from '../wire/identifiers.ts';

for (const [suiteName, suite] of Object.entries(Suite))
  for (const [transformName, transform] of Object.entries(Transform))
    test(`${suiteName}, ${transformName}: from Idle to Authorized, datagrams both ways, and the end`, (t) => {
      const pair = new Pair({ suite, transforms: [transform] }).connect();
      t.deepEqual(pair.initiator.states, ['TCP Open', 'Send Relay', 'Connect', 'Response Wait', 'Authorized']);
      t.deepEqual(pair.server.states, ['Receive Relay', 'Connect Wait', 'Authorized']);

      for (const [length, fill] of [
        [20, 1],
        [61, 2],
        [1400, 3],
      ] as const) {
        pair.send(pair.initiator, datagram(length, fill)).send(pair.server, datagram(length, fill + 10));
        t.deepEqual(pair.server.all('deliver').at(-1)?.datagram, datagram(length, fill));
        t.deepEqual(pair.initiator.all('deliver').at(-1)?.datagram, datagram(length, fill + 10));
      }

      pair.input(pair.initiator, { type: 'command', command: 'end session' });
      t.deepEqual(pair.initiator.states.slice(5), ['Close', 'Dying', 'Dead']);
      t.deepEqual(pair.server.states.slice(3), ['Dying', 'Dead']);
      t.deepEqual(pair.initiator.all('ended'), [
        { type: 'ended', cause: { status: 1, by: 'self', reason: 'end session' }, retry: false },
      ]);
      t.deepEqual(pair.server.all('ended'), [
        { type: 'ended', cause: { status: 1, by: 'peer', reason: 'end session' }, retry: false },
      ]);
      t.deepEqual(pair.authorityCalls, ['confirmed', 'ended']);
    });

test('both ends describe the same session', (t) => {
  const pair = new Pair({ suite: Suite.hybrid }).connect();
  const [there] = pair.initiator.all('authorized');
  const [here] = pair.server.all('authorized');
  t.is(there?.session.handshakeHash.length, 32);
  const { peerKey: serverKey, ...initiatorView } = there!.session;
  const { peerKey: initiatorKey, ...serverView } = here!.session;
  t.deepEqual(initiatorView, serverView);
  t.deepEqual(serverKey, serverKeys.publicKey);
  t.deepEqual(initiatorKey, initiatorKeys.publicKey);
  t.like(initiatorView, { name: 'alice', path: ['server.test:3265'], suite: 2, transform: 1 });
});

test('the server learns what the REQUEST asks for', (t) => {
  const pair = new Pair({ transforms: [2, 1] }).connect();
  t.like(pair.asked[0], { initiatorName: 'alice', destinationName: 'server.test', suite: 1, transforms: [2, 1] });
});

for (const relays of [1, 2, 15])
  test(`through ${relays} relays`, (t) => {
    const pair = new Pair({ relays }).connect();
    t.is(pair.initiator.node.state, 'Authorized');
    t.deepEqual(
      pair.relays.map(({ node }) => node.state),
      Array(relays).fill('Forward'),
    );
    pair.send(pair.initiator, datagram(1000)).send(pair.server, datagram(900));
    t.is(pair.server.all('deliver').length, 1);
    t.is(pair.initiator.all('deliver').length, 1);
    pair.input(pair.server, { type: 'command', command: 'shut down' });
    t.deepEqual(pair.initiator.all('ended')[0]?.cause, { status: 13, by: 'peer', reason: 'shutting down' });
    t.deepEqual(
      pair.relays.map(({ node }) => node.state),
      Array(relays).fill('Dead'),
    );
    t.deepEqual([pair.initiator.node.state, pair.server.node.state], ['Dead', 'Dead']);
  });

for (const cut of [1, 2, 5, 7, 17])
  for (const relays of [0, 1])
    test(`octets that come ${cut} at a time, through ${relays} relays`, (t) => {
      const pair = new Pair({ relays, suite: Suite.hybrid, transforms: [Transform['aes256ctr-hmacsha256']] });
      pair.cut = cut;
      pair.connect().send(pair.initiator, datagram(300, 5)).send(pair.server, datagram(200, 6));
      t.deepEqual(pair.server.all('deliver')[0]?.datagram, datagram(300, 5));
      t.deepEqual(pair.initiator.all('deliver')[0]?.datagram, datagram(200, 6));
      pair.input(pair.initiator, { type: 'command', command: 'end session' });
      t.is(pair.server.all('ended')[0]?.cause.status, 1);
    });

test('unknown identifiers and padding do no harm', (t) => {
  const randomness = deterministicRandomness({
    grease: { transform: { id: 0x3a3a, index: 0 }, tlv: { id: 0x1a1a, value: new Uint8Array(9) } },
    padding: 77,
  });
  const pair = new Pair({ initiator: { randomness } }).connect();
  pair.send(pair.initiator, datagram(99));
  t.deepEqual(pair.server.all('deliver')[0]?.datagram, datagram(99));
  t.is(pair.initiator.node.state, 'Authorized');
  t.deepEqual(pair.asked[0]?.transforms, [0x3a3a, 1]);
});

test('keys are told only when asked for, and are the same at both ends', (t) => {
  const quiet = new Pair().connect();
  t.deepEqual([...quiet.initiator.all('key log'), ...quiet.server.all('key log')], []);
  const pair = new Pair({ initiator: { keyLog: true }, server: { keyLog: true } }).connect();
  const told = pair.initiator.all('key log');
  t.deepEqual(
    told.map(({ label }) => label),
    ['HANDSHAKE_HASH', 'INITIATOR_KEY', 'SERVER_KEY'],
  );
  t.true(told.every(({ octets }) => octets.length === 32 && octets.some((octet) => octet !== 0)));
  t.deepEqual(told, pair.server.all('key log'));
});
