/**
 * Runs AVA's tests for Stryker, in one process and without AVA's own: a process for each test file would cost more than
 * the tests. AVA's runner and assertions do the work. For each mutant the modules are loaded anew (generations.ts), so a
 * mutant is there when tables and schemas are built, and nothing that one mutant left is seen by the next.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { MutantCoverage } from '@stryker-mutator/api/core';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type CompleteDryRunResult,
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { chooseTests, type Known } from './choice.ts';
import { runFile, type Test } from './test-file.ts';

/** What Stryker's instrumented code reads and writes. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: MutantCoverage | undefined;
}

const instrumented = globalThis as unknown as { __stryker__: Switchboard };
instrumented.__stryker__ ??= {};

/** Written by the unchanged run into the copy of the project, for the processes that run mutants. */
const timesFile = 'times-of-tests.json';

class AvaRunner implements TestRunner {
  #known: Record<string, Known> | undefined;

  capabilities() {
    return { reloadEnvironment: true };
  }

  /** Every test once, unchanged. What runs while modules are loaded counts as covered by each test of that file. */
  async dryRun({ testFiles = [] }: DryRunOptions): Promise<DryRunResult> {
    const switchboard = instrumented.__stryker__;
    const coverage: MutantCoverage = { static: {}, perTest: {} };
    const tests: TestResult[] = [];
    const known: Record<string, Known> = {};
    for (const file of testFiles) {
      const seen: MutantCoverage = { static: {}, perTest: {} };
      switchboard.mutantCoverage = seen;
      const results = await runFile(file, {
        before: (id) => {
          switchboard.currentTestId = id;
        },
      });
      switchboard.currentTestId = undefined;
      if ('error' in results) return { status: DryRunStatus.Error, errorMessage: `${file}: ${results.error}` };
      for (const test of results.tests) {
        tests.push(asResult(test, file));
        known[test.id] = { file, milliseconds: test.milliseconds };
        const covered = { ...seen.static };
        for (const [mutant, hits] of Object.entries(seen.perTest[test.id] ?? {}))
          covered[mutant] = (covered[mutant] ?? 0) + hits;
        coverage.perTest[test.id] = covered;
      }
    }
    switchboard.mutantCoverage = undefined;
    writeFileSync(timesFile, JSON.stringify(known));
    return { status: DryRunStatus.Complete, tests, mutantCoverage: coverage };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, sandboxFileName, testFilter = [], timeout } = options;
    const switchboard = instrumented.__stryker__;
    const hitCount = hitLimit === undefined ? undefined : 0;
    Object.assign(switchboard, { activeMutant: activeMutant.id, hitCount, hitLimit });
    this.#known ??= JSON.parse(readFileSync(timesFile, 'utf8')) as Record<string, Known>;
    const tests: TestResult[] = [];
    const deadline = performance.now() + timeout * 0.9;
    try {
      for (const [file, wanted] of chooseTests(testFilter, this.#known, sandboxFileName)) {
        const results = await runFile(file, { wanted, deadline, failFast: true });
        const endless = determineHitLimitReached(switchboard.hitCount, switchboard.hitLimit);
        if (endless) return toMutantRunResult(endless);
        if ('error' in results) {
          const broken = { id: wanted[0]!, milliseconds: 0, failure: results.error };
          return toMutantRunResult(complete([...tests, asResult(broken, file)]));
        }
        tests.push(...results.tests.map((test) => asResult(test, file)));
        if (results.late) return toMutantRunResult({ status: DryRunStatus.Timeout });
        if (results.tests.some(({ failure }) => failure !== undefined)) break;
      }
      return toMutantRunResult(complete(tests));
    } finally {
      switchboard.activeMutant = undefined;
    }
  }
}

const complete = (tests: TestResult[]): CompleteDryRunResult => ({ status: DryRunStatus.Complete, tests });

function asResult({ id, milliseconds, failure }: Test, fileName: string): TestResult {
  const base = { id, name: id, timeSpentMs: milliseconds, fileName };
  return failure === undefined
    ? { ...base, status: TestStatus.Success }
    : { ...base, status: TestStatus.Failed, failureMessage: failure };
}

/** @public Stryker reads it. */
export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'ava', AvaRunner)];
