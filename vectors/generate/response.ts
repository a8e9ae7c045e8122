/** [EP] fig. 8: RESPONSE, as it lies on the wire and opened. */
import { z } from 'zod';
import { lifetimes, optionBits, tlv, usual } from './key-exchange-data.ts';
import { type Group, octets, type Subject, status, type Test } from './model.ts';
import { exampleClientData, noClientData } from './network.ts';
import { cat, fixed, flip, hex, patch, relength, u32, zeros } from './octets.ts';
import { type Lies, openedResponse, type ResponseParts, responseOverhead } from './opened.ts';

const keys = lifetimes(usual);
const base: ResponseParts = { suite: 2, keyExchangeData: keys, transforms: [0x0001], clientData: exampleClientData };
const make = (change: Partial<ResponseParts> = {}, lies: Lies = {}): Uint8Array =>
  openedResponse({ ...base, ...change }, lies);

function opened(flag: string, comment: string, change: Partial<ResponseParts> = {}): Test {
  const parts = { ...base, ...change };
  return {
    comment,
    flags: [flag],
    result: 'valid',
    opened: hex(openedResponse(parts)),
    fields: {
      suite: parts.suite,
      keyExchangeData: hex(parts.keyExchangeData),
      transform: parts.transforms[0] ?? 0,
      clientData: hex(parts.clientData),
    },
  };
}

/** Moves one offset: 0 key exchange data, 1 transform, 2 client data. */
const move = (place: number, by: number): Lies => ({
  offsets: (honest) => honest.map((offset, index) => (index === place ? offset + by : offset)),
});

const good = make();
const refused: [string, string, Uint8Array][] = [
  ['Flags', 'the low octet is 1', make({}, { flags: 0x0201 })],
  ['Offset', 'key exchange data begins an octet too late', make({}, move(0, 1))],
  ['Offset', 'key exchange data begins inside the header', make({}, move(0, -1))],
  ['Offset', 'the transform begins an octet too late', make({}, move(1, 1))],
  ['Offset', 'client data begin an octet too early', make({}, move(2, -1))],
  ['Offset', 'client data begin an octet too late', make({}, move(2, 1))],
  ['Offset', 'client data begin two octets too late: two transforms', make({}, move(2, 2))],
  ['Offset', 'out of order', make({}, { offsets: ([a = 0, b = 0, c = 0]) => [a, c, b] })],
  ['Offset', 'all at one place', make({}, { offsets: () => [14, 14, 14] })],
  ['Offset', 'client data beyond the end', make({}, { offsets: ([a = 0, b = 0]) => [a, b, 0xffff] })],
  ['Offset', 'counted from the string buffer', make({}, { offsets: (all) => all.map((offset) => offset - 14) })],
  ['Padding', 'the last octet is 1', patch(good, -1, [1])],
  ['Padding', 'none', make({}, { padding: () => zeros(0) })],
  ['Padding', 'an octet more', make({}, { padding: (honest) => cat(honest, [0]) })],
  ['Padding', '128 octets more than needed', make({}, { padding: (honest) => cat(honest, zeros(128)) })],
  ['Transforms', 'none', make({ transforms: [] })],
  ['Transforms', 'two', make({ transforms: [1, 2] })],
  ['KeyExchangeData', 'empty', make({ keyExchangeData: zeros(0) })],
  ['KeyExchangeData', 'cut', make({ keyExchangeData: keys.slice(0, -1) })],
  ['KeyExchangeData', 'an unknown id of 0x8000', make({ keyExchangeData: cat(keys, tlv(0x8000, [])) })],
  ['ClientData', 'n4 beyond the end', make({ clientData: cat([0xff, 0xff], exampleClientData.slice(2)) })],
  ['Length', 'ends before client data', good.slice(0, 14 + 24 + 2)],
  ['Length', 'the header alone', good.slice(0, 14)],
  ['Length', 'half a header', good.slice(0, 7)],
  ['Length', 'nothing', zeros(0)],
];

function wire(suite: number, bufferLength: number): Uint8Array {
  const header = make({ suite }).slice(0, 14);
  return relength(cat(header, fixed('response message', responseOverhead(suite) + 14 + bufferLength)));
}
const frameTest = (comment: string, suite: number, bufferLength: number): Test => {
  const frame = wire(suite, bufferLength);
  return {
    comment,
    flags: ['Normal'],
    result: 'valid',
    frame: hex(frame),
    fields: { suite, message: hex(frame.slice(14)) },
  };
};
const onWire = wire(2, 128);
const refusedFrames: [string, string, Uint8Array, number?][] = [
  ['Length', 'the length field is one less than the octets', patch(onWire, 0, u32(onWire.length - 1))],
  ['Length', 'the length field is one more than the octets', patch(onWire, 0, u32(onWire.length + 1))],
  ['Length', 'half a header', relength(onWire.slice(0, 9))],
  ['Length', 'the header alone', relength(onWire.slice(0, 14))],
  ['Length', '16,385 octets', relength(cat(onWire, zeros(16385 - onWire.length)))],
  ['Version', 'version 2', patch(onWire, 5, [2]), 6],
];

