/** The four transforms (docs/protocol.md, sections 7.3 to 7.5). */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../../fault.ts';

const dataFrame = 'reference/crypto/data-frame.ts';
const aead = 'reference/crypto/aead.ts';
const ctr = 'reference/crypto/ctr-hmac.ts';
const cbc = 'reference/crypto/cbc-hmac.ts';
const fitting = `const fitting = protocolOf(datagram) === protocol;`;
const headerWritten = `encodeDataHeader({ protocol, datagramLength, flags, segmentSize, paddingLength, digestLength }, frame);`;
const verified = `if (!(Number(intact) & Number(padded) & Number(fitting))) return undefined;`;

/** Only the sum of both lengths is verified. */
const movedOpens = (id: string, shifts: string, what: string): Fault => ({
  id,
  breaks: ['TRF-03'],
  roles: ['client', 'server'],
  does: `A frame opens in whose header ${what}.`,
  file: aead,
  change: [
    `      const plaintext = aeadOpen(aead, key, nonceOf(nonce, iv, n), header, body, tag);`,
    `      const used = nonceOf(nonce, iv, n);
      let plaintext = aeadOpen(aead, key, used, header, body, tag);
      for (const shift of [${shifts}]) {
        const sealed = header.slice();
        sealed[9]! += shift;
        sealed[14]! -= shift;
        plaintext ??= aeadOpen(aead, key, used, sealed, body, tag);
      }`,
  ],
});

