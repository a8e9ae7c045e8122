/** [EP] fig. 7: REQUEST, as it lies on the wire and opened. */
import { z } from 'zod';
import { lifetimes, optionBits, tlv, usual } from './key-exchange-data.ts';
import { type Group, octets, type Subject, status, type Test } from './model.ts';
import { clientData, exampleClientData, noClientData } from './network.ts';
import { ascii, cat, fixed, flip, hex, patch, relength, u32, zeros } from './octets.ts';
import { type Lies, openedRequest, type RequestParts, requestOverhead } from './opened.ts';
import { longestName } from './relay.ts';

const keys = lifetimes(usual);
const base: RequestParts = {
  suite: 2,
  keyExchangeData: keys,
  transforms: [0x0001, 0x0002, 0x0101],
  destination: 'server.test',
  clientData: noClientData,
  initiator: 'alice',
};
const make = (change: Partial<RequestParts> = {}, lies: Lies = {}): Uint8Array =>
  openedRequest({ ...base, ...change }, lies);

function opened(flag: string, comment: string, change: Partial<RequestParts> = {}): Test {
  const parts = { ...base, ...change };
  return {
    comment,
    flags: [flag],
    result: 'valid',
    opened: hex(openedRequest(parts)),
    fields: {
      suite: parts.suite,
      keyExchangeData: hex(parts.keyExchangeData),
      transforms: parts.transforms,
      destinationName: parts.destination,
      clientData: hex(parts.clientData),
      initiatorName: parts.initiator,
    },
  };
}

/** Moves one offset: 0 key exchange data, 1 transforms, 2 destination, 3 client data, 4 initiator. */
const move = (place: number, by: number): Lies => ({
  offsets: (honest) => honest.map((offset, index) => (index === place ? offset + by : offset)),
});
const swap = (one: number, other: number): Lies => ({
  offsets: (honest) => honest.map((offset, i) => (i === one ? honest[other] : i === other ? honest[one] : offset) ?? 0),
});

const good = make();
const refused: [string, string, Uint8Array][] = [
  ['Flags', 'the low octet is 1', make({}, { flags: 0x0201 })],
  ['Flags', 'the low octet is 128', make({}, { flags: 0x0280 })],
  ['Offset', 'key exchange data begins an octet too late', make({}, move(0, 1))],
  ['Offset', 'key exchange data begins inside the header', make({}, move(0, -1))],
  ['Offset', 'transforms begin an octet too late', make({}, move(1, 1))],
  ['Offset', 'transforms begin an octet too early', make({}, move(1, -1))],
  ['Offset', 'the destination begins two octets too early', make({}, move(2, -2))],
  ['Offset', 'client data begin inside the destination', make({}, move(3, -1))],
  ['Offset', 'client data begin an octet too late', make({}, move(3, 1))],
  ['Offset', 'the initiator begins inside client data', make({}, move(4, -1))],
  ['Offset', 'the initiator begins an octet too late', make({}, move(4, 1))],
  ['Offset', 'transforms and destination swapped', make({}, swap(1, 2))],
  ['Offset', 'key exchange data and initiator swapped', make({}, swap(0, 4))],
  ['Offset', 'all at one place', make({}, { offsets: () => [18, 18, 18, 18, 18] })],
  ['Offset', 'the initiator at the end', make({}, { offsets: (all) => [...all.slice(0, 4), good.length] })],
  ['Offset', 'the initiator beyond the end', make({}, { offsets: (all) => [...all.slice(0, 4), 0xffff] })],
  ['Offset', 'counted from the string buffer', make({}, { offsets: (all) => all.map((offset) => offset - 18) })],
  ['Padding', 'the last octet is 1', patch(good, -1, [1])],
  ['Padding', 'none', make({}, { padding: () => zeros(0) })],
  ['Padding', 'an octet less', make({}, { padding: (honest) => honest.slice(1) })],
  ['Padding', 'an octet more', make({}, { padding: (honest) => cat(honest, [0]) })],
  ['Padding', '128 octets more than needed', make({}, { padding: (honest) => cat(honest, zeros(128)) })],
  ['Transforms', 'none', make({ transforms: [] })],
  ['Name', 'an empty initiator', make({ initiator: '' })],
  ['Name', 'an initiator of 256 octets', make({ initiator: 'i'.repeat(256) })],
  ['Name', 'a line feed in the initiator', make({ initiator: 'al\nice' })],
  ['Name', 'an octet above 126 in the initiator', make({ initiator: 'alic\u007f' })],
  ['Name', 'an octet above 127 in the initiator', make({ initiator: 'alic\u00e9' })],
  ['Name', 'an empty destination', make({ destination: '' })],
  ['Name', 'an upper-case destination', make({ destination: 'Server.test' })],
  ['Name', 'two strings as destination', make({ destination: 'server.test\0x' })],
  ['KeyExchangeData', 'empty', make({ keyExchangeData: zeros(0) })],
  ['KeyExchangeData', 'cut', make({ keyExchangeData: keys.slice(0, -1) })],
  ['KeyExchangeData', 'an unknown id of 0x8000', make({ keyExchangeData: cat(keys, tlv(0x8000, [])) })],
  ['Length', 'the header alone', good.slice(0, 18)],
  ['Length', 'half a header', good.slice(0, 9)],
  ['Length', 'nothing', zeros(0)],
];

