/**
 * The id of a scenario: `fig-12-server/a-second-request-in-authorized`. It survives edits of the feature, other than of the
 * scenario's own name. Reports, baselines, `--only` and `--rerun` use it, and the folder of evidence has its name.
 * `npm run check` refuses a second scenario of the same id.
 */
import { basename } from 'node:path';

/**
 * @param uri the feature's file
 * @param name the scenario's, with the cells of its row of examples in place
 */
export function idOf(uri: string, name: string): string {
  return `${basename(uri, '.feature')}/${slug(name)}`;
}

/** Small letters, digits and hyphens. */
export function slug(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return plain.replace(/^-|-$/g, '') || 'scenario';
}
