/** The handshake ([EP] fig. 5). */
import type { Fault } from '../fault.ts';

const primitives = 'reference/crypto/primitives.ts';
const noise = 'reference/crypto/noise.ts';
const patterns = 'reference/crypto/patterns.ts';
const symmetric = 'reference/crypto/symmetric-state.ts';
const exchange = 'reference/nodes/exchange.ts';
const initiator = 'reference/nodes/initiator.ts';
const server = 'reference/nodes/server.ts';
const lowOrder = `    throw new IntegrityFailure('X25519: public key of low order');`;
const dhResult = `    return x25519(privateKey, known(theirs === 'e' ? variables.re : variables.rs));`;
const check = `if ((a | ((b & 15) << 8)) >= 3329 || ((b >> 4) | (c << 4)) >= 3329) {`;
const encapsulated = `    const key = createPublicKey({ key: publicKey, format: 'raw-public', asymmetricKeyType: 'ml-kem-768' });`;
/** OpenSSL refuses such a key by itself: it gets one whose coefficients are reduced. */
const reducing: readonly [string, string] = [
  encapsulated,
  `    const reduced = publicKey.slice();
    for (let i = 0; i < reduced.length - 32; i += 3) {
      const [a, b, c] = [reduced[i]!, reduced[i + 1]!, reduced[i + 2]!];
      const [one, two] = [(a | ((b & 15) << 8)) % 3329, ((b >> 4) | (c << 4)) % 3329];
      reduced.set([one & 255, (one >> 8) | ((two & 15) << 4), two >> 4], i);
    }
    const key = createPublicKey({ key: reduced, format: 'raw-public', asymmetricKeyType: 'ml-kem-768' });`,
];
const expectedKem = { file: primitives, change: reducing };

