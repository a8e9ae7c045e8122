/** A long-lived program in a namespace that reports by JSON lines on stdout and takes commands on stdin. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { patience, within } from '../deadlines/deadline.ts';
import { Mailbox } from '../deadlines/mailbox.ts';
import { Nonconformance } from '../failure.ts';
import { Child } from './child.ts';
import { ProcessTree, send } from './process-tree.ts';
import { LineReader, mostOutput, OwnLog } from './program-output.ts';

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
  /**
   * It is an implementation under test or a wrapper of one. It gets a session of its own, and is answerable for all processes
   * that it starts: signals reach the one that is meant, none may be left behind, and none may flood its logs.
   */
  readonly isUnderTest?: boolean;
  /** Files that take what it says: stdout is parsed as well, stderr goes there only. */
  readonly stdoutLog: string;
  readonly stderrLog: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Milliseconds that other processes of a program have to end after it. */
const survival = 1_000;
/** Milliseconds from one look at the length of stderr to the next. */
const lookAtLog = 100;
/** Lines of stdout that were no events, and events, which an error quotes. */
const quoted = 20;
/** By convention of shells 128 and a signal's number is the status of a program whose own program died of it. */
const fatal = (['SIGILL', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const).map(
  (signal) => [128 + constants.signals[signal], signal] as const,
);

/** Started by a static function. What it says on stdout is evidence for the log, and decides nothing. */
export class Program implements AsyncDisposable {
  readonly events = new Mailbox<ProgramEvent>();
  readonly exited: Promise<Exit>;
  readonly #child: Child;
  readonly #tree: ProcessTree | undefined;
  readonly #stderrLog: string;
  readonly #seen: ProgramEvent[] = [];
  readonly #garbage: string[] = [];
  readonly #killed = new Set<NodeJS.Signals>();
  readonly #faults: string[] = [];
  /** Whether the suite has given it a reason to end, besides what it sees on the wire. */
  #isAsked = false;
  /** Of one under test: settles when no process of it is left. */
  #end: Promise<void> | undefined;

  private constructor(child: Child, options: ProgramOptions, stderr: OwnLog, tree: ProcessTree | undefined) {
    this.#child = child;
    this.#tree = tree;
    this.#stderrLog = options.stderrLog;
    const log = openSync(options.stdoutLog, 'w');
    const lines = new LineReader(
      (chunk) => writeSync(log, chunk),
      (line) => this.#read(line),
    );
    child.stdout?.on('data', (chunk: Buffer) => {
      if (!lines.take(chunk)) this.#flooded('stdout');
    });
    const watcher = setInterval(() => {
      if (stderr.isFlooded) this.#flooded('stderr');
    }, lookAtLog);
    watcher.unref();
    if (tree !== undefined)
      child.once('exit', () => {
        this.#end = this.#outlived(tree);
      });
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.exited = promise;
    child.once('close', (code, signal) => {
      clearInterval(watcher);
      lines.end();
      closeSync(log);
      stderr.close();
      this.events.close(
        new Nonconformance(
          `the program ended (${signal ?? `exit status ${code}`})${this.#quotedGarbage()}${this.lastWords()}`,
        ),
      );
      resolve({ code, signal });
    });
  }

  /** Starts it by `ip netns exec`, so that the namespace's hosts file and resolver settings are in force. */
  static start(options: ProgramOptions): Program {
    const stderr = new OwnLog(options.stderrLog);
    const tree = options.isUnderTest ? new ProcessTree() : undefined;
    try {
      const child = new Child(['ip', 'netns', 'exec', options.namespace, ...options.argv], {
        stdio: ['pipe', 'pipe', stderr.fd],
        env: { ...inherited(), ...options.env, ...tree?.env },
        session: tree !== undefined,
        ...(options.folder === undefined ? {} : { cwd: options.folder }),
      });
      tree?.grow(child.pid);
      return new Program(child, options, stderr, tree);
    } catch (error) {
      stderr.close();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The process that does the work: the program itself, or the one for which a wrapper waits. */
  get innermost(): number {
    return this.#tree?.receiver('SIGTERM') ?? this.pid;
  }

  get running(): boolean {
    return this.#child.running;
  }

  /** What it did that no program may do, whatever a scenario is about: complete once it is disposed of. */
  get faults(): readonly string[] {
    const { signalCode, exitCode } = this.#child;
    const signal = signalCode ?? fatal.find(([code]) => code === exitCode)?.[1];
    const crashed = signal !== undefined && !this.#killed.has(signal);
    return crashed ? [`crashed: ended by ${signal}, which the suite did not send`, ...this.#faults] : this.#faults;
  }

  /** How it ended, if it did so of itself: without a signal, a command or the end of its input. */
  get desertion(): string | undefined {
    const { signalCode, exitCode } = this.#child;
    if (this.running || this.#isAsked || this.#killed.size > 0) return undefined;
    return `the program ended of itself (${signalCode ?? `exit status ${exitCode}`})${this.lastWords()}`;
  }

  /** Every event so far, taken or not. */
  get seen(): readonly ProgramEvent[] {
    return this.#seen;
  }

  /** The next event of that name which nobody took yet. */
  event(name: string, milliseconds = patience): Promise<ProgramEvent> {
    const hint = () => `events so far: ${this.#quotedEvents()}${this.#quotedGarbage()}${this.lastWords()}`;
    return this.events.take(milliseconds, `event "${name}"`, (e) => e.event === name, hint);
  }

  /** Writes one JSON line to its stdin. */
  command(command: Readonly<Record<string, unknown>>): void {
    this.write(`${JSON.stringify(command)}\n`);
  }

  /** Writes a part of such a line. */
  write(text: string): void {
    this.#isAsked = true;
    this.#child.stdin?.write(text);
  }

  /** Ends its stdin: nobody can give it commands any more. */
  endInput(): void {
    this.#isAsked = true;
    this.#child.stdin?.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#killed.add(signal);
    if (this.#tree === undefined || !this.running) this.#child.kill(signal);
    else if (signal === 'SIGKILL') void this.#tree.kill();
    else send(this.#tree.receiver(signal), signal);
  }

  /** Stops all its processes where they are, as on a machine that sleeps. */
  suspend(): void {
    this.#toAll('SIGSTOP');
  }

  resume(): void {
    this.#toAll('SIGCONT');
  }

  #toAll(signal: NodeJS.Signals): void {
    for (const { pid } of this.#tree?.members() ?? [this]) send(pid, signal);
  }

  /** SIGTERM, then waits for its end. */
  async terminate(milliseconds = patience): Promise<Exit> {
    if (this.running) this.kill('SIGTERM');
    return within(milliseconds, 'the program ending after SIGTERM', this.exited, () => this.lastWords());
  }

  /** Resident memory in octets, as the kernel counts it. @throws Nonconformance when the program has ended */
  residentMemory(): number {
    const file = `/proc/${this.innermost}/status`;
    const status = this.running && existsSync(file) ? readFileSync(file, 'utf8') : '';
    const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
    if (kilobytes === undefined) throw new Nonconformance(`the program has ended${this.lastWords()}`);
    return Number(kilobytes) * 1024;
  }

  /** How many sockets it has, as the kernel counts them. @throws Nonconformance when the program has ended */
  sockets(): number {
    const folder = `/proc/${this.innermost}/fd`;
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
    await this.#end;
  }

  /** The program has ended: so have all others of its processes soon, or they are left behind. */
  async #outlived(tree: ProcessTree): Promise<void> {
    const left = this.#killed.has('SIGKILL') ? '' : await tree.alone(survival);
    if (left !== '') this.#fault(`left behind after its end: ${left}`);
    await tree.kill();
    await Promise.race([this.exited, pause(survival, undefined, { ref: false })]);
    // Whoever still holds its stdout is hidden from the suite.
    this.#child.abandon();
  }

  #flooded(stream: 'stdout' | 'stderr'): void {
    this.#fault(`wrote more than ${mostOutput / 1024 / 1024} MiB to ${stream}`);
    this.kill('SIGKILL');
    this.#child.abandon();
  }

  #fault(fault: string): void {
    if (this.#faults.includes(fault)) return;
    this.#faults.push(fault);
    this.events.close(new Nonconformance(`the program ${fault}`));
  }

  /** Lines that are no events are in the log alone. */
  #read(line: string): void {
    const event = eventOf(line);
    if (event === undefined) {
      if (this.#garbage.length < quoted && line.trim() !== '') this.#garbage.push(line);
      return;
    }
    this.#seen.push(event);
    this.events.put(event);
  }

  #quotedEvents(): string {
    const shown = this.#seen.slice(0, quoted).map((event) => short(JSON.stringify(event)));
    const more = this.#seen.length - shown.length;
    return `${shown.join(' ') || 'none'}${more > 0 ? ` and ${more} more` : ''}`;
  }

  #quotedGarbage(): string {
    const shown = this.#garbage.slice(0, 3).map((line) => `\nstdout, no event: ${short(JSON.stringify(line))}`);
    return shown.join('');
  }
}

const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);

function eventOf(line: string): ProgramEvent | undefined {
  // A flood of other lines would keep this process busy with errors of the parser. The name may stand there in escapes.
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(line) as Partial<ProgramEvent> | null;
    return typeof parsed?.event === 'string' ? (parsed as ProgramEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** The suite's own pool has a thread for each packet socket: a program that is started gets no pool of that size from it. */
function inherited(): NodeJS.ProcessEnv {
  const { UV_THREADPOOL_SIZE: _, ...env } = process.env;
  return env;
}
