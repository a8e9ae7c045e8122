/** An implementation under test, driven by the contract of docs/iut.md: a configuration file, JSON lines, signals. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { patience } from '../lab/deadlines/deadline.ts';
import { countProgram, forgetProgram } from '../lab/deadlines/starvation.ts';
import { Nonconformance, NotApplicable } from '../lab/failure.ts';
import { type Exit, Program, type ProgramEvent } from '../lab/programs/process.ts';
import type { Json } from './configuration.ts';
import { commandLine, type Declaration, type Role } from './declaration.ts';

/** Why a scenario is not put to an implementation that runs elsewhere; what exactly is missing follows. */
export const needsNamespaces = "needs the suite's namespaces";

export interface IutOptions {
  readonly declaration: Declaration;
  readonly role: Role;
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly configuration: Json;
  /** A folder of its own: configuration, both logs and the output folder go there. */
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A program that starts it, `prlimit` for instance, and its arguments. */
  readonly startedBy?: readonly string[];
}

/**
 * One process of it in one role, from its start to the end of its program. @throws Nonconformance when it does not get ready
 */
export class Iut implements AsyncDisposable {
  readonly role: Role;
  readonly configuration: Json;
  readonly #folder: string;
  readonly #program: Program | undefined;
  /** What ends with it. */
  readonly #resource: AsyncDisposable | undefined;

  private constructor(
    options: Pick<IutOptions, 'role' | 'folder' | 'configuration'>,
    program?: Program,
    resource: AsyncDisposable | undefined = program,
  ) {
    this.#resource = resource;
    this.role = options.role;
    this.#folder = options.folder;
    this.configuration = options.configuration;
    this.#program = program;
  }

  /** One that runs somewhere else already: nothing of its program can be seen from here. */
  static elsewhere(role: Role, configuration: Json, resource?: AsyncDisposable): Iut {
    return new Iut({ role, configuration, folder: '' }, undefined, resource);
  }

  /** Its own. @throws NotApplicable if it runs elsewhere */
  get folder(): string {
    if (this.#program === undefined) throw new NotApplicable(`${needsNamespaces}: the implementation's files`);
    return this.#folder;
  }

  /** @throws NotApplicable if it runs elsewhere */
  get program(): Program {
    if (this.#program === undefined) throw new NotApplicable(`${needsNamespaces}: the implementation's program`);
    return this.#program;
  }

  /** What it said last, if anything. */
  get lastWords(): string {
    return this.#program?.lastWords().trim() ?? '';
  }

  /** Its last event that tells of an end or an error, as it came. */
  get lastComplaint(): string {
    const tells = ({ event }: ProgramEvent): boolean => ['ended', 'error', 'unsupported'].includes(event);
    const last = this.#program?.seen.findLast(tells);
    return last === undefined ? '' : JSON.stringify(last).slice(0, 400);
  }

  /** How its program ended, if it did so of itself. */
  get desertion(): string | undefined {
    return this.#program?.desertion;
  }

  /** What it did that none may do: complete after its end. */
  get faults(): readonly string[] {
    return this.#program?.faults ?? [];
  }

  /** Starts it; resolves before it is ready. */
  static async start(options: IutOptions): Promise<Iut> {
    const { declaration, role, folder } = options;
    const output = join(folder, 'output');
    const config = join(folder, 'config.json');
    mkdirSync(output, { recursive: true });
    writeFileSync(config, `${JSON.stringify(options.configuration, null, 2)}\n`, { mode: 0o600 });
    const program = Program.start({
      namespace: options.namespace,
      argv: [...(options.startedBy ?? []), ...commandLine(declaration, role, config, output)],
      folder: declaration.folder,
      env: { ...declaration.roles[role]?.env, ...options.env },
      stdoutLog: join(folder, 'stdout.log'),
      stderrLog: join(folder, 'stderr.log'),
      isUnderTest: true,
    });
    countProgram(program.pid);
    void program.exited.then(() => forgetProgram(program.pid));
    return new Iut(options, program);
  }

  /** The event `ready`: it listens, or is about to connect. */
  async ready(milliseconds = patience): Promise<ProgramEvent> {
    const event = await this.program.event('ready', milliseconds).catch((error: unknown) => {
      throw this.#unsupported() ?? error;
    });
    if (event['role'] !== undefined && event['role'] !== this.role) {
      throw new Nonconformance(`started as ${this.role}, ready as ${String(event['role'])}`);
    }
    return event;
  }

  /** The next event of that name that nobody took yet. */
  event(name: string, milliseconds = patience): Promise<ProgramEvent> {
    return this.program.event(name, milliseconds);
  }

  /** The user's End Session (figs. 11, 12: 204, 226), by a line on stdin; a server ends that of one initiator if named. */
  endSession(name?: string): void {
    this.program.command({ command: 'end session', ...(name === undefined ? {} : { name }) });
  }

  connect(): void {
    this.program.command({ command: 'connect' });
  }

  /** SIGTERM, which is the user's End Session too, then its end. */
  terminate(milliseconds = patience): Promise<Exit> {
    return this.program.terminate(milliseconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resource?.[Symbol.asyncDispose]();
  }

  /** "Unsupported" of what the declaration says is supported. */
  #unsupported(): Nonconformance | undefined {
    const event = this.program.seen.find(({ event: name }) => name === 'unsupported');
    if (event === undefined) return undefined;
    return new Nonconformance(
      `says that it does not support ${String(event['capability'])}, which is declared or mandatory`,
    );
  }
}
