/** Where the time of a scenario goes. A worker thread runs one scenario at a time, so what is counted is that scenario's. */

import { basename } from 'node:path';

export const costKinds = ['laboratory', 'capture', 'start', 'release'] as const;
export type CostKind = (typeof costKinds)[number];

interface Cost {
  count: number;
  /** Of the clock. */
  milliseconds: number;
}

export interface Costs {
  readonly kinds: Readonly<Record<CostKind, Cost>>;
  /** Milliseconds of CPU that this worker has spent. */
  readonly worker: number;
  /** Milliseconds of CPU that programs have spent, by their names. */
  readonly programs: Readonly<Record<string, number>>;
}

const none = (): Record<CostKind, Cost> =>
  Object.fromEntries(costKinds.map((kind) => [kind, { count: 0, milliseconds: 0 }])) as Record<CostKind, Cost>;

let kinds = none();
let programs: Record<string, number> = {};
let workerBefore = ownCpu();

/** Counts what `act` takes. */
export async function costing<T>(kind: CostKind, act: () => Promise<T>): Promise<T> {
  const start = performance.now();
  try {
    return await act();
  } finally {
    kinds[kind].count += 1;
    kinds[kind].milliseconds += performance.now() - start;
  }
}

/** Counts the CPU time of a program that has ended. One that `ip netns exec` starts has its own name. */
export function costOfProgram(argv: readonly string[], milliseconds: number): void {
  const [program = '', ...words] = argv;
  const name = basename(program === 'ip' && words[1] === 'exec' ? (words[3] ?? '') : program);
  programs[name] = (programs[name] ?? 0) + milliseconds;
}

/** What was counted since the last call. */
export function takeCosts(): Costs {
  const worker = ownCpu();
  const taken = { kinds, programs, worker: worker - workerBefore };
  [kinds, programs, workerBefore] = [none(), {}, worker];
  return taken;
}

function ownCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
