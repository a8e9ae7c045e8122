/** Who is let in, and fresh ephemeral keys ([EP] fig. 5, a). */
import type { Fault } from '../fault.ts';

const noise = 'reference/crypto/noise.ts';
const symmetric = 'reference/crypto/symmetric-state.ts';
const initiator = 'reference/nodes/initiator.ts';
const policy = 'reference/tunnel/server/policy.ts';
const randomness = 'reference/crypto/randomness.ts';

export const authentication: readonly Fault[] = [
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
];
