/** `npm run conformance -- diff`: what changed from one report to another, by requirement. */
import { UsageError } from '../command-line.ts';
import { command } from './options.ts';
import { type Report, readReport } from './report.ts';
import { gravity, type Verdict } from './verdict.ts';

type Judged = Verdict | 'absent';

interface Change {
  readonly id: string;
  readonly before: Judged;
  readonly after: Judged;
  /** Scenarios of it whose verdict changed: `fig-12-server/no-relay passed → failed`. */
  readonly scenarios: readonly string[];
  readonly isWorse: boolean;
}

/** @returns 0 if nothing is worse, 1 if something is. @throws UsageError */
export function diff(argv: readonly string[]): number {
  const [before, after, ...further] = argv;
  if (before === undefined || after === undefined || further.length > 0)
    throw new UsageError(`usage: ${command} diff OLD-REPORT.json NEW-REPORT.json`);
  const changes = changesOf(readReport(before), readReport(after));
  process.stdout.write(changes.length === 0 ? 'no requirement changed\n' : changes.map(textOf).join(''));
  return changes.some(({ isWorse }) => isWorse) ? 1 : 0;
}

/** Requirements whose verdict changed, the worse ones first. Those that only one of two selections had are no change. */
export function changesOf(before: Report, after: Report): Change[] {
  const [old, now] = [verdictsOf(before), verdictsOf(after)];
  const ids = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const whole = [before, after].map(({ selection }) => selection.words.length === 0) as [boolean, boolean];
  return ids
    .flatMap((id): Change[] => {
      const was: Judged = old.get(id) ?? 'absent';
      const is: Judged = now.get(id) ?? 'absent';
      if (was === is || (was === 'absent' && !whole[0]) || (is === 'absent' && !whole[1])) return [];
      return [{ id, before: was, after: is, scenarios: scenariosOf(id, before, after), isWorse: isWorse(was, is) }];
    })
    .toSorted((one, other) => Number(other.isWorse) - Number(one.isWorse));
}

const verdictsOf = ({ requirements }: Report): Map<string, Verdict> =>
  new Map(requirements.map(({ id, verdict }) => [id, verdict]));

/** What is no longer decided is worse than what passed; what is new is worse if it did not pass. */
function isWorse(before: Judged, after: Judged): boolean {
  const weight = (verdict: Judged): number => (verdict === 'absent' ? 0.5 : gravity.indexOf(verdict));
  return weight(after) > weight(before);
}

function scenariosOf(id: string, before: Report, after: Report): string[] {
  const of = ({ scenarios }: Report): Map<string, Verdict> => {
    const own = scenarios.filter(({ requirements }) => requirements.includes(id));
    return new Map(own.map((one) => [`${one.id}${one.attempt > 1 ? ` attempt ${one.attempt}` : ''}`, one.verdict]));
  };
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key) ?? 'absent', now.get(key) ?? 'absent'];
    return was === is ? [] : [`${key} ${was} → ${is}`];
  });
}

function textOf({ id, before, after, scenarios, isWorse: worse }: Change): string {
  const lines = scenarios.map((text) => `      ${text}\n`).join('');
  return `${worse ? 'worse ' : 'better'}  ${id.padEnd(10)} ${before} → ${after}\n${lines}`;
}
