/** Runs a program such as `ip` to its end. Without fork(): see reference/libc/spawn.ts. */
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { close, O_CLOEXEC, O_RDWR, open } from '../../libc/descriptors.ts';
import { SOCK_STREAM, socketPair } from '../../libc/sockets.ts';
import { type Ending, endingOf, spawn } from '../../libc/spawn.ts';

export interface Outcome {
  /** Undefined if a signal ended it. */
  readonly status: number | undefined;
  /** What it wrote to standard output, and to standard error. */
  readonly output: string;
  readonly complaint: string;
}

/**
 * @param argv the program, found by the PATH of this process unless it has a slash, and its words; no shell sees them
 * @throws SystemCallFailure if it can't be started: ENOENT where there is none
 */
export async function runProgram(argv: readonly string[]): Promise<Outcome> {
  const { pid, output, complaint } = start(argv);
  const [told, complained] = await Promise.all([textOf(output), textOf(complaint)]);
  const ending = await endOf(pid);
  return { status: 'code' in ending ? ending.code : undefined, output: told, complaint: complained };
}

/** @returns descriptors of what it writes, which the caller closes */
function start(argv: readonly string[]): { readonly pid: number; readonly output: number; readonly complaint: number } {
  using own = new DisposableStack();
  using given = new DisposableStack();
  const nothing = given.adopt(open('/dev/null', O_RDWR | O_CLOEXEC), close);
  const [output, complaint] = [0, 1].map(() => {
    const [near, far] = socketPair(SOCK_STREAM);
    given.adopt(far, close);
    return { near: own.adopt(near, close), far };
  }) as [Ends, Ends];
  const env = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const pid = spawn({ argv, env, stdio: [nothing, output.far, complaint.far] });
  own.move();
  return { pid, output: output.near, complaint: complaint.near };
}

interface Ends {
  readonly near: number;
  readonly far: number;
}

/** Everything up to the end of the stream. */
async function textOf(fd: number): Promise<string> {
  const stream = new Socket({ fd, readable: true, writable: false }).setEncoding('utf8');
  let text = '';
  for await (const piece of stream) text += piece as string;
  return text;
}

/** A program that has closed its streams is about to end. */
async function endOf(pid: number): Promise<Ending> {
  for (;;) {
    const ending = endingOf(pid);
    if (ending !== undefined) return ending;
    await pause(1);
  }
}
