import test from 'ava';
import { datagram } from '../testing/memory-tunnel.ts';
import { Transform } from '../wire/identifiers.ts';
import { keyedClose, Session } from './session.ts';

const lifetimes = { seconds: 100, frames: 10n, octets: 1000n };

function session(role: 'initiator' | 'server', percent = 100, bounds = lifetimes, dataOptions = 0): Session {
  const secrets = {
    initiatorKey: new Uint8Array(32).fill(1),
    serverKey: new Uint8Array(32).fill(2),
    handshakeHash: new Uint8Array(32).fill(3),
  };
  const transform = Transform.chacha20poly1305;
  return new Session({ role, secrets, transform, lifetimes: bounds, percent, padding: () => 0, dataOptions });
}

test('a CLOSE verifies at the other end, and never in the other direction', (t) => {
  const [initiator, server] = [session('initiator'), session('server')];
  t.is(server.verifyClose(initiator.close(9)), 9);
  t.is(initiator.verifyClose(server.close(8)), 8);
  t.is(initiator.verifyClose(initiator.close(9)), undefined);
});

test('a CLOSE verifies only after as many DATA frames as were sent before it', (t) => {
  const [initiator, server] = [session('initiator'), session('server')];
  const frame = initiator.seal([datagram()]);
  const close = initiator.close(1);
  t.is(server.verifyClose(close), undefined);
  server.open(frame);
  t.is(server.verifyClose(close), 1);
});

test('the share of the lifetime in milliseconds', (t) => {
  t.is(session('initiator', 90).duration, 90_000);
  t.is(session('server').duration, 100_000);
});

test('frames of either direction use the keys up', (t) => {
  const [initiator, server] = [session('initiator', 90), session('server', 90)];
  for (let n = 1; n <= 9; n++) {
    t.false(initiator.usedUp);
    t.false(server.usedUp);
    server.open(initiator.seal([]));
  }
  t.true(initiator.usedUp);
  t.true(server.usedUp);
});

test('octets use the keys up', (t) => {
  const initiator = session('initiator', 90);
  initiator.seal([datagram(890)]);
  t.false(initiator.usedUp);
  initiator.seal([datagram(20)]);
  t.true(initiator.usedUp);
});

test('a lifetime of 64 bits does not use the keys up at once', (t) => {
  const initiator = session('initiator', 100, { seconds: 1, frames: 1n << 63n, octets: 1n << 63n });
  t.false(initiator.usedUp);
});

test('the keys of a session that is over are zeros', (t) => {
  const one = session('initiator');
  const before = one.close(1);
  t.notDeepEqual(before, keyedClose(new Uint8Array(32), 1, 0));
  one.erase();
  t.deepEqual(one.close(1), keyedClose(new Uint8Array(32), 1, 0));
});
