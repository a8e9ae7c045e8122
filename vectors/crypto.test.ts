/** The vectors of the handshake, the key schedule, the transforms and keyed CLOSE, against reference/crypto. */
import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { aeadDecryption, aeadEncryption } from '../reference/crypto/aead.ts';
import { cbcDecryption, cbcEncryption } from '../reference/crypto/cbc-hmac.ts';
import { closeDigest, verifyClose } from '../reference/crypto/close.ts';
import { Counter } from '../reference/crypto/counter.ts';
import { ctrDecryption, ctrEncryption } from '../reference/crypto/ctr-hmac.ts';
import { opener, sealer } from '../reference/crypto/data-frame.ts';
import { InitiatorHandshake, ResponderHandshake } from '../reference/crypto/handshake.ts';
import { type DirectionKeys, deriveDirection } from '../reference/crypto/keys.ts';
import { plain } from '../reference/crypto/plain.ts';
import { x25519Public } from '../reference/crypto/primitives.ts';
import { deterministicRandomness, type Randomness } from '../reference/crypto/randomness.ts';
import type { Opener, Sealer } from '../reference/crypto/sealing.ts';
import { createOpener, createSealer } from '../reference/crypto/transforms.ts';
import { IntegrityFailure } from '../reference/errors.ts';
import type { TransformName } from '../reference/wire/identifiers.ts';
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
      if (group.type === 'Received') {
        const message = octets(vector['message']);
        if (vector['accepted'] === 'request') {
          const { payload, initiatorStatic } = server.readRequest(message);
          t.is(payload.toHex(), vector['payload']);
          t.is(initiatorStatic.toHex(), vector['initiatorStatic']);
        } else {
          initiator.writeRequest(octets(group['requestPayload']));
          t.is(initiator.readResponse(message).toHex(), vector['payload']);
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

const transformGroups = names.flatMap((name) => load(`transform-${name}`));

/** Opens what went before, then a frame that must be refused, after which nothing opens. */
function refusedAfter(t: ExecutionContext, opener: Opener, frame: Uint8Array, next: Uint8Array | undefined): void {
  t.throws(() => opener.open(frame), { instanceOf: IntegrityFailure });
  if (next) t.throws(() => opener.open(next), { instanceOf: IntegrityFailure }, 'nothing after it opens');
}

for (const [path, family] of Object.entries(paths)) {
  for (const group of transformGroups.filter(({ type }) => type === 'Direction')) {
    const label = `${group['transform']}, ${path}: ${group.comment}`;
    const valid = group.tests.filter((vector) => vector.result === 'valid');
    const before = (n: string): Vector[] => valid.filter((vector) => BigInt(vector['n']) < BigInt(n));

    test(`${label}: valid frames seal and open in order`, (t) => {
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
        const next = valid.find(({ n }) => n === vector['n']);
        refusedAfter(t, opener, octets(vector['frame']), next && octets(next['frame']));
      });
    }
  }

  for (const group of transformGroups.filter(({ type }) => type === 'LongDirection')) {
    const label = `${group['transform']}, ${path}: ${group.comment}`;
    const datagrams = (group['lengths'] as number[]).map((length, index) =>
      datagramOf(`${group['label']} ${index}`, length),
    );
    const paddings = (): number[] => [...(group['paddings'] as number[])];
    const sealed = (): Uint8Array[] => {
      const left = paddings();
      const sealer = family.createSealer(group['transformId'], keysOf(group), { padding: () => left.shift() ?? 0 });
      return datagrams.map((datagram) => sealer.seal(datagram));
    };
    let frames: readonly Uint8Array[];
    test.before(() => {
      frames = sealed();
    });

    // Noble takes its time: the plain path goes once through all frames.
    const all = group.tests.filter((vector) => vector['frames'] === group['lengths'].length);
    for (const vector of path === 'fast' ? group.tests : all) {
      if (vector.result === 'valid')
        test(`${label}: ${title(vector)}`, (t) => {
          const those = frames.slice(0, vector['frames']);
          t.is(createHash('sha256').update(Buffer.concat(those)).digest('hex'), vector['sha256']);
          t.true(those.at(-1)?.toHex().startsWith(vector['header']));
          const opener = family.createOpener(group['transformId'], keysOf(group));
          for (const [index, frame] of those.entries()) t.deepEqual(opener.open(frame), datagrams[index]);
        });
      else
        test(`${label}: refused: ${title(vector)}`, (t) => {
          const { after, frame, spoil } = vector as unknown as StreamRefusal;
          const opener = family.createOpener(group['transformId'], keysOf(group));
          for (const good of frames.slice(0, after)) opener.open(good);
          const next = frames[after] as Uint8Array;
          const spoilt = Uint8Array.from(next);
          if (spoil) spoilt[spoil.offset]! ^= 1 << spoil.bit;
          refusedAfter(t, opener, frame === undefined ? spoilt : octets(frame), next);
        });
    }
  }
}

interface StreamRefusal {
  readonly after: number;
  readonly frame?: string;
  readonly spoil?: { readonly offset: number; readonly bit: number };
}

/** SHA-256(label ‖ block u32) for block 0, 1, …, octet 0 = 45. */
function datagramOf(label: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, block) => {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(block);
    return createHash('sha256').update(label).update(number).digest();
  });
  const datagram = Uint8Array.from(Buffer.concat(blocks).subarray(0, length));
  if (length > 0) datagram[0] = 0x45;
  return datagram;
}

