/** How many tests passed and failed, from what the test runners write. */

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Of TAP (version 13) as AVA writes it; undefined if it breaks off before its plan. A skip or a todo is a failure: no skip reads as a pass. */
export function countTap(tap: string): Counts | undefined {
  const plan = /^1\.\.(\d+)$/m.exec(tap)?.[1];
  if (plan === undefined) return undefined;
  const passed = [...tap.matchAll(/^ok \d+(?! .*# (?:SKIP|TODO))/gim)].length;
  const reported = [...tap.matchAll(/^(?:not )?ok \d+/gm)].length;
  const failed = reported - passed;
  return { passed, failed: failed + Math.max(0, Number(plan) - reported) };
}

/** The failing tests of TAP with their diagnostics. */
export function failingTap(tap: string): string {
  const failing: string[] = [];
  let inside = false;
  for (const line of tap.split('\n')) {
    if (/^(?:not )?ok \d+|^# |^1\.\./.test(line)) inside = line.startsWith('not ok') || / # (?:SKIP|TODO)/i.test(line);
    if (inside) failing.push(line);
  }
  return `${failing.join('\n')}\n`;
}

/** Of a conformance run's report.json: whatever did not pass, besides what is not applicable, failed. */
export function countScenarios(report: string): Counts {
  const { counts, planned, failures } = JSON.parse(report) as {
    counts: Record<string, number>;
    planned: number;
    failures: readonly unknown[];
  };
  const passed = counts['passed'] ?? 0;
  return { passed, failed: planned - passed - (counts['not applicable'] ?? 0) + failures.length };
}
