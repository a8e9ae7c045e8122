/** How the features call a REQUEST: by who sends it, what it asks for, or what is wrong about it ([EP] fig. 7). */
import { ascii, concat, viewOf } from '../../reference/octets.ts';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { Suite, Transform } from '../../reference/wire/identifiers.ts';
import { type Lifetimes, makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { type OpenedRequest, requestHeaderLength } from '../../reference/wire/request.ts';
import { known, knownName } from './known.ts';
import { LabFailure } from './lab/failure.ts';
import { type Alterations, defaultLifetimes, flipped } from './peers/handshake.ts';
import { identityOf } from './peers/identities.ts';
import { inOrder, rearranged, sectionsOf } from './peers/opened-frame.ts';
import type { ScriptedInitiatorOptions } from './peers/scripted-initiator.ts';

export interface Request {
  readonly options?: ScriptedInitiatorOptions;
  readonly alterations?: Alterations<OpenedRequest>;
}

/** FIPS 203 §7.2: two coefficients of 12 bits in 3 octets, 768 of them, before the seed of 32 octets. */
const modulus = 3329;
const coefficients = 768;

/** The same key with one coefficient written as itself plus q: whoever only reduces does not notice. */
function unreduced(key: Uint8Array, which: (index: number) => boolean): Uint8Array {
  const altered = key.slice();
  for (let index = 0; index < coefficients; index++) {
    const at = (index >> 1) * 3 + (index & 1);
    const low = (index & 1) === 0;
    const value = low ? altered[at]! | ((altered[at + 1]! & 15) << 8) : (altered[at]! >> 4) | (altered[at + 1]! << 4);
    if (!which(index) || value + modulus >= 4096) continue;
    const more = value + modulus;
    if (low) altered.set([more & 255, (altered[at + 1]! & 0xf0) | (more >> 8)], at);
    else altered.set([(altered[at]! & 15) | ((more & 15) << 4), more >> 4], at);
    return altered;
  }
  throw new LabFailure('no coefficient there is small enough');
}

/** 255 octets, of every printable character. */
export const longestName = Array.from({ length: 255 }, (_, index) => String.fromCharCode(0x20 + (index % 95))).join('');

/** Octets that an unknown entry has to have, so that alice's sections with it are whole blocks of 128. */
function lackingToBlock(): number {
  const names = identityOf('server.test').name.length + 1 + identityOf('alice').name.length + 1;
  // Lifetimes 24, freshness 12, the head of the entry 4, one transform 2, client data 4.
  return (128 - ((24 + 12 + 4 + 2 + 4 + names) % 128)) % 128;
}

/** Every fault of a REQUEST past framing that the features name. */
export const requestFaults: Readonly<Record<string, Request>> = {
  'a name that the server does not know': { options: { name: 'nobody' } },
  'a key that is not that of its name': { options: { identity: identityOf('mallory'), name: 'alice' } },
  'the key of another name': { options: { identity: identityOf('alice'), name: 'bob' } },
  'a key that the server does not know': { options: { identity: identityOf('mallory') } },
  'a Noise message sealed to another server': { options: { server: identityOf('other.test') } },
  'a destination that is not the last name of the path': {
    alterations: { fields: { destinationName: 'elsewhere.test' } },
  },
  'a changed octet of the ephemeral key': { alterations: { frame: (frame) => flipped(frame, 18) } },
  'a changed octet of the sealed static key': { alterations: { frame: (frame) => flipped(frame, -200) } },
  'a changed last octet': { alterations: { frame: (frame) => flipped(frame, -1) } },
  'a header in the clear that differs from the sealed one': { alterations: { header: (header) => flipped(header, 7) } },
  'a sealed header that differs from the clear one': { alterations: { header: (header) => flipped(header, 11) } },
  'a first coefficient of ek that is not reduced': {
    options: { suite: 'hybrid', encapsulationKey: (key) => unreduced(key, (index) => index % 2 === 0) },
  },
  'a second coefficient of ek that is not reduced': {
    options: { suite: 'hybrid', encapsulationKey: (key) => unreduced(key, (index) => index % 2 === 1) },
  },
  'a last coefficient of ek that is not reduced': {
    options: { suite: 'hybrid', encapsulationKey: (key) => unreduced(key, (index) => index >= coefficients - 64) },
  },
  'padding that is not zero': { alterations: { opened: (opened) => flipped(opened, -1) } },
  'padding of one block too many': {
    alterations: {
      opened: (opened) => concat(opened, new Uint8Array(128)),
    },
  },
  'a whole block of padding, though none is needed': {
    options: {
      get extra() {
        return [{ id: 0x0a0a, value: new Uint8Array(lackingToBlock()) }];
      },
    },
    alterations: {
      opened: (opened) => {
        if (endOfSections(opened) !== opened.length)
          throw new LabFailure('a REQUEST that is to need no padding has some');
        return concat(opened, new Uint8Array(128));
      },
    },
  },
  'an offset that points elsewhere': { alterations: { opened: (opened) => flipped(opened, 9) } },
  'no lifetimes': { alterations: { fields: { keyExchangeData: emptyKeyExchange() } } },
  'an unknown entry of 0x8000': { options: { extra: [{ id: 0x8000, value: new Uint8Array(2) }] } },
  'an ephemeral key of all zeros': {
    alterations: { frame: (frame) => frame.slice().fill(0, 18, 50) },
  },
  'padding whose first octet is not zero': {
    alterations: { opened: (opened) => flipped(opened, endOfSections(opened)) },
  },
  'padding whose middle octet is not zero': {
    alterations: { opened: (opened) => flipped(opened, (endOfSections(opened) + opened.length) >> 1) },
  },
  'an octet between its header and its first section': gap(1),
  'two octets between its header and its first section': gap(2),
  'its transforms before its key exchange data': swapped(0),
  'its destination before its transforms': swapped(1),
  'its client data before its destination': swapped(2),
  'its initiator before its client data': swapped(3),
  'the longest name': { options: { name: longestName } },
  'the longest name and an octet more': {
    alterations: {
      opened: rearranged('REQUEST', (sections) => inOrder(sections, { 4: ascii(`${longestName}x\0`) })),
    },
  },
  'an octet after its transforms': longer(1),
  'an octet after the NUL of its destination': longer(2),
  'an octet after its client data': longer(3),
  'a suite of 0': { alterations: { opened: (opened) => opened.with(14, 0) } },
  'a suite of 0 that is sealed as 1': {
    options: { suite: 'x25519' },
    alterations: { opened: (opened) => opened.with(14, 0) },
  },
  'a suite of 17 that is sealed as 1': {
    options: { suite: 'x25519' },
    alterations: { opened: (opened) => opened.with(14, 17) },
  },
  'a suite of 129 that is sealed as 1': {
    options: { suite: 'x25519' },
    alterations: { opened: (opened) => opened.with(14, 129) },
  },
  'a suite of 3': { alterations: { opened: (opened) => opened.with(14, 3) } },
  'client data that does not decode': {
    // An n4 that reaches beyond the frame, where the offset 136 points.
    alterations: { opened: (opened) => opened.with(viewOf(opened).getUint16(16), 0xff) },
  },
  'key exchange data that does not ascend': { alterations: { fields: { keyExchangeData: descending() } } },
};

/** Where the padding begins. */
const endOfSections = (opened: Uint8Array): number =>
  sectionsOf('REQUEST', opened).reduce((sum, section) => sum + section.length, requestHeaderLength);

function gap(length: number): Request {
  const filler = { octets: new Uint8Array(length) };
  return { alterations: { opened: rearranged('REQUEST', (sections) => [filler, ...inOrder(sections)]) } };
}

/** A section and the one after it the other way round, each where its offset says. */
function swapped(first: number): Request {
  const swap = (sections: readonly Uint8Array[]) => {
    const pieces = inOrder(sections);
    return pieces.with(first, pieces[first + 1]!).with(first + 1, pieces[first]!);
  };
  return { alterations: { opened: rearranged('REQUEST', swap) } };
}

/** A zero behind a section, before the next begins. */
function longer(index: number): Request {
  const lengthen = (sections: readonly Uint8Array[]) =>
    inOrder(sections, { [index]: concat(sections[index]!, Uint8Array.of(0)) });
  return { alterations: { opened: rearranged('REQUEST', lengthen) } };
}

function emptyKeyExchange() {
  return { ...makeKeyExchangeData({ lifetimes: defaultLifetimes }), entries: [] };
}

/** An entry of id 5 before the lifetimes, whose id is 1. */
function descending() {
  const right = makeKeyExchangeData({ lifetimes: defaultLifetimes });
  return { ...right, entries: [{ id: 5, value: new Uint8Array(2) }, ...right.entries] };
}

/** What a REQUEST that is in order asks for. */
const forms: readonly (readonly [RegExp, (...words: string[]) => ScriptedInitiatorOptions])[] = [
  [/^nothing wrong$/, () => ({})],
  [/^suite (\S+)$/, (suite = '') => ({ suite: knownName(Suite, suite) })],
  [
    /^suite (\S+) and transform (\S+)$/,
    (suite = '', transform = '') => ({ suite: knownName(Suite, suite), transforms: [knownName(Transform, transform)] }),
  ],
  [/^the transforms (0x.+)$/, (list = '') => ({ transforms: list.split(', ').map(Number) })],
  [
    /^(\d+) transforms that nobody knows, then (0x.+)$/,
    (count = '', last = '') => ({
      transforms: [...Array.from({ length: Number(count) }, (_, index) => 0x7000 + index), Number(last)],
    }),
  ],
  [
    /^an entry (\d+) of (\d+) octets$/,
    (id = '', length = '') => ({ extra: [{ id: Number(id), value: new Uint8Array(Number(length)) }] }),
  ],
  [
    /^(\d+) entries that nobody knows$/,
    (count = '') => ({
      extra: Array.from({ length: Number(count) }, (_, index) => ({ id: 0x100 + index, value: new Uint8Array(2) })),
    }),
  ],
  [/^the origin (\S+)$/, (origin = '') => ({ origin })],
  [/^the name (\S+)$/, (name = '') => ({ name })],
  [/^a key that lasts (.+)$/, (bounds = '') => ({ lifetimes: lifetimesOf(bounds) })],
];

/** `60 seconds, 1000 frames, 100000 octets`: what is not named has the bound that no scenario reaches. */
function lifetimesOf(bounds: string): Lifetimes {
  const setters: Readonly<Record<string, (bound: string) => Partial<Lifetimes>>> = {
    second: (bound) => ({ seconds: Number(bound) }),
    frame: (bound) => ({ frames: BigInt(bound) }),
    octet: (bound) => ({ octets: BigInt(bound) }),
  };
  const named = bounds.split(', ').map((text) => {
    const [, bound = '', unit = text] = /^(\d+) (\w+?)s?$/.exec(text) ?? [];
    return known(setters, unit)(bound);
  });
  return Object.assign({ ...defaultLifetimes }, ...named);
}

const destination = (destinationName: string): Request => ({ alterations: { fields: { destinationName } } });

/** Faults that the words themselves describe. */
const faultForms: readonly (readonly [RegExp, (...words: string[]) => Request])[] = [
  [
    /^another octet (\d+) in the clear$/,
    (at = '') => ({ alterations: { header: (header) => flipped(header, Number(at)) } }),
  ],
  [/^the destination (\S+)$/, destination],
  [/^the destination (\S+) as on the path$/, (name = '') => ({ ...destination(name), options: { path: [name] } })],
  [
    /^the destination (\S+) of the path before$/,
    (name = '') => ({ ...destination(name), options: { path: [name, 'server.test'] } }),
  ],
  [
    /^client data of (\d+) options of (\d+) octets$/,
    (count = '', length = '') => ({
      alterations: {
        fields: {
          clientData: {
            dhcp: Array.from({ length: Number(count) }, () => ({ code: 224, value: new Uint8Array(Number(length)) })),
            neighbour: [],
          },
        },
      },
    }),
  ],
  [
    /^client data that ask for (\S+)$/,
    (address = '') => ({
      alterations: { fields: { clientData: { dhcp: [{ code: 50, value: ipv4Octets(address) }], neighbour: [] } } },
    }),
  ],
];

/** @throws LabFailure for words that mean no REQUEST */
export function requestOf(words: string): Request {
  for (const [form, options] of forms) {
    const found = form.exec(words);
    if (found) return { options: options(...found.slice(1)) };
  }
  for (const [form, request] of faultForms) {
    const found = form.exec(words);
    if (found) return request(...found.slice(1));
  }
  return known(requestFaults, words);
}
