/** Where the time of a scenario goes. A worker thread runs one scenario at a time, so what is counted is that scenario's. */

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
  /** Milliseconds of CPU that the programs under test and the reference's have spent. */
  readonly programs: number;
}

const none = (): Record<CostKind, Cost> =>
  Object.fromEntries(costKinds.map((kind) => [kind, { count: 0, milliseconds: 0 }])) as Record<CostKind, Cost>;

let kinds = none();
let programs = 0;
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

/** Counts the CPU time of a program that ends now. */
export function costOfProgram(milliseconds: number): void {
  programs += milliseconds;
}

/** What was counted since the last call. */
export function takeCosts(): Costs {
  const worker = ownCpu();
  const taken = { kinds, programs, worker: worker - workerBefore };
  [kinds, programs, workerBefore] = [none(), 0, worker];
  return taken;
}

function ownCpu(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
