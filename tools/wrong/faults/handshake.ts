/** The handshake and the key schedule ([EP] fig. 5). */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../fault.ts';

const primitives = 'reference/crypto/primitives.ts';
const noise = 'reference/crypto/noise.ts';
const patterns = 'reference/crypto/patterns.ts';
const symmetric = 'reference/crypto/symmetric-state.ts';
const keys = 'reference/crypto/keys.ts';
const session = 'reference/nodes/session.ts';
const exchange = 'reference/nodes/exchange.ts';
const initiator = 'reference/nodes/initiator.ts';
const server = 'reference/nodes/server.ts';
const policy = 'reference/tunnel/server/policy.ts';
const randomness = 'reference/crypto/randomness.ts';
const dataFrame = 'reference/crypto/data-frame.ts';

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
  // HS-07, HS-08
  {
    id: 'minimum-suite-ignored',
    breaks: ['HS-07'],
    roles: ['server'],
    does: 'The suites that the configuration allows for a name are not looked at.',
    file: policy,
    change: [`if (!entry.suites.some((suite) => suite === request.suite))`, `if (entry.suites.length < 0)`],
  },
  {
    id: 'minimum-suite-of-anyone',
    breaks: ['HS-07'],
    roles: ['server'],
    does: 'A suite that is allowed for one name is allowed for all.',
    file: policy,
    change: [
      `if (!entry.suites.some((suite) => suite === request.suite))`,
      `if (!this.#config.initiators.some(({ suites }) => suites.some((suite) => suite === request.suite)))`,
    ],
  },
  {
    id: 'authorized-by-name-alone',
    breaks: ['HS-08'],
    roles: ['server'],
    does: 'Any key does for a name that is known.',
    file: policy,
    change: [
      `const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));`,
      `const entry = this.#config.initiators.find(({ name }) => name === request.initiatorName);`,
    ],
  },
  {
    id: 'authorized-by-key-alone',
    breaks: ['HS-08'],
    roles: ['server'],
    does: 'Any name does for a key that is known.',
    file: policy,
    change: [
      `const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));`,
      `const entry = this.#config.initiators.find(({ publicKey }) => publicKey.toHex() === key);`,
    ],
  },
  {
    id: 'authorized-by-any-known-pair',
    breaks: ['HS-08'],
    roles: ['server'],
    does: 'A name that is known and a key that is known do, though they do not belong together.',
    file: policy,
    change: [
      `const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));`,
      `const entry = this.#config.initiators.some(({ publicKey }) => publicKey.toHex() === key)
      ? this.#config.initiators.find(({ name }) => name === request.initiatorName)
      : undefined;`,
    ],
  },
  {
    id: 'name-without-regard-to-case',
    breaks: ['HS-08'],
    roles: ['server'],
    does: 'Names are compared in lower case.',
    file: policy,
    change: [
      `const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));`,
      `const entry = this.#initiators.get(identifier(request.initiatorName.toLowerCase(), request.initiatorStatic));`,
    ],
  },
  // HS-09
  {
    id: 'response-unopened-protocol-error',
    breaks: ['HS-09'],
    roles: ['client'],
    does: 'A RESPONSE that does not open is a protocol error.',
    file: initiator,
    change: [
      `    const { response, fault } = readResponse(this.#handshake, octets, server.suite);`,
      `    let read: ReturnType<typeof readResponse>;
    try {
      read = readResponse(this.#handshake, octets, server.suite);
    } catch {
      throw new Unexpected('RESPONSE');
    }
    const { response, fault } = read;`,
    ],
  },
  {
    id: 'response-unopened-ignored',
    breaks: ['HS-09'],
    roles: ['client'],
    does: 'A RESPONSE that does not open is ignored: the initiator goes on waiting.',
    file: initiator,
    change: [
      `    const { response, fault } = readResponse(this.#handshake, octets, server.suite);`,
      `    let read: ReturnType<typeof readResponse>;
    try {
      read = readResponse(this.#handshake, octets, server.suite);
    } catch {
      return;
    }
    const { response, fault } = read;`,
    ],
  },
  {
    id: 'response-unopened-without-close',
    breaks: ['HS-09'],
    roles: ['client'],
    does: 'An initiator whose RESPONSE does not open ends the connection without CLOSE.',
    file: 'reference/machines/initiator.ts',
    change: [
      `['Response Wait', ['integrity failure', 'protocol error',`,
      `['Response Wait', ['integrity failure'], ['shut down writing'], 'Dying', 'binding'],
    ['Response Wait', ['protocol error',`,
    ],
  },
  {
    id: 'response-unopened-close-with-zeros',
    breaks: ['HS-09', 'CLOSE-01'],
    roles: ['client'],
    does: 'A CLOSE before there is a key has a digest under a key of zeros.',
    file: 'reference/nodes/conversation.ts',
    change: [
      `(this.closeKey ? keyedClose(this.closeKey, status, 0) : unkeyed())`,
      `(this.closeKey || status === 4 ? keyedClose(this.closeKey ?? new Uint8Array(32), status, 0) : unkeyed())`,
    ],
  },
  {
    id: 'response-payload-tag-unverified',
    breaks: ['HS-09'],
    roles: ['client'],
    does: 'The tag of what RESPONSE holds is not verified.',
    file: symmetric,
    change: [
      `    if (plaintext === undefined) throw new IntegrityFailure('handshake: tag does not verify');`,
      `    if (plaintext === undefined) return new Uint8Array(body.length);`,
    ],
  },
  // HS-10
  {
    id: 'one-ephemeral-key',
    breaks: ['HS-10'],
    roles: ['client', 'server'],
    does: 'One ephemeral key of X25519 is made when the program starts, and used for all connections.',
    file: randomness,
    change: [`  x25519Ephemeral: () => randomOctets(32),`, `  x25519Ephemeral: () => onlyKey.slice(),`],
    more: [
      {
        file: randomness,
        change: [
          `export const systemRandomness: Randomness = {`,
          `const onlyKey = randomOctets(32);
export const systemRandomness: Randomness = {`,
        ],
      },
    ],
  },
  {
    id: 'one-encapsulation-key',
    breaks: ['HS-10'],
    roles: ['client'],
    does: 'One key pair of ML-KEM is made when the program starts, and used for all connections.',
    file: randomness,
    change: [`  kemSeed: () => randomOctets(64),`, `  kemSeed: () => onlySeed.slice(),`],
    more: [
      {
        file: randomness,
        change: [
          `export const systemRandomness: Randomness = {`,
          `const onlySeed = randomOctets(64);
export const systemRandomness: Randomness = {`,
        ],
      },
    ],
  },
  {
    id: 'ephemeral-key-of-the-peer',
    breaks: ['HS-10'],
    roles: ['server'],
    does: 'The server keeps its ephemeral key for an initiator that comes again with the same REQUEST.',
    file: noise,
    change: [
      `        const privateKey = this.#randomness.x25519Ephemeral();`,
      `        const peer = variables.re?.toHex() ?? '';
        const privateKey = (kept.get(peer) ?? this.#randomness.x25519Ephemeral()).slice();
        if (peer !== '') kept.set(peer, privateKey.slice());`,
    ],
    more: [
      {
        file: noise,
        change: [
          `const dhLength = 32; // §12.1`,
          `const dhLength = 32; // §12.1
const kept = new Map<string, Uint8Array>();`,
        ],
      },
    ],
  },
  // KEY-01
  {
    id: 'one-key-for-both-directions',
    breaks: ['KEY-01'],
    roles: ['client', 'server'],
    does: 'Both directions use the keys that are derived from k_i.',
    file: session,
    change: [
      `const server = deriveDirection(serverKey, transform, handshakeHash);`,
      `const server = initiator;
    serverKey.fill(0);`,
    ],
  },
  {
    id: 'directions-swapped',
    breaks: ['KEY-01'],
    roles: ['client', 'server'],
    does: 'k_i keys what the server sends, k_r what the initiator sends.',
    file: session,
    change: [
      `role === 'initiator' ? [initiator, server] : [server, initiator]`,
      `role === 'initiator' ? [server, initiator] : [initiator, server]`,
    ],
  },
  {
    id: 'key-info-without-hash',
    breaks: ['KEY-01'],
    roles: ['client', 'server'],
    does: 'The handshake hash is not part of what keys are derived from.',
    file: keys,
    change: [
      'Uint8Array.of(transform >> 8, transform & 0xff), h);',
      'Uint8Array.of(transform >> 8, transform & 0xff));',
    ],
  },
  {
    id: 'key-info-without-transform',
    breaks: ['KEY-01'],
    roles: ['client', 'server'],
    does: 'Keys do not depend on the transform.',
    file: keys,
    change: ['Uint8Array.of(transform >> 8, transform & 0xff), h);', 'h);'],
  },
  {
    id: 'key-info-without-nul',
    breaks: ['KEY-01'],
    roles: ['client', 'server'],
    does: 'No NUL ends the label in what keys are derived from.',
    file: keys,
    change: ['\\0`), Uint8Array.of(transform', '`), Uint8Array.of(transform'],
  },
  {
    id: 'key-expand-one-block',
    breaks: ['KEY-01'],
    roles: ['client', 'server'],
    does: 'Keys are the HMAC of the info without the counter octet of HKDF-Expand.',
    file: primitives,
    change: ['hmacSha256(prk, block, info, Uint8Array.of(i));', 'hmacSha256(prk, block, info);'],
  },
  {
    id: 'iv-of-12-octets',
    breaks: ['KEY-01', 'TRF-06', 'TRF-09'],
    roles: ['client', 'server'],
    does: 'The first counter block of 0x0101 and the first IV of 0x0102 are 12 octets of the schedule and 4 zeros.',
    file: keys,
    change: [
      `iv: derive('iv', separate ? 16 : 12),`,
      `iv: separate ? concat(derive('iv', 12), new Uint8Array(4)) : derive('iv', 12),`,
    ],
  },
  {
    id: 'mac-is-the-key',
    breaks: ['KEY-01', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'The digest of 0x01xx is keyed with the key of the cipher.',
    file: keys,
    change: [`mac: derive('mac', 32)`, `mac: derive('key', 32)`],
  },
  {
    id: 'close-key-is-the-key',
    breaks: ['KEY-01', 'CLOSE-02'],
    roles: ['client', 'server'],
    does: 'The digest of CLOSE is keyed with the key of the cipher.',
    file: keys,
    change: [`close: derive('close', 32),`, `close: derive('key', 32),`],
  },
  // KEY-02, KEY-03
  {
    id: 'counter-from-1',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'The first DATA frame is sealed with n = 1.',
    file: dataFrame,
    change: [
      `export function sealer(encryption: Encryption, counter = new Counter()): Sealer {`,
      `export function sealer(encryption: Encryption, counter = new Counter(1)): Sealer {`,
    ],
  },
  {
    id: 'keep-alives-not-counted',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'Empty DATA frames are not counted when they are sent.',
    file: dataFrame,
    change: [
      `      counter.advance(sealed);
      return frame;`,
      `      if (sealed > 0) counter.advance(sealed);
      return frame;`,
    ],
  },
  {
    id: 'keep-alives-not-counted-received',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'Empty DATA frames are not counted when they come.',
    file: dataFrame,
    change: [
      `    counter.advance(plaintext.length);`,
      `    if (plaintext.length > 0) counter.advance(plaintext.length);`,
    ],
  },
  {
    id: 'counter-of-8-bits',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'The counter begins again after 256 frames.',
    file: 'reference/crypto/counter.ts',
    change: [
      `    this.#view.setUint32(4, this.#frames % 2 ** 32);`,
      `    this.#view.setUint32(4, this.#frames % 2 ** 8);`,
    ],
  },
  {
    id: 'counter-of-16-bits',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'The counter begins again after 65,536 frames.',
    file: 'reference/crypto/counter.ts',
    change: [
      `    this.#view.setUint32(4, this.#frames % 2 ** 32);`,
      `    this.#view.setUint32(4, this.#frames % 2 ** 16);`,
    ],
  },
  {
    id: 'counter-little-endian',
    breaks: ['KEY-02', 'TRF-01', 'TRF-02', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'The counter is little-endian.',
    file: 'reference/crypto/counter.ts',
    change: [
      `    this.#view.setUint32(0, Math.floor(this.#frames / 2 ** 32));
    this.#view.setUint32(4, this.#frames % 2 ** 32);`,
      `    this.#view.setUint32(0, this.#frames % 2 ** 32, true);`,
    ],
  },
  {
    id: 'counter-goes-on',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'The counter goes on from one tunnel connection to the next.',
    file: dataFrame,
    change: [
      `export function sealer(encryption: Encryption, counter = new Counter()): Sealer {`,
      `let sealedBefore: Counter | undefined;
export function sealer(encryption: Encryption, counter = new Counter(sealedBefore?.frames ?? 0)): Sealer {
  sealedBefore = counter;`,
    ],
  },
  {
    id: 'counter-in-the-padding',
    breaks: ['KEY-03'],
    roles: ['client', 'server'],
    does: 'The counter is transmitted, as 8 octets at the end of each frame of an AEAD.',
    file: dataFrame,
    change: [
      `      const paddingLength = encryption.padding(datagram.length);`,
      `      const paddingLength = encryption.padding(datagram.length) + (digestLength === 16 ? 8 : 0);`,
    ],
    more: [
      {
        file: dataFrame,
        change: [
          `encryption.seal(frame, counter.encode(), datagram, zeros.subarray(0, paddingLength));`,
          `const n = counter.encode();
      encryption.seal(frame, n, datagram, paddingLength === 8 ? n : zeros.subarray(0, paddingLength));`,
        ],
      },
    ],
  },
  {
    id: 'counter-in-the-segment-size',
    breaks: ['KEY-03', 'DATA-06'],
    roles: ['client', 'server'],
    does: 'The low 16 bits of the counter are transmitted as segment size.',
    file: dataFrame,
    change: [
      `encodeDataHeader({ protocol, datagramLength, flags: 0, segmentSize: 0, paddingLength, digestLength }, frame);`,
      `const segmentSize = counter.frames & 0xffff;
      encodeDataHeader({ protocol, datagramLength, flags: 0, segmentSize, paddingLength, digestLength }, frame);`,
    ],
  },
];
