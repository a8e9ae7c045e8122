/** The messages of the handshake and its suites ([EP] fig. 5). */
import type { Fault } from '../../fault.ts';

const noise = 'reference/crypto/noise.ts';
const patterns = 'reference/crypto/patterns.ts';
const primitives = 'reference/crypto/primitives.ts';
const symmetric = 'reference/crypto/symmetric-state.ts';
const exchange = 'reference/nodes/exchange.ts';
const initiator = 'reference/nodes/initiator.ts';
const server = 'reference/nodes/server.ts';

export const handshake: readonly Fault[] = [
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
  {
    id: 'unreduced-key-refused',
    breaks: ['HS-02', 'HS-03'],
    roles: ['client', 'server'],
    does: 'A public key that is not below p, or has the highest bit, is refused.',
    file: primitives,
    change: [
      `  requireLength(publicKey, 32, 'X25519 public key');
`,
      `  requireLength(publicKey, 32, 'X25519 public key');
  if (publicKey[31]! > 127 || (publicKey[31] === 127 && publicKey[0]! >= 0xed && publicKey.subarray(1, 31).every((octet) => octet === 255)))
    throw new IntegrityFailure('X25519: public key not reduced');
`,
    ],
  },
  {
    id: 'unreduced-key-hashed-reduced',
    breaks: ['HS-02', 'HS-03'],
    roles: ['client', 'server'],
    does: 'The highest bit of an ephemeral key is cleared before the key is hashed.',
    file: noise,
    change: [
      '        variables.re = take(dhLength);\n',
      '        variables.re = take(dhLength).slice();\n        variables.re[31]! &= 127;\n',
    ],
  },
  {
    id: 'odd-ciphertext-refused',
    breaks: ['HS-03'],
    roles: ['client'],
    does: 'A ciphertext of ML-KEM of equal octets is an error, not an implicit rejection.',
    file: primitives,
    change: [
      `    requireLength(ciphertext, kem.ciphertextLength, 'ML-KEM ciphertext');
`,
      `    requireLength(ciphertext, kem.ciphertextLength, 'ML-KEM ciphertext');
    if (ciphertext.every((octet) => octet === ciphertext[0])) throw new IntegrityFailure('ML-KEM: odd ciphertext');
`,
    ],
  },
];
