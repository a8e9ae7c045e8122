/** The header, datagram and padding of DATA frames ([EP] fig. 9). */
import type { Fault } from '../../fault.ts';

const dataFrame = 'reference/crypto/data-frame.ts';
const transforms = 'reference/crypto/transforms.ts';
const padded = `const padded = isZero(plaintext.subarray(datagramLength));`;
const fitting = `const fitting = protocolOf(datagram) === protocol;`;
const noFlags = `    (bundled || flags === 0) &&`;
const headerWritten = `encodeDataHeader({ protocol, datagramLength, flags, segmentSize, paddingLength, digestLength }, frame);`;

export const data: readonly Fault[] = [
  {
    id: 'ethernet-header-kept',
    breaks: ['DATA-01', 'DATA-02'],
    roles: ['client', 'server'],
    does: 'A DATA frame carries the Ethernet header before the datagram.',
    file: 'reference/adapter/transmit-path.ts',
    change: [
      `if (enter(ports, payload.subarray(0, length), left)) {`,
      `if (enter(ports, frame.subarray(0, 14 + length), left)) {`,
    ],
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
    change: [`if (enter(ports, payload.subarray(0, length), left)) {`, `if (enter(ports, payload, left)) {`],
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
    change: [noFlags, ''],
  },
  {
    id: 'reserved-flags-unchecked',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'Flags of bits 5 to 15 are not looked at.',
    file: dataFrame,
    change: [noFlags, `    (bundled || (flags & 31) === 0) &&`],
  },
  {
    id: 'known-flags-unchecked',
    breaks: ['DATA-06'],
    roles: ['client', 'server'],
    does: 'Flags that have a meaning are let through though nobody negotiated them.',
    file: dataFrame,
    change: [noFlags, `    (bundled || (flags & ~31) === 0) &&`],
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
    change: [headerWritten, headerWritten.replace('flags,', 'flags: datagramLength > 0 ? 1 : 0,')],
  },
];
