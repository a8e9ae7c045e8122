/** Initiators that judge a value by a part of it: its low octet, its first octets, or all but the last. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const inCrypto = ofSeveral({
  'ctr-digest-first-half': [
    'TRF-05 DATA-07 DATA-10',
    'client',
    'With 0x0101 only the first 16 octets of the digest are compared.',
    [
      'reference/crypto/ctr-hmac.ts',
      'constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))',
      'constantTimeEqual(digest.subarray(0, 16), frame.subarray(dataHeaderLength, dataHeaderLength + 16))',
    ],
  ],
  'cbc-digest-first-half': [
    'TRF-09 TRF-10 DATA-07 DATA-10',
    'client',
    'With 0x0102 only the first 16 octets of the digest are compared.',
    [
      'reference/crypto/cbc-hmac.ts',
      'constantTimeEqual(digest, frame.subarray(dataHeaderLength, start))',
      'constantTimeEqual(digest.subarray(0, 16), frame.subarray(dataHeaderLength, dataHeaderLength + 16))',
    ],
  ],
  'padding-beyond-16-octets-unjudged': [
    'DATA-05 DATA-10',
    'client',
    'Of the padding only the first 16 octets have to be zeros.',
    [
      'reference/crypto/data-frame.ts',
      'isZero(plaintext.subarray(datagramLength))',
      'isZero(plaintext.subarray(datagramLength, datagramLength + 16))',
    ],
  ],
  'thread-padding-beyond-16-octets-unjudged': [
    'DATA-05 DATA-10',
    'client',
    'The thread asks of the first 16 octets of padding alone whether they are zeros.',
    [
      'reference/datapath/record.ts',
      'for (let index = end; index < at + length; index += 1)',
      'for (let index = end; index < Math.min(end + 16, at + length); index += 1)',
    ],
  ],
  'thread-padding-last-octet-alone': [
    'DATA-05 DATA-10',
    'client',
    'The thread asks of the last octet of padding alone whether it is zero.',
    [
      'reference/datapath/record.ts',
      'for (let index = end; index < at + length; index += 1)',
      'for (let index = Math.max(end, at + length - 1); index < at + length; index += 1)',
    ],
  ],
  'thread-padding-of-bundles-unjudged': [
    'DATA-05 DATA-10 BUN-04',
    'client',
    'The thread does not ask of the padding of a bundle whether it is zeros.',
    [
      'reference/datapath/record.ts',
      'for (let index = end; index < at + length; index += 1)',
      'for (let index = end; !bundled && index < at + length; index += 1)',
    ],
  ],
  'padding-of-bundles-unjudged': [
    'DATA-05 DATA-10 BUN-01',
    'client',
    'Of the padding of a bundle nobody asks whether it is zeros.',
    [
      'reference/crypto/data-frame.ts',
      'isZero(plaintext.subarray(datagramLength))',
      '(bundled || isZero(plaintext.subarray(datagramLength)))',
    ],
  ],
  'padding-of-ipv6-unjudged': [
    'DATA-05 DATA-10',
    'client',
    'Of the padding behind an IPv6 datagram nobody asks whether it is zeros.',
    [
      'reference/crypto/data-frame.ts',
      'isZero(plaintext.subarray(datagramLength))',
      '(protocol === 0x86dd || isZero(plaintext.subarray(datagramLength)))',
    ],
  ],
});

const ofResponse = ofSeveral({
  'final-status-by-its-low-octet': [
    'INI-17 INI-26 ID-06',
    'client',
    'A keyed CLOSE of status 0x010e or 0x0101 keeps it from connecting again as *superseded* and *end session* do.',
    [
      'reference/nodes/initiator.ts',
      'const final = status === Status.endSession || status === Status.superseded;',
      'const final = ((status ?? 0) & 0xff) === Status.endSession || ((status ?? 0) & 0xff) === Status.superseded;',
    ],
  ],
  'exit-by-the-low-octet-of-the-status': [
    'INI-18 ID-06',
    'client',
    'Its exit takes a keyed CLOSE of status 0x0101 for the end of a session.',
    [
      'reference/tunnel/client/client.ts',
      'const saysSo = cause.status === Status.endSession || cause',
      'const saysSo = ((cause.status ?? 0) & 0xff) === Status.endSession || cause',
    ],
  ],
  'bounds-by-their-low-half': [
    'RESP-05',
    'client',
    'Of the bounds of frames and octets only the low 32 bits are compared.',
    [
      'reference/nodes/exchange.ts',
      'lifetimes.frames <= proposed.lifetimes.frames &&',
      'BigInt.asUintN(32, lifetimes.frames) <= proposed.lifetimes.frames &&',
    ],
    [
      'reference/nodes/exchange.ts',
      'lifetimes.octets <= proposed.lifetimes.octets;',
      'BigInt.asUintN(32, lifetimes.octets) <= proposed.lifetimes.octets;',
    ],
  ],
  'options-by-their-low-octet': [
    'RESP-09',
    'client',
    'Option bits 8 to 15 of RESPONSE are not compared with those of REQUEST.',
    [
      'reference/nodes/exchange.ts',
      '(options & ~proposed.dataOptions) !== 0',
      '(options & ~proposed.dataOptions & 0xff) !== 0',
    ],
  ],
  'options-that-are-named-alone': [
    'RESP-09',
    'client',
    'Option bits 5 to 15 of RESPONSE are not compared with those of REQUEST.',
    [
      'reference/nodes/exchange.ts',
      '(options & ~proposed.dataOptions) !== 0',
      '(options & ~proposed.dataOptions & 0x1f) !== 0',
    ],
  ],
  'options-not-defined-are-taken': [
    'RESP-09',
    'client',
    'RESPONSE may select the options 2 and 4, which are not defined, though REQUEST has not asked for them.',
    [
      'reference/nodes/exchange.ts',
      '(options & ~proposed.dataOptions) !== 0',
      '(options & ~proposed.dataOptions & ~0x14) !== 0',
    ],
  ],
  'offload-with-hmac-transforms': [
    'RESP-12',
    'client',
    'RESPONSE may select offload with 0x0101 and 0x0102; only bundles are refused.',
    [
      'reference/nodes/exchange.ts',
      'if (options !== 0 && aeadOf(response.transform) === undefined)',
      'if ((options & 8) !== 0 && aeadOf(response.transform) === undefined)',
    ],
  ],
  'suite-by-its-low-bits': [
    'RESP-01',
    'client',
    'A RESPONSE that names suite 0x11 or 0x12 is taken for one of suite 1 or 2.',
    [
      'reference/nodes/exchange.ts',
      'if (response.suite !== proposed.suite)',
      'if ((response.suite & 0x0f) !== proposed.suite)',
    ],
  ],
  'header-without-its-last-field': [
    'RESP-02',
    'client',
    'The offset of the client data in the clear is not compared with the sealed one.',
    [
      'reference/nodes/exchange.ts',
      'sameHeader(frame, opened, length)) return undefined;',
      'sameHeader(frame, opened, length === 14 ? 12 : length)) return undefined;',
    ],
  ],
  'header-by-high-octets-of-offsets': [
    'RESP-02',
    'client',
    'Of the last offset only the high octet is compared with the sealed one.',
    [
      'reference/nodes/exchange.ts',
      'sameHeader(frame, opened, length)) return undefined;',
      'sameHeader(frame, opened, length === 14 ? 13 : length)) return undefined;',
    ],
  ],
  'padding-but-its-last-octet': [
    'RESP-06 RESP-10',
    'client',
    'The last octet of the padding of RESPONSE may be anything.',
    [
      'reference/wire/opened.ts',
      'if (padding.some((octet) => octet !== 0))',
      'if (padding.subarray(0, -1).some((octet) => octet !== 0))',
    ],
  ],
  'entry-7fff-is-refused': [
    'REQ-14 RESP-10',
    'client',
    'An unknown entry of id 0x7fff is refused.',
    ['reference/wire/key-exchange-data.ts', 'id >= firstCriticalTlv &&', 'id >= firstCriticalTlv - 1 &&'],
  ],
  'options-of-0-are-refused': [
    'RESP-09 RESP-10',
    'client',
    'A RESPONSE whose options are 0 is refused, and not taken for one without options.',
    [
      'reference/wire/key-exchange-data.ts',
      "if (more.length > 0) throw new Malformed('key exchange data options (3): more than 2 octets');",
      "if (more.length > 0 || (options === 0 && value(Tlv.options) !== undefined)) throw new Malformed('key exchange data options (3)');",
    ],
  ],
  'response-of-greatest-blocks-is-refused': [
    'FRAME-07 RESP-10 RESP-08',
    'client',
    'A RESPONSE of 127 blocks of 128 octets, 16,332 in all, is too long for it.',
    ['reference/wire/frame-start.ts', 'max: 16_384 }', 'max: 16_331 }'],
  ],
});

const ofStarts = inModule('reference/wire/frame-start.ts', ['client'], {
  'longest-data-is-refused': [
    'FRAME-07 BUN-01 DATA-10',
    'A DATA frame of 131,072 octets is too long for it.',
    'if (length < min || length > max)',
    'if (length < min || length > max || length === 0x20000)',
  ],
});

export const partsOfValues: readonly Fault[] = [...inCrypto, ...ofResponse, ...ofStarts];
