/** [EP] fig. 7: REQUEST, as it lies on the wire and opened. */
import { z } from 'zod';
import { lifetimes, optionBits, tlv, usual } from './key-exchange-data.ts';
import { octets, type Refusal, type Subject, status } from './model.ts';
import { clientData, exampleClientData, noClientData } from './network.ts';
import { ascii, cat, fixed, hex, patch, zeros } from './octets.ts';
import { type Lies, opened, type RequestParts, request, toOddHalf } from './opened.ts';
import { move, openedSubject } from './opened-subject.ts';
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
  opened(request, { ...base, ...change }, lies);

const swap = (one: number, other: number): Lies => ({
  offsets: (honest) => honest.map((offset, i) => (i === one ? honest[other] : i === other ? honest[one] : offset) ?? 0),
});

const good = make();
const refused: readonly Refusal[] = [
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
  ['Padding', 'to an odd multiple of 64', make({}, { padding: toOddHalf })],
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

export const subject: Subject = openedSubject({
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
  form: request,
  base,
  receiver: 'server',
  fields: ({ suite, keyExchangeData, transforms, destination, clientData: data, initiator }) => ({
    suite,
    keyExchangeData: hex(keyExchangeData),
    transforms,
    destinationName: destination,
    clientData: hex(data),
    initiatorName: initiator,
  }),
  fieldsShape: z.strictObject({
    suite: z.int(),
    keyExchangeData: octets,
    transforms: z.array(z.int()),
    destinationName: z.string(),
    clientData: octets,
    initiatorName: z.string(),
  }),
  status: status.describe('All faults behind the framing are one and the same.'),
  statusOfOpened: 3,
  statusOfHeader: 3,
  longest: 4096,
  accepted: [
    ['Normal', 'suite 2'],
    ['Normal', 'suite 1', { suite: 1 }],
    ['Normal', 'one transform', { transforms: [0x0002] }],
    ['Normal', 'all transforms', { transforms: [0x0001, 0x0002, 0x0101, 0x0102] }],
    ['Normal', 'option bits', { keyExchangeData: cat(keys, optionBits(1)) }],
    ['Normal', 'names of one octet', { destination: 's', initiator: 'a' }],
    ['Normal', 'the longest names', { destination: longestName, initiator: `${'i'.repeat(254)}~` }],
    ['Normal', 'a user name with a space', { initiator: 'Alice Example <alice@example.test>' }],
    ['Normal', 'a string buffer that needs no padding', { initiator: 'i'.repeat(128 - 24 - 6 - 12 - 4 - 1) }],
    [
      'Normal',
      'a string buffer one octet longer than 128',
      {
        initiator: 'i'.repeat(128 - 24 - 6 - 12 - 4),
      },
    ],
    ['Normal', 'a transform twice', { transforms: [0x0002, 0x0001, 0x0002] }],
    ['Grease', 'unknown transforms', { transforms: [0x0a0a, 0x0001, 0xfafa] }],
    ['Grease', 'an unknown entry', { keyExchangeData: cat(keys, tlv(0x1a1a, fixed('grease', 5))) }],
    ['Ignored', 'client data', { clientData: exampleClientData }],
    ['Ignored', 'client data with an option alone', { clientData: clientData([[12, ascii('host')]]) }],
  ],
  refused,
  versions: [2, 0],
});
