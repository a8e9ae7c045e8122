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
  /** What an implementation does wrong from here on, in both messages. */
  readonly mistake?: Mistake;
  /**
   * What came in a REQUEST whose sender's secrets nobody here knows: the server's part of the handshake with it. The
   * initiator's secrets of the input are not read then.
   */
  readonly received?: Received;
  /** RESPONSE is of no interest. */
  readonly requestOnly?: boolean;
}

/** A REQUEST, opened. */
export interface Received {
  readonly initiatorEphemeral: Uint8Array;
  /** Suite 2. */
  readonly encapsulationKey: Uint8Array;
  readonly initiatorStatic: Uint8Array;
}

/** Where implementations of Noise go wrong. */
export const mistakes = {
  'name of the other suite': 'the protocol name of the other suite',
  'name with psk': 'the protocol name of another pattern, IKpsk2',
  'name with another hash': 'the protocol name of another hash function',
  'name always hashed': 'the protocol name is hashed, or not, where it should be the other way round',
  'no prologue': 'without a prologue',
  'prologue twice': 'the prologue is hashed twice',
  'no server key': "the server's static key is not hashed beforehand",
  'server key before prologue': "the server's static key is hashed before the prologue",
  'e not hashed': 'the ephemeral key is not hashed',
  'ciphertext not hashed': 'what was encrypted is not hashed',
  'plaintext hashed': 'the plaintext is hashed, not the ciphertext',
  'no associated data': 'without associated data',
  'nonce big-endian': 'the counter is big-endian in the nonce',
  'nonce first': 'the counter stands before the zeros of the nonce',
  'counter goes on': 'MixKey does not reset the counter',
  'counter from one': 'the counter begins with 1',
  'counter stands still': 'the counter is not raised',
  'outputs swapped': 'the outputs of HKDF are swapped',
  'input as key': 'HKDF takes the chaining key for its input and the secret for its key',
  'chaining key kept': 'MixKey leaves the chaining key as it was',
  'secret as key': 'the DH result itself is the key',
  'es and ss swapped': 'ss comes before es',
  'ss left out': 'without ss',
  'se left out': 'without se',
  'ee and se swapped': 'se comes before ee',
  'es in place of se': 'es is mixed once more in place of se',
  'e1 after s': 'e1 comes after s',
  'e1 before es': 'e1 is sent in the clear before es, and hashed',
  'e1 not hashed': 'the encrypted encapsulation key is not hashed',
  'ekem1 after se': 'ekem1 comes after se',
  'ekem1 before ee': 'ekem1 is sealed with the key of REQUEST, before ee',
  'KEM secret not mixed': 'the secret of ML-KEM is not mixed into the key',
  'KEM secret mixed first': 'the secret of ML-KEM is mixed before its ciphertext is sealed',
} as const;
export type Mistake = keyof typeof mistakes;

/**
 * What a dishonest sender puts in place of what it ought to compute, everything after it being right: only the check
 * under test can refuse the message. A forged X25519 public key makes each DH with it zero, unless it is told to be
 * one that works: then its receiver's private key computes the DH.
 */
export interface Forged {
  readonly initiatorEphemeral?: Uint8Array;
  readonly initiatorStatic?: Uint8Array;
  readonly serverEphemeral?: Uint8Array;
  readonly works?: boolean;
  readonly encapsulationKey?: Uint8Array;
  readonly ciphertext?: (honest: Uint8Array) => Uint8Array;
  /** The sender mixes what the receiver gets by implicit rejection, FIPS 203 §7.3. */
  readonly rejected?: boolean;
}

interface State {
  readonly after: string;
  readonly h: Uint8Array;
  readonly ck: Uint8Array;
  /** Of no octet before the first MixKey. */
  readonly k: Uint8Array;
}

