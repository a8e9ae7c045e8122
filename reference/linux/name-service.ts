/**
 * Tells the machine's name service which DNS servers are behind the adapter ([EP] fig. 23, 502; RFC 2132 §3.8): by
 * systemd-resolved or resolvconf, whichever is there. /etc/resolv.conf itself belongs to them, or to the user.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { programIn, searchPath } from './programs/installed.ts';

const { existsSync } = process.getBuiltinModule('node:fs');

export interface NameServers {
  /** Numeric addresses. */
  readonly servers: readonly string[];
  /** Domains to look names up in, the first one first. */
  readonly search: readonly string[];
}

/** Milliseconds for one call. */
const patience = 10_000;

interface Call {
  readonly program: string;
  readonly words: readonly string[];
  readonly input?: string;
}

interface Manager {
  /** The file of its program; undefined where it isn't running. */
  readonly at: (surroundings: Surroundings) => string | undefined;
  readonly set: (program: string, device: string, names: NameServers) => readonly Call[];
  readonly revert: (program: string, device: string) => readonly Call[];
  /** Whether what was set outlives the adapter. */
  readonly lasting: boolean;
}

interface Surroundings {
  /** Folders as in the environment variable PATH. */
  readonly path: string;
  /** Where daemons keep their state. */
  readonly run: string;
}

/** A record's name in resolvconf, which wants it to begin with the adapter. */
const record = (device: string): string => `${device}.pna`;

/** In the order in which they are looked for: where both are there, resolvconf may be resolvectl under another name. */
const managers: readonly Manager[] = [
  {
    at: ({ path, run }) => (existsSync(join(run, 'systemd/resolve')) ? programIn(path, 'resolvectl') : undefined),
    set: (program, device, { servers, search }) => [
      { program, words: ['dns', device, ...servers] },
      ...(search.length === 0 ? [] : [{ program, words: ['domain', device, ...search] }]),
    ],
    revert: (program, device) => [{ program, words: ['revert', device] }],
    lasting: false,
  },
  {
    at: ({ path }) => programIn(path, 'resolvconf'),
    set: (program, device, { servers, search }) => {
      const lines = servers.map((server) => `nameserver ${server}`);
      if (search.length > 0) lines.push(`search ${search.join(' ')}`);
      return [{ program, words: ['-a', record(device)], input: `${lines.join('\n')}\n` }];
    },
    revert: (program, device) => [{ program, words: ['-d', record(device)] }],
    lasting: true,
  },
];

const thisMachine = (): Surroundings => ({ path: searchPath(), run: '/run' });

/** The DNS servers of one adapter. Without systemd-resolved and resolvconf nothing is done, and nothing thrown. */
export class NameService {
  readonly #device: string;
  readonly #manager: { readonly manager: Manager; readonly program: string } | undefined;
  #set = false;

  /** @param device name of the adapter */
  constructor(device: string, surroundings: Surroundings = thisMachine()) {
    this.#device = device;
    this.#manager = managerAt(surroundings);
  }

  /** Whether the machine has a name service that takes DNS servers. */
  get available(): boolean {
    return this.#manager !== undefined;
  }

  /** Replaces what was set before; without servers it only takes that back. @throws Error with the program's complaint */
  async set(names: NameServers): Promise<void> {
    if (this.#manager === undefined) return;
    const { manager, program } = this.#manager;
    if (this.#set) await all(manager.revert(program, this.#device));
    this.#set = false;
    if (names.servers.length === 0) return;
    this.#set = true;
    await all(manager.set(program, this.#device, names));
  }

  async close(): Promise<void> {
    await this.set({ servers: [], search: [] });
  }
}

/** Takes back what a process has set that was not ended in order. @param device an adapter that is not there now */
export async function removeNames(device: string, surroundings: Surroundings = thisMachine()): Promise<void> {
  const found = managerAt(surroundings);
  if (found === undefined || !found.manager.lasting) return;
  // Usually there is nothing to take back. Some versions of resolvconf call that an error.
  await all(found.manager.revert(found.program, device)).catch(() => undefined);
}

function managerAt(surroundings: Surroundings) {
  for (const manager of managers) {
    const program = manager.at(surroundings);
    if (program !== undefined) return { manager, program };
  }
  return undefined;
}

async function all(calls: readonly Call[]): Promise<void> {
  for (const call of calls) await run(call);
}

function run({ program, words, input = '' }: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, words, { timeout: patience }, (error, stdout, stderr) => {
      const complaint = `${stderr}${stdout}`.trim() || String(error);
      if (error === null) resolve();
      else reject(new Error(`${[program, ...words].join(' ')}: ${complaint}`));
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
