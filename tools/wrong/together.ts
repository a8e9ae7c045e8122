/**
 * Right implementations judged together: the changes of many applied to one, so that all of them meet every scenario of
 * their role in few runs. If no scenario fails, each of them is conformant.
 */
import { isDeepStrictEqual } from 'node:util';
import { type ChangeOfModule, changesOf, type FaultyRole, sourceOf } from './fault.ts';
import type { Attempt } from './plan.ts';
import type { Right } from './right.ts';
import type { Outcome } from './run.ts';

/** Some right implementations of one role, made one. Its id is `together-ROLE-NUMBER`. */
export interface Bundle extends Right {
  readonly members: readonly Right[];
}

/**
 * The fewest bundles that the first that has room gives. Apart are: changes of the same text, what is declared otherwise,
 * what slows each scenario and what does not, and those that name each other in `apart`.
 */
export function bundlesOf(rights: readonly Right[], role: FaultyRole): Bundle[] {
  const bundles: Right[][] = [];
  for (const right of rights.filter(({ roles }) => roles.includes(role))) {
    const room = bundles.find((members) => members.every((member) => goTogether(member, right)));
    if (room === undefined) bundles.push([right]);
    else room.push(right);
  }
  return bundles.map((members, index) => bundled(`together-${role}-${index + 1}`, role, members));
}

/** Whether it is several right implementations in one. */
export const isBundle = (right: object): right is Bundle => 'members' in right;

/** A line for each right implementation: the bundle that it was judged in, in each role. Empty if none was. */
export function judgedTogether(outcomes: readonly (readonly [Attempt, Outcome])[]): string {
  const verdicts = outcomes.flatMap(([{ fault }, outcome]) => {
    const verdict = outcome.kind === 'judged' && outcome.alarms.length === 0 ? 'conformant' : 'FALSE ALARM';
    return isBundle(fault) ? fault.members.map(({ id }) => ({ id, text: `${fault.id} ${verdict}` })) : [];
  });
  return [...Map.groupBy(verdicts, ({ id }) => id)]
    .map(([id, all]) => `${id.padEnd(44)} ${all.map(({ text }) => text).join(', ')}\n`)
    .join('');
}

function goTogether(one: Right, other: Right): boolean {
  return (
    !one.apart?.includes(other.id) &&
    !other.apart?.includes(one.id) &&
    one.slows === other.slows &&
    isDeepStrictEqual(one.declares, other.declares) &&
    !changesOf(one).some((change) => changesOf(other).some((second) => clash(change, second)))
  );
}

/** Whether two changes meet in the text of a module. The same change twice is one. */
function clash(one: ChangeOfModule, other: ChangeOfModule): boolean {
  if (one.file !== other.file || isDeepStrictEqual(one, other)) return false;
  const source = sourceOf(one.file);
  const start = (change: ChangeOfModule): number => source.indexOf(change.change[0]);
  const end = (change: ChangeOfModule): number => start(change) + change.change[0].length;
  return start(one) < end(other) && start(other) < end(one);
}

function bundled(id: string, role: FaultyRole, members: readonly Right[]): Bundle {
  const all = members.flatMap(changesOf);
  const [first, ...more] = all.filter(
    (change, index) => all.findIndex((same) => isDeepStrictEqual(same, change)) === index,
  );
  if (first === undefined) throw new Error(`${id}: nothing is changed`);
  const touches = members.some((member) => member.touches === undefined)
    ? undefined
    : [...new Set(members.flatMap((member) => member.touches ?? []))];
  return {
    id,
    roles: [role],
    does: `${members.length} of them at once.`,
    ...first,
    more,
    ...(members[0]?.declares && { declares: members[0].declares }),
    ...(touches && { touches }),
    members,
  };
}
