/** Framing in Authorized: what an end point answers where the handshake is over and the keys are right. */
import { z } from 'zod';
import { unkeyedClose } from './close.ts';
import { invalidTest, octets, type Subject, status, type Test, validTest } from './model.ts';
import { cat, fixed, frame, hex, patch, relength, u16, u32, zeros } from './octets.ts';
import { relayFrame } from './relay.ts';
import { dataHeader } from './schedule.ts';

const begin = (length: number, type: number, version = 1): Uint8Array => cat(u32(length), [type, version]);

/** DATA with digest and body of any octets: no transform opens it, whatever its header says. */
const data = (length: number, padding: number, digestLength: number): Uint8Array =>
  cat(
    dataHeader(zeros(length), padding, digestLength, { protocol: 0x0800 }),
    fixed('authorized', digestLength + length + padding),
  );
const good = data(60, 4, 16);

const closed = (flag: string, comment: string, code: number, sent: Uint8Array): Test =>
  invalidTest(flag, comment, { verdict: 'closed', status: code, octets: hex(sent) });
const broken = (comment: string, sent: Uint8Array): Test =>
  invalidTest('Truncation', comment, { verdict: 'truncation', octets: hex(sent) });
const begun = (comment: string, sent: Uint8Array): Test => validTest('Begun', comment, { octets: hex(sent) });

const integrity = 4;
const protocol = 5;
const version = 6;

const dataFaults: [comment: string, sent: Uint8Array][] = [
  ...[0, 1, 5, 6, 15, 131_073, 0x8000_0000, 0xffff_ffff].map((length): [string, Uint8Array] => [
    `length ${length.toLocaleString('en')}`,
    begin(length, 4),
  ]),
  ['the header alone', relength(good.slice(0, 16))],
  ['a digest of 16 octets and nothing behind', data(0, 0, 16)],
  ['digest and body of no key', good],
  ['digest and body of no key, a digest of 32', data(64, 0, 32)],
  ['a digest length of 0', data(60, 4, 0)],
  ['a digest length of 255', data(60, 4, 255)],
  ['one octet more than the fields say', relength(cat(good, [0]))],
  ['one octet less than the fields say', relength(good.slice(0, -1))],
  ['a padding length one too long', patch(good, 14, [5])],
  ['a padding length one too short', patch(good, 14, [3])],
  ['a digest length one too long', patch(good, 15, [17])],
  ['a digest length one too short', patch(good, 15, [15])],
  ['a datagram length one too long', patch(good, 8, u16(61))],
  ['a datagram length one too short', patch(good, 8, u16(59))],
  ['a datagram length little-endian', patch(good, 8, u16(60).toReversed())],
  ['a datagram length of 65,535', patch(good, 8, u16(0xffff))],
  ['every flag set', patch(good, 10, u16(0xffff))],
  ['a segment size', patch(good, 12, u16(1400))],
  ['the longest frame', cat(begin(131_072, 4), fixed('longest', 131_066))],
];

/** Length at its bounds of each other type. */
const otherLengths: [type: number, name: string, lengths: readonly number[]][] = [
  [1, 'RELAY', [0, 5, 15, 4609]],
  [2, 'REQUEST', [0, 5, 259, 4097]],
  [3, 'RESPONSE', [0, 5, 203, 16_385]],
  [5, 'CLOSE', [0, 5, 7, 41, 131_072]],
];

