/** [EP] fig. 7, 130 and fig. 8, 156: key exchange data, a list of `id u16, length u16, value`, ids ascending. */
import { Malformed, Misuse } from '../errors.ts';
import { concat, readU16s, u16, u64, viewOf } from '../octets.ts';
import { firstCriticalTlv, Tlv } from './identifiers.ts';

export interface KeyExchangeEntry {
  readonly id: number;
  /** 0 to 65535 octets. */
  readonly value: Uint8Array;
}

/** How long a direction's key may be used; the first bound that is reached counts. */
export interface Lifetimes {
  /** 1 to 2^32 - 1. */
  readonly seconds: number;
  /** DATA frames, 1 to 2^64 - 1. */
  readonly frames: bigint;
  /** Octets of DATA frames, 1 to 2^64 - 1. */
  readonly octets: bigint;
}

export interface KeyExchangeData {
  /** Every entry as it was on the wire, the skipped ones included. */
  readonly entries: readonly KeyExchangeEntry[];
  readonly lifetimes: Lifetimes;
  /** Compression ids by preference; empty where the entry is absent. */
  readonly compression: readonly number[];
  /** DATA option bits; 0 where the entry is absent. */
  readonly options: number;
  /** Greater in each REQUEST of an initiator than in the one before, 0 to 2^64 - 1; undefined where the entry is absent. */
  readonly freshness?: bigint;
}

export interface KeyExchangeChoice {
  readonly lifetimes: Lifetimes;
  readonly compression?: readonly number[];
  readonly options?: number;
  readonly freshness?: bigint | undefined;
  /** Further entries, GREASE for instance. */
  readonly extra?: readonly KeyExchangeEntry[];
}

const entryHeaderLength = 4;
const lifetimesLength = 20;
const freshnessLength = 8;

/** Puts the entries in order; an empty list and options of 0 have no entry. */
export function makeKeyExchangeData(choice: KeyExchangeChoice): KeyExchangeData {
  const { lifetimes, compression = [], options = 0, freshness, extra = [] } = choice;
  const entries = [...extra, { id: Tlv.lifetimes, value: encodeLifetimes(lifetimes) }];
  if (compression.length > 0) entries.push({ id: Tlv.compression, value: u16(...compression) });
  if (options !== 0) entries.push({ id: Tlv.options, value: u16(options) });
  if (freshness !== undefined) entries.push({ id: Tlv.freshness, value: u64(freshness) });
  entries.sort((left, right) => left.id - right.id);
  return { entries, lifetimes, compression, options, ...(freshness !== undefined && { freshness }) };
}

/** `id u16, length u16, value` of each entry, in the order given. @throws Misuse for a value above 65,535 octets */
export function encodeKeyExchangeData({ entries }: Pick<KeyExchangeData, 'entries'>): Uint8Array {
  const encoded = entries.map(({ id, value }) => {
    if (value.length > 0xffff) throw new Misuse(`key exchange data ${id}: ${value.length} octets, at most 65535`);
    return concat(u16(id, value.length), value);
  });
  return concat(...encoded);
}

/**
 * @throws Malformed unless ids ascend, every length fits, `lifetimes` is there, and no unknown entry is 0x8000 or above
 */
export function decodeKeyExchangeData(octets: Uint8Array): KeyExchangeData {
  const entries = decodeEntries(octets);
  const value = (id: number) => entries.find((entry) => entry.id === id)?.value;
  const known: readonly number[] = Object.values(Tlv);
  const refused = entries.find(({ id }) => id >= firstCriticalTlv && !known.includes(id));
  if (refused !== undefined)
    throw new Malformed(`key exchange data 0x${hex(refused.id)}: not known and not to be skipped`);
  const lifetimes = value(Tlv.lifetimes);
  if (lifetimes === undefined) throw new Malformed('key exchange data: no lifetimes (1)');
  const compression = decodeU16s('compression (2)', value(Tlv.compression));
  const [options = 0, ...more] = decodeU16s('options (3)', value(Tlv.options));
  if (more.length > 0) throw new Malformed('key exchange data options (3): more than 2 octets');
  const fresh = value(Tlv.freshness);
  return {
    entries,
    lifetimes: decodeLifetimes(lifetimes),
    compression,
    options,
    ...(fresh && { freshness: decodeFreshness(fresh) }),
  };
}

function decodeEntries(octets: Uint8Array): KeyExchangeEntry[] {
  const view = viewOf(octets);
  const entries: KeyExchangeEntry[] = [];
  let previous = -1;
  for (let offset = 0; offset < octets.length; ) {
    if (octets.length - offset < entryHeaderLength) throw new Malformed(`key exchange data: cut at octet ${offset}`);
    const id = view.getUint16(offset);
    const end = offset + entryHeaderLength + view.getUint16(offset + 2);
    if (id <= previous) throw new Malformed(`key exchange data 0x${hex(id)}: after 0x${hex(previous)}: ids ascend`);
    if (end > octets.length) throw new Malformed(`key exchange data 0x${hex(id)}: longer than what is left`);
    entries.push({ id, value: octets.slice(offset + entryHeaderLength, end) });
    previous = id;
    offset = end;
  }
  return entries;
}

function encodeLifetimes({ seconds, frames, octets: carried }: Lifetimes): Uint8Array {
  const inRange = seconds >= 1 && seconds <= 0xffff_ffff && [frames, carried].every((n) => n >= 1n && n < 1n << 64n);
  if (!inRange || !Number.isInteger(seconds))
    throw new Misuse('lifetimes: every bound is at least 1 and fits its field');
  const octets = new Uint8Array(lifetimesLength);
  const view = viewOf(octets);
  view.setUint32(0, seconds);
  view.setBigUint64(4, frames);
  view.setBigUint64(12, carried);
  return octets;
}

function decodeLifetimes(value: Uint8Array): Lifetimes {
  if (value.length !== lifetimesLength)
    throw new Malformed(`key exchange data lifetimes (1): ${value.length} octets, not 20`);
  const view = viewOf(value);
  const lifetimes = { seconds: view.getUint32(0), frames: view.getBigUint64(4), octets: view.getBigUint64(12) };
  if (lifetimes.seconds === 0 || lifetimes.frames === 0n || lifetimes.octets === 0n) {
    throw new Malformed('key exchange data lifetimes (1): a bound of 0');
  }
  return lifetimes;
}

function decodeFreshness(value: Uint8Array): bigint {
  if (value.length !== freshnessLength)
    throw new Malformed(`key exchange data freshness (4): ${value.length} octets, not ${freshnessLength}`);
  return viewOf(value).getBigUint64(0);
}

function decodeU16s(entry: string, value: Uint8Array | undefined): number[] {
  if (value === undefined) return [];
  if (value.length === 0 || value.length % 2 !== 0) {
    throw new Malformed(`key exchange data ${entry}: ${value.length} octets, not one or more pairs`);
  }
  return readU16s(value);
}

const hex = (id: number): string => id.toString(16).padStart(4, '0');