/** REQUEST with an opaque string buffer: what anyone on the tunnel path sees. */
function wire(suite: number, bufferLength: number): Uint8Array {
  const header = make({ suite }).slice(0, 18);
  return relength(cat(header, fixed('request message', requestOverhead(suite) + 18 + bufferLength)));
}
const frameTest = (comment: string, suite: number, bufferLength: number): Test => {
  const frame = wire(suite, bufferLength);
  return {
    comment,
    flags: ['Normal'],
    result: 'valid',
    frame: hex(frame),
    fields: { suite, message: hex(frame.slice(18)) },
  };
};
const onWire = wire(2, 128);
const refusedFrames: [string, string, Uint8Array, number?][] = [
  ['Length', 'the length field is one less than the octets', patch(onWire, 0, u32(onWire.length - 1))],
  ['Length', 'the length field is one more than the octets', patch(onWire, 0, u32(onWire.length + 1))],
  ['Length', 'half a header', relength(onWire.slice(0, 9))],
  ['Length', 'the header alone', relength(onWire.slice(0, 18))],
  ['Length', '4,097 octets', relength(cat(onWire, zeros(4097 - onWire.length)))],
  ['Version', 'version 2', patch(onWire, 5, [2]), 6],
  ['Version', 'version 0', patch(onWire, 5, [0]), 6],
];

/** The receiver compares both headers before it reads an offset. */
function headerGroup(): Group {
  const o = make();
  const header = o.slice(0, 18);
  const fields: [string, number, number][] = [
    ['length', 0, 4],
    ['type', 4, 1],
    ['version', 5, 1],
    ['initiator name offset', 6, 2],
    ['destination name offset', 8, 2],
    ['key exchange data offset', 10, 2],
    ['transforms offset', 12, 2],
    ['flags', 14, 2],
    ['client data offset', 16, 2],
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
          status: 3,
        }),
      ),
    ],
  };
}

export const subject: Subject = {
  subject: 'request',
  source: ['[EP] fig. 7'],
  requirements: [
    'REQ-02',
    'REQ-03',
    'REQ-04',
    'REQ-05',
    'REQ-06',
    'REQ-07',
    'REQ-10',
    'REQ-12',
    'REQ-13',
    'REQ-14',
    'REQ-15',
    'ID-08',
    'FRAME-08',
    'FRAME-11',
    'FRAME-12',
  ],
  notes: {
    Normal: 'The one valid encoding.',
    Ignored: 'The server ignores client data of a REQUEST.',
    Grease: 'Identifiers that nobody knows are skipped.',
    HeaderAltered: 'Somebody on the tunnel path altered the header.',
    Flags: 'The low octet of the flags is reserved.',
    Offset: 'The offsets are not those of the one valid encoding.',
    Padding: 'Not the zeros that fill the string buffer to a multiple of 128.',
    Transforms: 'No transform.',
    Name: 'A name outside its syntax.',
    KeyExchangeData: 'Key exchange data that do not decode.',
    Length: 'The octets end too early or go on, or are more than the bound of the type.',
    Version: 'Not version 1: unsupported version.',
  },
  shapes: {
    OpenedFrame: {
      valid: {
        opened: octets.describe('O, the Noise payload; its length field is that of the frame on the wire.'),
        fields: z.strictObject({
          suite: z.int(),
          keyExchangeData: octets,
          transforms: z.array(z.int()),
          destinationName: z.string(),
          clientData: octets,
          initiatorName: z.string(),
        }),
      },
      invalid: { opened: octets, status: status.describe('All faults behind the framing are one and the same.') },
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
      comment: 'O as the server has it from the Noise message.',
      tests: [
        opened('Normal', 'suite 2'),
        opened('Normal', 'suite 1', { suite: 1 }),
        opened('Normal', 'one transform', { transforms: [0x0002] }),
        opened('Normal', 'all transforms', { transforms: [0x0001, 0x0002, 0x0101, 0x0102] }),
        opened('Normal', 'option bits', { keyExchangeData: cat(keys, optionBits(1)) }),
        opened('Normal', 'names of one octet', { destination: 's', initiator: 'a' }),
        opened('Normal', 'the longest names', { destination: longestName, initiator: `${'i'.repeat(254)}~` }),
        opened('Normal', 'a user name with a space', { initiator: 'Alice Example <alice@example.test>' }),
        opened('Normal', 'a string buffer that needs no padding', { initiator: 'i'.repeat(128 - 24 - 6 - 12 - 4 - 1) }),
        opened('Normal', 'a string buffer one octet longer than 128', {
          initiator: 'i'.repeat(128 - 24 - 6 - 12 - 4),
        }),
        opened('Grease', 'unknown transforms', { transforms: [0x0a0a, 0x0001, 0xfafa] }),
        opened('Grease', 'an unknown TLV', { keyExchangeData: cat(keys, tlv(0x1a1a, fixed('grease', 5))) }),
        opened('Ignored', 'client data', { clientData: exampleClientData }),
        opened('Ignored', 'client data with an option alone', { clientData: clientData([[12, ascii('host')]]) }),
        ...refused.map(
          ([flag, comment, o]): Test => ({ comment, flags: [flag], result: 'invalid', opened: hex(o), status: 3 }),
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
