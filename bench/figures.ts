/** What benchmarks print: a heading that names the machine, and figures. */
import { cpus } from 'node:os';

/** A line on stdout. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`);
/** The first line: Node, the number of cores, and what is measured. */
export const heading = (text: string): void =>
  say(`${process.version}; ${cpus().length} cores, shared by everything; ${text}`);

/** The middle value; of an even number the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Half the range. */
export const spread = (values: readonly number[]): number => (Math.max(...values) - Math.min(...values)) / 2;
