/** Known failures of an implementation, by requirement: expected until they are mended, and then to be removed. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UsageError } from './options.ts';
import type { ScenarioResult } from './results.ts';

const baselineSchema = z.array(
  z.strictObject({
    id: z.string().regex(/^[A-Z]+-\d+$/, 'is not a requirement id'),
    reason: z.string().min(1),
    link: z.url(),
  }),
);
export type Baseline = z.output<typeof baselineSchema>;

/** @throws UsageError */
export function loadBaseline(file: string): Baseline {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message}`);
  }
  const result = baselineSchema.safeParse(parsed);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`);
  throw new UsageError(faults.join('\n'));
}

/** The entry that a failure is expected by. */
export function expectation(baseline: Baseline, requirements: readonly string[]): Baseline[number] | undefined {
  return baseline.find(({ id }) => requirements.includes(id));
}

/** Entries whose scenarios ran and none of which failed. */
export function staleEntries(baseline: Baseline, results: readonly ScenarioResult[]): string[] {
  return baseline.flatMap(({ id }) => {
    const own = results.filter(
      ({ requirements, verdict }) => requirements.includes(id) && verdict !== 'not applicable',
    );
    const stale = own.length > 0 && own.every(({ verdict }) => verdict === 'passed');
    return stale ? [id] : [];
  });
}