/** Both halves of a transform in the state that so many empty frames leave behind. */
function halvesFrom(group: VectorGroup): { sealer: Sealer; opener: Opener } {
  const keys = keysOf(group);
  const digestKeys = { ...keys, mac: keys.mac ?? new Uint8Array(32) };
  const counter = () => new Counter(Number(group['start']));
  const [encryption, decryption] = {
    aes256gcm: () => [aeadEncryption('aes-256-gcm', keys, () => 0), aeadDecryption('aes-256-gcm', keys)] as const,
    chacha20poly1305: () =>
      [aeadEncryption('chacha20-poly1305', keys, () => 0), aeadDecryption('chacha20-poly1305', keys)] as const,
    'aes256ctr-hmacsha256': () => [ctrEncryption(digestKeys), ctrDecryption(digestKeys)] as const,
    'aes256cbc-hmacsha256': () => [cbcEncryption(digestKeys), cbcDecryption(digestKeys)] as const,
  }[group['transform'] as TransformName]();
  return { sealer: sealer(encryption, counter()), opener: opener(decryption, counter()) };
}

for (const group of transformGroups.filter(({ type }) => type === 'DirectionFrom')) {
  const label = `${group['transform']}: ${group.comment}`;
  const valid = group.tests.filter((vector) => vector.result === 'valid');

  test(`${label}: valid frames seal and open in order`, (t) => {
    const halves = halvesFrom(group);
    for (const vector of valid) {
      t.is(String(halves.opener.frames), vector['n']);
      t.is(halves.sealer.seal(octets(vector['datagram'])).toHex(), vector['frame'], `seal ${title(vector)}`);
      t.is(halves.opener.open(octets(vector['frame'])).toHex(), vector['datagram'], `open ${title(vector)}`);
    }
  });

  for (const vector of group.tests.filter(({ result }) => result === 'invalid'))
    test(`${label}: refused: ${title(vector)}`, (t) => {
      const { opener: opens } = halvesFrom(group);
      for (const good of valid.filter(({ n }) => BigInt(n) < BigInt(vector['n']))) opens.open(octets(good['frame']));
      const next = valid.find(({ n }) => n === vector['n']);
      refusedAfter(t, opens, octets(vector['frame']), next && octets(next['frame']));
    });
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
