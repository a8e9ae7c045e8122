/** From `--only` and `--skip` to a tag expression. */
import { UsageError } from './options.ts';

const requirement = /^@?([A-Z]+-\d+)$/;
const area = /^@?([A-Z]+)$/;

/** @param tags every tag of the features, with its "@". @throws UsageError for what no scenario carries */
export function tagExpression(only: readonly string[], skip: readonly string[], tags: ReadonlySet<string>): string {
  const wanted = only.map((what) => expression('--only', what, tags)).join(' or ');
  const unwanted = skip.map((what) => expression('--skip', what, tags)).join(' or ');
  return [wanted === '' ? '' : `(${wanted})`, unwanted === '' ? '' : `not (${unwanted})`].filter(Boolean).join(' and ');
}

function expression(option: string, what: string, tags: ReadonlySet<string>): string {
  const id = requirement.exec(what)?.[1];
  if (id !== undefined) {
    if (!tags.has(`@${id}`)) throw new UsageError(`${option} ${what}: no scenario carries this requirement`);
    return `@${id}`;
  }
  const prefix = area.exec(what)?.[1];
  if (prefix !== undefined) {
    const all = [...tags].filter((tag) => tag.startsWith(`@${prefix}-`)).sort();
    if (all.length === 0) throw new UsageError(`${option} ${what}: no scenario carries a requirement of this area`);
    return all.join(' or ');
  }
  return /^[a-z][\w:.-]*$/.test(what) && !['and', 'or', 'not'].includes(what) ? `@${what}` : `(${what})`;
}