const tests: Test[] = [
  begun('DATA of 16 octets begins', begin(16, 4)),
  begun('DATA of 131,072 octets begins', begin(131_072, 4)),
  begun('the header of a frame', good.slice(0, 16)),
  begun('all but the last octet', good.slice(0, -1)),
  begun('one octet', Uint8Array.of(0)),
  begun('five octets', begin(0xffff_ffff, 4).slice(0, 5)),
  begun('CLOSE of 40 octets begins', begin(40, 5)),
  begun(
    'all but the last octet of CLOSE',
    frame(5, u16(1), zeros(31))
      .slice(0, 38)
      .map((octet, at) => (at === 3 ? 40 : octet)),
  ),
  ...dataFaults.map(([comment, sent]) => closed('Data', comment, integrity, sent)),
  ...[0, 2, 255].map((number) => closed('Version', `DATA of version ${number}`, version, begin(64, 4, number))),
  closed('Version', 'DATA of version 2, a length above the most', version, begin(0xffff_ffff, 4, 2)),
  closed('Version', 'CLOSE of version 2', version, begin(40, 5, 2)),
  closed('Version', 'an unknown type of version 0', version, begin(64, 9, 0)),
  ...[0, 6, 7, 127, 128, 239, 240, 255].map((type) => closed('Type', `type ${type}`, protocol, begin(64, type))),
  ...otherLengths.flatMap(([type, name, lengths]) =>
    lengths.map((length) =>
      closed('Length', `${name} of ${length.toLocaleString('en')} octets`, protocol, begin(length, type)),
    ),
  ),
  closed('Length', 'an unknown type of 5 octets', protocol, begin(5, 9)),
  closed('NoPlace', 'RELAY', protocol, relayFrame('origin.invalid', ['server.test'])),
  closed('NoPlace', 'REQUEST', protocol, frame(2, fixed('authorized request', 400))),
  closed('NoPlace', 'RESPONSE', protocol, frame(3, fixed('authorized response', 400))),
  closed('Close', 'CLOSE of 9 octets', protocol, frame(5, u16(1), [0])),
  closed('Close', 'CLOSE of 39 octets', protocol, frame(5, u16(1), zeros(31))),
  closed('Close', 'CLOSE of status 0, unkeyed', protocol, unkeyedClose(0)),
  closed('Close', 'CLOSE of status 0, of the right length', protocol, frame(5, u16(0), zeros(32))),
  ...[1, 2, 4, 13, 14, 0xffff].map((code) => broken(`an unkeyed CLOSE of status ${code}`, unkeyedClose(code))),
  broken('a CLOSE with a digest of zeros', frame(5, u16(1), zeros(32))),
  broken('a CLOSE with a digest of no key', frame(5, u16(1), fixed('no key'))),
];

export const subject: Subject = {
  subject: 'authorized',
  source: ['[EP] fig. 11, 204 and 205', '[EP] fig. 12, 226 and 227', '[EP] figs. 9 and 10'],
  requirements: ['FRAME-07', 'FRAME-08', 'FRAME-09', 'FRAME-10', 'FRAME-13', 'DATA-10', 'CLOSE-03', 'CLOSE-04'],
  notes: {
    Begun: 'Not yet a whole frame: nothing is answered, and the rest is waited for (10 s, FRAME-15).',
    Data: 'Every fault of a DATA frame is one and the same integrity failure, its length included.',
    Version: 'Not version 1: unsupported version.',
    Type: 'A type that an end point does not know.',
    Length: 'A length outside the bounds of another type, refused by the first 6 octets.',
    NoPlace: 'A frame of another state; may be refused at its first 6 octets.',
    Close: 'The form of a CLOSE is judged before its digest.',
    Truncation: 'A CLOSE that does not verify is a broken connection: no CLOSE answers it.',
  },
  shapes: {
    Authorized: {
      valid: { octets: octets.describe('What comes; more may follow.') },
      invalid: {
        verdict: z
          .enum(['closed', 'truncation'])
          .describe('A keyed CLOSE of this status answers, or none: the connection is broken.'),
        status: status.optional(),
        octets: octets.describe('What comes; nothing follows, and the stream stays open.'),
      },
    },
  },
  groups: [
    {
      type: 'Authorized',
      comment:
        'Of an end point of either role in Authorized, whatever suite and transform: no key is needed to send it.',
      tests,
    },
  ],
};
