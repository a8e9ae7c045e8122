/** Runs a program of the operator's, and waits for its end. */
import { execFile } from 'node:child_process';

/** Milliseconds after which a program that does not end is killed. */
const PATIENCE = 10_000;

export interface HookResult {
  /** What it wrote. */
  readonly output: string;
  /** Why it has not done what it should. */
  readonly fault?: string;
}

/** @param argv a program and its arguments, before these words; no shell sees them */
export function runHook([program = '', ...given]: readonly string[], words: readonly string[]): Promise<HookResult> {
  return new Promise((resolve) => {
    const options = { timeout: PATIENCE, killSignal: 'SIGKILL' } as const;
    execFile(program, [...given, ...words], options, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`.trim();
      resolve(error === null ? { output } : { output, fault: faultOf(error) });
    });
  });
}

function faultOf({ code, killed }: { readonly code?: unknown; readonly killed?: boolean }): string {
  if (killed === true) return `did not end within ${PATIENCE / 1000} s and was killed`;
  return typeof code === 'number' ? `ended with ${code}` : `could not be run (${String(code)})`;
}
