/**
 * REQUEST and RESPONSE as Noise messages (Noise rev. 34 §5 and §7.5), each token a line: no interpreter, no pattern
 * table, both end points in one pass, so that whatever one derives is compared with what the other does.
 */

import { ascii, cat, equal, fixed, u8, zeros } from './octets.ts';
import { aead, dh, hmac, kemDecapsulate, kemEncapsulate, kemKeys, sha256, x25519Public } from './primitives.ts';

/** The private keys and random choices of both end points. */
interface Secrets {
  readonly initiatorStatic: Uint8Array;
  readonly serverStatic: Uint8Array;
  readonly initiatorEphemeral: Uint8Array;
  readonly serverEphemeral: Uint8Array;
  /** d ‖ z of the initiator's ML-KEM key pair, 64 octets; suite 2 only. */
  readonly kemSeed: Uint8Array;
  /** m of the server's encapsulation, 32 octets; suite 2 only. */
  readonly kemMessage: Uint8Array;
}

export interface HandshakeInput extends Secrets {
  readonly suite: 1 | 2;
  readonly prologue: Uint8Array;
  readonly requestPayload: Uint8Array;
  readonly responsePayload: Uint8Array;
  readonly forged?: Forged;
}

/**
 * What a dishonest sender puts in place of what it ought to compute, everything after it being right: only the check
 * under test can refuse the message. A forged X25519 public key makes each DH with it zero.
 */
interface Forged {
  readonly initiatorEphemeral?: Uint8Array;
  readonly initiatorStatic?: Uint8Array;
  readonly serverEphemeral?: Uint8Array;
  readonly encapsulationKey?: Uint8Array;
  readonly ciphertext?: (honest: Uint8Array) => Uint8Array;
}

export interface HandshakeOutput {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  readonly handshakeHash: Uint8Array;
  readonly initiatorKey: Uint8Array;
  readonly serverKey: Uint8Array;
  /** h and ck after each token, for someone whose own run differs. */
  readonly trace: readonly { readonly after: string; readonly h: Uint8Array; readonly ck: Uint8Array }[];
}

/** Secrets that anyone can make anew from `label`. */
export const fixedSecrets = (label: string): Secrets => ({
  initiatorStatic: fixed(`${label} initiator static`),
  serverStatic: fixed(`${label} server static`),
  initiatorEphemeral: fixed(`${label} initiator ephemeral`),
  serverEphemeral: fixed(`${label} server ephemeral`),
  kemSeed: fixed(`${label} d, z`, 64),
  kemMessage: fixed(`${label} m`),
});

/** `"PNA/1"` ‖ the entire RELAY frame. */
export const prologueOf = (relay: Uint8Array): Uint8Array => cat('PNA/1', relay);

const names = { 1: 'Noise_IK_25519_ChaChaPoly_SHA256', 2: 'Noise_IKhfs_25519+MLKEM768_ChaChaPoly_SHA256' } as const;

/** Noise §4.3: HKDF with two outputs. */
function hkdf2(ck: Uint8Array, input: Uint8Array): [Uint8Array, Uint8Array] {
  const temporary = hmac(ck, input);
  const first = hmac(temporary, u8(1));
  return [first, hmac(temporary, cat(first, u8(2)))];
}

export function handshake(input: HandshakeInput): HandshakeOutput {
  const trace: { after: string; h: Uint8Array; ck: Uint8Array }[] = [];
  const name = ascii(names[input.suite]);
  let h = name.length <= 32 ? cat(name, zeros(32 - name.length)) : sha256(name);
  let ck = h;
  let k: Uint8Array = zeros(0);
  let n = 0;

  const mixHash = (data: Uint8Array): void => {
    h = sha256(cat(h, data));
  };
  const mixKey = (secret: Uint8Array): void => {
    [ck, k] = hkdf2(ck, secret);
    n = 0;
  };
  const encryptAndHash = (plain: Uint8Array): Uint8Array => {
    const nonce = cat(zeros(4), [n, 0, 0, 0, 0, 0, 0, 0]);
    n += 1;
    const sealed = aead('chacha20-poly1305', k, nonce, h, plain);
    mixHash(sealed);
    return sealed;
  };
  const done = (after: string): void => {
    trace.push({ after, h, ck });
  };
  const both = (left: Uint8Array, right: Uint8Array): Uint8Array => {
    if (!equal(left, right)) throw new Error('the end points disagree');
    return left;
  };

  const forged = input.forged ?? {};
  const agree = (own: Uint8Array, PEER: Uint8Array, peer: Uint8Array, OWN: Uint8Array): Uint8Array =>
    Object.values(forged).includes(PEER) || Object.values(forged).includes(OWN)
      ? zeros(32)
      : both(dh(own, PEER), dh(peer, OWN));

  const is = input.initiatorStatic;
  const IS = forged.initiatorStatic ?? x25519Public(is);
  const rs = input.serverStatic;
  const RS = x25519Public(rs);
  const ie = input.initiatorEphemeral;
  const IE = forged.initiatorEphemeral ?? x25519Public(ie);
  const re = input.serverEphemeral;
  const RE = forged.serverEphemeral ?? x25519Public(re);
  const kem = kemKeys(input.kemSeed);

  mixHash(input.prologue);
  done('prologue');
  mixHash(RS);
  done('<- s');

  const request: Uint8Array[] = [];
  request.push(IE);
  mixHash(IE);
  done('-> e');
  mixKey(agree(ie, RS, rs, IE));
  done('-> es');
  if (input.suite === 2) {
    request.push(encryptAndHash(forged.encapsulationKey ?? kem.encapsulationKey));
    done('-> e1');
  }
  request.push(encryptAndHash(IS));
  done('-> s');
  mixKey(agree(is, RS, rs, IS));
  done('-> ss');
  request.push(encryptAndHash(input.requestPayload));
  done('-> payload');

  const response: Uint8Array[] = [];
  response.push(RE);
  mixHash(RE);
  done('<- e');
  mixKey(agree(re, IE, ie, RE));
  done('<- ee');
  if (input.suite === 2) {
    const { ciphertext, secret } = kemEncapsulate(kem.encapsulationKey, input.kemMessage);
    response.push(encryptAndHash(forged.ciphertext?.(ciphertext) ?? ciphertext));
    mixKey(both(secret, kemDecapsulate(ciphertext, input.kemSeed)));
    done('<- ekem1');
  }
  mixKey(agree(re, IS, is, RE));
  done('<- se');
  response.push(encryptAndHash(input.responsePayload));
  done('<- payload');

  const [initiatorKey, serverKey] = hkdf2(ck, zeros(0));
  return { request: cat(...request), response: cat(...response), handshakeHash: h, initiatorKey, serverKey, trace };
}
