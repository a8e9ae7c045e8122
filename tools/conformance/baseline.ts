/** Known failures of an implementation, by requirement: expected until they are mended, and then to be removed. */
import { z } from 'zod';
import { jsonFile, UsageError } from './options.ts';
import type { Verdict } from './verdict.ts';

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
  const result = baselineSchema.safeParse(jsonFile(file));
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`);
  throw new UsageError(faults.join('\n'));
}

/** The entry because of which a failure is expected. */
export function expectation(baseline: Baseline, requirements: readonly string[]): Baseline[number] | undefined {
  return baseline.find(({ id }) => requirements.includes(id));
}

interface Result {
  readonly requirements: readonly string[];
  readonly verdict: Verdict;
}

/** Entries whose scenarios ran, and all passed. */
export function staleEntries(baseline: Baseline, results: readonly Result[]): string[] {
  return baseline.flatMap(({ id }) => {
    const own = results.filter(
      ({ requirements, verdict }) => requirements.includes(id) && verdict !== 'not applicable',
    );
    const stale = own.length > 0 && own.every(({ verdict }) => verdict === 'passed');
    return stale ? [id] : [];
  });
}
