/** Reads a role's configuration file. Each error says where the fault is and how to mend it. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { deterministicRandomness, type Randomness, systemRandomness } from '../../crypto/randomness.ts';
import { type ClientFile, type RelayFile, type Role, type ServerFile, schemas } from './schemas.ts';
import { faultOfFolder } from './shared-folder.ts';
import { privateKey } from './values.ts';

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
  return parseConfig(role, readText(file, '--config'), file, environment);
}

/** @param file names the text in errors; relative privateKeyFile and addressMap count from its folder. @throws ConfigurationError */
export function parseConfig<R extends Role>(
  role: R,
  text: string,
  file: string,
  environment: Environment = process.env,
): Configs[R] {
  const place = { label: basename(file), folder: dirname(resolve(file)), environment };
  return parsers[role](parseJson(text, place.label), place);
}

const parsers: { readonly [R in Role]: (json: unknown, place: Place) => Configs[R] } = {
  client: (json, place) => {
    const config = check(schemas.client, json, place);
    return { ...config, ...identity(config, place), stateFolder: folderOf('stateFolder', config.stateFolder, place) };
  },
  server: (json, place) => {
    const config = check(schemas.server, json, place);
    return { ...config, ...identity(config, place), addressMap: folderOf('addressMap', config.addressMap, place) };
  },
  relay: (json, place) => check(schemas.relay, json, place),
};

function check<Schema extends z.ZodType>(schema: Schema, json: unknown, { label }: Place): z.output<Schema> {
  const result = schema.safeParse(json);
  if (!result.success) throw new ConfigurationError(describe(label, result.error.issues));
  return result.data;
}

/** The JSON Schema of a role's file, for editors and other implementations. */
export function configSchema(role: Role): object {
  const title = `Configuration of the tunnel ${role}`;
  return { title, ...z.toJSONSchema(schemas[role], { io: 'input', unrepresentable: 'any' }) };
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

/** The full path of the folder. @throws ConfigurationError when it cannot be used */
function folderOf(key: string, given: string | undefined, { label, folder }: Place): string | undefined {
  if (given === undefined) return undefined;
  const path = resolve(folder, given);
  const fault = faultOfFolder(path);
  if (fault !== undefined) throw new ConfigurationError(`${label}: ${key}: ${path} ${fault}`);
  return path;
}

/** Refuses a key that others on this machine can read. */
function readKey(file: string, { label }: Place): Uint8Array {
  const text = readText(file, `${label}: privateKeyFile`).trim();
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) !== 0)
    throw new ConfigurationError(
      `${label}: privateKeyFile: ${file} is readable by others (mode ${mode.toString(8).padStart(4, '0')}): chmod 600 ${file}`,
    );
  const key = privateKey.safeParse(text);
  if (!key.success)
    throw new ConfigurationError(
      `${label}: privateKeyFile: ${file} holds no key: it has one line of 44 base64 characters, as "pna keygen --output FILE" writes it`,
    );
  return key.data;
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
          : `cannot be read (${code})`;
    throw new ConfigurationError(`${key}: ${file} ${remedy}`);
  }
}

/** V8's own message may quote the text, and with it a key: the error gives only the line. */
function parseJson(text: string, label: string): unknown {
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

function describe(label: string, issues: readonly z.core.$ZodIssue[]): string {
  const lines = issues.map((issue) => `${label}: ${pathText(issue.path)}${issue.message}`);
  // A name that fails its pattern may fail other checks too, with the same remedy.
  return [...new Set(lines)].join('\n');
}

/** `initiators[0].name: `; nothing for the file as a whole. */
function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '' : `${text.replace(/^\./, '')}: `;
}
