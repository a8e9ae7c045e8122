/** Several datagrams in one DATA frame ([EP] fig. 9 with flag 3): what is negotiated, and those that come. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const cut = faultsIn('reference/wire/bundle.ts');
const frame = faultsIn('reference/crypto/data-frame.ts');
const session = faultsIn('reference/nodes/session.ts');
const conversation = faultsIn('reference/nodes/conversation.ts');
const server = faultsIn('reference/nodes/server.ts');
const exchange = faultsIn('reference/nodes/exchange.ts');
const ends = 'client server';

const few = 'return datagrams.length < leastOfBundle ? undefined : datagrams;';
const whole = 'if (length === undefined || length > octets.length - at) return undefined;';
const negotiated = 'const bundled = flags === DataOption.bundle && (dataOptions & flags) !== 0;';
const delivered = 'for (const datagram of this.#received)';

/** Bundles though nobody asked for them. */
const always = [
  'get bundles(): boolean {\n    return (this.#dataOptions & DataOption.bundle) !== 0;',
  'get bundles(): boolean {\n    return true;',
] as const;

export const bundles: readonly Fault[] = [
  // What is negotiated
  server(
    'options-with-separate-digest',
    'RESP-12',
    'server',
    'RESPONSE selects options with 0x0101 and 0x0102.',
    'aeadOf(transform) === undefined ? 0 : keyExchangeData',
    'keyExchangeData',
  ),
  exchange(
    'options-with-separate-digest-taken',
    'RESP-12',
    'client',
    'A RESPONSE that selects options with 0x0101 is taken.',
    'if (options !== 0 && aeadOf(',
    'if (options < 0 && aeadOf(',
  ),
  exchange(
    'any-options-once-asked',
    'RESP-09',
    'client',
    'Where REQUEST asks for an option, RESPONSE may select any.',
    '(options & ~proposed.dataOptions) !== 0',
    '(proposed.dataOptions === 0 && options !== 0)',
  ),
  server(
    'options-as-asked',
    'RESP-13',
    'server',
    'RESPONSE selects every option that REQUEST asks for.',
    'keyExchangeData.options & own',
    'keyExchangeData.options',
  ),
  exchange(
    'all-options-asked-for',
    'REQ-20',
    'client',
    'REQUEST asks for every option as soon as the user wants one.',
    'options: dataOptions,',
    'options: dataOptions === 0 ? 0 : 0x001f,',
  ),
  exchange(
    'bundles-asked-for-unwanted',
    'REQ-20',
    'client',
    'REQUEST asks for bundles whatever the user wants.',
    'options: dataOptions,',
    'options: dataOptions | 8,',
  ),
  exchange(
    'options-asked-for-by-default',
    'REQ-20',
    'client',
    'REQUEST asks for options that are not implemented where the user wants all that are.',
    'options: dataOptions,',
    'options: dataOptions === 0x000b ? 0x001f : dataOptions,',
  ),
  exchange(
    'options-asked-for-though-none-wanted',
    'REQ-20',
    'client',
    'REQUEST asks for all options where the user wants none.',
    'options: dataOptions,',
    'options: dataOptions || 0x000b,',
  ),
  server(
    'options-selected-by-default',
    'RESP-13',
    'server',
    'RESPONSE selects options that are not implemented where the operator wants all that are.',
    'keyExchangeData.options & own',
    'keyExchangeData.options & (own === 0x000b ? 0x001f : own)',
  ),
  server(
    'options-selected-though-none-wanted',
    'RESP-13',
    'server',
    'RESPONSE selects options where the operator wants none.',
    'keyExchangeData.options & own',
    'keyExchangeData.options & (own || 0x000b)',
  ),
  frame(
    'bundle-not-negotiated-taken',
    'DATA-06',
    ends,
    'A bundle is taken though it was not negotiated.',
    negotiated,
    'const bundled = flags === DataOption.bundle;',
  ),
  session(
    'bundle-not-negotiated-sent',
    'DATA-06',
    ends,
    'Bundles are sent though they were not negotiated.',
    ...always,
    [
      {
        file: 'reference/crypto/data-frame.ts',
        change: ['if ((dataOptions & DataOption.bundle) === 0) throw', 'if (dataOptions < 0) throw'],
      },
    ],
  ),
  // Bundles that come
  cut(
    'bundle-of-64-at-most',
    'BUN-01',
    ends,
    'A bundle of more than 64 datagrams is refused.',
    few,
    'return datagrams.length < leastOfBundle || datagrams.length > 64 ? undefined : datagrams;',
  ),
  cut(
    'bundle-of-one-family',
    'BUN-01',
    ends,
    'A bundle with datagrams of both families is refused.',
    '    datagrams.push(octets',
    '    if ((octets[at]! ^ octets[0]!) >> 4 !== 0) return undefined;\n    datagrams.push(octets',
  ),
  cut(
    'bundle-header-length-judged',
    'BUN-01',
    ends,
    'A bundle with a datagram that is shorter than its header says is refused.',
    'return total >= 20 ? total : undefined;',
    'return total >= 20 && (view.getUint8(at) & 15) * 4 <= total ? total : undefined;',
  ),
  cut(
    'bundle-payload-length-as-total',
    'BUN-01',
    ends,
    'The payload length of IPv6 is taken for the length of the datagram.',
    '40 + u16At(octets, at + 4)',
    'u16At(octets, at + 4) || undefined',
  ),
  frame(
    'bundle-of-65535-at-most',
    'BUN-01',
    ends,
    'A bundle of more than 65,535 octets is refused.',
    '(bundled || flags === 0) &&',
    '(bundled || flags === 0) &&\n    datagramLength <= 0xffff &&',
  ),
  frame(
    'bundle-padding-refused',
    'BUN-01',
    ends,
    'A bundle with padding is refused.',
    '(bundled || flags === 0) &&',
    '((bundled && paddingLength === 0) || flags === 0) &&',
  ),
  frame(
    'lone-datagrams-refused-once-bundles',
    'BUN-01',
    ends,
    'Where bundles were negotiated, a lone datagram is refused.',
    '(bundled || flags === 0) &&',
    '(bundled || (flags === 0 && (dataOptions === 0 || header.datagramLength === 0))) &&',
  ),
  conversation(
    'bundle-first-alone-delivered',
    'BUN-02',
    ends,
    'Of a bundle the first datagram alone is delivered.',
    delivered,
    'for (const datagram of this.#received.slice(0, 1))',
  ),
  conversation(
    'bundle-delivered-backwards',
    'BUN-02',
    ends,
    'The datagrams of a bundle are delivered from the last to the first.',
    delivered,
    'for (const datagram of this.#received.toReversed())',
  ),
  conversation(
    'bundle-delivered-as-one',
    'BUN-02',
    ends,
    'The octets of a bundle are delivered as one datagram.',
    delivered,
    'for (const datagram of [Buffer.concat(this.#received)].filter(({ length }) => length > 0))',
  ),
  frame(
    'bundle-datagram-length-unread',
    'BUN-03',
    ends,
    'The datagram length of a bundle is not looked at.',
    '    (!bundled || header.datagramLength === 0) &&\n',
    '',
  ),
  frame(
    'bundle-other-flags-unread',
    'BUN-03',
    ends,
    'Beside flag 3 other flags are not looked at.',
    negotiated,
    'const bundled = (flags & dataOptions & DataOption.bundle) !== 0;',
  ),
  frame(
    'bundle-segment-size-unread',
    'BUN-03',
    ends,
    'The segment size of a bundle is not looked at.',
    '    segmentSize === 0 &&',
    '    (bundled || segmentSize === 0) &&',
  ),
  frame(
    'bundle-protocol-unread',
    'BUN-03',
    ends,
    'The protocol of a bundle is not looked at.',
    'const fitting = protocolOf(datagram) === protocol;',
    'const fitting = bundled || protocolOf(datagram) === protocol;',
  ),
  frame(
    'bundle-padding-unread',
    'DATA-05',
    ends,
    'The padding of a bundle is not looked at.',
    'const padded = isZero(plaintext.subarray(datagramLength));',
    'const padded = bundled || isZero(plaintext.subarray(datagramLength));',
  ),
  cut(
    'bundle-of-one-taken',
    'BUN-04',
    ends,
    'A bundle of one datagram is taken.',
    few,
    'return datagrams.length < 1 ? undefined : datagrams;',
  ),
  cut(
    'bundle-of-none-taken',
    'BUN-04',
    ends,
    'A bundle without a datagram is taken as a keep-alive.',
    few,
    'return datagrams.length === 1 ? undefined : datagrams;',
  ),
  cut(
    'bundle-rest-ignored',
    'BUN-04',
    ends,
    'What is behind the last whole datagram of a bundle is ignored.',
    whole,
    'if (length === undefined || length > octets.length - at) break;',
  ),
  cut(
    'bundle-last-cut-short',
    'BUN-04',
    ends,
    'The last datagram of a bundle may be longer than what is left.',
    whole,
    'if (length === undefined) return undefined;',
  ),
  cut(
    'bundle-total-length-of-19',
    'BUN-04',
    ends,
    'A total length below that of a header is taken.',
    'return total >= 20 ? total : undefined;',
    'return total > 0 ? total : undefined;',
    [{ file: 'reference/wire/bundle.ts', change: ['version === 4 && left >= 20', 'version === 4 && left >= 4'] }],
  ),
  cut(
    'bundle-version-unread',
    'BUN-04',
    ends,
    'In a bundle every version but 4 is taken for 6.',
    'return version === 6 && left >= 40',
    'return left >= 40',
  ),
  conversation(
    'bundle-fault-delivers-the-others',
    'BUN-04 DATA-11',
    ends,
    'Of a bundle that cannot be cut, the datagrams before the fault are delivered.',
    '      this.#received = session.open(octets);',
    `      try {
        this.#received = session.open(octets);
      } catch (error) {
        for (const datagram of (error as { cut?: Uint8Array[] }).cut ?? []) this.#machine.emit({ type: 'deliver', datagram });
        throw error;
      }`,
    [
      {
        file: 'reference/crypto/data-frame.ts',
        change: [
          '    if (datagrams === undefined) return undefined;\n',
          "    if (datagrams === undefined) throw Object.assign(new IntegrityFailure('DATA'), { cut: [datagram.slice(0, (datagram[2]! << 8) | datagram[3]!)] });\n",
        ],
      },
    ],
  ),
  conversation(
    'bundle-of-both-families-dropped',
    'BUN-05',
    ends,
    'A bundle of both families is dropped as a whole.',
    delivered,
    'for (const datagram of this.#received.some((one) => (one[0]! ^ this.#received[0]![0]!) >> 4 !== 0) ? [] : this.#received)',
  ),
  conversation(
    'bundle-behind-a-refused-one-dropped',
    'BUN-05',
    ends,
    'What is behind a datagram from nobody, in a bundle, is dropped with it.',
    delivered,
    'const refused = this.#received.findIndex((one) => one[12] === 10 && one[13] === 44);\n    for (const datagram of refused < 0 ? this.#received : this.#received.slice(0, refused))',
  ),
];
