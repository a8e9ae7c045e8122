/** `node tools/conformance/schemas.ts`: writes the JSON Schemas of iut.json and report.json into docs/. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { declarationSchema } from '../../steps/support/peers/declaration.ts';
import { reportSchema } from './report.ts';

const docs = resolve(import.meta.dirname, '../../docs');

/** File in docs/ → its text. */
const schemaFiles: Readonly<Record<string, string>> = {
  'iut.schema.json': `${JSON.stringify(await declarationSchema(), null, 2)}\n`,
  'report.schema.json': `${JSON.stringify({ title: 'Report of a conformance run', ...z.toJSONSchema(reportSchema) }, null, 2)}\n`,
};

/** Names of the files that are not what the code says. */
export function staleSchemas(): string[] {
  return Object.keys(schemaFiles).filter((file) => {
    try {
      // Compared as JSON: the formatter may lay the files out in its own way.
      const [written, wanted] = [readFileSync(resolve(docs, file), 'utf8'), schemaFiles[file] as string];
      return JSON.stringify(JSON.parse(written)) !== JSON.stringify(JSON.parse(wanted));
    } catch {
      return true;
    }
  });
}

if (import.meta.main) {
  const [word] = process.argv.slice(2);
  if (word !== undefined) {
    process.stderr.write(
      `${word}: node tools/conformance/schemas.ts takes no words, and writes ${Object.keys(schemaFiles).join(' and ')} in docs/\n`,
    );
    process.exit(2);
  }
  for (const [file, text] of Object.entries(schemaFiles)) writeFileSync(resolve(docs, file), text);
}
