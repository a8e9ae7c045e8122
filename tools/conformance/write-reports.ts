/** Writes every form of a report into the folder of its run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../requirements/parse.ts';
import { page } from './page/page.ts';
import { badge, markdown } from './page/summary-markdown.ts';
import { type Report, writeReport } from './report.ts';

/** report.json, junit.xml, summary.md, badge.svg and report.html. @param folder of the run */
export async function writeReports(
  folder: string,
  report: Report,
  requirements: ReadonlyMap<string, Requirement>,
): Promise<void> {
  writeReport(folder, report);
  writeFileSync(join(folder, 'summary.md'), markdown(report));
  writeFileSync(join(folder, 'badge.svg'), badge(report));
  writeFileSync(join(folder, 'report.html'), await page(report, folder, requirements));
}
