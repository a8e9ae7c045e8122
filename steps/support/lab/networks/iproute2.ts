/** What a namespace's `ip` command tells, in JSON. */
import { run } from '../programs/command.ts';

/**
 * @param namespace as `ip netns` knows it
 * @param words of the command, such as route, show
 * @returns what it printed; nothing where it printed nothing
 */
export async function ipJson<T>(namespace: string, ...words: readonly string[]): Promise<readonly T[]> {
  const text = await run(['ip', '-json', ...words], { namespace });
  return text.trim() === '' ? [] : (JSON.parse(text) as T[]);
}
