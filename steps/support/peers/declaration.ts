/** iut.json: what an implementation under test is able to do, and how it is started. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { type Fault, faultOf, type Path } from '../../../reference/tunnel/config/shapes.ts';
import type { SuiteName } from '../../../reference/wire/identifiers.ts';
import { keysAt, roles, declaration as shape } from './declaration-shape.ts';
import { documentPath } from './documents.ts';
import { nearest } from './nearest.ts';

export { type Capability, capabilities, roles } from './declaration-shape.ts';
export type Role = (typeof roles)[number];

export type Declaration = v.InferOutput<typeof shape> & {
  /** Folder of the file: where the programs are started. */
  readonly folder: string;
};

/** The declaration is at fault: the message says where and how to mend it. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** @throws DeclarationError that has each fault of the file in a line */
export function loadDeclaration(file: string): Declaration {
  const path = resolve(file);
  const label = basename(file);
  const options = {
    absent: 'name the declaration of your implementation by --iut FILE',
    keysAt,
    format: `${documentPath('iut.md')} and ${documentPath('iut.schema.json')}`,
  };
  const declaration = { ...readJson(shape, file, options), folder: dirname(path) };
  const missing = roles.flatMap((role) => faultOfProgram(declaration, role) ?? []);
  if (missing.length > 0) throw new DeclarationError(missing.map((fault) => `${label}: ${fault}`).join('\n'));
  return declaration;
}

export interface JsonFileOptions {
  /** What to do if the file does not exist. */
  readonly absent: string;
  /** The keys that an object at a place of the file may have. */
  readonly keysAt: (path: Path) => readonly string[];
  /** Where the format is told. */
  readonly format: string;
}

/** A JSON file that has a shape. @throws DeclarationError that has each fault of the file in a line */
export function readJson<const Shape extends v.GenericSchema>(
  shape: Shape,
  file: string,
  { absent, keysAt, format }: JsonFileOptions,
): v.InferOutput<Shape> {
  const text = read(file, resolve(file), absent);
  const label = basename(file);
  if (text.trim() === '')
    throw new DeclarationError(
      `${label}: is empty: the keys are ${keysAt([]).join(', ')}\nThe format is in ${format}.`,
    );
  const result = v.safeParse(shape, parse(text, label), { abortPipeEarly: true });
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => `${label}: ${described(faultOf(issue), keysAt)}`);
  throw new DeclarationError(`${[...new Set(faults)].join('\n')}\nThe format is in ${format}.`);
}

function read(file: string, path: string, absent: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
    const why =
      code === 'ENOENT'
        ? `does not exist: ${absent}`
        : folder
          ? `is a folder: name the file in it, such as ${join(file, 'iut.json')}`
          : `cannot be read (${code})`;
    throw new DeclarationError(`${file} ${why}`);
  }
}

function parse(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8 tells the line, unless the text breaks off.
    const line = /\(line (\d+)/.exec((error as Error).message)?.[1] ?? text.trimEnd().split('\n').length;
    throw new DeclarationError(
      `${label}: line ${line}: is not JSON: look there for a missing or an extra comma or quote`,
    );
  }
}

/** `roles.server.argv: is missing: …` */
function described({ path, message, unknown = [] }: Fault, keysAt: JsonFileOptions['keysAt']): string {
  const known = keysAt(path);
  const meant = unknown.flatMap((key) => nearest(key, known) ?? []).map((key) => `"${key}"`);
  const where = pathText(path);
  return `${where}${message}${meant.length === 0 ? '' : `: did you mean ${meant.join(', ')}?`}`;
}

function pathText(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}

/** The key exchange that peers of the implementation ask for: hybrid where it is declared, else the minimum (ID-02). */
export const preferredSuite = ({ suites }: Pick<Declaration, 'suites'>): SuiteName =>
  suites.includes('hybrid') ? 'hybrid' : 'x25519';

/** The JSON Schema of iut.json, for editors. */
export async function declarationSchema(): Promise<object> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const schema = toJsonSchema(shape, { target: 'draft-2020-12', errorMode: 'ignore', typeMode: 'input' });
  return { title: 'Implementation under test', $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema };
}

/** The command line of a role. */
export function commandLine(declaration: Declaration, role: Role, config: string, output: string): string[] {
  const argv = declaration.roles[role]?.argv ?? [];
  const values: Record<string, string> = { '{config}': config, '{output}': output, '{role}': role };
  const [program = '', ...rest] = argv.map((word) =>
    word.replace(/\{(config|output|role)\}/g, (name) => values[name] as string),
  );
  return [program.includes('/') ? resolve(declaration.folder, program) : program, ...rest];
}

function faultOfProgram(declaration: Declaration, role: Role): string | undefined {
  if (declaration.roles[role] === undefined) return undefined;
  const [program = ''] = commandLine(declaration, role, '', '');
  const where = `roles.${role}.argv[0]: `;
  if (program.includes('/')) {
    const fault = faultOfFile(program);
    return fault === undefined ? undefined : `${where}${program} ${fault}`;
  }
  const folders = (declaration.roles[role].env?.['PATH'] ?? process.env['PATH'] ?? '').split(delimiter);
  if (folders.some((folder) => faultOfFile(join(folder, program)) === undefined)) return undefined;
  const beside = faultOfFile(join(declaration.folder, program)) === undefined;
  const remedy = beside ? `write "./${program}" for the one beside the file` : 'write its path, or install it';
  return `${where}no program "${program}" is in the PATH: ${remedy}`;
}

function faultOfFile(program: string): string | undefined {
  const found = statSync(program, { throwIfNoEntry: false });
  if (found === undefined) return 'does not exist';
  if (!found.isFile()) return 'is not a file';
  try {
    accessSync(program, constants.X_OK);
    return undefined;
  } catch {
    return `is not executable: chmod +x ${program}`;
  }
}
