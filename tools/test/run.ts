/** A command of `npm test`, with all that it writes, and with an end even if it never comes to one. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
/** Milliseconds from SIGTERM to SIGKILL. */
const grace = 20_000;

export interface Ending {
  /** 3 if the command could not be started, was ended by a signal, or did not end in time. */
  readonly status: number;
  readonly output: string;
}

export interface RunOptions {
  /** After so many minutes the command is ended. What it started goes with it: every enclosure ends with its maker. */
  readonly minutes: number;
  /** Gets the output as it comes. */
  readonly show?: ((text: string) => void) | undefined;
}

/** Resolves once it has ended; after `minutes` it is ended by force, which its ending says. */
export function run(command: readonly string[], { minutes, show }: RunOptions): Promise<Ending> {
  const { promise, resolve: done } = Promise.withResolvers<Ending>();
  const [program = '', ...args] = command;
  const env = { ...process.env, NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/compile') };
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env });
  let output = '';
  let failed = false;
  const take = (text: string): void => {
    output += text;
    show?.(text);
  };
  const kill = (): void => {
    child.kill('SIGKILL');
    // Others may hold its pipes: they are not waited for.
    done({ status: 3, output });
  };
  let timer = setTimeout(() => {
    failed = true;
    take(`\nnot ended after ${minutes} minutes: ${command.join(' ')}\n`);
    child.kill('SIGTERM');
    timer = setTimeout(kill, grace);
  }, minutes * 60_000);
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  child.once('error', (error) => {
    failed = true;
    take(`${error.message}\n`);
  });
  child.once('close', (status) => {
    clearTimeout(timer);
    done({ status: failed ? 3 : (status ?? 3), output });
  });
  return promise;
}
