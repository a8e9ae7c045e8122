/** What a server decides of a REQUEST by part of a field, by an earlier REQUEST, or in another order. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const policy = 'reference/tunnel/server/policy.ts';
const node = 'reference/nodes/server.ts';
const unconfirmed = 'reference/tunnel/server/unconfirmed.ts';

export const laterRequests: readonly Fault[] = [
  ...ofSeveral({
    'freshness-of-all-keys-is-one': [
      'SRV-25 SRV-26',
      'server',
      'The greatest freshness is kept for all static keys together.',
      [
        unconfirmed,
        'const { greatest, sessions } = ',
        'const greatest = this.greatest ?? -1n;\n    const { sessions } = ',
      ],
      [
        unconfirmed,
        'this.#keys.set(key, { greatest:',
        'this.greatest = fresh ? value : greatest;\n      this.#keys.set(key, { greatest:',
      ],
    ],
    'suite-judged-after-transforms': [
      'SRV-08 HS-07',
      'server',
      'Whoever is authorised but for the suite learns that no transform is common.',
      [
        policy,
        "    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');\n",
        '',
      ],
      [
        policy,
        "return refusal('no common transform');",
        "return refusal('no common transform');\n    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');",
      ],
    ],
    'destination-judged-after-policy': [
      'SRV-08 REQ-08',
      'server',
      'Whoever names another destination than the path learns that no transform is common.',
      [node, "      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;\n", ''],
      [
        node,
        '      const { transform, clientData } = grant;\n',
        "      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;\n      const { transform, clientData } = grant;\n",
      ],
    ],
    'suite-judged-after-places': [
      'SRV-08 HS-07',
      'server',
      'Whoever is authorised but for the suite learns that its key has no place left.',
      [
        policy,
        "    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');\n",
        '',
      ],
      [
        policy,
        "take === undefined) return refusal('resource limit');",
        "take === undefined) return refusal('resource limit');\n    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');",
      ],
    ],
    'destination-with-port-taken': [
      'REQ-08',
      'server',
      'A destination name with a port is taken for the name without it.',
      [node, 'request.destinationName !== hostOf(path', 'hostOf(request.destinationName) !== hostOf(path'],
      [policy, 'includes(request.destinationName)', "includes(request.destinationName.split(':')[0])"],
    ],
  }),
  ...inModule(unconfirmed, ['server'], {
    'freshness-by-its-low-word': [
      'SRV-25 SRV-26',
      'Of freshness the server compares the lower 32 bits.',
      'const value = freshness ?? -1n;',
      'const value = freshness === undefined ? -1n : freshness & 0xffff_ffffn;',
    ],
    'no-freshness-is-zero': [
      'SRV-25 SRV-26',
      'The first REQUEST of a key that has no freshness is fresh, as if it had 0.',
      'const value = freshness ?? -1n;',
      'const value = freshness ?? 0n;',
    ],
  }),
  ...inModule(policy, ['server'], {
    'lifetimes-of-the-first-request': [
      'RESP-11',
      'Each later REQUEST of a name gets the bounds that its first one got.',
      'const granted = lower(this.#config.lifetime, request.lifetimes);',
      'const granted = ((this.granted ??= {})[entry.name] ??= lower(this.#config.lifetime, request.lifetimes));',
    ],
    'transform-of-the-first-request': [
      'RESP-03 RESP-07',
      'Each later REQUEST of a name gets the transform that its first one got.',
      'request.transforms.find((wanted) => offered.includes(wanted));',
      '((this.chosen ??= {})[entry.name] ??= request.transforms.find((wanted) => offered.includes(wanted)));',
    ],
    'lease-of-the-first-request': [
      'RESP-08 CD-02',
      'Every lease is as long as the first one.',
      'clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease)',
      'clientData.leaseSeconds ?? (this.lease ??= Math.max(keySeconds, shortestLease))',
    ],
    'lease-of-the-servers-lifetime': [
      'RESP-08 CD-02',
      "The lease is as long as the server's own lifetime, where the initiator asked for a shorter one.",
      'this.#clientData(number, granted.seconds)',
      'this.#clientData(number, this.#config.lifetime.seconds)',
    ],
    'transform-by-twelve-bits': [
      'ID-08 RESP-03 SRV-08',
      'Of each transform the server compares the lower twelve bits.',
      'request.transforms.find((wanted) => offered.includes(wanted));',
      'request.transforms.map((id) => offered.find((one) => one === (id & 0x0fff))).find(Boolean);',
    ],
    'sixteen-transforms-read': [
      'ID-08 SRV-04',
      'Of the transforms of a REQUEST the server reads the first 16.',
      'request.transforms.find(',
      'request.transforms.slice(0, 16).find(',
    ],
    'name-up-to-a-space': [
      'HS-08 REQ-07',
      'Of an initiator name what follows a space is not compared.',
      'this.#initiators.get(identifier(request.initiatorName, ',
      "this.#initiators.get(identifier(request.initiatorName.split(' ')[0], ",
    ],
  }),
  ...inModule('reference/tunnel/admission.ts', ['server'], {
    'trust-ends-with-session': [
      'SRV-31',
      'A source is forgotten when the session that was confirmed from there ends.',
      'release: () => this.#release(entry),',
      'release: () => {\n        this.#trusted.delete(entry.name);\n        this.#release(entry);\n      },',
    ],
  }),
  ...inModule('reference/wire/opened.ts', ['server'], {
    'suite-of-4-bits': [
      'REQ-16',
      'Of the suite the server reads the lower four bits.',
      '({ flags }: { readonly flags: number }): number => flags >> 8;',
      '({ flags }: { readonly flags: number }): number => (flags >> 8) & 0x0f;',
    ],
    'padding-by-its-first-octet': [
      'REQ-06',
      'Of the padding only the first octet is judged.',
      'padding.some((octet) => octet !== 0)',
      'padding.subarray(0, 1).some((octet) => octet !== 0)',
    ],
    'sealed-header-but-for-its-end': [
      'REQ-04',
      'Of the sealed header the last two octets are not compared.',
      'equalOctets(frame.subarray(0, headerLength), opened.subarray(0, headerLength))',
      'equalOctets(frame.subarray(0, headerLength - 2), opened.subarray(0, headerLength - 2))',
    ],
  }),
  ...inModule('reference/wire/key-exchange-data.ts', ['server'], {
    'entry-of-id-0-refused': [
      'REQ-14',
      'An unknown entry of the id 0 is refused.',
      'let previous = -1;',
      'let previous = 0;',
    ],
    'entry-of-id-7fff-refused': [
      'REQ-14',
      'An unknown entry of the id 0x7FFF is refused.',
      'id >= firstCriticalTlv && ',
      'id >= firstCriticalTlv - 1 && ',
    ],
    'entry-length-by-its-low-octet': [
      'REQ-14',
      "Of an entry's length the low octet is read.",
      'view.getUint16(offset + 2)',
      'view.getUint8(offset + 3)',
    ],
    'entries-beyond-eight-refused': [
      'REQ-14 REQ-13',
      'Key exchange data of more than eight entries is refused.',
      '    entries.push({ id, value: octets.slice(offset + entryHeaderLength, end) });',
      "    if (entries.length === 8) throw new Malformed('entries');\n    entries.push({ id, value: octets.slice(offset + entryHeaderLength, end) });",
    ],
    'octets-of-a-lifetime-signed': [
      'RESP-11 KEY-04',
      'A bound in octets from 2^63 up is below all others.',
      'octets: view.getBigUint64(12) };',
      'octets: view.getBigInt64(12) };',
    ],
  }),
];
