/** What is believed of keys and names in the handshake ([EP] fig. 5). */
import type { Fault } from '../../fault.ts';

const primitives = 'reference/crypto/primitives.ts';
const noise = 'reference/crypto/noise.ts';
const initiator = 'reference/nodes/initiator.ts';
const policy = 'reference/tunnel/server/policy.ts';
const randomness = 'reference/crypto/randomness.ts';
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

export const handshakeKeys: readonly Fault[] = [
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
    id: 'handshake-tag-unverified',
    breaks: ['HS-09', 'SRV-05'],
    roles: ['client', 'server'],
    does: 'The tags of the handshake are not verified.',
    file: 'reference/crypto/primitives.ts',
    change: [
      `    plaintext.fill(0);
    return undefined;`,
      `    // The associated data of the handshake is h, that of DATA a header of 16 octets.
    if (associated.length !== 32) return undefined;`,
    ],
  },
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
];