export const transforms: readonly Fault[] = [
  {
    id: 'faulty-padding-of-cbc-at-once',
    breaks: ['TRF-10'],
    roles: ['client', 'server'],
    does: 'With 0x0102 wrong padding is a protocol error, whatever the digest.',
    file: dataFrame,
    change: [
      verified,
      `if (decryption.digestLength === 32 && !padded) throw new Unexpected('padding');\n    ${verified}`,
    ],
    more: [
      {
        file: dataFrame,
        change: [`import { IntegrityFailure, Misuse } from`, `import { IntegrityFailure, Misuse, Unexpected } from`],
      },
    ],
  },
  {
    id: 'gcm-nonce-of-96-bits-added',
    breaks: ['TRF-01', 'TRF-02'],
    roles: ['client', 'server'],
    does: 'The counter is added to the last octets of the iv instead of combined by exclusive or.',
    file: aead,
    change: [
      `  for (let i = 0; i < 8; i++) nonce[4 + i]! ^= n[i]!;`,
      `  for (let i = 7, carry = 0; i >= 0; i--) {
    const sum = nonce[4 + i]! + n[i]! + carry;
    nonce[4 + i] = sum;
    carry = sum >> 8;
  }`,
    ],
  },
  {
    id: 'nonce-counter-first',
    breaks: ['TRF-01', 'TRF-02'],
    roles: ['client', 'server'],
    does: 'The counter is combined with the first 8 octets of the iv.',
    file: aead,
    change: [`nonce[4 + i]! ^= n[i]!;`, `nonce[i]! ^= n[i]!;`],
  },
  {
    id: 'nonce-of-16-bits',
    breaks: ['TRF-01', 'TRF-02', 'KEY-02'],
    roles: ['client', 'server'],
    does: 'The nonce has the low 16 bits of the counter alone, so that it is used again after 65,536 frames.',
    file: aead,
    change: [
      `  for (let i = 0; i < 8; i++) nonce[4 + i]! ^= n[i]!;`,
      `  for (let i = 6; i < 8; i++) nonce[4 + i]! ^= n[i]!;`,
    ],
  },
  {
    id: 'header-without-length-associated',
    breaks: ['TRF-03'],
    roles: ['client', 'server'],
    does: 'Only octets 4 to 15 of the header are associated data.',
    file: aead,
    change: [
      `      const header = frame.subarray(0, dataHeaderLength);`,
      `      const header = frame.subarray(4, dataHeaderLength);`,
    ],
    more: [
      {
        file: aead,
        change: [`        frame.subarray(0, dataHeaderLength),`, `        frame.subarray(4, dataHeaderLength),`],
      },
    ],
  },
  movedOpens('datagram-called-padding-opens', '1, 8', 'one or eight octets of the datagram are called padding'),
  movedOpens('padding-called-datagram-opens', '-1, -8', 'one or all octets of the padding are called datagram'),
  {
    id: 'padding-above-127-refused',
    breaks: ['TRF-04'],
    roles: ['client', 'server'],
    does: 'Padding of more than 127 octets is refused.',
    file: aead,
    change: [`fits: () => true,`, `fits: (_datagram, padding) => padding < 128,`],
  },
  {
    id: 'padding-of-255-refused',
    breaks: ['TRF-04'],
    roles: ['client', 'server'],
    does: 'Padding of 255 octets is refused.',
    file: aead,
    change: [`fits: () => true,`, `fits: (_datagram, padding) => padding < 255,`],
  },
  {
    id: 'padding-refused',
    breaks: ['TRF-04'],
    roles: ['client', 'server'],
    does: 'A datagram of an AEAD that is padded is refused, an empty one is not.',
    file: aead,
    change: [`fits: () => true,`, `fits: (datagram, padding) => datagram === 0 || padding === 0,`],
  },
  {
    id: 'padding-delivered',
    breaks: ['TRF-04', 'DATA-01'],
    roles: ['client', 'server'],
    does: 'Padding is handed on with the datagram.',
    file: dataFrame,
    change: [
      `const datagrams = bundled ? cutBundle(datagram) : alone(datagram);`,
      `const datagrams = bundled ? cutBundle(datagram) : alone(plaintext);`,
    ],
  },
  {
    id: 'ctr-digest-of-ciphertext',
    breaks: ['TRF-05'],
    roles: ['client', 'server'],
    does: 'The digest of 0x0101 is computed over the ciphertext.',
    file: ctr,
    change: [
      `      frame.set(hmacSha256(mac, datagram, n), dataHeaderLength);
      frame.set(stream(datagram), start);`,
      `      frame.set(stream(datagram), start);
      frame.set(hmacSha256(mac, frame.subarray(start), n), dataHeaderLength);`,
    ],
  },
  {
    id: 'ctr-counter-before-datagram',
    breaks: ['TRF-05'],
    roles: ['client', 'server'],
    does: 'The digest of 0x0101 covers the counter first, then the datagram.',
    file: ctr,
    change: [
      `frame.set(hmacSha256(mac, datagram, n), dataHeaderLength);`,
      `frame.set(hmacSha256(mac, n, datagram), dataHeaderLength);`,
    ],
  },
  {
    id: 'ctr-keystream-anew',
    breaks: ['TRF-06'],
    roles: ['client', 'server'],
    does: 'The keystream of 0x0101 begins anew with each frame that is sent.',
    file: ctr,
    change: [`      frame.set(stream(datagram), start);`, `      frame.set(ctrStream(key, iv)(datagram), start);`],
  },
  {
    id: 'ctr-keystream-anew-received',
    breaks: ['TRF-06'],
    roles: ['client', 'server'],
    does: 'The keystream of 0x0101 begins anew with each frame that comes.',
    file: ctr,
    change: [
      `      const plaintext = stream(frame.subarray(start));`,
      `      const plaintext = ctrStream(key, iv)(frame.subarray(start));`,
    ],
  },
  {
    id: 'ctr-whole-blocks',
    breaks: ['TRF-06'],
    roles: ['client', 'server'],
    does: 'Each frame of 0x0101 begins with a new block of the keystream.',
    file: ctr,
    change: [
      `      frame.set(stream(datagram), start);`,
      `      frame.set(stream(datagram), start);
      stream(new Uint8Array((16 - (datagram.length % 16)) % 16));`,
    ],
    more: [
      {
        file: ctr,
        change: [
          `      const plaintext = stream(frame.subarray(start));`,
          `      const plaintext = stream(frame.subarray(start));
      stream(new Uint8Array((16 - (plaintext.length % 16)) % 16));`,
        ],
      },
    ],
  },
  {
    id: 'ctr-keystream-of-16-bits',
    breaks: ['TRF-06'],
    roles: ['client', 'server'],
    does: 'The keystream of 0x0101 begins anew after 65,536 octets that were sent.',
    file: ctr,
    change: [
      `      frame.set(stream(datagram), start);`,
      `      const key16 = datagram.map((_, index) => {
        if ((used + index) % 65_536 === 0) again = ctrStream(key, iv);
        return again(Uint8Array.of(0))[0]!;
      });
      used += datagram.length;
      frame.set(datagram.map((octet, index) => octet ^ key16[index]!), start);`,
    ],
    more: [
      {
        file: ctr,
        change: [
          `export function ctrEncryption({ key, iv, mac }: DigestKeys): Encryption {
  const stream = ctrStream(key, iv);`,
          `export function ctrEncryption({ key, iv, mac }: DigestKeys): Encryption {
  let again = ctrStream(key, iv);
  let used = 0;`,
        ],
      },
    ],
  },
  {
    id: 'ctr-padding-accepted',
    breaks: ['TRF-07'],
    roles: ['client', 'server'],
    does: 'A frame of 0x0101 may be padded with zeros that the digest does not cover.',
    file: ctr,
    change: [`fits: (_, paddingLength) => paddingLength === 0,`, `fits: () => true,`],
    more: [
      { file: ctr, change: [`    open(frame, n) {`, `    open(frame, n, datagramLength) {`] },
      {
        file: ctr,
        change: [
          `const digest = hmacSha256(mac, plaintext, n);`,
          `const digest = hmacSha256(mac, plaintext.subarray(0, datagramLength), n);`,
        ],
      },
    ],
  },
  {
    id: 'cbc-padding-of-blocks-accepted',
    breaks: ['TRF-07', 'TRF-08'],
    roles: ['client', 'server'],
    does: 'A frame of 0x0102 may have more padding than to the next multiple of 16.',
    file: cbc,
    change: [
      `fits: (datagramLength, paddingLength) => paddingLength === toBlock(datagramLength),`,
      `fits: (datagramLength, paddingLength) => paddingLength % 16 === toBlock(datagramLength),`,
    ],
  },
  {
    id: 'header-of-01xx-unchecked',
    breaks: ['TRF-07'],
    roles: ['client', 'server'],
    does: 'With 0x01xx, whose digest does not cover the header, flags and segment size are not looked at.',
    file: dataFrame,
    change: [
      `    (bundled || flags === 0) &&
    (!bundled || header.datagramLength === 0) &&
    segmentSize === 0 &&`,
      `    (digestLength === 32 || (flags === 0 && segmentSize === 0)) &&`,
    ],
  },
  {
    id: 'protocol-of-01xx-unchecked',
    breaks: ['TRF-07', 'DATA-02'],
    roles: ['client', 'server'],
    does: 'With 0x01xx, whose digest does not cover the header, the protocol is not looked at.',
    file: dataFrame,
    change: [fitting, 'const fitting = decryption.digestLength === 32 || protocolOf(datagram) === protocol;'],
  },
  {
    id: 'cbc-pads-a-whole-block',
    breaks: ['TRF-08'],
    roles: ['client', 'server'],
    does: 'With 0x0102 a datagram of a multiple of 16 octets gets a block of padding, as PKCS #7 has it.',
    file: cbc,
    change: [`    padding: toBlock,`, `    padding: (length) => 16 - (length % 16),`],
  },
  {
    id: 'cbc-padding-length-of-zero',
    breaks: ['TRF-08', 'DATA-03'],
    roles: ['client', 'server'],
    does: 'With 0x0102 the padding length says 0.',
    file: dataFrame,
    change: [
      headerWritten,
      headerWritten.replace('paddingLength,', 'paddingLength: digestLength === 32 ? 0 : paddingLength,'),
    ],
  },
  {
    id: 'cbc-chain-anew',
    breaks: ['TRF-09'],
    roles: ['client', 'server'],
    does: 'The chain of 0x0102 begins anew with each frame that is sent.',
    file: cbc,
    change: [
      `      const blocks = stream(datagram);`,
      `      const stream = cbcEncryptStream(key, iv);
      const blocks = stream(datagram);`,
    ],
  },
  {
    id: 'cbc-chain-anew-received',
    breaks: ['TRF-09'],
    roles: ['client', 'server'],
    does: 'The chain of 0x0102 begins anew with each frame that comes.',
    file: cbc,
    change: [
      `      const plaintext = stream(frame.subarray(start));`,
      `      const plaintext = cbcDecryptStream(key, iv)(frame.subarray(start));`,
    ],
  },
  {
    id: 'cbc-chain-anew-after-empty',
    breaks: ['TRF-09'],
    roles: ['client', 'server'],
    does: 'After an empty frame the chain of 0x0102 begins anew.',
    file: cbc,
    change: [
      `      const blocks = stream(datagram);`,
      `      if (datagram.length === 0) stream = cbcEncryptStream(key, iv);
      const blocks = stream(datagram);`,
    ],
    more: [
      {
        file: cbc,
        change: [`  const stream = cbcEncryptStream(key, iv);`, `  let stream = cbcEncryptStream(key, iv);`],
      },
    ],
  },
];
