/** From `--only` and `--skip` to a tag expression, and ids of scenarios. */
import { UsageError } from './options.ts';

const requirement = /^@?([A-Z]+-\d+)$/;
const area = /^@?([A-Z]+)$/;

/** Whether a selector is the id of a scenario: FEATURE/NAME. */
export const isId = (selector: string): boolean => /^[a-z0-9-]+\/[a-z0-9-]+$/.test(selector);

/** @param tags every tag of the features, with its "@". @throws UsageError for what no scenario carries */
export function tagExpression(only: readonly string[], skip: readonly string[], tags: ReadonlySet<string>): string {
  const wanted = only.map((selector) => expression('--only', selector, tags)).join(' or ');
  const unwanted = skip.map((selector) => expression('--skip', selector, tags)).join(' or ');
  return [wanted === '' ? '' : `(${wanted})`, unwanted === '' ? '' : `not (${unwanted})`].filter(Boolean).join(' and ');
}

function expression(option: string, selector: string, tags: ReadonlySet<string>): string {
  const id = requirement.exec(selector)?.[1];
  if (id !== undefined) {
    if (!tags.has(`@${id}`)) throw new UsageError(`${option} ${selector}: no scenario carries this requirement`);
    return `@${id}`;
  }
  const prefix = area.exec(selector)?.[1];
  if (prefix !== undefined) {
    const all = [...tags].filter((tag) => tag.startsWith(`@${prefix}-`)).sort();
    if (all.length === 0) throw new UsageError(`${option} ${selector}: no scenario carries a requirement of this area`);
    return all.join(' or ');
  }
  return /^[a-z][\w:.-]*$/.test(selector) && !['and', 'or', 'not'].includes(selector)
    ? `@${selector}`
    : `(${selector})`;
}
