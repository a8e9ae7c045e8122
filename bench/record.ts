/** Keeps figures with the machine that they are of, and a chart beside them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { type Chart, svgOf } from './chart.ts';
import { say } from './figures.ts';
import { options } from './options.ts';

/** Writes `NAME.json`, and `NAME.svg` for each chart, where `--output` says; nothing without it. */
export function keep(name: string, figures: unknown, charts: Readonly<Record<string, Chart>> = {}): void {
  const { output } = options;
  if (output === undefined) return;
  mkdirSync(output, { recursive: true });
  const [cpu] = cpus();
  const machine = { node: process.version, kernel: release(), cores: cpus().length, processor: cpu?.model };
  const files: readonly (readonly [string, string])[] = [
    [`${name}.json`, `${JSON.stringify({ machine, figures }, undefined, 2)}\n`],
    ...Object.entries(charts).map(([chart, drawn]) => [`${chart}.svg`, svgOf(drawn)] as const),
  ];
  for (const [file, text] of files) writeFileSync(join(output, file), text);
  say(`written: ${files.map(([file]) => join(output, file)).join(', ')}`);
}
