/** Reads a role's configuration file. Each error says where the fault is and how to mend it. */
import { basename, dirname, resolve } from 'node:path';
import * as v from 'valibot';
import { deterministicRandomness, type Randomness, systemRandomness } from '../../crypto/randomness.ts';
import { type ClientFile, type RelayFile, type Role, type ServerFile, schemas } from './schemas.ts';
import { type Fault, faultOf, type Path } from './shapes.ts';
import { faultOfFolder } from './shared-folder.ts';
import { privateKey } from './values.ts';

const { readFileSync, statSync } = process.getBuiltinModule('node:fs');

/** The user erred: the message names file, key and remedy, and never a secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

interface Identity {
  /** 32 octets. */
  readonly staticPrivate: Uint8Array;
  readonly randomness: Randomness;
  /** Whether randomness comes from the file: never for a tunnel that someone relies on. */
  readonly insecure: boolean;
}
export type ClientConfig = ClientFile & Identity;
export type ServerConfig = ServerFile & Identity;
export type RelayConfig = RelayFile;
interface Configs {
  readonly client: ClientConfig;
  readonly server: ServerConfig;
  readonly relay: RelayConfig;
}
type Environment = Readonly<Record<string, string | undefined>>;

/** Where a configuration stands. */
interface Place {
  /** The file's name, for errors. */
  readonly label: string;
  /** Relative paths count from here. */
  readonly folder: string;
  readonly environment: Environment;
}

/** @throws ConfigurationError */
export function loadConfig<R extends Role>(role: R, file: string, environment: Environment = process.env): Configs[R] {
  const config = parseConfig(role, readText(file, '--config'), file, environment);
  if ('privateKey' in config)
    forOwnerAlone(file, `${basename(file)}: privateKey`, ', or move the key into a file of its own (privateKeyFile)');
  return config;
}

/** @param file names the text in errors; relative privateKeyFile and addressMap count from its folder. @throws ConfigurationError */
export function parseConfig<R extends Role>(
  role: R,
  text: string,
  file: string,
  environment: Environment = process.env,
): Configs[R] {
  const place = { label: basename(file), folder: dirname(resolve(file)), environment };
  return parsers[role](parseJson(role, text, place.label), place);
}

const parsers: { readonly [R in Role]: (json: unknown, place: Place) => Configs[R] } = {
  client: (json, place) => {
    const config = check(schemas.client, withDataPath(json, place), place);
    return { ...config, ...identity(config, place), ...folderOf('stateFolder', config, place) };
  },
  server: (json, place) => {
    const config = check(schemas.server, withDataPath(json, place), place);
    return { ...config, ...identity(config, place), ...folderOf('addressMap', config, place) };
  },
  relay: (json, place) => check(schemas.relay, json, place),
};

function check<const Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
  { label }: Place,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, json, { abortPipeEarly: true });
  if (!result.success) throw new ConfigurationError(describe(label, result.issues.map(faultOf)));
  return result.output;
}

/** PNA_DATA_PATH stands for the key where the file lacks it. */
function withDataPath(json: unknown, { environment }: Place): unknown {
  const dataPath = environment['PNA_DATA_PATH'];
  return dataPath === undefined || typeof json !== 'object' || json === null ? json : { dataPath, ...json };
}

/** The JSON Schema of a role's file, for editors and other implementations. */
export async function configSchema(role: Role): Promise<object> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  const title = `Configuration of the tunnel ${role}`;
  return { title, ...toJsonSchema(schemas[role], { target: 'draft-2020-12', errorMode: 'ignore' }) };
}

function identity(config: ClientFile | ServerFile, place: Place): Identity {
  const { deterministic } = config;
  if (deterministic !== undefined && place.environment['PNA_INSECURE_DETERMINISTIC'] !== '1')
    throw new ConfigurationError(
      `${place.label}: deterministic: makes every session key predictable: remove it, or set PNA_INSECURE_DETERMINISTIC=1 for a test`,
    );
  return {
    staticPrivate: config.privateKey ?? readKey(resolve(place.folder, config.privateKeyFile ?? ''), place),
    randomness: deterministic === undefined ? systemRandomness : deterministicRandomness(deterministic),
    insecure: deterministic !== undefined,
  };
}

/** The full path of a folder that the file names. @throws ConfigurationError when it cannot be used */
function folderOf<Key extends string>(
  key: Key,
  config: { readonly [K in Key]?: string },
  { label, folder }: Place,
): { readonly [K in Key]?: string } {
  const given = config[key];
  if (given === undefined) return {};
  const path = resolve(folder, given);
  const fault = faultOfFolder(path);
  if (fault !== undefined) throw new ConfigurationError(`${label}: ${key}: ${path} ${fault}`);
  return { [key]: path } as { readonly [K in Key]?: string };
}

/** @param remedy besides chmod @throws ConfigurationError when others on this machine can read the file */
function forOwnerAlone(file: string, key: string, remedy = ''): void {
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return;
  const digits = mode.toString(8).padStart(4, '0');
  throw new ConfigurationError(`${key}: ${file} is readable by others (mode ${digits}): chmod 600 ${file}${remedy}`);
}

/** Refuses a key that others on this machine can read. */
function readKey(file: string, { label }: Place): Uint8Array {
  const text = readText(file, `${label}: privateKeyFile`).trim();
  forOwnerAlone(file, `${label}: privateKeyFile`);
  const key = v.safeParse(privateKey, text);
  if (!key.success)
    throw new ConfigurationError(
      `${label}: privateKeyFile: ${file} holds no key: it has one line of 44 base64 characters, as "pna keygen --output FILE" writes it`,
    );
  return key.output;
}

function readText(file: string, key: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const remedy =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES'
          ? 'is not readable by this user'
          : code === 'EISDIR'
            ? 'is a folder: name the file in it'
            : `cannot be read (${code})`;
    throw new ConfigurationError(`${key}: ${file} ${remedy}`);
  }
}

/** V8's own message may quote the text, and with it a key: the error gives only the line. */
function parseJson(role: Role, text: string, label: string): unknown {
  if (text.trim() === '')
    throw new ConfigurationError(`${label}: is empty: write the object that "pna schema ${role}" describes`);
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigurationError(
      `${label}: line ${faultyLine(text)}: is not JSON: look there for a missing or an extra comma or quote`,
    );
  }
}

/** The first line with which the text can no longer be completed to JSON; counts from 1. */
function faultyLine(text: string): number {
  const lines = text.split('\n');
  let [low, high] = [1, lines.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (canContinue(lines.slice(0, middle).join('\n'))) low = middle + 1;
    else high = middle;
  }
  return low;
}

function canContinue(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    if (message.includes('Unterminated')) return false;
    return message.includes('Unexpected end') || Number(position ?? -1) >= text.length;
  }
}

function describe(label: string, faults: readonly Fault[]): string {
  const line = ({ path, message }: Fault): string => `${label}: ${pathText(path)}${message}`;
  // A name that fails its pattern may fail other checks too, with the same remedy.
  return [...new Set(faults.map(line))].join('\n');
}

/** `initiators[0].name: `; nothing for the file as a whole. */
function pathText(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}
