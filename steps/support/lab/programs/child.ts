/** A program that the laboratory started, as node:child_process has it, but without fork(): see reference/libc/spawn.ts. */
import { EventEmitter } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { constants } from 'node:os';
import { close } from '../../../../reference/libc/descriptors.ts';
import { SOCK_STREAM, socketPair } from '../../../../reference/libc/sockets.ts';
import { endingOf, spawn } from '../../../../reference/libc/spawn.ts';
import { kernelCall } from '../failure.ts';
import { costOfProgram } from './costs.ts';

/** A descriptor, a pipe to this process, or nothing. */
type Stdio = 'pipe' | 'ignore' | number;

export interface ChildOptions {
  readonly stdio: readonly [Stdio, Stdio, Stdio];
  readonly env?: NodeJS.ProcessEnv;
  /** Working folder. */
  readonly cwd?: string;
  /** In a session of its own. */
  readonly session?: boolean;
}

/** Milliseconds after which a program that has closed its pipes is looked at, again and again. */
const haste = 1;
/** And one that has not. */
const leisure = 20;

interface ChildEvents {
  /** It has ended. Programs that it started may still hold its pipes. */
  readonly exit: [];
  /** It has ended, and its pipes have been read to their end. */
  readonly close: [code: number | null, signal: NodeJS.Signals | null];
}

/**
 * Streams are those of its pipes, null where there is none; `exitCode` and `signalCode` are null as long as it runs.
 */
export class Child extends EventEmitter<ChildEvents> {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly stdin: Socket | null;
  readonly stdout: Socket | null;
  readonly stderr: Socket | null;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  #open = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Starts it in the namespaces of the calling thread. @throws LabFailure */
  constructor(argv: readonly string[], { stdio, env = process.env, cwd, session = false }: ChildOptions) {
    super();
    this.argv = argv;
    const nothing = openSync('/dev/null', 'r+');
    const pairs = stdio.map((one) => (one === 'pipe' ? kernelCall(() => socketPair(SOCK_STREAM)) : undefined));
    const given = stdio.map((one, index) => pairs[index]?.[1] ?? (typeof one === 'number' ? one : nothing));
    try {
      const variables = Object.entries(env).flatMap(([name, value]) =>
        value === undefined ? [] : [`${name}=${value}`],
      );
      const [input = 0, output = 0, error = 0] = given;
      this.pid = kernelCall(() =>
        spawn({
          argv,
          env: variables,
          stdio: [input, output, error],
          session,
          ...(cwd === undefined ? {} : { folder: cwd }),
        }),
      );
    } catch (error) {
      for (const pair of pairs) if (pair !== undefined) close(pair[0]);
      throw error;
    } finally {
      closeSync(nothing);
      for (const pair of pairs) if (pair !== undefined) close(pair[1]);
    }
    const [input, output, error] = pairs.map((pair, index) => (pair === undefined ? null : this.#pipe(pair[0], index)));
    this.stdin = input ?? null;
    this.stdout = output ?? null;
    this.stderr = error ?? null;
    this.#timer = setTimeout(() => this.#look(), leisure);
  }

  get running(): boolean {
    return this.exitCode === null && this.signalCode === null;
  }

  /** Does nothing once it has ended. */
  kill(signal: NodeJS.Signals): void {
    if (this.running) process.kill(this.pid, signal);
  }

  /** Reads its pipes no further, whoever still holds them: `close` is emitted, at its end at the latest. */
  abandon(): void {
    this.stdout?.destroy();
    this.stderr?.destroy();
  }

  #pipe(fd: number, index: number): Socket {
    const socket = new Socket({ fd, readable: index > 0, writable: index === 0 });
    socket.on('error', () => {});
    if (index === 0) return socket;
    this.#open += 1;
    socket.once('close', () => {
      this.#open -= 1;
      if (this.running) this.#look();
      else this.#closed();
    });
    return socket;
  }

  #look(): void {
    clearTimeout(this.#timer);
    const ending = kernelCall(() => endingOf(this.pid));
    if (ending === undefined) {
      this.#timer = setTimeout(() => this.#look(), this.#open === 0 && this.#piped ? haste : leisure);
      return;
    }
    costOfProgram(this.argv, ending.spent);
    if ('code' in ending) this.exitCode = ending.code;
    else this.signalCode = nameOf(ending.signal);
    this.stdin?.destroy();
    this.emit('exit');
    this.#closed();
  }

  get #piped(): boolean {
    return this.stdout !== null || this.stderr !== null;
  }

  #closed(): void {
    if (this.#open === 0) this.emit('close', this.exitCode, this.signalCode);
  }
}

function nameOf(number: number): NodeJS.Signals {
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return (found?.[0] ?? `SIGRT${number}`) as NodeJS.Signals;
}
