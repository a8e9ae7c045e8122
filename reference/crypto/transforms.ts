/** [EP] fig. 9: sealers turn datagrams into DATA frames and openers turn them back; one pair for each direction. */
import { Misuse } from '../errors.ts';
import { Transform } from '../wire/identifiers.ts';
import { aeadDecryption, aeadEncryption } from './aead.ts';
import { cbcDecryption, cbcEncryption } from './cbc-hmac.ts';
import { ctrDecryption, ctrEncryption, type DigestKeys } from './ctr-hmac.ts';
import { type Decryption, type Encryption, opener, sealer } from './data-frame.ts';
import { type DirectionKeys, hasSeparateDigest } from './keys.ts';
import { type Aead, requireLength } from './primitives.ts';
import type { CreateOpener, CreateSealer } from './sealing.ts';

export type { Opener, Sealer } from './sealing.ts';

/** The AEAD that a transform is; undefined for the others, whose ciphers run on from frame to frame. */
export const aeadOf = (transform: number): Aead | undefined =>
  transform === Transform.aes256gcm
    ? 'aes-256-gcm'
    : transform === Transform.chacha20poly1305
      ? 'chacha20-poly1305'
      : undefined;

/** Every transform: identifier → its two halves. */
const transforms: ReadonlyMap<number, Family> = new Map<number, Family>([
  [Transform.aes256gcm, aead('aes-256-gcm')],
  [Transform.chacha20poly1305, aead('chacha20-poly1305')],
  [
    Transform['aes256ctr-hmacsha256'],
    { encrypt: (keys) => ctrEncryption(withMac(keys)), decrypt: (keys) => ctrDecryption(withMac(keys)) },
  ],
  [
    Transform['aes256cbc-hmacsha256'],
    { encrypt: (keys) => cbcEncryption(withMac(keys)), decrypt: (keys) => cbcDecryption(withMac(keys)) },
  ],
]);

/** @throws Misuse for an unknown transform or keys of another kind. */
export const createSealer: CreateSealer = (transform, keys, options = {}) =>
  sealer(familyOf(transform, keys).encrypt(keys, options.padding ?? (() => 0)), options.counter, options.dataOptions);

/** @throws Misuse for an unknown transform or keys of another kind. */
export const createOpener: CreateOpener = (transform, keys, options = {}) =>
  opener(familyOf(transform, keys).decrypt(keys), options.counter, options.dataOptions);

interface Family {
  encrypt(keys: DirectionKeys, padding: () => number): Encryption;
  decrypt(keys: DirectionKeys): Decryption;
}

function aead(name: Aead): Family {
  return {
    encrypt: (keys, padding) => aeadEncryption(name, keys, padding),
    decrypt: (keys) => aeadDecryption(name, keys),
  };
}

function familyOf(transform: number, keys: DirectionKeys): Family {
  const family = transforms.get(transform);
  if (family === undefined) throw new Misuse(`no transform 0x${transform.toString(16).padStart(4, '0')}`);
  requireLength(keys.key, 32, 'key');
  requireLength(keys.iv, hasSeparateDigest(transform) ? 16 : 12, 'iv');
  return family;
}

function withMac(keys: DirectionKeys): DigestKeys {
  if (keys.mac === undefined) throw new Misuse('mac: expected for this transform');
  requireLength(keys.mac, 32, 'mac');
  return { key: keys.key, iv: keys.iv, mac: keys.mac };
}
