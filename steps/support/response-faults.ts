/** How the features call a RESPONSE by what is wrong about it, or allowed though unusual ([EP] fig. 8). */
import { concat, u16, viewOf } from '../../reference/octets.ts';
import { encodeClientData } from '../../reference/wire/client-data.ts';
import { Suite } from '../../reference/wire/identifiers.ts';
import { type Lifetimes, makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { fromNetworkSettings } from '../../reference/wire/network-settings.ts';
import type { OpenedRequest } from '../../reference/wire/request.ts';
import { type OpenedResponse, responseHeaderLength } from '../../reference/wire/response.ts';
import { known } from './known.ts';
import { LabFailure } from './lab/failure.ts';
import { type Alterations, flipped } from './peers/handshake.ts';
import { inOrder, type Piece, rearranged, sectionsOf } from './peers/opened-frame.ts';
import { defaultSettings } from './peers/scripted-server.ts';

/** Some hang on what REQUEST asks for. */
type Fault = (request: OpenedRequest) => Alterations<OpenedResponse>;
type Arrange = (sections: readonly Uint8Array[]) => readonly Piece[];

const arranged =
  (arrange: Arrange): Fault =>
  () => ({ opened: rearranged('RESPONSE', arrange) });
const gap = (length: number): Fault =>
  arranged((sections) => [{ octets: new Uint8Array(length) }, ...inOrder(sections)]);
const swapped = (first: number): Fault =>
  arranged((sections) => {
    const pieces = inOrder(sections);
    return pieces.with(first, pieces[first + 1]!).with(first + 1, pieces[first]!);
  });
const endOfSections = (opened: Uint8Array): number =>
  sectionsOf('RESPONSE', opened).reduce((sum, section) => sum + section.length, responseHeaderLength);
const padding = (at: (opened: Uint8Array) => number): Fault => {
  return () => ({ opened: (opened) => flipped(opened, at(opened)) });
};

/** Client data with a domain that is just long enough for sections without padding. */
function aligned() {
  const settings = (domain: string) => fromNetworkSettings({ ...defaultSettings, domain });
  const length = 24 + 2 + encodeClientData(settings('d')).length;
  return settings('d'.repeat(1 + (-length & 127)));
}

const flags = (octet: number): Fault => {
  return () => ({ opened: (opened) => opened.with(11, octet) });
};
const transform = (id: number): Fault => {
  return () => ({ fields: { transform: id } });
};
const keyData = (choice: (request: OpenedRequest) => object): Fault => {
  return (request) => {
    const { lifetimes } = request.keyExchangeData;
    return { fields: { keyExchangeData: makeKeyExchangeData({ lifetimes, ...choice(request) }) } };
  };
};

/** REQUEST's bound of that name, and so many more. */
const bound = (name: keyof Lifetimes, more: number): Fault =>
  keyData(({ keyExchangeData: { lifetimes } }) => {
    const value = lifetimes[name];
    const changed = typeof value === 'bigint' ? value + BigInt(more) : value + more;
    return { lifetimes: { ...lifetimes, [name]: changed } };
  });

const isGrease = (id: number): boolean => (id & 0x0f0f) === 0x0a0a;

const faults: Readonly<Record<string, Fault>> = {
  'nothing wrong': () => ({}),
  'an octet between its header and its first section': gap(1),
  'two octets between its header and its first section': gap(2),
  'its transform before its key exchange data': swapped(0),
  'its client data before its transform': swapped(1),
  'the transform twice': arranged((sections) => inOrder(sections, { 1: concat(sections[1]!, sections[1]!) })),
  'the transform and another': arranged((sections) => inOrder(sections, { 1: concat(sections[1]!, u16(0x0002)) })),
  'half a transform more': arranged((sections) => inOrder(sections, { 1: concat(sections[1]!, Uint8Array.of(0)) })),
  'no transform': arranged((sections) => inOrder(sections, { 1: new Uint8Array() })),
  'padding whose last octet is not zero': padding(() => -1),
  'padding whose first octet is not zero': padding(endOfSections),
  'padding whose middle octet is not zero': padding((opened) => (endOfSections(opened) + opened.length) >> 1),
  'padding of one block too many': () => ({ opened: (opened) => concat(opened, new Uint8Array(128)) }),
  'padding of an octet too many': () => ({ opened: (opened) => concat(opened, new Uint8Array(1)) }),
  'padding of an octet too few': () => ({ opened: (opened) => opened.slice(0, -1) }),
  'no padding, none being needed': () => ({ fields: { clientData: aligned() } }),
  'a whole block of padding, though none is needed': () => ({
    fields: { clientData: aligned() },
    opened: (opened) => concat(opened, new Uint8Array(128)),
  }),
  'the lowest bit of its flags set': flags(1),
  'the highest reserved bit of its flags set': flags(0x80),
  'no lifetimes': () => ({ opened: rearranged('RESPONSE', (sections) => inOrder(sections, { 0: u16(5, 0) })) }),
  'an unknown entry of 0x7fff': keyData(() => ({ extra: [{ id: 0x7fff, value: Uint8Array.of(1) }] })),
  'an unknown entry of 14,800 octets': keyData(() => ({ extra: [{ id: 0x7fff, value: new Uint8Array(14_800) }] })),
  'an unknown entry of 0x8000': keyData(() => ({ extra: [{ id: 0x8000, value: Uint8Array.of(1) }] })),
  'a GREASE transform that REQUEST offers': ({ transforms }) => ({
    fields: { transform: transforms.find(isGrease) ?? 0x0a0a },
  }),
  'the first option that REQUEST lacks': keyData(({ keyExchangeData: { options } }) => ({
    options: ~options & (options + 1),
  })),
  'all option bits': keyData(() => ({ options: 0xffff })),
  compression: keyData(() => ({ compression: [1] })),
  freshness: keyData(() => ({ freshness: 1n })),
  '2^63 frames': keyData(({ keyExchangeData: { lifetimes } }) => ({ lifetimes: { ...lifetimes, frames: 2n ** 63n } })),
  '2^63 octets': keyData(({ keyExchangeData: { lifetimes } }) => ({ lifetimes: { ...lifetimes, octets: 2n ** 63n } })),
  'another suite': ({ suite }) => ({
    opened: (opened) => opened.with(10, suite === Suite.hybrid ? Suite.x25519 : Suite.hybrid),
  }),
  'client data without an address': () => noAddress,
  'a suite of 16 more': ({ suite }) => ({ opened: (opened) => opened.with(10, suite | 0x10) }),
  'a suite of 3': () => ({ opened: (opened) => opened.with(10, 3) }),
  'a length in the sealed header alone that is one less': () => ({
    opened: (opened) => {
      const changed = opened.slice();
      viewOf(changed).setUint32(0, viewOf(opened).getUint32(0) - 1);
      return changed;
    },
    header: (header) => {
      const right = header.slice();
      viewOf(right).setUint32(0, viewOf(header).getUint32(0) + 1);
      return right;
    },
  }),
};

/** Without option 50. */
const noAddress: Alterations<OpenedResponse> = {
  fields: { clientData: { dhcp: [{ code: 1, value: Uint8Array.of(255, 255, 255, 0) }], neighbour: [] } },
};

const forms: readonly (readonly [RegExp, (...words: string[]) => Fault])[] = [
  [/^transform (0x[0-9a-f]{4})$/, (id = '') => transform(Number(id))],
  [/^options (0x[0-9a-f]{4})$/, (bits = '') => keyData(() => ({ options: Number(bits) }))],
  [
    /^options (0x[0-9a-f]{4}) with transform (0x[0-9a-f]{4})$/,
    (bits = '', id = '') =>
      (request) => ({
        fields: {
          ...keyData(() => ({ options: Number(bits) }))(request).fields,
          ...transform(Number(id))(request).fields,
        },
      }),
  ],
  [/^one (second|frame|octet) more than REQUEST$/, (unit = '') => bound(`${unit}s` as keyof Lifetimes, 1)],
  [/^one (second|frame|octet) less than REQUEST$/, (unit = '') => bound(`${unit}s` as keyof Lifetimes, -1)],
  [
    /^another octet (\d+) in the clear$/,
    (at = '') =>
      () => ({ header: (header) => flipped(header, Number(at)) }),
  ],
  [
    /^another octet (\d+) in the clear, and (.+)$/,
    (at = '', words = '') =>
      (request) => ({ ...responseFault(words)(request), header: (header) => flipped(header, Number(at)) }),
  ],
];

/** @throws LabFailure for words that mean no RESPONSE */
export function responseFault(words: string): Fault {
  for (const [form, fault] of forms) {
    const found = form.exec(words);
    if (found) return fault(...found.slice(1));
  }
  if (!Object.hasOwn(faults, words)) throw new LabFailure(`no RESPONSE has ${words}`);
  return known(faults, words);
}
