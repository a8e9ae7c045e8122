/** Collects Cucumber's messages into one result for each scenario. */
import type { runCucumber } from '@cucumber/cucumber/api';
import type { Difference } from '../../steps/support/lab/captures/difference.ts';
import { idOf } from '../../steps/support/scenario-id.ts';
import { cited, type Requirement } from '../requirements/parse.ts';
import { type Baseline, expectation } from './baseline.ts';
import { ended, type StepOutcome, type Verdict, verdictOf } from './verdict.ts';

/** A message of Cucumber's. */
export type Envelope = Parameters<NonNullable<Parameters<typeof runCucumber>[2]>>[0];
type Attachment = NonNullable<Envelope['attachment']>;
type Pickle = NonNullable<Envelope['pickle']>;
type TestCase = NonNullable<Envelope['testCase']>;
type TestStepFinished = NonNullable<Envelope['testStepFinished']>;

export interface ScenarioResult {
  /** It survives edits of the feature: steps/support/scenario-id.ts. */
  readonly id: string;
  readonly feature: string;
  readonly line: number;
  readonly name: string;
  readonly requirements: readonly string[];
  readonly tags: readonly string[];
  readonly verdict: Verdict;
  /** Why it is not applicable, or what went wrong. */
  readonly reason: string | undefined;
  /** Text of the step that failed. */
  readonly step: string | undefined;
  /** Steps that held before. */
  readonly held: number;
  /** Of one that did not pass: the text of each step. */
  readonly steps?: readonly string[] | undefined;
  /** Of a failure that tells of octets. */
  readonly difference?: Difference | undefined;
  /** Which time it ran, from 1 on. */
  readonly attempt: number;
  readonly seconds: number;
  /** What was measured on the way, in words: no verdict hangs on it. */
  readonly measured: readonly string[];
  /** Of what did not pass on a machine that was too busy: the figures. Then it is tried again, which decides. */
  readonly strained?: string | undefined;
  /** Folder of captures and logs, counted from the folder of the run. */
  readonly evidence: string | undefined;
  /** Of a failure: how far each capture was. */
  readonly where: readonly string[];
}

/** The tag of a scenario's second and later runs: `@attempt:2`. */
export const attemptTag = '@attempt:';
const attemptOf = (tags: readonly string[]): number =>
  Number(tags.find((tag) => tag.startsWith(attemptTag))?.slice(attemptTag.length) ?? 1);

/** The tag of a scenario that is tried again when the others are over, since the machine was too busy at first. */
export const againTag = '@again';

interface Started {
  readonly testCase: TestCase;
  readonly at: number;
  readonly finished: TestStepFinished[];
  readonly measured: string[];
  readonly where: string[];
  inapplicable: string | undefined;
  evidence: string | undefined;
  difference: Difference | undefined;
  strained: string | undefined;
}

/** The media type by which the Before hook says that a scenario is not applicable: see steps/support/hooks.ts. */
const inapplicableType = 'text/x.pna.not-applicable';
/** That by which the After hook says how far a capture was. */
const whereType = 'text/x.pna.where';
/** That by which it hands over the octets that a failure tells of. */
const differenceType = 'text/x.pna.difference';
/** That by which the After hook says why a failure may be the machine's. */
const strainedType = 'text/x.pna.strained';
/** That of what a step says by `this.log`. */
const logType = 'text/x.cucumber.log+plain';

/** Takes the messages of a run as they come, and calls back with each scenario once it has ended. */
export class Results {
  /** Finished scenarios in order of their end. */
  readonly finished: ScenarioResult[] = [];
  /** Failures outside any scenario: BeforeAll, AfterAll, a feature that can't be parsed. */
  readonly failures: string[] = [];
  readonly #requirements: ReadonlyMap<string, Requirement>;
  readonly #baseline: Baseline;
  readonly #onResult: (result: ScenarioResult) => void;
  readonly #pickles = new Map<string, Pickle>();
  readonly #testCases = new Map<string, TestCase>();
  readonly #started = new Map<string, Started>();
  /** What kept those from a verdict that are tried again, by id. */
  readonly #again = new Map<string, string>();
  #planned = 0;

  constructor(
    requirements: ReadonlyMap<string, Requirement>,
    onResult: (result: ScenarioResult) => void = () => {},
    baseline: Baseline = [],
  ) {
    this.#requirements = requirements;
    this.#baseline = baseline;
    this.#onResult = onResult;
  }

  /** Scenarios that were to run. */
  get planned(): number {
    return this.#planned;
  }

  /** Takes those out that did not pass while the machine was too busy: the run that follows has them again, and decides. */
  withdraw(): readonly ScenarioResult[] {
    const strained = this.finished.filter(mayBeOfTheMachine);
    for (const result of strained) {
      this.#again.set(result.id, result.strained as string);
      this.finished.splice(this.finished.indexOf(result), 1);
    }
    this.#planned -= strained.length;
    return strained;
  }

