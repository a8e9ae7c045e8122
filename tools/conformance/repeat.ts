/** Scenarios that run more than once: as often as `--repeat` says, or again when the machine was too busy at first. */
import { idOf } from '../../steps/support/scenario-id.ts';
import type { Planned } from './choosing.ts';
import { againTag, attemptTag } from './results.ts';

/** Of more than these the machine is too busy to try any again. */
export const mostAgain = 60;
/** How many at a time: few, so that they have the machine to themselves. */
export const abreastAgain = 2;

/** Each scenario as often as asked for: all of them once, then all of them again. */
export function repeat(planned: readonly Planned[], times: number): readonly Planned[] {
  return Array.from({ length: times }, (_, index) =>
    index === 0 ? planned : planned.map((one) => tagged(one, `${attemptTag}${index + 1}`, ` ${index + 1}`)),
  ).flat();
}

/** Those with these ids, told from their first run. */
export const again = (planned: readonly Planned[], ids: ReadonlySet<string>): readonly Planned[] =>
  planned.filter(({ pickle }) => ids.has(idOf(pickle.uri, pickle.name))).map((one) => tagged(one, againTag, ''));

/** @param suffix of the id, where one scenario is planned several times */
function tagged(one: Planned, name: string, suffix: string): Planned {
  const tags = [...one.pickle.tags, { name, astNodeId: '' }];
  return { ...one, pickle: { ...one.pickle, id: `${one.pickle.id}${suffix}`, tags } };
}
