/**
 * For tests: Noise a second time, straight down the page on node:crypto alone; and the reference's two sides of a
 * handshake between the same keys.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
} from 'node:crypto';
import { InitiatorHandshake, ResponderHandshake } from '../crypto/handshake.ts';
import { randomOctets } from '../crypto/primitives.ts';
import { deterministicRandomness, type Randomness, systemRandomness } from '../crypto/randomness.ts';
import { ascii, concat } from '../octets.ts';

function straightLine(protocolName: string, prologue: Uint8Array, responderPublic: Uint8Array) {
  const sha = (...parts: Uint8Array[]) =>
    new Uint8Array(
      createHash('sha256')
        .update(concat(...parts))
        .digest(),
    );
  const mac = (key: Uint8Array, data: Uint8Array) => new Uint8Array(createHmac('sha256', key).update(data).digest());
  const two = (ck: Uint8Array, ikm: Uint8Array) => {
    const temporary = mac(ck, ikm);
    const first = mac(temporary, Uint8Array.of(1));
    return [first, mac(temporary, concat(first, Uint8Array.of(2)))] as const;
  };
  const name = ascii(protocolName);
  let h: Uint8Array = name.length > 32 ? sha(name) : concat(name, new Uint8Array(32 - name.length));
  let ck: Uint8Array = h;
  let k: Uint8Array = new Uint8Array(0);
  let n = 0;
  const nonce = () => Uint8Array.of(0, 0, 0, 0, n++, 0, 0, 0, 0, 0, 0, 0);
  const mixHash = (data: Uint8Array) => {
    h = sha(h, data);
  };
  mixHash(prologue);
  mixHash(responderPublic);
  return {
    mixHash,
    mixKey(ikm: Uint8Array) {
      [ck, k] = two(ck, ikm);
      n = 0;
    },
    seal(plaintext: Uint8Array): Uint8Array {
      const cipher = createCipheriv('chacha20-poly1305', k, nonce(), { authTagLength: 16 });
      cipher.setAAD(h, { plaintextLength: plaintext.length });
      const sealed = concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
      mixHash(sealed);
      return sealed;
    },
    open(sealed: Uint8Array): Uint8Array {
      const cipher = createDecipheriv('chacha20-poly1305', k, nonce(), { authTagLength: 16 });
      cipher.setAAD(h, { plaintextLength: sealed.length - 16 });
      cipher.setAuthTag(sealed.subarray(-16));
      const plaintext = concat(cipher.update(sealed.subarray(0, -16)), cipher.final());
      mixHash(sealed);
      return plaintext;
    },
    end: () => {
      const [initiatorKey, serverKey] = two(ck, new Uint8Array(0));
      return { initiatorKey, serverKey, handshakeHash: h };
    },
  };
}

const raw = { format: 'raw-private', asymmetricKeyType: 'x25519' } as const;
const privateX = (key: Uint8Array) => createPrivateKey({ key, ...raw });
/** The public key of an X25519 key (RFC 7748), 32 octets each. */
export const publicX = (privateKey: Uint8Array) =>
  new Uint8Array(createPublicKey(privateX(privateKey)).export({ format: 'raw-public' }));
/** X25519: 32 octets. @throws Error where the result is all zeros */
export const dh = (privateKey: Uint8Array, publicKey: Uint8Array) =>
  new Uint8Array(
    diffieHellman({
      privateKey: privateX(privateKey),
      publicKey: createPublicKey({ key: publicKey, format: 'raw-public', asymmetricKeyType: 'x25519' }),
    }),
  );
/** The ML-KEM-768 key of a seed d ‖ z, 64 octets (FIPS 203). */
export const seedKey = (seed: Uint8Array) =>
  createPrivateKey({ key: seed, format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });
/** ek of that key, 1,184 octets. */
export const encapsulationKey = (seed: Uint8Array) =>
  new Uint8Array(createPublicKey(seedKey(seed)).export({ format: 'raw-public' }));

export interface Given {
  readonly suite: 1 | 2;
  readonly prologue: Uint8Array;
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
  readonly e: Uint8Array;
  readonly seed: Uint8Array;
}

const names = {
  1: 'Noise_IK_25519_ChaChaPoly_SHA256',
  2: 'Noise_IKhfs_25519+MLKEM768_ChaChaPoly_SHA256',
} as const;

/** Inputs of one handshake: random keys of 32 octets, a seed of 64, and a prologue in place of a RELAY frame. */
export function given(suite: 1 | 2): Given {
  return {
    suite,
    prologue: concat(ascii('PNA/1'), randomOctets(30)),
    initiator: randomOctets(32),
    responder: randomOctets(32),
    e: randomOctets(32),
    seed: randomOctets(64),
  };
}

/**
 * The reference's initiator with these inputs. @param randomness by default what is given, so that message 1 is known
 */
export function referenceInitiator(g: Given, randomness?: Randomness): InitiatorHandshake {
  return new InitiatorHandshake({
    suite: g.suite,
    prologue: g.prologue,
    staticPrivate: g.initiator,
    serverPublic: publicX(g.responder),
    randomness: randomness ?? deterministicRandomness({ x25519: [g.e], kemSeed: [g.seed] }),
  });
}

/** The reference's server with these inputs, and random ephemeral keys. */
export function referenceResponder(g: Given): ResponderHandshake {
  const { suite, prologue } = g;
  return new ResponderHandshake({ suite, prologue, staticPrivate: g.responder, randomness: systemRandomness });
}

/** A REQUEST by the straight line; `wrong` replaces what an honest initiator would have sent. */
export function straightRequest(g: Given, payload: Uint8Array, wrong: { s?: Uint8Array; ek?: Uint8Array } = {}) {
  const responderPublic = publicX(g.responder);
  const noise = straightLine(names[g.suite], g.prologue, responderPublic);
  const parts: Uint8Array[] = [publicX(g.e)];
  noise.mixHash(parts[0]!);
  noise.mixKey(dh(g.e, responderPublic));
  if (g.suite === 2) parts.push(noise.seal(wrong.ek ?? encapsulationKey(g.seed)));
  parts.push(noise.seal(wrong.s ?? publicX(g.initiator)));
  noise.mixKey(wrong.s ? new Uint8Array(32) : dh(g.initiator, responderPublic));
  parts.push(noise.seal(payload));
  return { noise, message: concat(...parts) };
}
