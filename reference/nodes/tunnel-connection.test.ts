import test from 'ava';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { datagram, initiatorKeys, MemoryTunnel, serverKeys } from '../testing/memory-tunnel.ts';
import { Suite, Transform } from '../wire/identifiers.ts';

for (const [suiteName, suite] of Object.entries(Suite))
  for (const [transformName, transform] of Object.entries(Transform))
    test(`${suiteName}, ${transformName}: from Idle to Authorized, datagrams both ways, and the end`, (t) => {
      const tunnel = new MemoryTunnel({ suite, transforms: [transform] }).connect();
      t.deepEqual(tunnel.initiator.states, ['TCP Open', 'Send Relay', 'Connect', 'Response Wait', 'Authorized']);
      t.deepEqual(tunnel.server.states, ['Receive Relay', 'Connect Wait', 'Authorized']);

      for (const [length, fill] of [
        [20, 1],
        [61, 2],
        [1400, 3],
      ] as const) {
        tunnel.send(tunnel.initiator, datagram(length, fill)).send(tunnel.server, datagram(length, fill + 10));
        t.deepEqual(tunnel.server.all('deliver').at(-1)?.datagram, datagram(length, fill));
        t.deepEqual(tunnel.initiator.all('deliver').at(-1)?.datagram, datagram(length, fill + 10));
      }

      tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
      t.deepEqual(tunnel.initiator.states.slice(5), ['Close', 'Dying', 'Dead']);
      t.deepEqual(tunnel.server.states.slice(3), ['Dying', 'Dead']);
      t.deepEqual(tunnel.initiator.all('ended'), [
        { type: 'ended', cause: { status: 1, by: 'self', reason: 'end session' }, retry: false },
      ]);
      t.deepEqual(tunnel.server.all('ended'), [
        { type: 'ended', cause: { status: 1, by: 'peer', reason: 'end session' }, retry: false },
      ]);
      t.deepEqual(tunnel.authorityCalls, ['confirmed', 'ended']);
    });

test('both ends describe the same session', (t) => {
  const tunnel = new MemoryTunnel({ suite: Suite.hybrid }).connect();
  const [atInitiator] = tunnel.initiator.all('authorized');
  const [atServer] = tunnel.server.all('authorized');
  t.is(atInitiator?.session.handshakeHash.length, 32);
  const { peerKey: serverKey, ...initiatorView } = atInitiator!.session;
  const { peerKey: initiatorKey, ...serverView } = atServer!.session;
  t.deepEqual(initiatorView, serverView);
  t.deepEqual(serverKey, serverKeys.publicKey);
  t.deepEqual(initiatorKey, initiatorKeys.publicKey);
  t.like(initiatorView, { name: 'alice', path: ['server.test:3265'], suite: 2, transform: 1 });
});

test('the server learns what the REQUEST asks for', (t) => {
  const tunnel = new MemoryTunnel({ transforms: [2, 1] }).connect();
  t.like(tunnel.asked[0], { initiatorName: 'alice', destinationName: 'server.test', suite: 1, transforms: [2, 1] });
});

for (const relays of [1, 2, 15])
  test(`through ${relays} relays`, (t) => {
    const tunnel = new MemoryTunnel({ relays }).connect();
    t.is(tunnel.initiator.node.state, 'Authorized');
    t.deepEqual(
      tunnel.relays.map(({ node }) => node.state),
      Array(relays).fill('Forward'),
    );
    tunnel.send(tunnel.initiator, datagram(1000)).send(tunnel.server, datagram(900));
    t.is(tunnel.server.all('deliver').length, 1);
    t.is(tunnel.initiator.all('deliver').length, 1);
    tunnel.input(tunnel.server, { type: 'command', command: 'shut down' });
    t.deepEqual(tunnel.initiator.all('ended')[0]?.cause, { status: 13, by: 'peer', reason: 'shutting down' });
    t.deepEqual(
      tunnel.relays.map(({ node }) => node.state),
      Array(relays).fill('Dead'),
    );
    t.deepEqual([tunnel.initiator.node.state, tunnel.server.node.state], ['Dead', 'Dead']);
  });

for (const cut of [1, 2, 5, 7, 17])
  for (const relays of [0, 1])
    test(`octets that come ${cut} at a time, through ${relays} relays`, (t) => {
      const tunnel = new MemoryTunnel({ relays, suite: Suite.hybrid, transforms: [Transform['aes256ctr-hmacsha256']] });
      tunnel.readLength = cut;
      tunnel.connect().send(tunnel.initiator, datagram(300, 5)).send(tunnel.server, datagram(200, 6));
      t.deepEqual(tunnel.server.all('deliver')[0]?.datagram, datagram(300, 5));
      t.deepEqual(tunnel.initiator.all('deliver')[0]?.datagram, datagram(200, 6));
      tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
      t.is(tunnel.server.all('ended')[0]?.cause.status, 1);
    });

test('unknown identifiers and padding do no harm', (t) => {
  const randomness = deterministicRandomness({
    grease: { transform: { id: 0x3a3a, index: 0 }, tlv: { id: 0x1a1a, value: new Uint8Array(9) } },
    padding: 77,
  });
  const tunnel = new MemoryTunnel({ initiator: { randomness } }).connect();
  tunnel.send(tunnel.initiator, datagram(99));
  t.deepEqual(tunnel.server.all('deliver')[0]?.datagram, datagram(99));
  t.is(tunnel.initiator.node.state, 'Authorized');
  t.deepEqual(tunnel.asked[0]?.transforms, [0x3a3a, 1]);
});

test('keys are logged only when asked for, and are the same at both ends', (t) => {
  const quiet = new MemoryTunnel().connect();
  t.deepEqual([...quiet.initiator.all('key log'), ...quiet.server.all('key log')], []);
  const tunnel = new MemoryTunnel({ initiator: { keyLog: true }, server: { keyLog: true } }).connect();
  const logged = tunnel.initiator.all('key log');
  t.deepEqual(
    logged.map(({ label }) => label),
    ['HANDSHAKE_HASH', 'INITIATOR_KEY', 'SERVER_KEY'],
  );
  t.true(logged.every(({ octets }) => octets.length === 32 && octets.some((octet) => octet !== 0)));
  t.deepEqual(logged, tunnel.server.all('key log'));
});
