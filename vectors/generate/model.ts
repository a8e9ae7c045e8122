/** What a file of vectors is, and what holds of every one of them. */
import { z } from 'zod';
import { hex } from './octets.ts';

export const octets = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/)
  .describe('Octets in lower-case hexadecimal.');
export const count = z.int().min(0);
export const decimal = z
  .string()
  .regex(/^(?:0|[1-9]\d*)$/)
  .describe('A whole number in decimal, as text: it may exceed 2^53.');
export const status = z.int().min(1).max(14).describe('Status number of the CLOSE frame that answers.');

export type Test = { comment: string; flags: readonly string[]; result: 'valid' | 'invalid' } & Record<string, unknown>;
export type Group = { type: string; comment: string; tests: readonly Test[] } & Record<string, unknown>;

type Fields = Readonly<Record<string, unknown>>;
/** What must be accepted. The file shows the fields in this order. */
export const validTest = (flag: string, comment: string, fields: Fields): Test => ({
  comment,
  flags: [flag],
  result: 'valid',
  ...fields,
});
/** What must be refused. */
export const invalidTest = (flag: string, comment: string, fields: Fields): Test => ({
  comment,
  flags: [flag],
  result: 'invalid',
  ...fields,
});
/** An Ethernet packet that an emulator must not answer. */
export const unanswered = (flag: string, comment: string, packet: Uint8Array): Test =>
  invalidTest(flag, comment, { verdict: 'no answer', packet: hex(packet) });

/** Octets that must be refused, with a status where it is not the usual one. */
export type Refusal = readonly [flag: string, comment: string, octets: Uint8Array, status?: number];
/** @param field name of the octets in the file. @param usual the status that answers */
export const refusals = (field: string, usual: number, all: readonly Refusal[]): Test[] =>
  all.map(([flag, comment, data, own]) => invalidTest(flag, comment, { [field]: hex(data), status: own ?? usual }));

interface GroupShape {
  /** What the group says of all its tests. */
  readonly group?: z.ZodRawShape;
  /** What a test says besides tcId, comment, flags and result. */
  readonly valid: z.ZodRawShape;
  readonly invalid: z.ZodRawShape;
}

export interface Subject {
  readonly subject: string;
  readonly source: readonly string[];
  /** Ids of docs/protocol.md that an implementation breaks if it fails. */
  readonly requirements: readonly string[];
  /** Every flag that a test carries, explained. */
  readonly notes: Readonly<Record<string, string>>;
  readonly shapes: Readonly<Record<string, GroupShape>>;
  readonly groups: readonly Group[];
}

function schemaOf({ subject, shapes }: Subject) {
  const test = (result: 'valid' | 'invalid', shape: z.ZodRawShape) =>
    z.strictObject({
      tcId: z.int().min(1).describe('Unique in the file.'),
      comment: z.string(),
      flags: z.array(z.string()).min(1).describe('Keys of notes.'),
      result: z.literal(result),
      ...shape,
    });
  const groups = Object.entries(shapes).map(([type, { group, valid, invalid }]) =>
    z.strictObject({
      type: z.literal(type),
      comment: z.string(),
      ...group,
      tests: z.array(z.union([test('valid', valid), test('invalid', invalid)])).min(1),
    }),
  );
  return z.strictObject({
    schema: z.literal(`schema/${subject}.schema.json`),
    subject: z.literal(subject),
    source: z.array(z.string()).min(1),
    requirements: z.array(z.string().regex(/^[A-Z]+-\d\d$/)).min(1),
    notes: z.record(z.string(), z.string()),
    numberOfTests: z.int().min(1),
    groups: z.array(z.union(groups)).min(1),
  });
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;

/** The two files of a subject, path → text. Throws where the vectors break their own rules. */
export function files(subject: Subject): Map<string, string> {
  let tcId = 0;
  const document = {
    schema: `schema/${subject.subject}.schema.json`,
    subject: subject.subject,
    source: subject.source,
    requirements: subject.requirements,
    notes: subject.notes,
    numberOfTests: subject.groups.reduce((sum, group) => sum + group.tests.length, 0),
    groups: subject.groups.map(({ tests, ...group }) => ({
      ...group,
      tests: tests.map((test) => ({ tcId: ++tcId, ...test })),
    })),
  };
  const schema = schemaOf(subject);
  schema.parse(document);
  const tests = document.groups.flatMap((group): readonly Test[] => group.tests);
  const flags = new Set(tests.flatMap((test) => test.flags));
  const unexplained = [...flags].filter((flag) => !(flag in subject.notes));
  const unused = Object.keys(subject.notes).filter((flag) => !flags.has(flag));
  if (unexplained.length + unused.length > 0)
    throw new Error(`${subject.subject}: unexplained flags ${unexplained}; unused notes ${unused}`);
  const invalid = tests.filter((test) => test.result === 'invalid').length;
  if (invalid * 3 < tests.length) throw new Error(`${subject.subject}: only ${invalid} of ${tests.length} are invalid`);
  return new Map([
    [`${subject.subject}.json`, json(document)],
    [
      document.schema,
      json({
        title: `Vectors: ${subject.subject}`,
        ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
      }),
    ],
  ]);
}
