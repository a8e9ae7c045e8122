/** DATA frames ([EP] fig. 9) and their transforms. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../fault.ts';

const primitives = 'reference/crypto/primitives.ts';
const dataFrame = 'reference/crypto/data-frame.ts';
const aead = 'reference/crypto/aead.ts';
const ctr = 'reference/crypto/ctr-hmac.ts';
const cbc = 'reference/crypto/cbc-hmac.ts';
const conversation = 'reference/nodes/conversation.ts';
const transforms = 'reference/crypto/transforms.ts';

const tag = `  try {
    cipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;`;
const padded = `const padded = isZero(plaintext.subarray(datagramLength));`;
const fitting = `const fitting = protocolOf(datagram) === protocol;`;
const opening = `      const datagram = open(frame);
      if (datagram === undefined) throw`;
const dataRead = `      this.#received = session.open(octets);`;
const headerWritten = `encodeDataHeader({ protocol, datagramLength, flags: 0, segmentSize: 0, paddingLength, digestLength }, frame);`;
const verified = `if (!(Number(intact) & Number(padded) & Number(fitting))) return undefined;`;
const sendsKeepAlive = `if (name === 'keepAlive') this.sendKeepAlive();`;
const keepAliveSet = `    machine.after(machine.timers.keepAlive, 'keepAlive');
    if (session.usedUp)`;
const silenceSet = `    machine.after(machine.timers.silence, 'silence');
    if (this.#deframer.partial)`;
const firstSilence = `    this.#machine.after(this.#machine.timers.silence, 'silence');
    this.#machine.after(session.duration`;

export const data: readonly Fault[] = [
  // DATA-01, DATA-16, DATA-02
  {
    id: 'ethernet-header-kept',
    breaks: ['DATA-01', 'DATA-02'],
    roles: ['client', 'server'],
    does: 'A DATA frame carries the Ethernet header before the datagram.',
    file: 'reference/adapter/transmit-path.ts',
    change: [`if (ports.tunnel(payload.subarray(0, length))) {`, `if (ports.tunnel(frame.subarray(0, 14 + length))) {`],
    more: [
      {
        file: dataFrame,
        change: [
          `const protocol = protocolOf(datagram);`,
          `const protocol = datagram.length === 0 ? 0 : (datagram[12]! << 8) | datagram[13]!;`,
        ],
      },
    ],
  },
  {
    id: 'ethernet-padding-kept',
    breaks: ['DATA-01'],
    roles: ['client', 'server'],
    does: 'A short datagram is sent with the padding of its Ethernet frame.',
    file: 'reference/adapter/transmit-path.ts',
    change: [`if (ports.tunnel(payload.subarray(0, length))) {`, `if (ports.tunnel(payload)) {`],
  },
  {
    id: 'datagram-length-judged',
    breaks: ['DATA-16'],
    roles: ['client', 'server'],
    does: 'A datagram whose own length is not that of the frame ends the connection.',
    file: dataFrame,
    change: [
      fitting,
      `const own = protocol === 0x0800 ? (datagram[2]! << 8) | datagram[3]! : datagram.length;
    const fitting = protocolOf(datagram) === protocol && own === datagramLength;`,
    ],
  },
  {
    id: 'datagram-checksum-judged',
    breaks: ['DATA-16'],
    roles: ['client', 'server'],
    does: 'An IPv4 datagram whose header checksum is 0 ends the connection.',
    file: dataFrame,
    change: [
      fitting,
      `const fitting = protocolOf(datagram) === protocol && (protocol !== 0x0800 || datagram.length < 20 || (datagram[10]! | datagram[11]!) > 0);`,
    ],
  },
  {
    id: 'datagram-shorter-than-its-header-judged',
    breaks: ['DATA-16'],
    roles: ['client', 'server'],
    does: 'A datagram of fewer octets than the header of its version ends the connection.',
    file: dataFrame,
    change: [
      fitting,
      `const least = protocol === 0x0800 ? 20 : 40;
    const fitting = protocolOf(datagram) === protocol && (protocol === 0 || datagramLength >= least);`,
    ],
  },
  {
    id: 'protocol-ipv4-always-sent',
    breaks: ['DATA-02'],
    roles: ['client', 'server'],
    does: 'The protocol of a frame is IPv4 whatever its datagram.',
    file: dataFrame,
    change: [headerWritten, headerWritten.replace('protocol,', 'protocol: protocol === 0 ? 0 : 0x0800,')],
  },
  {
    id: 'protocol-of-empty-sent-as-ipv4',
    breaks: ['DATA-02'],
    roles: ['client', 'server'],
    does: 'The protocol of an empty frame is IPv4.',
    file: dataFrame,
    change: [headerWritten, headerWritten.replace('protocol,', 'protocol: protocol === 0 ? 0x0800 : protocol,')],
  },
  {
    id: 'protocol-unchecked',
    breaks: ['DATA-02'],
    roles: ['client', 'server'],
    does: 'The protocol of a frame is not compared with its datagram.',
    file: dataFrame,
    change: [fitting, 'const fitting = protocol >= 0 && protocolOf(datagram) !== undefined;'],
  },
  {
    id: 'protocol-of-empty-unchecked',
    breaks: ['DATA-02'],
    roles: ['client', 'server'],
    does: 'The protocol of an empty frame is not looked at.',
    file: dataFrame,
    change: [fitting, 'const fitting = datagramLength === 0 || protocolOf(datagram) === protocol;'],
  },
  {
    id: 'protocol-of-ipv6-unchecked',
    breaks: ['DATA-02'],
    roles: ['client', 'server'],
    does: 'A frame that says IPv4 may hold a datagram of either version.',
    file: dataFrame,
    change: [fitting, 'const fitting = protocol === 0x0800 ? datagramLength > 0 : protocolOf(datagram) === protocol;'],
  },
  {
    id: 'nibble-unchecked',
    breaks: ['DATA-02'],
    roles: ['client', 'server'],
    does: 'A datagram that is neither of IPv4 nor of IPv6 is passed over in silence, its frame says IPv4.',
    file: dataFrame,
    change: [
      fitting,
      'const version = protocolOf(datagram);\n    const fitting = version === undefined || version === protocol;',
    ],
  },
  // DATA-03 to DATA-06
  {
    id: 'lengths-unchecked',
    breaks: ['DATA-03'],
    roles: ['client', 'server'],
    does: 'Nobody looks whether the lengths in the header add up to that of the frame: what is beyond the datagram is padding.',
    file: dataFrame,
    change: [
      `    length === dataHeaderLength + digestLength + datagramLength + paddingLength &&
`,
      `    length >= dataHeaderLength + digestLength + datagramLength && paddingLength >= 0 &&
`,
    ],
  },
  {
    id: 'padding-length-unchecked',
    breaks: ['DATA-03'],
    roles: ['client', 'server'],
    does: 'The padding length is not looked at where the datagram fills the frame.',
    file: dataFrame,
    change: [
      `    length === dataHeaderLength + digestLength + datagramLength + paddingLength &&
`,
      `    (length === dataHeaderLength + digestLength + datagramLength + paddingLength ||
      length === dataHeaderLength + digestLength + datagramLength) &&
`,
    ],
  },
  {
    id: 'digest-length-unchecked',
    breaks: ['DATA-04'],
    roles: ['client', 'server'],
    does: 'The digest length is not looked at.',
    file: dataFrame,
    change: [`    header.digestLength === digestLength;`, `    header.digestLength >= 0;`],
  },
  {
    id: 'digest-length-at-least',
    breaks: ['DATA-04'],
    roles: ['client', 'server'],
    does: 'A digest length above that of the transform does.',
    file: dataFrame,
    change: [`    header.digestLength === digestLength;`, `    header.digestLength >= digestLength;`],
  },
  {
    id: 'digest-length-of-zero',
    breaks: ['DATA-04'],
    roles: ['client', 'server'],
    does: 'A digest length of 0 stands for that of the transform.',
    file: dataFrame,
    change: [
      `    header.digestLength === digestLength;`,
      `    (header.digestLength === digestLength || header.digestLength === 0);`,
    ],
  },
  {
    id: 'padding-unchecked',
    breaks: ['DATA-05'],
    roles: ['client', 'server'],
    does: 'Padding is not looked at.',
    file: dataFrame,
    change: [padded, 'const padded = isZero(plaintext.subarray(plaintext.length));'],
  },
  {
    id: 'padding-first-octet',
    breaks: ['DATA-05'],
    roles: ['client', 'server'],
    does: 'Only the first octet of the padding is looked at.',
    file: dataFrame,
    change: [padded, 'const padded = isZero(plaintext.subarray(datagramLength, datagramLength + 1));'],
  },
  {
    id: 'padding-last-octet',
    breaks: ['DATA-05'],
    roles: ['client', 'server'],
    does: 'Only the last octet of the padding is looked at.',
    file: dataFrame,
    change: [padded, 'const padded = isZero(plaintext.subarray(Math.max(datagramLength, plaintext.length - 1)));'],
  },
  {
    id: 'padding-of-empty-unchecked',
    breaks: ['DATA-05'],
    roles: ['client', 'server'],
    does: 'The padding of an empty frame is not looked at.',
    file: dataFrame,
    change: [padded, 'const padded = datagramLength === 0 || isZero(plaintext.subarray(datagramLength));'],
  },
  {
    id: 'padding-of-cbc-unchecked',
    breaks: ['DATA-05', 'TRF-08', 'TRF-10'],
    roles: ['client', 'server'],
    does: 'The padding of 0x0102 is not looked at.',
    file: dataFrame,
    change: [padded, 'const padded = decryption.digestLength === 32 || isZero(plaintext.subarray(datagramLength));'],
  },
  {
    id: 'padding-of-cbc-first-octet',
    breaks: ['DATA-05', 'TRF-08', 'TRF-10'],
    roles: ['client', 'server'],
    does: 'Only the first octet of the padding of 0x0102 is looked at.',
    file: dataFrame,
    change: [
      padded,
      `const most = decryption.digestLength === 32 ? 1 : 255;
    const padded = isZero(plaintext.subarray(datagramLength, datagramLength + most));`,
    ],
  },
  {
    id: 'padding-of-cbc-last-octet',
    breaks: ['DATA-05', 'TRF-08', 'TRF-10'],
    roles: ['client', 'server'],
    does: 'Only the last octet of the padding of 0x0102 is looked at.',
    file: dataFrame,
    change: [
      padded,
      `const first = decryption.digestLength === 32 ? plaintext.length - 1 : 0;
    const padded = isZero(plaintext.subarray(Math.max(datagramLength, first)));`,
    ],
  },
  {
    id: 'padding-sent-not-zero',
    breaks: ['DATA-05'],
    roles: ['client', 'server'],
    does: 'Frames of an AEAD are padded with octets of 1.',
    file: transforms,
    change: [`aeadEncryption(name, keys, padding),`, `aeadEncryption(name, keys, () => padding() + 4),`],
    more: [
      { file: dataFrame, change: [`const zeros = new Uint8Array(255);`, `const zeros = new Uint8Array(255).fill(1);`] },
    ],
  },
  {
    id: 'padding-of-cbc-sent-not-zero',
    breaks: ['DATA-05', 'TRF-08'],
    roles: ['client', 'server'],
    does: 'Frames of 0x0102 are padded with octets of 1.',
    file: dataFrame,
    change: [`const zeros = new Uint8Array(255);`, `const zeros = new Uint8Array(255).fill(1);`],
  },
  {
    id: 'flags-unchecked',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'The flags are not looked at.',
    file: dataFrame,
    change: [`    flags === 0 &&`, `    flags >= 0 &&`],
  },
  {
    id: 'reserved-flags-unchecked',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'Flags of bits 5 to 15 are not looked at.',
    file: dataFrame,
    change: [`    flags === 0 &&`, `    (flags & 31) === 0 &&`],
  },
  {
    id: 'known-flags-unchecked',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'Flags that have a meaning are let through though nobody negotiated them.',
    file: dataFrame,
    change: [`    flags === 0 &&`, `    (flags & ~31) === 0 &&`],
  },
  {
    id: 'segment-size-unchecked',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'The segment size is not looked at.',
    file: dataFrame,
    change: [`    segmentSize === 0 &&`, `    segmentSize >= 0 &&`],
  },
  {
    id: 'flag-sent',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'The flag of a partial checksum is set though it was not negotiated.',
    file: dataFrame,
    change: [headerWritten, headerWritten.replace('flags: 0', 'flags: datagramLength > 0 ? 1 : 0')],
  },
  // DATA-07, DATA-10, DATA-11
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
      `      let datagram = open(frame);
      if (datagram === undefined && digestLengthOf(decryption) === 16) {
        counter.advance(0);
        datagram = open(frame);
      }
      if (datagram === undefined) throw`,
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
    id: 'first-data-not-at-once',
    breaks: ['DATA-08'],
    roles: ['client'],
    does: 'The initiator sends no empty DATA frame when it enters Authorized: the next keep-alive has to do.',
    file: 'reference/nodes/initiator.ts',
    change: [
      `    this.#conversation.sendKeepAlive();
    this.#conversation.sendWaiting();`,
      `    this.#machine.after(this.#options.timers.keepAlive, 'keepAlive');
    this.#conversation.sendWaiting();`,
    ],
  },
  {
    id: 'first-data-late',
    breaks: ['DATA-08'],
    roles: ['client'],
    does: 'The initiator sends its empty DATA frame 2 s after it has entered Authorized.',
    file: 'reference/nodes/initiator.ts',
    change: [
      `    this.#conversation.sendKeepAlive();
    this.#conversation.sendWaiting();`,
      `    this.#machine.after(2000, 'keepAlive');
    this.#conversation.sendWaiting();`,
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
          this.#machine.emit({ type: 'deliver', datagram: session.open(next.octets) });
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
  // DATA-13, DATA-14, DATA-15
  {
    id: 'keep-alive-never',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'No keep-alive is ever sent.',
    file: conversation,
    change: [sendsKeepAlive, `if (name === 'keepAlive') this.#machine.deadlines.clear(name);`],
  },
  {
    id: 'keep-alive-once',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'After a keep-alive no other follows.',
    file: conversation,
    change: [
      sendsKeepAlive,
      `if (name === 'keepAlive') {
      this.sendKeepAlive();
      this.#machine.deadlines.clear(name);
    }`,
    ],
  },
  {
    id: 'keep-alive-late',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'Keep-alives are sent after twice the time.',
    file: conversation,
    change: [keepAliveSet, keepAliveSet.replace('machine.timers.keepAlive', '2 * machine.timers.keepAlive')],
    more: [
      {
        file: 'reference/nodes/server.ts',
        change: [
          `this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');`,
          `this.#machine.after(2 * this.#machine.timers.keepAlive, 'keepAlive');`,
        ],
      },
    ],
  },
  {
    id: 'keep-alive-early',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'Keep-alives are sent after half the time.',
    file: conversation,
    change: [keepAliveSet, keepAliveSet.replace('machine.timers.keepAlive', '0.5 * machine.timers.keepAlive')],
  },
  {
    id: 'keep-alive-despite-traffic',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'Keep-alives are sent at a fixed beat, also while there is traffic.',
    file: conversation,
    change: [
      keepAliveSet,
      `    if (machine.deadlines.get('keepAlive') === undefined) machine.after(machine.timers.keepAlive, 'keepAlive');
    if (session.usedUp)`,
    ],
  },
  {
    id: 'keep-alive-held-off-by-receiving',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'What is received puts the keep-alive off, though nothing is sent.',
    file: conversation,
    change: [
      silenceSet,
      `    machine.after(machine.timers.keepAlive, 'keepAlive');
${silenceSet}`,
    ],
  },
  {
    id: 'silence-never',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A peer may be silent for ever.',
    file: conversation,
    change: [silenceSet, `    if (this.#deframer.partial)`],
    more: [{ file: conversation, change: [firstSilence, `    this.#machine.after(session.duration`] }],
  },
  {
    id: 'silence-before-the-first-frame',
    breaks: ['DATA-14'],
    roles: ['client'],
    does: 'The silence of a peer that has sent nothing since RESPONSE is not noticed.',
    file: conversation,
    change: [firstSilence, `    this.#machine.after(session.duration`],
  },
  {
    id: 'silence-never-reset',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'The time of silence counts from Authorized, whatever comes.',
    file: conversation,
    change: [silenceSet, `    if (this.#deframer.partial)`],
  },
  {
    id: 'silence-reset-by-sending',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'What is sent begins the time of silence anew, so that keep-alives hide a dead peer.',
    file: conversation,
    change: [
      keepAliveSet,
      `    machine.after(machine.timers.silence, 'silence');
${keepAliveSet}`,
    ],
  },
  {
    id: 'silence-not-reset-by-keep-alives',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'Empty DATA frames do not begin the time of silence anew.',
    file: conversation,
    change: [
      silenceSet,
      `    if (this.#received.length > 0) machine.after(machine.timers.silence, 'silence');
    if (this.#deframer.partial)`,
    ],
  },
  {
    id: 'silence-of-5-seconds',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A connection fails after 5 s of silence, whatever the configuration says.',
    file: conversation,
    change: [silenceSet, silenceSet.replace('machine.timers.silence', '5000')],
    more: [
      { file: conversation, change: [firstSilence, firstSilence.replace('this.#machine.timers.silence', '5000')] },
    ],
  },
  {
    id: 'silence-early',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A connection fails after half the time of silence.',
    file: conversation,
    change: [silenceSet, silenceSet.replace('machine.timers.silence', '0.5 * machine.timers.silence')],
  },
  {
    id: 'silence-with-close',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'Silence ends the connection with CLOSE "timeout", as if the peer was there.',
    file: conversation,
    change: [
      "else if (name === 'silence') this.#broken(`nothing received for ${timers.silence} ms`);",
      `else if (name === 'silence')
      this.#machine.end({ event: 'end session', cause: bySelf(Status.timeout, String(timers.silence)) });`,
    ],
  },
  {
    id: 'silence-without-end',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A connection that failed by silence stays open.',
    file: 'reference/tunnel/transport-connection.ts',
    change: [`    if (abort) this.socket.destroy();`, `    if (abort) this.socket.unref();`],
  },
  {
    id: 'empty-datagram-delivered',
    breaks: ['DATA-15'],
    roles: ['client', 'server'],
    does: 'An empty datagram is handed to the adapter as an Ethernet header alone.',
    file: conversation,
    change: [`    if (this.#received.length > 0) this.#machine.emit(`, `    this.#machine.emit(`],
    more: [
      {
        file: 'reference/adapter/receive-path.ts',
        change: [
          `    const etherType = etherTypeFor(datagram);
`,
          `    if (datagram.length === 0) return indicate(this.#slab.subarray(0, ethernetHeaderLength));
    const etherType = etherTypeFor(datagram);
`,
        ],
      },
    ],
  },
  // TRF
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
      `    counter.advance(plaintext.length);
    return datagram;`,
      `    counter.advance(plaintext.length);
    return plaintext;`,
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
      `    flags === 0 &&
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
