/** [EP] fig. 8: RESPONSE, as it lies on the wire and opened. */
import { z } from 'zod';
import { lifetimes, optionBits, tlv, usual } from './key-exchange-data.ts';
import { octets, type Refusal, type Subject, status } from './model.ts';
import { exampleClientData, noClientData } from './network.ts';
import { cat, fixed, hex, patch, zeros } from './octets.ts';
import { type Lies, opened, type Parts, response, toOddHalf } from './opened.ts';
import { move, openedSubject } from './opened-subject.ts';
import { answerGroups, answerNotes, answerShape } from './response-answers.ts';

const keys = lifetimes(usual);
const base: Parts = { suite: 2, keyExchangeData: keys, transforms: [0x0001], clientData: exampleClientData };
const make = (change: Partial<Parts> = {}, lies: Lies = {}): Uint8Array =>
  opened(response, { ...base, ...change }, lies);

const good = make();
const refused: readonly Refusal[] = [
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
  ['Padding', 'to an odd multiple of 64', make({}, { padding: toOddHalf })],
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

const form = openedSubject({
  subject: 'response',
  source: ['[EP] fig. 8'],
  requirements: ['RESP-01', 'RESP-02', 'RESP-03', 'RESP-06', 'FRAME-08', 'FRAME-11', 'FRAME-12'],
  notes: { Transforms: 'Not exactly one transform.' },
  form: response,
  base,
  receiver: 'initiator',
  fields: ({ suite, keyExchangeData, transforms: [transform = 0], clientData }) => ({
    suite,
    keyExchangeData: hex(keyExchangeData),
    transform,
    clientData: hex(clientData),
  }),
  fieldsShape: z.strictObject({ suite: z.int(), keyExchangeData: octets, transform: z.int(), clientData: octets }),
  status,
  statusOfOpened: 5,
  statusOfHeader: 4,
  longest: 16384,
  accepted: [
    ['Normal', 'suite 2'],
    ['Normal', 'suite 1', { suite: 1 }],
    ['Normal', 'transform 0002', { transforms: [0x0002] }],
    ['Normal', 'transform 0101', { transforms: [0x0101] }],
    ['Normal', 'transform 0102', { transforms: [0x0102] }],
    ['Normal', 'option bits', { keyExchangeData: cat(keys, optionBits(1)) }],
    ['Normal', 'shorter lifetimes', { keyExchangeData: lifetimes({ seconds: 60, frames: 1000, octets: 1_000_000 }) }],
    ['Normal', 'no client data', { clientData: noClientData }],
    ['Grease', 'an unknown entry', { keyExchangeData: cat(keys, tlv(0x1a1a, fixed('grease', 5))) }],
  ],
  refused,
  versions: [2],
});

/** With groups of another type behind those of the form. */
export const subject: Subject = {
  ...form,
  requirements: [...form.requirements, 'RESP-04', 'RESP-05', 'RESP-09'],
  notes: { ...form.notes, ...answerNotes },
  shapes: { ...form.shapes, Answer: answerShape },
  groups: [...form.groups, ...answerGroups],
};
