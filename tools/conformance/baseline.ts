/** Known failures of an implementation, each of one scenario and for one reason: expected until they are mended, then to be removed. */
import * as v from 'valibot';
import { type Fault, faultOf, inspect, matching, strict } from '../../reference/tunnel/config/shapes.ts';
import { suggestion } from '../../steps/support/peers/nearest.ts';
import { UsageError } from '../command-line.ts';
import { likeness } from './causes.ts';
import { jsonFile } from './options.ts';
import type { Verdict } from './verdict.ts';

const nonEmpty = (remedy: string) =>
  v.pipe(
    v.string(({ input }) => (input === undefined ? `is missing: write ${remedy}` : `is not a string: write ${remedy}`)),
    v.trim(),
    v.minLength(1, `is empty: write ${remedy}`),
  );

const entry = strict({
  id: matching(/^[a-z0-9-]+\/[a-z0-9-]+$/, ({ input }) => {
    const isRequirement = typeof input === 'string' && /^[A-Z]+-\d+$/.test(input);
    const remedy = isRequirement
      ? `: --list --only ${input} prints those of its scenarios`
      : ', such as fig-12-server/no-relay';
    return `${JSON.stringify(input) ?? 'nothing'} is not the id of a scenario${remedy}`;
  }),
  failure: nonEmpty('what the failure says, as far as it stays the same: no other failure of the scenario is excused'),
  reason: nonEmpty('why it fails and until when'),
  link: v.optional(v.pipe(v.string('is not a URL'), v.url('is not a URL'))),
});

const shape = v.pipe(
  v.array(entry, 'is not a list of known failures: [{"id", "failure", "reason", "link"}]'),
  inspect<v.InferOutput<typeof entry>[]>((list, tell) => {
    for (const [index, { id, failure }] of list.entries())
      if (list.findIndex((other) => other.id === id && other.failure === failure) < index)
        tell(`${id} stands twice with the same failure`, [index]);
  }),
);
export type Baseline = v.InferOutput<typeof shape>;

/** An entry of the baseline is no longer about anything: exit status 1. */
class StaleBaseline extends UsageError {
  override readonly status = 1;
}

/** @throws UsageError */
export function loadBaseline(file: string): Baseline {
  const result = v.safeParse(shape, jsonFile(file), { abortPipeEarly: true });
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => described(faultOf(issue)));
  throw new UsageError([...new Set(faults)].map((fault) => `${file}: ${fault}`).join('\n'));
}

function described({ path, message, unknown = [] }: Fault): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  const meant = unknown.map((key) => suggestion(key, Object.keys(entry.entries))).join('');
  return `${text === '' ? '' : `${text}: `}${message}${meant}`;
}

/** @param ids of every scenario of the suite. @throws UsageError with the status of a stale baseline */
export function checkIds(file: string, baseline: Baseline, ids: readonly string[]): void {
  const known = new Set(ids);
  const unknown = baseline.filter(({ id }) => !known.has(id));
  if (unknown.length === 0) return;
  const lines = unknown.map(({ id }) => `${file}: ${id}: the suite has no such scenario${suggestion(id, known)}`);
  throw new StaleBaseline(`${lines.join('\n')}\nMend or remove what the suite no longer has.`);
}

interface Failing {
  readonly id: string;
  readonly step: string | undefined;
  readonly reason: string | undefined;
}

/** The entry because of which a failure is expected: that of its scenario, if it says what the failure says. */
export function expectation(baseline: Baseline, { id, step = '', reason = '' }: Failing): Baseline[number] | undefined {
  const failure = likeness(`${step}\n${reason}`);
  return baseline.find((one) => one.id === id && failure.includes(likeness(one.failure)));
}

interface Result {
  readonly id: string;
  readonly verdict: Verdict;
}

/** Ids of entries whose scenarios ran, and passed each time. */
export function staleEntries(baseline: Baseline, results: readonly Result[]): string[] {
  const ids = new Set(baseline.map(({ id }) => id));
  return [...ids].filter((id) => {
    const own = results.filter((result) => result.id === id && result.verdict !== 'not applicable');
    return own.length > 0 && own.every(({ verdict }) => verdict === 'passed');
  });
}