  take(envelope: Envelope): void {
    const {
      pickle,
      testCase,
      testCaseStarted,
      testStepFinished,
      attachment,
      testCaseFinished,
      parseError,
      testRunHookFinished,
      testRunFinished,
    } = envelope;
    if (pickle) this.#pickles.set(pickle.id, pickle);
    if (testCase) {
      this.#planned++;
      this.#testCases.set(testCase.id, testCase);
    }
    if (testCaseStarted) {
      this.#started.set(testCaseStarted.id, {
        testCase: this.#testCases.get(testCaseStarted.testCaseId) as TestCase,
        at: seconds(testCaseStarted.timestamp),
        finished: [],
        measured: [],
        where: [],
        inapplicable: undefined,
        evidence: undefined,
        difference: undefined,
        strained: undefined,
      });
    }
    if (testStepFinished) this.#started.get(testStepFinished.testCaseStartedId)?.finished.push(testStepFinished);
    if (attachment) this.#attach(attachment);
    if (testCaseFinished) this.#finish(testCaseFinished.testCaseStartedId, seconds(testCaseFinished.timestamp));
    if (parseError) this.failures.push(`${parseError.source.uri}: ${parseError.message}`);
    if (testRunHookFinished && testRunHookFinished.result.status !== 'PASSED') {
      this.failures.push(testRunHookFinished.result.message ?? 'a hook of the run failed');
    }
    if (testRunFinished?.exception) this.failures.push(causeOf(testRunFinished.exception));
  }

  #attach(attachment: Attachment): void {
    const started = this.#started.get(attachment.testCaseStartedId ?? '');
    if (started === undefined) return;
    if (attachment.mediaType === inapplicableType) started.inapplicable = attachment.body;
    if (attachment.mediaType === whereType) started.where.push(attachment.body);
    if (attachment.mediaType === differenceType) started.difference = JSON.parse(attachment.body) as Difference;
    if (attachment.mediaType === strainedType) started.strained = attachment.body;
    if (attachment.mediaType === logType) started.measured.push(attachment.body);
    if (attachment.mediaType === 'text/uri-list' && attachment.body.startsWith('scenarios/'))
      started.evidence = attachment.body;
  }

  #finish(startedId: string, at: number): void {
    const started = this.#started.get(startedId) as Started;
    this.#started.delete(startedId);
    const pickle = this.#pickles.get(started.testCase.pickleId) as Pickle;
    const tags = pickle.tags.map(({ name }) => name);
    const requirements = cited(tags.map((tag) => tag.slice(1)));
    const onlyShould =
      requirements.length > 0 && requirements.every((req) => this.#requirements.get(req)?.level === 'SHOULD');
    const outcomes = this.#outcomes(started);
    const bad = outcomes.find(({ status }) => status !== 'PASSED' && status !== 'SKIPPED');
    const judged = verdictOf(outcomes, started.inapplicable, onlyShould);
    const isAgain = tags.includes(againTag);
    // Twice too busy: nobody can tell.
    const verdict = isAgain && started.strained !== undefined && judged !== 'not applicable' ? 'harness error' : judged;
    const id = idOf(pickle.uri, pickle.name);
    const end = outcomes.find(({ errorType }) => errorType === ended);
    const found = bad && (bad.message ?? bad.status.toLowerCase());
    const reason = started.inapplicable ?? (end === undefined ? found : `${end.message}\n${found}`);
    const known = verdict === 'failed' ? expectation(this.#baseline, { id, step: bad?.text, reason }) : undefined;
    const why = known && [known.reason, ...(known.link === undefined ? [] : [`(${known.link})`])].join(' ');
    const again = isAgain ? this.#again.get(id) : undefined;
    const result: ScenarioResult = {
      id,
      feature: pickle.uri,
      line: pickle.location?.line ?? 0,
      name: pickle.name,
      requirements,
      tags: tags.filter((tag) => tag !== againTag && !tag.startsWith(attemptTag)),
      verdict: known === undefined ? verdict : 'expected failure',
      reason: why === undefined ? reason : `${why}\n${reason}`,
      step: verdict === 'not applicable' ? undefined : bad?.text,
      held: outcomes.filter(({ status, hook }) => !hook && status === 'PASSED').length,
      steps: verdict === 'passed' || verdict === 'not applicable' ? undefined : pickle.steps.map(({ text }) => text),
      difference: started.difference,
      attempt: attemptOf(tags),
      seconds: at - started.at,
      measured: again === undefined ? started.measured : [`tried again: ${again}`, ...started.measured],
      strained: isAgain ? undefined : started.strained,
      evidence: started.evidence,
      where: started.where,
    };
    this.finished.push(result);
    this.#onResult(result);
  }

  #outcomes({ testCase, finished }: Started): (StepOutcome & { readonly text: string })[] {
    const pickle = this.#pickles.get(testCase.pickleId);
    return finished.map(({ testStepId, testStepResult }) => {
      const step = testCase.testSteps.find((candidate) => candidate.id === testStepId);
      const text = pickle?.steps.find((candidate) => candidate.id === step?.pickleStepId)?.text;
      return {
        status: testStepResult.status,
        hook: step?.hookId !== undefined,
        errorType: testStepResult.exception?.type,
        message: testStepResult.exception?.message ?? testStepResult.message,
        text: text ?? 'hook',
      };
    });
  }
}

/** Whether it did not pass, and the machine was too busy to tell whose fault that is. */
export const mayBeOfTheMachine = ({ verdict, strained }: Pick<ScenarioResult, 'verdict' | 'strained'>): boolean =>
  strained !== undefined && ['failed', 'warning', 'harness error'].includes(verdict);

/** What broke the run off: the cause says more than that a worker failed. */
function causeOf({ message = 'the run was broken off', stackTrace = '' }: { message?: string; stackTrace?: string }) {
  const cause = /^Caused by: (.*)$/m.exec(stackTrace)?.[1];
  return cause === undefined ? message : `${message}: ${cause}`;
}

function seconds(time: { readonly seconds: number; readonly nanos: number }): number {
  return time.seconds + time.nanos / 1e9;
}