export interface HandshakeOutput {
  readonly request: Uint8Array;
  readonly response: Uint8Array;
  readonly handshakeHash: Uint8Array;
  readonly initiatorKey: Uint8Array;
  readonly serverKey: Uint8Array;
  /** h, ck and k after each token, for someone whose own run differs. */
  readonly trace: readonly State[];
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

/** Both ends of one handshake, in one pass. @throws Error where they do not agree, though no mistake is asked for */
export function handshake(input: HandshakeInput): HandshakeOutput {
  const trace: State[] = [];
  const { mistake } = input;
  const name = ascii(nameOf(input.suite, mistake));
  const isShort = name.length <= 32 !== (mistake === 'name always hashed');
  let h = isShort ? cat(name, zeros(32)).slice(0, 32) : sha256(name);
  let ck = h;
  let k: Uint8Array = zeros(0);
  let n = 0;

  const mixHash = (data: Uint8Array): void => {
    h = sha256(cat(h, data));
  };
  const mixKey = (secret: Uint8Array): void => {
    const [first, second] = mistake === 'input as key' ? hkdf2(secret, ck) : hkdf2(ck, secret);
    const [chaining, key] = mistake === 'outputs swapped' ? [second, first] : [first, second];
    if (mistake !== 'chaining key kept') ck = chaining;
    k = mistake === 'secret as key' ? secret : key;
    if (mistake !== 'counter goes on') n = mistake === 'counter from one' ? 1 : 0;
  };
  const encryptAndHash = (plain: Uint8Array, hashed = mistake !== 'ciphertext not hashed'): Uint8Array => {
    const counter = mistake === 'nonce big-endian' ? [0, 0, 0, 0, 0, 0, 0, n] : [n, 0, 0, 0, 0, 0, 0, 0];
    const nonce = mistake === 'nonce first' ? cat(counter, zeros(4)) : cat(zeros(4), counter);
    if (mistake !== 'counter stands still') n += 1;
    const sealed = aead('chacha20-poly1305', k, nonce, mistake === 'no associated data' ? zeros(0) : h, plain);
    if (hashed) mixHash(mistake === 'plaintext hashed' ? plain : sealed);
    return sealed;
  };
  const done = (after: string): void => {
    trace.push({ after, h, ck, k });
  };
  const both = (left: Uint8Array, right: Uint8Array): Uint8Array => {
    if (!equal(left, right)) throw new Error('the end points disagree');
    return left;
  };

  const forged = input.forged ?? {};
  const { received } = input;
  const isForged = (key: Uint8Array): boolean =>
    [forged.initiatorEphemeral, forged.initiatorStatic, forged.serverEphemeral].includes(key);
  /** DH by both ends, or by the one whose private key is the right one of its public key. */
  const agree = (own: Uint8Array, PEER: Uint8Array, peer: Uint8Array, OWN: Uint8Array): Uint8Array => {
    const isHonest = !isForged(PEER) && !isForged(OWN);
    if (!isHonest && !forged.works) return zeros(32);
    if (received) return own === re ? dh(own, PEER) : dh(peer, OWN);
    if (isHonest) return both(dh(own, PEER), dh(peer, OWN));
    return isForged(PEER) ? dh(own, PEER) : dh(peer, OWN);
  };

  const is = input.initiatorStatic;
  const IS = received?.initiatorStatic ?? forged.initiatorStatic ?? x25519Public(is);
  const rs = input.serverStatic;
  const RS = x25519Public(rs);
  const ie = input.initiatorEphemeral;
  const IE = received?.initiatorEphemeral ?? forged.initiatorEphemeral ?? x25519Public(ie);
  const re = input.serverEphemeral;
  const RE = forged.serverEphemeral ?? x25519Public(re);
  const kem = kemKeys(input.kemSeed);
  const encapsulationKey = received?.encapsulationKey ?? kem.encapsulationKey;

  if (mistake === 'server key before prologue') mixHash(RS);
  if (mistake !== 'no prologue') mixHash(input.prologue);
  if (mistake === 'prologue twice') mixHash(input.prologue);
  done('prologue');
  if (mistake !== 'no server key' && mistake !== 'server key before prologue') mixHash(RS);
  done('<- s');

  const es = (): void => mixKey(agree(ie, RS, rs, IE));
  const ss = (): void => mixKey(agree(is, RS, rs, IS));
  const ee = (): void => mixKey(agree(re, IE, ie, RE));
  const se = (): void => mixKey(agree(re, IS, is, RE));

  const request: Uint8Array[] = [];
  const e1 = (): void => {
    if (input.suite !== 2) return;
    const hashed = mistake !== 'e1 not hashed' && mistake !== 'ciphertext not hashed';
    request.push(encryptAndHash(forged.encapsulationKey ?? encapsulationKey, hashed));
    done('-> e1');
  };
  request.push(IE);
  if (mistake !== 'e not hashed') mixHash(IE);
  done('-> e');
  if (mistake === 'e1 before es' && input.suite === 2) {
    request.push(encapsulationKey);
    mixHash(encapsulationKey);
  }
  if (mistake === 'es and ss swapped') ss();
  else es();
  done('-> es');
  if (mistake !== 'e1 after s' && mistake !== 'e1 before es') e1();
  request.push(encryptAndHash(IS));
  done('-> s');
  if (mistake === 'e1 after s') e1();
  if (mistake === 'es and ss swapped') es();
  else if (mistake !== 'ss left out') ss();
  done('-> ss');
  request.push(encryptAndHash(input.requestPayload));
  done('-> payload');

  const response: Uint8Array[] = [];
  if (input.requestOnly)
    return { request: cat(...request), response: zeros(0), handshakeHash: h, initiatorKey: ck, serverKey: ck, trace };
  const ekem1 = (): void => {
    if (input.suite !== 2) return;
    const { ciphertext, secret } = kemEncapsulate(encapsulationKey, input.kemMessage);
    const sent = forged.ciphertext?.(ciphertext) ?? ciphertext;
    const mix = (): void => {
      if (mistake === 'KEM secret not mixed') return;
      if (forged.rejected) mixKey(kemDecapsulate(sent, input.kemSeed));
      else mixKey(received ? secret : both(secret, kemDecapsulate(ciphertext, input.kemSeed)));
    };
    if (mistake === 'KEM secret mixed first') mix();
    response.push(encryptAndHash(sent));
    if (mistake !== 'KEM secret mixed first') mix();
    done('<- ekem1');
  };
  response.push(RE);
  if (mistake !== 'e not hashed') mixHash(RE);
  done('<- e');
  if (mistake === 'ekem1 before ee') ekem1();
  if (mistake === 'ee and se swapped') se();
  else ee();
  done('<- ee');
  if (mistake !== 'ekem1 before ee' && mistake !== 'ekem1 after se') ekem1();
  if (mistake === 'ee and se swapped') ee();
  else if (mistake === 'es in place of se') es();
  else if (mistake !== 'se left out') se();
  if (mistake === 'ekem1 after se') ekem1();
  done('<- se');
  response.push(encryptAndHash(input.responsePayload));
  done('<- payload');

  const [initiatorKey, serverKey] = hkdf2(ck, zeros(0));
  return { request: cat(...request), response: cat(...response), handshakeHash: h, initiatorKey, serverKey, trace };
}

function nameOf(suite: 1 | 2, mistake: Mistake | undefined): string {
  if (mistake === 'name of the other suite') return names[suite === 1 ? 2 : 1];
  if (mistake === 'name with psk') return names[suite].replace('IK', 'IKpsk2');
  if (mistake === 'name with another hash') return names[suite].replace('SHA256', 'SHA512');
  return names[suite];
}
