/** The digest of DATA frames, and what becomes of a faulty one ([EP] fig. 9, 187). */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../../fault.ts';

const primitives = 'reference/crypto/primitives.ts';
const dataFrame = 'reference/crypto/data-frame.ts';
const aead = 'reference/crypto/aead.ts';
const ctr = 'reference/crypto/ctr-hmac.ts';
const cbc = 'reference/crypto/cbc-hmac.ts';
const conversation = 'reference/nodes/conversation.ts';
const tag = `  try {
    cipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;`;
const opening = `    const datagrams = open(frame);
    if (datagrams === undefined) throw`;
const dataRead = `      this.#received = session.open(octets);`;
const verified = `if (!(Number(intact) & Number(padded) & Number(fitting))) return undefined;`;

export const dataIntegrity: readonly Fault[] = [
  {
    id: 'aead-tag-unverified',
    breaks: ['DATA-07', 'DATA-10'],
    roles: ['client', 'server'],
    does: 'No tag of an AEAD is verified.',
    file: primitives,
    change: [tag, `  return plaintext;`],
  },
  {
    id: 'gcm-tag-unverified',
    breaks: ['DATA-07', 'TRF-01'],
    roles: ['client', 'server'],
    does: 'No tag of AES-256-GCM is verified.',
    file: primitives,
    change: [tag, tag.replace('catch {', `catch {\n    if (aead === 'aes-256-gcm') return plaintext;`)],
  },
  {
    id: 'ctr-digest-unverified',
    breaks: ['DATA-07', 'DATA-10', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'No digest of 0x0101 is verified.',
    file: ctr,
    change: [
      `intact: constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))`,
      `intact: digest.length === 32`,
    ],
  },
  {
    id: 'cbc-digest-unverified',
    breaks: ['DATA-07', 'DATA-10', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'No digest of 0x0102 is verified.',
    file: cbc,
    change: [
      `intact: constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))`,
      `intact: digest.length === 32`,
    ],
  },
  {
    id: 'ctr-digest-of-16-octets',
    breaks: ['DATA-07', 'DATA-10', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'The digest of 0x0101 is compared over its first 16 octets.',
    file: ctr,
    change: [
      `constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))`,
      `constantTimeEqual(digest.subarray(0, 16), frame.subarray(dataHeaderLength, start - 16))`,
    ],
  },
  {
    id: 'cbc-digest-of-16-octets',
    breaks: ['DATA-07', 'DATA-10', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'The digest of 0x0102 is compared over its first 16 octets.',
    file: cbc,
    change: [
      `constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))`,
      `constantTimeEqual(digest.subarray(0, 16), frame.subarray(dataHeaderLength, start - 16))`,
    ],
  },
  {
    id: 'ctr-digest-without-counter',
    breaks: ['DATA-07', 'TRF-05'],
    roles: ['client', 'server'],
    does: 'The digest of 0x0101 does not cover the counter.',
    file: ctr,
    change: [
      `frame.set(hmacSha256(mac, datagram, n), dataHeaderLength);`,
      `frame.set(hmacSha256(mac, datagram, n.subarray(8)), dataHeaderLength);`,
    ],
    more: [
      {
        file: ctr,
        change: [
          `const digest = hmacSha256(mac, plaintext, n);`,
          `const digest = hmacSha256(mac, plaintext, n.subarray(8));`,
        ],
      },
    ],
  },
  {
    id: 'aead-frame-before-accepted',
    breaks: ['DATA-07'],
    roles: ['client', 'server'],
    does: 'A frame that is opened with the counter of the one before it is let through: a repeated frame is.',
    file: aead,
    change: [
      `      return { plaintext: plaintext ?? new Uint8Array(body.length), intact: plaintext !== undefined };`,
      `      const former = n.slice();
      former[7]! -= 1;
      const again = plaintext ?? aeadOpen(aead, key, nonceOf(nonce, iv, former), header, body, tag);
      return { plaintext: again ?? new Uint8Array(body.length), intact: again !== undefined };`,
    ],
  },
  {
    id: 'aead-gap-accepted',
    breaks: ['DATA-07'],
    roles: ['client', 'server'],
    does: 'A receiver that can open a frame with the counter of the one behind it goes on from there: a missing frame is not noticed.',
    file: dataFrame,
    change: [
      opening,
      `    let datagrams = open(frame);
    if (datagrams === undefined && digestLengthOf(decryption) === 16) {
      counter.advance(0);
      datagrams = open(frame);
    }
    if (datagrams === undefined) throw`,
    ],
    more: [
      {
        file: dataFrame,
        change: [
          `const zeros = new Uint8Array(255);`,
          `const zeros = new Uint8Array(255);
const digestLengthOf = ({ digestLength }: Decryption) => digestLength;`,
        ],
      },
    ],
  },
  {
    id: 'cleartext-behind-the-frame',
    breaks: ['DATA-09'],
    roles: ['client', 'server'],
    does: 'The cipher of an AEAD leaves the datagram as it is.',
    file: primitives,
    change: [
      `  const ciphertext = parts.map((part) => view(cipher.update(part)));
  cipher.final();`,
      `  const ciphertext = parts.map((part) => (cipher.update(part), part.slice()));
  cipher.final();`,
    ],
  },
  {
    id: 'faulty-data-dropped',
    breaks: ['DATA-10'],
    roles: ['client', 'server'],
    does: 'A faulty DATA frame is dropped, and the connection goes on.',
    file: conversation,
    change: [
      dataRead,
      `      try {
        this.#received = session.open(octets);
      } catch {
        return;
      }`,
    ],
    more: [{ file: dataFrame, change: ['dead = true;', 'dead = false;'] }],
  },
  {
    id: 'faulty-data-without-close',
    breaks: ['DATA-10'],
    roles: ['client', 'server'],
    does: 'A faulty DATA frame ends the connection without CLOSE.',
    file: conversation,
    change: [
      dataRead,
      `      try {
        this.#received = session.open(octets);
      } catch {
        this.#broken('integrity failure');
        return;
      }`,
    ],
  },
  {
    id: 'faulty-data-unkeyed-close',
    breaks: ['DATA-10', 'CLOSE-01'],
    roles: ['client', 'server'],
    does: 'A faulty DATA frame is answered with an unkeyed CLOSE.',
    file: conversation,
    change: [
      `const octets = this.#session?.close(status) ??`,
      `const octets = (status === 4 ? undefined : this.#session?.close(status)) ??`,
    ],
    more: [
      {
        file: conversation,
        change: [`(this.closeKey ? keyedClose(this.closeKey, status, 0) : unkeyed());`, `unkeyed();`],
      },
    ],
  },
  {
    id: 'faulty-length-protocol-error',
    breaks: ['DATA-10'],
    roles: ['client', 'server'],
    does: 'A DATA frame whose length is out of bounds is a protocol error.',
    file: conversation,
    change: [
      `return error instanceof Malformed && fault.event === 'protocol error' && inData ? integrityFailure() : fault;`,
      `return inData ? fault : fault;`,
    ],
  },
  {
    id: 'faulty-header-protocol-error',
    breaks: ['DATA-10', 'TRF-07'],
    roles: ['client', 'server'],
    does: 'A fault in the header of a DATA frame is a protocol error.',
    file: conversation,
    change: [
      dataRead,
      `      if ((octets[10]! | octets[11]! | octets[12]! | octets[13]!) !== 0) throw new Unexpected('flags');
      this.#received = session.open(octets);`,
    ],
  },
  {
    id: 'faulty-padding-protocol-error',
    breaks: ['DATA-10', 'TRF-10'],
    roles: ['client', 'server'],
    does: 'Padding that is not zero under a digest that is right is a protocol error.',
    file: dataFrame,
    change: [
      verified,
      `if (Number(intact) & Number(fitting) & Number(!padded)) throw new Unexpected('padding');\n    ${verified}`,
    ],
    more: [
      {
        file: dataFrame,
        change: [`import { IntegrityFailure, Misuse } from`, `import { IntegrityFailure, Misuse, Unexpected } from`],
      },
    ],
  },
  {
    id: 'faulty-data-delivered',
    breaks: ['DATA-11'],
    roles: ['client', 'server'],
    does: 'A datagram is delivered before its digest has been verified.',
    file: conversation,
    change: [
      dataRead,
      `      try {
        this.#received = session.open(octets);
      } catch (error) {
        const { datagram } = error as { readonly datagram?: Uint8Array };
        if (datagram) this.#machine.emit({ type: 'deliver', datagram });
        throw error;
      }`,
    ],
    more: [
      {
        file: dataFrame,
        change: [
          verified,
          `if (!(Number(intact) & Number(padded) & Number(fitting)))
      throw Object.assign(new IntegrityFailure('DATA'), { datagram: datagram.slice() });`,
        ],
      },
    ],
  },
  {
    id: 'faulty-padding-delivered',
    breaks: ['DATA-11'],
    roles: ['client', 'server'],
    does: 'A datagram whose digest is right is delivered before its padding has been looked at.',
    file: conversation,
    change: [
      dataRead,
      `      try {
        this.#received = session.open(octets);
      } catch (error) {
        const { datagram } = error as { readonly datagram?: Uint8Array };
        if (datagram) this.#machine.emit({ type: 'deliver', datagram });
        throw error;
      }`,
    ],
    more: [
      {
        file: dataFrame,
        change: [
          verified,
          `if (!(Number(intact) & Number(padded) & Number(fitting)))
      throw Object.assign(new IntegrityFailure('DATA'), { datagram: intact ? datagram.slice() : undefined });`,
        ],
      },
    ],
  },
  {
    id: 'data-behind-faulty-delivered',
    breaks: ['DATA-11'],
    roles: ['client', 'server'],
    does: 'Whole frames that came with a faulty one in one segment are delivered before the connection ends.',
    file: conversation,
    change: [
      dataRead,
      `      try {
        this.#received = session.open(octets);
      } catch (error) {
        for (let next = this.#deframer.next(); next?.type === 'DATA'; next = this.#deframer.next())
          this.#machine.emit({ type: 'deliver', datagram: session.open(next.octets)[0] });
        throw error;
      }`,
    ],
    more: [
      { file: dataFrame, change: ['dead = true;', 'dead = false;'] },
      {
        file: dataFrame,
        change: [
          `    if (header === undefined) return undefined;`,
          `    if (header === undefined) return void counter.advance(0);`,
        ],
      },
      {
        file: dataFrame,
        change: [
          verified,
          `if (!(Number(intact) & Number(padded) & Number(fitting))) return void counter.advance(plaintext.length);`,
        ],
      },
    ],
  },
];
