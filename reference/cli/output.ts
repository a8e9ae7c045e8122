/** stdout carries JSON lines and nothing else: a program may read it. */
import type { TunnelEvent } from '../tunnel/events.ts';

/** 89 is no status of a shell, a signal or Node: nothing else ends so by chance. */
export const exitCode = { done: 0, error: 1, usage: 2, unsupported: 89 } as const;

export type Line = TunnelEvent | { readonly event: 'unsupported'; readonly capability: string };

/** Writes one event as a line of JSON. */
export function print(line: Line): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
