/** Initiators whose later keys, REQUESTs and transforms keep something of the first, or are made with less care. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const session = 'reference/nodes/session.ts';
const node = 'reference/nodes/initiator.ts';

const erase = '    for (const keys of [this.#own, this.#peer]) eraseDirection(keys);\n';
const erasedCount = (direction: 'sent' | 'received'): [string, string, string] => [
  session,
  erase,
  `${erase}    globalThis.former = (globalThis.former ?? 0) + this.#${direction}.frames;\n`,
];
const usedUp = 'return sent.frames >= frames ||';

const bounds: readonly Fault[] = ofSeveral({
  'frames-of-all-keys-together': [
    'INI-09',
    'client',
    'The frames of former keys count towards the bound of the present one.',
    erasedCount('sent'),
    [
      session,
      'this.#frames = share(lifetimes.frames, maximumFrames);',
      'this.#frames = share(lifetimes.frames, maximumFrames) - (globalThis.former ?? 0);',
    ],
  ],
  'keys-of-01xx-never-used-up': [
    'INI-09',
    'client',
    'With 0x0101 and 0x0102 the bounds of frames and octets are not minded.',
    [session, usedUp, `if (aeadOf(this.#transform) === undefined) return false;\n    ${usedUp}`],
  ],
  'close-counts-the-frames-of-all-keys': [
    'CLOSE-02',
    'client',
    'The digest of CLOSE counts the DATA frames of former connections, too.',
    erasedCount('sent'),
    [
      session,
      'return keyedClose(this.#own.close, status, this.#sealer.frames);',
      'return keyedClose(this.#own.close, status, this.#sealer.frames + (globalThis.former ?? 0));',
    ],
  ],
  'close-of-the-peer-counts-the-frames-of-all-keys': [
    'CLOSE-04 INI-19 INI-17',
    'client',
    'A CLOSE of a later connection verifies with the DATA frames of all connections.',
    erasedCount('received'),
    [
      session,
      'return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;',
      'return verifyClose(this.#peer.close, header, this.#opener.frames + (globalThis.former ?? 0), digest) ? status : undefined;',
    ],
  ],
});

const streams: readonly Fault[] = [
  ...inModule('reference/crypto/ctr-hmac.ts', ['client'], {
    'keystream-goes-on-on-the-next-connection': [
      'TRF-06 KEY-01 INI-10',
      'The keystream of 0x0101 that it sends with goes on from one connection to the next.',
      `export function ctrEncryption({ key, iv, mac }: DigestKeys): Encryption {
  const stream = ctrStream(key, iv);`,
      `export function ctrEncryption({ key, iv, mac }: DigestKeys): Encryption {
  const stream = (globalThis.stream ??= ctrStream(key.slice(), iv.slice()));`,
    ],
    'keystream-that-comes-goes-on-on-the-next-connection': [
      'TRF-06 KEY-01 INI-10',
      'It opens what comes by the keystream of 0x0101 that the first connection had.',
      `export function ctrDecryption({ key, iv, mac }: DigestKeys): Decryption {
  const stream = ctrStream(key, iv);`,
      `export function ctrDecryption({ key, iv, mac }: DigestKeys): Decryption {
  const stream = (globalThis.stream ??= ctrStream(key.slice(), iv.slice()));`,
    ],
  }),
  ...inModule('reference/crypto/cbc-hmac.ts', ['client'], {
    'chain-goes-on-on-the-next-connection': [
      'TRF-09 KEY-01 INI-10',
      'The chain of 0x0102 that it sends with goes on from one connection to the next.',
      'const stream = cbcEncryptStream(key, iv);',
      'const stream = (globalThis.chain ??= cbcEncryptStream(key.slice(), iv.slice()));',
    ],
    'chain-that-comes-goes-on-on-the-next-connection': [
      'TRF-09 KEY-01 INI-10',
      'It opens what comes by the chain of 0x0102 that the first connection had.',
      'const stream = cbcDecryptStream(key, iv);',
      'const stream = (globalThis.chain ??= cbcDecryptStream(key.slice(), iv.slice()));',
    ],
  }),
];

const proposal = '...propose(transforms, lifetimes, randomness.grease(), freshness(), dataOptions),';

const requests: readonly Fault[] = inModule(node, ['client'], {
  'grease-in-the-first-request-alone': [
    'ID-07',
    'REQUESTs behind the first one have no GREASE.',
    'randomness.grease()',
    '(this.greased ? {} : ((this.greased = true), randomness.grease()))',
  ],
  'later-request-with-client-data': [
    'REQ-09',
    'A REQUEST behind the first one asks for the address that was given before.',
    'clientData: noClientData,',
    'clientData: this.asked ? { ...noClientData, dhcp: [{ code: 50, value: Uint8Array.of(10, 8, 0, 10) }] } : ((this.asked = true), noClientData),',
  ],
  'transform-of-before-alone-offered': [
    'REQ-11',
    'A REQUEST behind the first one offers the least preferred transform alone.',
    proposal,
    '...propose(this.offered ? transforms.slice(-1) : ((this.offered = true), transforms), lifetimes, randomness.grease(), freshness(), dataOptions),',
  ],
  'more-transforms-offered-later': [
    'ID-05',
    'A REQUEST behind the first one offers 0x0102 though it is not configured.',
    proposal,
    '...propose(this.offered ? [...transforms, 0x0102] : ((this.offered = true), transforms), lifetimes, randomness.grease(), freshness(), dataOptions),',
  ],
  'options-asked-for-once': [
    'REQ-20 BUN-01',
    'A REQUEST behind the first one asks for no options, though the user wants them.',
    proposal,
    '...propose(transforms, lifetimes, randomness.grease(), freshness(), this.optioned ? 0 : ((this.optioned = true), dataOptions)),',
  ],
  'more-options-asked-for-later': [
    'REQ-20',
    'A REQUEST behind the first one asks for bundles though the user wants none.',
    proposal,
    '...propose(transforms, lifetimes, randomness.grease(), freshness(), this.optioned ? 8 | dataOptions : ((this.optioned = true), dataOptions)),',
  ],
  'later-relay-tells-its-name': [
    'RELAY-13',
    'A RELAY behind the first one names its initiator as origin.',
    '  #open(): void {\n    this.#asked = false;\n    this.#conversation.renew();\n',
    `  #open(): void {
    this.#asked = false;
    this.#conversation.renew();
    const { path: names } = this.#options;
    if (this.opened) this.#relay = encodeRelay({ type: 'RELAY', origin: 'client.test', path: names });
    this.opened = true;\n`,
  ],
  'origin-of-the-configuration-ignored': [
    'RELAY-13 RELAY-02',
    'The origin is `origin.invalid` whatever the configuration says.',
    'origin: options.origin ?? defaultOrigin,',
    'origin: defaultOrigin,',
  ],
});

export const laterKeys: readonly Fault[] = [...bounds, ...streams, ...requests];