export const handshake: readonly Fault[] = [
  // HS-01
  {
    id: 'prologue-without-label',
    breaks: ['HS-01'],
    roles: ['client', 'server'],
    does: 'The prologue is the RELAY frame without "PNA/1" before it.',
    file: exchange,
    change: [`return concat(ascii('PNA/1'), relay);`, `return concat(relay);`],
  },
  {
    id: 'prologue-without-relay',
    breaks: ['HS-01'],
    roles: ['client', 'server'],
    does: 'The RELAY frame is not in the prologue.',
    file: exchange,
    change: [`return concat(ascii('PNA/1'), relay);`, `return relay && ascii('PNA/1');`],
  },
  {
    id: 'prologue-without-origin',
    breaks: ['HS-01'],
    roles: ['server'],
    does: 'The server takes the prologue to be a RELAY frame with the origin that is usual, whichever came.',
    file: server,
    change: [
      `this.#relay = { octets: octets.slice(), path };`,
      `this.#relay = { octets: encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path }), path };`,
    ],
    more: [
      {
        file: server,
        change: [`import { decodeRelay, findSelf } from`, `import { decodeRelay, encodeRelay, findSelf } from`],
      },
    ],
  },
  // HS-02, HS-03
  {
    id: 'suite-1-other-name',
    breaks: ['HS-02'],
    roles: ['client', 'server'],
    does: 'Suite 1 begins with the name of another Noise protocol.',
    file: patterns,
    change: [`'Noise_IK_25519_ChaChaPoly_SHA256'`, `'Noise_IK_25519_ChaChaPoly_BLAKE2s'`],
  },
  {
    id: 'suite-1-without-ss',
    breaks: ['HS-02'],
    roles: ['client', 'server'],
    does: 'Suite 1 mixes in no secret of the two static keys.',
    file: patterns,
    change: [`['e', 'es', 's', 'ss']`, `['e', 'es', 's']`],
  },
  {
    id: 'suite-1-se-before-ee',
    breaks: ['HS-02'],
    roles: ['client', 'server'],
    does: 'Suite 1 mixes se in before ee.',
    file: patterns,
    change: [`['e', 'ee', 'se']`, `['e', 'se', 'ee']`],
  },
  {
    id: 'suite-2-name-cut',
    breaks: ['HS-03'],
    roles: ['client', 'server'],
    does: 'The name of suite 2, longer than a hash, is cut and not hashed.',
    file: symmetric,
    change: [`h.set(name.length <= 32 ? name : sha256(name));`, `h.set(name.subarray(0, 32));`],
  },
  {
    id: 'suite-2-e1-before-es',
    breaks: ['HS-03'],
    roles: ['client', 'server'],
    does: 'Suite 2 sends the encapsulation key in the clear, before es.',
    file: patterns,
    change: [`['e', 'es', 'e1', 's', 'ss']`, `['e', 'e1', 'es', 's', 'ss']`],
  },
  {
    id: 'suite-2-ekem1-last',
    breaks: ['HS-03'],
    roles: ['client', 'server'],
    does: 'Suite 2 mixes ekem1 in after se.',
    file: patterns,
    change: [`['e', 'ee', 'ekem1', 'se']`, `['e', 'ee', 'se', 'ekem1']`],
  },
  {
    id: 'suite-2-secret-unused',
    breaks: ['HS-03'],
    roles: ['server'],
    does: 'The server mixes the secret of ML-KEM nowhere in.',
    file: noise,
    change: [`symmetric.mixKey(sharedSecret);`, `void sharedSecret;`],
  },
  {
    id: 'suite-2-secret-unused-initiator',
    breaks: ['HS-03'],
    roles: ['client'],
    does: 'The initiator mixes the secret of ML-KEM nowhere in.',
    file: noise,
    change: [
      `symmetric.mixKey(kem.decapsulate(known(variables.e1).privateKey, ciphertext));`,
      `kem.decapsulate(known(variables.e1).privateKey, ciphertext);`,
    ],
  },
  {
    id: 'handshake-nonce-big-endian',
    breaks: ['HS-03'],
    roles: ['client', 'server'],
    does: 'The counter in the nonce of the handshake is big-endian, which shows where one key seals twice: in suite 2.',
    file: symmetric,
    change: [`setBigUint64(4, this.#nonce, true)`, `setBigUint64(4, this.#nonce)`],
  },
  // HS-04
  {
    id: 'suite-retried-lower',
    breaks: ['HS-04'],
    roles: ['client'],
    does: 'An initiator that was refused tries again with the other suite.',
    file: initiator,
    change: [
      `      suite: server.suite,
      prologue: `,
      `      suite: this.#failures > 0 ? 3 - server.suite : server.suite,
      prologue: `,
    ],
    more: [
      {
        file: initiator,
        change: [
          `      suite: server.suite,
      ...propose(`,
          `      suite: this.#failures > 0 ? 3 - server.suite : server.suite,
      ...propose(`,
        ],
      },
    ],
  },
  {
    id: 'suite-retried-once-not-authorized',
    breaks: ['HS-04'],
    roles: ['client'],
    does: 'An initiator of the hybrid suite that was refused as not authorized tries suite 1, once.',
    file: initiator,
    change: [
      `      suite: server.suite,
      prologue: `,
      `      suite: this.#failures === 1 ? 1 : server.suite,
      prologue: `,
    ],
    more: [
      {
        file: initiator,
        change: [
          `      suite: server.suite,
      ...propose(`,
          `      suite: this.#failures === 1 ? 1 : server.suite,
      ...propose(`,
        ],
      },
    ],
  },
  {
    id: 'suite-of-configuration-ignored',
    breaks: ['HS-04'],
    roles: ['client'],
    does: 'The initiator uses the hybrid suite whatever the configuration says.',
    file: initiator,
    change: [
      `      suite: server.suite,
      prologue: `,
      `      suite: 2,
      prologue: `,
    ],
    more: [
      {
        file: initiator,
        change: [
          `      suite: server.suite,
      ...propose(`,
          `      suite: 2,
      ...propose(`,
        ],
      },
    ],
  },
  // HS-05
  {
    id: 'dh-of-zeros-accepted',
    breaks: ['HS-05'],
    roles: ['client', 'server'],
    does: 'A DH result of all zeros is used like any other.',
    file: primitives,
    change: [lowOrder, '    return new Uint8Array(32);'],
  },
  {
    id: 'dh-of-zeros-judged-by-the-key',
    breaks: ['HS-05'],
    roles: ['client', 'server'],
    does: 'A public key of all zeros is refused, but not the other ones of low order.',
    file: primitives,
    change: [
      lowOrder,
      `    if (isZero(publicKey)) throw new IntegrityFailure('X25519: public key of low order');
    return new Uint8Array(32);`,
    ],
  },
  {
    id: 'dh-of-zeros-only-canonical',
    breaks: ['HS-05'],
    roles: ['client', 'server'],
    does: 'Public keys of low order are found in a list that lacks those that are not reduced.',
    file: primitives,
    change: [
      lowOrder,
      `    if (publicKey[31]! < 0x7f || publicKey[0] === 0xec) throw new IntegrityFailure('X25519: public key of low order');
    return new Uint8Array(32);`,
    ],
  },
  {
    id: 'dh-of-zeros-accepted-in-e',
    breaks: ['HS-05'],
    roles: ['server'],
    does: 'The server looks for a DH result of all zeros only where the static key of the initiator is in it.',
    file: noise,
    change: [
      dhResult,
      `    try {
      return x25519(privateKey, known(theirs === 'e' ? variables.re : variables.rs));
    } catch (error) {
      if (theirs === 'e') return new Uint8Array(32);
      throw error;
    }`,
    ],
  },
  {
    id: 'dh-of-zeros-accepted-in-s',
    breaks: ['HS-05'],
    roles: ['server'],
    does: 'The server looks for a DH result of all zeros only where the ephemeral key of the initiator is in it.',
    file: noise,
    change: [
      dhResult,
      `    try {
      return x25519(privateKey, known(theirs === 'e' ? variables.re : variables.rs));
    } catch (error) {
      if (theirs === 's') return new Uint8Array(32);
      throw error;
    }`,
    ],
  },
  // HS-06
  {
    id: 'kem-coefficient-of-q',
    breaks: ['HS-06'],
    roles: ['server'],
    does: 'A coefficient of exactly q passes the modulus check.',
    file: primitives,
    change: [check, `if ((a | ((b & 15) << 8)) > 3329 || ((b >> 4) | (c << 4)) > 3329) {`],
    more: [expectedKem],
  },
  {
    id: 'kem-second-coefficient-of-q',
    breaks: ['HS-06'],
    roles: ['server'],
    does: 'A coefficient of exactly q passes the modulus check in every second place.',
    file: primitives,
    change: [check, `if ((a | ((b & 15) << 8)) >= 3329 || ((b >> 4) | (c << 4)) > 3329) {`],
    more: [expectedKem],
  },
  {
    id: 'kem-coefficient-below-q-refused',
    breaks: ['HS-06'],
    roles: ['server'],
    does: 'A coefficient of 3328 is refused.',
    file: primitives,
    change: [check, `if ((a | ((b & 15) << 8)) >= 3328 || ((b >> 4) | (c << 4)) >= 3328) {`],
  },
  {
    id: 'kem-key-unchecked',
    breaks: ['HS-06'],
    roles: ['server'],
    does: 'Coefficients are reduced, and not checked.',
    file: primitives,
    change: [check, 'if (publicKey.length < 3) {'],
    more: [expectedKem],
  },
  {
    id: 'kem-last-coefficients-unchecked',
    breaks: ['HS-06'],
    roles: ['server'],
    does: 'The last 3 coefficients are not checked.',
    file: primitives,
    change: [
      `    for (let i = 0; i < publicKey.length - 32; i += 3) {`,
      `    for (let i = 0; i < publicKey.length - 36; i += 3) {`,
    ],
    more: [expectedKem],
  },
];
