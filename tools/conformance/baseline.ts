/** Known failures of an implementation, by requirement or by scenario: expected until they are mended, then to be removed. */
import { z } from 'zod';
import { jsonFile, UsageError } from './options.ts';
import type { Verdict } from './verdict.ts';

const baselineSchema = z.array(
  z.strictObject({
    id: z
      .string()
      .regex(/^([A-Z]+-\d+|[a-z0-9-]+\/[a-z0-9-]+)$/, 'is the id neither of a requirement nor of a scenario'),
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

interface Failing {
  readonly id: string;
  readonly requirements: readonly string[];
}

/** The entry because of which a failure is expected. */
export function expectation(baseline: Baseline, scenario: Failing): Baseline[number] | undefined {
  return baseline.find((entry) => isOf(entry, scenario));
}

interface Result extends Failing {
  readonly verdict: Verdict;
}

const isOf = (entry: Baseline[number], { id, requirements }: Failing): boolean =>
  entry.id === id || requirements.includes(entry.id);

/** Entries whose scenarios ran, and all passed. */
export function staleEntries(baseline: Baseline, results: readonly Result[]): string[] {
  return baseline.flatMap((entry) => {
    const own = results.filter((result) => isOf(entry, result) && result.verdict !== 'not applicable');
    const stale = own.length > 0 && own.every(({ verdict }) => verdict === 'passed');
    return stale ? [entry.id] : [];
  });
}
