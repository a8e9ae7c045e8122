/** [EP] figs. 7 and 8: what the vectors of REQUEST and of RESPONSE have in common. */
import { z } from 'zod';
import { invalidTest, octets, type Refusal, refusals, type Subject, status, type Test, validTest } from './model.ts';
import { cat, fixed, flip, hex, patch, relength, u32, zeros } from './octets.ts';
import { type Form, headerLength, type Lies, opened, type Parts } from './opened.ts';

/** Moves one offset, counted in the order of the sections. */
export const move = (place: number, by: number): Lies => ({
  offsets: (honest) => honest.map((offset, index) => (index === place ? offset + by : offset)),
});

const notes = {
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
  ClientData: 'Client data that do not decode.',
  Length: 'The octets end too early or go on, or are more than the bound of the type.',
  Version: 'Not version 1: unsupported version.',
};

export interface OpenedSubject<P extends Parts> {
  readonly subject: 'request' | 'response';
  readonly source: readonly string[];
  readonly requirements: readonly string[];
  /** Notes that differ from the usual ones. */
  readonly notes?: Partial<typeof notes>;
  readonly form: Form<P>;
  /** A frame that is right. */
  readonly base: P;
  readonly receiver: 'server' | 'initiator';
  /** Parts as the file shows them, and what shows them. */
  readonly fields: (parts: P) => Readonly<Record<string, unknown>>;
  readonly fieldsShape: z.ZodType;
  /** The status that answers an opened frame that is wrong. */
  readonly status: z.ZodType;
  readonly statusOfOpened: number;
  readonly statusOfHeader: number;
  /** The bound of the type, in octets. */
  readonly longest: number;
  readonly accepted: readonly (readonly [flag: string, comment: string, change?: Partial<P>])[];
  readonly refused: readonly Refusal[];
  /** Versions of the frame on the wire that are refused. */
  readonly versions: readonly number[];
}

/** The groups of a file: opened frames, both headers, frames on the wire. */
export function openedSubject<P extends Parts>(of: OpenedSubject<P>): Subject {
  const { subject, form, base } = of;
  const good = opened(form, base);
  const length = headerLength(form);
  const header = good.slice(0, length);

  const accepted = of.accepted.map(([flag, comment, change]) => {
    const parts = { ...base, ...change };
    return validTest(flag, comment, { opened: hex(opened(form, parts)), fields: of.fields(parts) });
  });

  const inHeader: [name: string, lastOctet: number][] = [
    ['length', 3],
    ['type', 4],
    ['version', 5],
    ...form.header.map((name, index): [string, number] => [name === 'flags' ? name : `${name} offset`, 7 + 2 * index]),
  ];
  const altered = inHeader.map(([name, lastOctet]) =>
    invalidTest('HeaderAltered', `${name} differs in the clear`, {
      header: hex(flip(header, lastOctet, 0)),
      opened: hex(good),
      status: of.statusOfHeader,
    }),
  );

  /** The frame with an opaque string buffer: what anyone on the tunnel path sees. */
  const wire = (suite: number, bufferLength: number): Uint8Array => {
    const clear = opened(form, { ...base, suite }).slice(0, length);
    return relength(cat(clear, fixed(`${subject} message`, form.overhead(suite) + length + bufferLength)));
  };
  const onWire = wire(2, 128);
  const frame = (comment: string, suite: number, bufferLength: number): Test => {
    const all = wire(suite, bufferLength);
    return validTest('Normal', comment, { frame: hex(all), fields: { suite, message: hex(all.slice(length)) } });
  };
  const refusedFrames: Refusal[] = [
    ['Length', 'the length field is one less than the octets', patch(onWire, 0, u32(onWire.length - 1))],
    ['Length', 'the length field is one more than the octets', patch(onWire, 0, u32(onWire.length + 1))],
    ['Length', 'half a header', relength(onWire.slice(0, 9))],
    ['Length', 'the header alone', relength(onWire.slice(0, length))],
    [
      'Length',
      `${(of.longest + 1).toLocaleString('en')} octets`,
      relength(cat(onWire, zeros(of.longest + 1 - onWire.length))),
    ],
    ...of.versions.map((version): Refusal => ['Version', `version ${version}`, patch(onWire, 5, [version]), 6]),
  ];

  const groups = [
    {
      type: 'OpenedFrame',
      comment: `O as the ${of.receiver} has it from the Noise message.`,
      tests: [...accepted, ...refusals('opened', of.statusOfOpened, of.refused)],
    },
    {
      // The receiver compares both headers before it reads an offset.
      type: 'SameHeader',
      comment: 'The header as it travels in the clear, and the opened frame, which holds it sealed.',
      tests: [validTest('Normal', 'the same', { header: hex(header), opened: hex(good) }), ...altered],
    },
    {
      type: 'Frame',
      comment: 'The frame on the wire, its string buffer any octets of the right length.',
      tests: [
        frame('suite 1', 1, 128),
        frame('suite 2', 2, 128),
        frame('suite 2, a longer string buffer', 2, 640),
        ...refusals('frame', 5, refusedFrames),
      ],
    },
  ];
  const flags = new Set(groups.flatMap(({ tests }) => tests.flatMap((test) => test.flags)));
  return {
    subject,
    source: of.source,
    requirements: of.requirements,
    notes: Object.fromEntries(Object.entries({ ...notes, ...of.notes }).filter(([flag]) => flags.has(flag))),
    shapes: {
      OpenedFrame: {
        valid: {
          opened: octets.describe('O, the Noise payload; its length field is that of the frame on the wire.'),
          fields: of.fieldsShape,
        },
        invalid: { opened: octets, status: of.status },
      },
      SameHeader: { valid: { header: octets, opened: octets }, invalid: { header: octets, opened: octets, status } },
      Frame: {
        valid: {
          frame: octets,
          fields: z.strictObject({ suite: z.int(), message: octets.describe('The string buffer.') }),
        },
        invalid: { frame: octets, status },
      },
    },
    groups,
  };
}
