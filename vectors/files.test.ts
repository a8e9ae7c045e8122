/** The files themselves: current, valid by their published schemas, and made by a path apart from reference/. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { z } from 'zod';
import { files } from './generate/model.ts';
import { subjects } from './generate/subjects.ts';

const folder = import.meta.dirname;
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const made = new Map(subjects.flatMap((subject) => [...files(subject)]));
const present = [
  ...readdirSync(folder).filter((name) => name.endsWith('.json')),
  ...readdirSync(join(folder, 'schema')).map((name) => `schema/${name}`),
];

test('the generator makes exactly the files that are here', (t) => {
  t.deepEqual([...made.keys()].toSorted(), present.toSorted());
});

for (const [path, text] of made)
  test(`${path} is what the generator makes: else npm run vectors`, (t) => {
    t.true(read(path) === text);
  });

for (const { subject } of subjects)
  test(`${subject}.json is valid by its schema, which refuses what it does not know`, (t) => {
    const document = JSON.parse(read(`${subject}.json`));
    const schema = z.fromJSONSchema(JSON.parse(read(document.schema)));
    t.true(schema.safeParse(document).success);
    const altered = structuredClone(document);
    altered.groups[0].tests[0].unknown = 1;
    t.false(schema.safeParse(altered).success);
    const unexplained = structuredClone(document);
    delete unexplained.groups[0].tests[0].flags;
    t.false(schema.safeParse(unexplained).success);
  });

test('every subject has tests for each of its flags, a third of them invalid', (t) => {
  for (const { subject } of subjects) {
    const { groups, notes, numberOfTests } = JSON.parse(read(`${subject}.json`));
    const tests = groups.flatMap((group: { tests: unknown[] }) => group.tests);
    t.is(tests.length, numberOfTests, subject);
    t.deepEqual(
      tests.map(({ tcId }: { tcId: number }) => tcId),
      tests.map((_: unknown, index: number) => index + 1),
    );
    t.true(tests.filter(({ result }: { result: string }) => result === 'invalid').length * 3 >= tests.length, subject);
    t.deepEqual(
      [...new Set(tests.flatMap(({ flags }: { flags: string[] }) => flags))].toSorted(),
      Object.keys(notes).toSorted(),
      subject,
    );
  }
});

test('the requirements that a file cites are in the specification', (t) => {
  const specified = new Set(read('../docs/protocol.md').match(/(?<=^- \*\*)[A-Z]+-\d\d(?=\*\*)/gm));
  t.true(specified.size > 100);
  for (const { subject, requirements } of subjects)
    t.deepEqual(
      requirements.filter((id) => !specified.has(id)),
      [],
      subject,
    );
});
