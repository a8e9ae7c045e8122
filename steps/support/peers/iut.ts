/** An implementation under test, driven by the contract of docs/iut.md: a configuration file, JSON lines, signals. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { patience } from '../lab/deadline.ts';
import { Nonconformance } from '../lab/failure.ts';
import { type Exit, Program, type ProgramEvent } from '../lab/process.ts';
import { countProgram, forgetProgram } from '../lab/starvation.ts';
import type { Json } from './configuration.ts';
import { commandLine, type Declaration, type Role } from './declaration.ts';

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

export class Iut implements AsyncDisposable {
  readonly role: Role;
  readonly folder: string;
  readonly configuration: Json;
  readonly program: Program;

  private constructor(options: IutOptions, program: Program) {
    this.role = options.role;
    this.folder = options.folder;
    this.configuration = options.configuration;
    this.program = program;
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
    await this.program[Symbol.asyncDispose]();
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