function headerGroup(): Group {
  const o = make();
  const header = o.slice(0, 14);
  const fields: [string, number, number][] = [
    ['length', 0, 4],
    ['type', 4, 1],
    ['version', 5, 1],
    ['key exchange data offset', 6, 2],
    ['transforms offset', 8, 2],
    ['flags', 10, 2],
    ['client data offset', 12, 2],
  ];
  return {
    type: 'SameHeader',
    comment: 'The header as it travels in the clear, and the opened frame, which holds it sealed.',
    tests: [
      { comment: 'the same', flags: ['Normal'], result: 'valid', header: hex(header), opened: hex(o) },
      ...fields.map(
        ([name, offset, width]): Test => ({
          comment: `${name} differs in the clear`,
          flags: ['HeaderAltered'],
          result: 'invalid',
          header: hex(flip(header, offset + width - 1, 0)),
          opened: hex(o),
          status: 4,
        }),
      ),
    ],
  };
}

export const subject: Subject = {
  subject: 'response',
  source: ['[EP] fig. 8'],
  requirements: ['RESP-01', 'RESP-02', 'RESP-03', 'RESP-06', 'FRAME-08', 'FRAME-11', 'FRAME-12'],
  notes: {
    Normal: 'The one valid encoding.',
    Grease: 'Identifiers that nobody knows are skipped.',
    HeaderAltered: 'Somebody on the tunnel path altered the header.',
    Flags: 'The low octet of the flags is reserved.',
    Offset: 'The offsets are not those of the one valid encoding.',
    Padding: 'Not the zeros that fill the string buffer to a multiple of 128.',
    Transforms: 'Not exactly one transform.',
    KeyExchangeData: 'Key exchange data that do not decode.',
    ClientData: 'Client data that do not decode.',
    Length: 'The octets end too early or go on, or are more than the bound of the type.',
    Version: 'Not version 1: unsupported version.',
  },
  shapes: {
    OpenedFrame: {
      valid: {
        opened: octets.describe('O, the Noise payload; its length field is that of the frame on the wire.'),
        fields: z.strictObject({ suite: z.int(), keyExchangeData: octets, transform: z.int(), clientData: octets }),
      },
      invalid: { opened: octets, status },
    },
    SameHeader: {
      valid: { header: octets, opened: octets },
      invalid: { header: octets, opened: octets, status },
    },
    Frame: {
      valid: {
        frame: octets,
        fields: z.strictObject({ suite: z.int(), message: octets.describe('The string buffer.') }),
      },
      invalid: { frame: octets, status },
    },
  },
  groups: [
    {
      type: 'OpenedFrame',
      comment: 'O as the initiator has it from the Noise message.',
      tests: [
        opened('Normal', 'suite 2'),
        opened('Normal', 'suite 1', { suite: 1 }),
        ...[0x0002, 0x0101, 0x0102].map((id) =>
          opened('Normal', `transform ${id.toString(16).padStart(4, '0')}`, { transforms: [id] }),
        ),
        opened('Normal', 'option bits', { keyExchangeData: cat(keys, optionBits(1)) }),
        opened('Normal', 'shorter lifetimes', {
          keyExchangeData: lifetimes({ seconds: 60, frames: 1000, octets: 1_000_000 }),
        }),
        opened('Normal', 'no client data', { clientData: noClientData }),
        opened('Grease', 'an unknown TLV', { keyExchangeData: cat(keys, tlv(0x1a1a, fixed('grease', 5))) }),
        ...refused.map(
          ([flag, comment, o]): Test => ({ comment, flags: [flag], result: 'invalid', opened: hex(o), status: 5 }),
        ),
      ],
    },
    headerGroup(),
    {
      type: 'Frame',
      comment: 'The frame on the wire, its string buffer any octets of the right length.',
      tests: [
        frameTest('suite 1', 1, 128),
        frameTest('suite 2', 2, 128),
        frameTest('suite 2, a longer string buffer', 2, 640),
        ...refusedFrames.map(
          ([flag, comment, frame, code = 5]): Test => ({
            comment,
            flags: [flag],
            result: 'invalid',
            frame: hex(frame),
            status: code,
          }),
        ),
      ],
    },
  ],
};
