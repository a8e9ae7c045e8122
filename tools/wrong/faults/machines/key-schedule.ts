/** The key schedule and the counter. */
import type { Fault } from '../../fault.ts';

const primitives = 'reference/crypto/primitives.ts';
const keys = 'reference/crypto/keys.ts';
const session = 'reference/nodes/session.ts';
const dataFrame = 'reference/crypto/data-frame.ts';

export const keySchedule: readonly Fault[] = [
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
  {
    id: 'counter-from-1',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'The first DATA frame is sealed with n = 1.',
    file: session,
    change: ['readonly #sent = new Counter();', 'readonly #sent = new Counter(1);'],
  },
  {
    id: 'keep-alives-not-counted',
    breaks: ['KEY-02'],
    roles: ['client', 'server'],
    does: 'Empty DATA frames are not counted when they are sent.',
    file: dataFrame,
    change: [
      `    counter.advance(sealed);
    return frame;`,
      `    if (sealed > 0) counter.advance(sealed);
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
    file: session,
    change: [
      'readonly #sent = new Counter();',
      'readonly #sent = (sentBefore = new Counter(sentBefore?.frames ?? 0));',
    ],
    more: [
      {
        file: session,
        change: ['export class Session {', 'let sentBefore: Counter | undefined;\n\nexport class Session {'],
      },
    ],
  },
  {
    id: 'counter-in-the-padding',
    breaks: ['KEY-03'],
    roles: ['client', 'server'],
    does: 'The counter is transmitted, as 8 octets at the end of each frame of an AEAD.',
    file: dataFrame,
    change: [
      `    const paddingLength = encryption.padding(datagram.length);`,
      `    const paddingLength = encryption.padding(datagram.length) + (digestLength === 16 ? 8 : 0);`,
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
      `encodeDataHeader({ protocol, datagramLength, flags, segmentSize, paddingLength, digestLength }, frame);`,
      `segmentSize = counter.frames & 0xffff;
      encodeDataHeader({ protocol, datagramLength, flags: 0, segmentSize, paddingLength, digestLength }, frame);`,
    ],
  },
];
