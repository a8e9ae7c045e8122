/** Frames of every type, and altered ones, for property tests. */
import fc from 'fast-check';
import { concat, viewOf } from '../octets.ts';
import type { Frame } from '../wire/frame.ts';
import { protocolVersion } from '../wire/identifiers.ts';

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));

/** A node's name, with or without a port. */
export const nodeName = fc
  .tuple(host, fc.option(fc.integer({ min: 1, max: 65_535 })))
  .map(([name, port]) => (port === null ? name : `${name}:${port}`));

const suiteFlags = u8.map((suite) => suite << 8);
const message = fc.uint8Array({ minLength: 300, maxLength: 600 });

export const anyFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    type: fc.constant('RELAY'),
    origin: nodeName,
    path: fc.array(nodeName, { minLength: 1, maxLength: 16 }),
  }),
  fc.record({
    type: fc.constant('REQUEST'),
    initiatorNameOffset: u16,
    destinationNameOffset: u16,
    keyExchangeDataOffset: u16,
    transformsOffset: u16,
    flags: suiteFlags,
    clientDataOffset: u16,
    message,
  }),
  fc.record({
    type: fc.constant('RESPONSE'),
    keyExchangeDataOffset: u16,
    transformsOffset: u16,
    flags: suiteFlags,
    clientDataOffset: u16,
    message,
  }),
  fc
    .record({
      type: fc.constant('DATA'),
      protocol: u16,
      datagramLength: u16,
      flags: u16,
      segmentSize: u16,
      paddingLength: u8,
      digest: fc.uint8Array({ maxLength: 64 }),
      body: fc.uint8Array({ maxLength: 300 }),
    })
    .map((frame) => ({ ...frame, digestLength: frame.digest.length })),
  fc.record({ type: fc.constant('CLOSE'), status: fc.integer({ min: 1, max: 0xffff }) }),
  fc.record({
    type: fc.constant('CLOSE'),
    status: fc.integer({ min: 1, max: 0xffff }),
    digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  }),
);

/** A frame of a type, with the length that it has. @param content what follows length, type and version */
export function frameOf(type: number, content: Uint8Array): Uint8Array {
  const start = Uint8Array.of(0, 0, 0, 0, type, protocolVersion);
  viewOf(start).setUint32(0, start.length + content.length);
  return concat(start, content);
}

/** One to three alterations: an octet changed, inserted or removed; half of the results have their length corrected. */
export function altered(octets: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(octets.length - 1);
  const alteration = fc.record({ kind: fc.constantFrom('change', 'insert', 'remove'), place, octet: u8 });
  return fc
    .tuple(fc.array(alteration, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([alterations, corrected]) => {
      const list = [...octets];
      for (const { kind, place: at, octet } of alterations) {
        if (kind === 'change') list.splice(at, 1, octet);
        else if (kind === 'insert') list.splice(at, 0, octet);
        else list.splice(at, 1);
      }
      const result = Uint8Array.from(list);
      if (corrected && result.length >= 4) viewOf(result).setUint32(0, result.length);
      return result;
    });
}
