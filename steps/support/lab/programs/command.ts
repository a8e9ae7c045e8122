/** Short-lived programs: run, wait, and either their output or an error with what they wrote to stderr. */

import { LabFailure } from '../failure.ts';
import { inNamespace } from '../networks/setns.ts';
import { Child, type ChildOptions } from './child.ts';

/** What a program that ended left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Network namespace to run in; the caller's own if absent. */
  readonly namespace?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which it is killed. */
  readonly timeout?: number;
}

/** Spawns a program with the calling thread inside the namespace, so that the program starts there. @throws LabFailure */
export function spawnInside(namespace: string | undefined, argv: readonly string[], options: ChildOptions): Child {
  const start = () => new Child(argv, options);
  return namespace === undefined ? start() : inNamespace(namespace, start);
}

/** Runs a program to its end, whatever its exit status. */
export async function attempt(argv: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawnInside(options.namespace, argv, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeout ?? 30_000);
    const output = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text;
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...output });
    });
    child.stdin?.end(options.input ?? '');
  });
}

/**
 * Runs a program that has to succeed.
 * @returns its standard output
 * @throws LabFailure with its standard error otherwise
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, signal, stdout, stderr } = await attempt(argv, options);
  if (code === 0) return stdout;
  const input = options.input === undefined ? '' : `\n${options.input}`;
  throw new LabFailure(`${argv.join(' ')}: ${signal ?? `exit status ${code}`}: ${(stderr || stdout).trim()}${input}`);
}
