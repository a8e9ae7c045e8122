/** The vectors of the handshake, the key schedule, the transforms and keyed CLOSE, against reference/crypto. */
import test from 'ava';
import { closeDigest, verifyClose } from '../reference/crypto/close.ts';
import { InitiatorHandshake, ResponderHandshake } from '../reference/crypto/handshake.ts';
import { type DirectionKeys, deriveDirection } from '../reference/crypto/keys.ts';
import { plain } from '../reference/crypto/plain.ts';
import { x25519Public } from '../reference/crypto/primitives.ts';
import { deterministicRandomness, type Randomness } from '../reference/crypto/randomness.ts';
import { createOpener, createSealer } from '../reference/crypto/transforms.ts';
import { IntegrityFailure } from '../reference/errors.ts';
import { load, octets, title, type Vector, type VectorGroup } from './load.ts';

function randomness(group: VectorGroup, ephemeral: string): Randomness {
  return deterministicRandomness({
    x25519: [octets(ephemeral)],
    ...(group['kemSeed'] ? { kemSeed: [octets(group['kemSeed'])], kemMessage: [octets(group['kemMessage'])] } : {}),
  });
}

const initiatorOf = (group: VectorGroup): InitiatorHandshake =>
  new InitiatorHandshake({
    suite: group['suite'],
    prologue: octets(group['prologue']),
    staticPrivate: octets(group['initiatorStaticPrivate']),
    serverPublic: octets(group['serverStaticPublic']),
    randomness: randomness(group, group['initiatorEphemeralPrivate']),
  });

const serverOf = (group: VectorGroup): ResponderHandshake =>
  new ResponderHandshake({
    suite: group['suite'],
    prologue: octets(group['prologue']),
    staticPrivate: octets(group['serverStaticPrivate']),
    randomness: randomness(group, group['serverEphemeralPrivate']),
  });

for (const group of load('handshake')) {
  for (const vector of group.tests) {
    test(`handshake, suite ${group['suite']}: ${title(vector)}`, (t) => {
      const initiator = initiatorOf(group);
      const server = serverOf(group);
      if (vector.result === 'invalid') {
        const message = octets(vector['message']);
        if (vector['refused'] === 'request') {
          t.throws(() => server.readRequest(message), { instanceOf: IntegrityFailure });
        } else {
          initiator.writeRequest(octets(group['requestPayload']));
          t.throws(() => initiator.readResponse(message), { instanceOf: IntegrityFailure });
        }
        return;
      }
      t.is(x25519Public(octets(group['initiatorStaticPrivate'])).toHex(), group['initiatorStaticPublic']);
      const request = initiator.writeRequest(octets(group['requestPayload']));
      t.is(request.toHex(), vector['request']);
      const read = server.readRequest(octets(vector['request']));
      t.is(read.payload.toHex(), group['requestPayload']);
      t.is(read.initiatorStatic.toHex(), group['initiatorStaticPublic']);
      t.is(server.writeResponse(octets(group['responsePayload'])).toHex(), vector['response']);
      t.is(initiator.readResponse(octets(vector['response'])).toHex(), group['responsePayload']);
      for (const end of [initiator, server]) {
        const secrets = end.split();
        t.is(secrets.handshakeHash.toHex(), vector['handshakeHash']);
        t.is(secrets.initiatorKey.toHex(), vector['initiatorKey']);
        t.is(secrets.serverKey.toHex(), vector['serverKey']);
      }
    });
  }
}

for (const group of load('key-schedule')) {
  for (const vector of group.tests) {
    test(`key schedule, ${group.comment}: ${title(vector)}`, (t) => {
      const { key, iv, mac, close } = deriveDirection(octets(vector['k']), group['transformId'], octets(vector['h']));
      const derived = {
        key: key.toHex(),
        iv: iv.toHex(),
        ...(mac ? { mac: mac.toHex() } : {}),
        close: close.toHex(),
      };
      if (vector.result === 'valid') return t.deepEqual(derived, vector['keys']);
      for (const [name, value] of Object.entries(derived)) t.not(value, vector['keys'][name]);
      return;
    });
  }
}

function keysOf(group: VectorGroup): DirectionKeys {
  const { key, iv, mac, close } = group['keys'];
  return {
    key: octets(key),
    iv: octets(iv),
    ...(mac === undefined ? {} : { mac: octets(mac) }),
    close: octets(close),
  };
}

const names = ['aes256gcm', 'chacha20poly1305', 'aes256ctr-hmacsha256', 'aes256cbc-hmacsha256'];
const paths = { fast: { createOpener, createSealer }, plain } as const;

for (const [path, family] of Object.entries(paths)) {
  for (const group of names.flatMap((name) => load(`transform-${name}`))) {
    const label = `${group['transform']}, ${path}`;
    const valid = group.tests.filter((vector) => vector.result === 'valid');
    const before = (n: string): Vector[] => valid.filter((vector) => BigInt(vector['n']) < BigInt(n));

    test(`${label}: ${group.comment}: valid frames seal and open in order`, (t) => {
      const paddings = valid.map((vector) => vector['padding']);
      const sealer = family.createSealer(group['transformId'], keysOf(group), { padding: () => paddings.shift() ?? 0 });
      const opener = family.createOpener(group['transformId'], keysOf(group));
      for (const vector of valid) {
        t.is(String(opener.frames), vector['n']);
        t.true(sealer.seal(octets(vector['datagram'])).toHex() === vector['frame'], `seal ${title(vector)}`);
        t.true(opener.open(octets(vector['frame'])).toHex() === vector['datagram'], `open ${title(vector)}`);
      }
    });

    for (const vector of group.tests.filter(({ result }) => result === 'invalid')) {
      test(`${label}: refused: ${title(vector)}`, (t) => {
        const opener = family.createOpener(group['transformId'], keysOf(group));
        for (const good of before(vector['n'])) opener.open(octets(good['frame']));
        t.throws(() => opener.open(octets(vector['frame'])), { instanceOf: IntegrityFailure });
        const next = valid.find(({ n }) => n === vector['n']);
        t.throws(
          () => opener.open(octets(next?.['frame'])),
          { instanceOf: IntegrityFailure },
          'nothing after it opens',
        );
      });
    }
  }
}

for (const group of load('keyed-close')) {
  for (const vector of group.tests) {
    test(`keyed close: ${title(vector)}`, (t) => {
      const key = octets(group['closeKey']);
      const frame = octets(vector['frame']);
      const [header, digest] = [frame.subarray(0, 8), frame.subarray(8)];
      const n = BigInt(vector['n']);
      if (vector.result === 'valid') t.is(closeDigest(key, header, n).toHex(), digest.toHex());
      t.is(verifyClose(key, header, n, digest), vector.result === 'valid');
    });
  }
}
