/** How the features call a REQUEST: by who sends it, what it asks for, or what is wrong about it ([EP] fig. 7). */
import { concat, viewOf } from '../../reference/octets.ts';
import { Suite, Transform } from '../../reference/wire/identifiers.ts';
import { type Lifetimes, makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import type { OpenedRequest } from '../../reference/wire/request.ts';
import { known, knownName } from './known.ts';
import { LabFailure } from './lab/failure.ts';
import { type Alterations, defaultLifetimes, flipped } from './peers/handshake.ts';
import { identityOf } from './peers/identities.ts';
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
    options: { encapsulationKey: (key) => unreduced(key, (index) => index % 2 === 0) },
  },
  'a second coefficient of ek that is not reduced': {
    options: { encapsulationKey: (key) => unreduced(key, (index) => index % 2 === 1) },
  },
  'a last coefficient of ek that is not reduced': {
    options: { encapsulationKey: (key) => unreduced(key, (index) => index >= coefficients - 64) },
  },
  'padding that is not zero': { alterations: { opened: (opened) => flipped(opened, -1) } },
  'padding of one block too many': {
    alterations: {
      opened: (opened) => concat(opened, new Uint8Array(128)),
    },
  },
  'an offset that points elsewhere': { alterations: { opened: (opened) => flipped(opened, 9) } },
  'no lifetimes': { alterations: { fields: { keyExchangeData: emptyKeyExchange() } } },
  'an unknown entry of 0x8000': { options: { extra: [{ id: 0x8000, value: new Uint8Array(2) }] } },
  'an ephemeral key of all zeros': {
    alterations: { frame: (frame) => frame.slice().fill(0, 18, 50) },
  },
  'a suite of 3': { alterations: { opened: (opened) => opened.with(14, 3) } },
  'client data that does not decode': {
    // An n4 that reaches beyond the frame, where the offset 136 points.
    alterations: { opened: (opened) => opened.with(viewOf(opened).getUint16(16), 0xff) },
  },
  'key exchange data that does not ascend': { alterations: { fields: { keyExchangeData: descending() } } },
};

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
  [/^the origin (\S+)$/, (origin = '') => ({ origin })],
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

/** @throws LabFailure for words that mean no REQUEST */
export function requestOf(words: string): Request {
  for (const [form, options] of forms) {
    const found = form.exec(words);
    if (found) return { options: options(...found.slice(1)) };
  }
  return known(requestFaults, words);
}
