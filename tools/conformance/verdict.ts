/**
 * From what Cucumber observed to a verdict: nothing reads as a pass unless all its steps ran and passed, and nothing as a
 * failure of the implementation unless an error says so.
 */
import { aboutTheImplementation } from '../../steps/support/lab/failure.ts';

/** One scenario's verdict. */
export type Verdict =
  | 'passed'
  | 'failed'
  | 'expected failure'
  | 'warning'
  | 'not applicable'
  | 'could not run'
  | 'harness error';

/** What one step or hook came to. */
export interface StepOutcome {
  readonly status: 'UNKNOWN' | 'PASSED' | 'SKIPPED' | 'PENDING' | 'UNDEFINED' | 'AMBIGUOUS' | 'FAILED';
  readonly hook: boolean;
  /** Name of the error's class. */
  readonly errorType: string | undefined;
  readonly message: string | undefined;
}

/** The error of a hook that finds that a program ended in the middle: what failed besides failed for that. */
export const ended = 'ProgramEnded';

/** The error of a step that finds that the scenario can't be put to this implementation. */
const endsHere = 'NotApplicable';

/**
 * @param steps in order; none at all if the scenario never started
 * @param inapplicable the reason, if the Before hook found the scenario not applicable
 * @param onlyShould whether every requirement of the scenario is a SHOULD
 */
export function verdictOf(
  steps: readonly StepOutcome[],
  inapplicable: string | undefined,
  onlyShould: boolean,
): Verdict {
  const broken = steps.filter(({ status }) => status === 'FAILED');
  const failures = broken.filter(({ errorType }) => errorType !== endsHere);
  const isDeserted = failures.some(({ errorType }) => errorType === ended);
  if (!isDeserted && failures.some(({ errorType = 'Error' }) => !aboutTheImplementation.has(errorType)))
    return 'harness error';
  if (failures.length > 0) return onlyShould ? 'warning' : 'failed';
  if (inapplicable !== undefined || broken.length > 0) return 'not applicable';
  const inner = steps.filter(({ hook }) => !hook);
  if (inner.length === 0 || steps.some(({ status }) => status !== 'PASSED')) return 'could not run';
  return 'passed';
}

/** Of a whole run. */
export type RunVerdict = 'conformant' | 'selected' | 'not conformant' | 'incomplete' | 'interrupted';

/**
 * @param tested scenarios that carry a requirement and passed; without any nothing was shown
 * @param isWhole whether it was the whole suite: a part of it can show that an implementation is at fault, and no more
 * @returns the verdict and the exit status that tells it
 */
export function runVerdict(
  counts: Readonly<Record<Verdict, number>>,
  unfinished: number,
  tested: number,
  isWhole: boolean,
): [RunVerdict, 0 | 1 | 3] {
  if (counts.failed > 0) return ['not conformant', 1];
  if (counts['harness error'] > 0 || counts['could not run'] > 0 || unfinished > 0) return ['incomplete', 3];
  if (tested === 0) return ['incomplete', 3];
  return [isWhole ? 'conformant' : 'selected', 0];
}

/** How many have each verdict. */
export function countsOf(results: readonly { readonly verdict: Verdict }[]): Record<Verdict, number> {
  const counts = {
    passed: 0,
    failed: 0,
    warning: 0,
    'not applicable': 0,
    'could not run': 0,
    'harness error': 0,
    'expected failure': 0,
  };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

/** How many carry a requirement, and passed. */
export const testedOf = (
  results: readonly { readonly verdict: Verdict; readonly requirements: readonly string[] }[],
): number => results.filter(({ verdict, requirements }) => verdict === 'passed' && requirements.length > 0).length;

/** The worst of several verdicts stands last. */
export const gravity = [
  'passed',
  'not applicable',
  'warning',
  'expected failure',
  'could not run',
  'harness error',
  'failed',
] as const satisfies readonly Verdict[];
