/** A long-lived program in a namespace that reports by JSON lines on stdout and takes commands on stdin. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Child } from './child.ts';
import { patience, within } from './deadline.ts';
import { Nonconformance } from './failure.ts';
import { Mailbox } from './mailbox.ts';

/** A line of a program's stdout. */
export interface ProgramEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

export interface ProgramOptions {
  readonly namespace: string;
  readonly argv: readonly string[];
  /** Working folder. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files that take what it says: stdout is parsed as well, stderr goes there only. */
  readonly stdoutLog: string;
  readonly stderrLog: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Program implements AsyncDisposable {
  readonly events = new Mailbox<ProgramEvent>();
  readonly exited: Promise<Exit>;
  readonly #child: Child;
  readonly #stderrLog: string;
  readonly #seen: ProgramEvent[] = [];
  readonly #killed = new Set<NodeJS.Signals>();

  private constructor(child: Child, options: ProgramOptions) {
    this.#child = child;
    this.#stderrLog = options.stderrLog;
    const log = openSync(options.stdoutLog, 'w');
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      writeSync(log, `${line}\n`);
      this.#read(line);
    });
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.exited = promise;
    child.once('close', (code, signal) => {
      closeSync(log);
      this.events.close(
        new Nonconformance(`the program ended (${signal ?? `exit status ${code}`})${this.lastWords()}`),
      );
      resolve({ code, signal });
    });
  }

  /** Starts it by `ip netns exec`, so that the namespace's hosts file and resolver settings are in force. */
  static start(options: ProgramOptions): Program {
    const err = openSync(options.stderrLog, 'w');
    try {
      const child = new Child(['ip', 'netns', 'exec', options.namespace, ...options.argv], {
        stdio: ['pipe', 'pipe', err],
        env: { ...process.env, ...options.env },
        ...(options.folder === undefined ? {} : { cwd: options.folder }),
      });
      return new Program(child, options);
    } finally {
      closeSync(err);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#child.running;
  }

  /** Whether a signal ended it that nobody here sent. */
  get crashed(): boolean {
    return this.#child.signalCode !== null && !this.#killed.has(this.#child.signalCode);
  }

  /** Every event so far, taken or not. */
  get seen(): readonly ProgramEvent[] {
    return this.#seen;
  }

  /** The next event of that name which nobody took yet. */
  event(name: string, milliseconds = patience): Promise<ProgramEvent> {
    const hint = () =>
      `events so far: ${this.#seen.map((e) => JSON.stringify(e)).join(' ') || 'none'}${this.lastWords()}`;
    return this.events.take(milliseconds, `event "${name}"`, (e) => e.event === name, hint);
  }

  /** Writes one JSON line to its stdin. */
  command(command: Readonly<Record<string, unknown>>): void {
    this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
  }

  /** Ends its stdin: nobody can give it commands any more. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#killed.add(signal);
    this.#child.kill(signal);
  }

  /** SIGTERM, then waits for its end. */
  async terminate(milliseconds = patience): Promise<Exit> {
    if (this.running) this.kill('SIGTERM');
    return within(milliseconds, 'the program ending after SIGTERM', this.exited, () => this.lastWords());
  }

  /** Resident memory in octets, as the kernel counts it. @throws Nonconformance when the program has ended */
  residentMemory(): number {
    const file = `/proc/${this.pid}/status`;
    const status = this.running && existsSync(file) ? readFileSync(file, 'utf8') : '';
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
    if (kilobytes === undefined) throw new Nonconformance(`the program has ended${this.lastWords()}`);
    return Number(kilobytes) * 1024;
  }

  /** How many sockets it has, as the kernel counts them. @throws Nonconformance when the program has ended */
  sockets(): number {
    const folder = `/proc/${this.pid}/fd`;
    if (!this.running || !existsSync(folder)) throw new Nonconformance(`the program has ended${this.lastWords()}`);
    const targets = readdirSync(folder).map((fd) => {
      try {
        return readlinkSync(`${folder}/${fd}`);
      } catch {
        return '';
      }
    });
    return targets.filter((target) => target.startsWith('socket:')).length;
  }

  /** The end of its stderr, for error messages. */
  lastWords(): string {
    try {
      const lines = readFileSync(this.#stderrLog, 'utf8').trimEnd().split('\n').slice(-8);
      return lines.join('') === '' ? '' : `\nstderr: ${lines.join('\n        ')}`;
    } catch {
      return '';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) this.kill('SIGKILL');
    await this.exited;
  }

  /** Lines that are no events are in the log alone. */
  #read(line: string): void {
    const event = eventOf(line);
    if (event === undefined) return;
    this.#seen.push(event);
    this.events.put(event);
  }
}

function eventOf(line: string): ProgramEvent | undefined {
  try {
    const parsed = JSON.parse(line) as Partial<ProgramEvent> | null;
    return typeof parsed?.event === 'string' ? (parsed as ProgramEvent) : undefined;
  } catch {
    return undefined;
  }
}
