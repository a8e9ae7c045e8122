/** What a run prints on the way: failures as they happen, a line for each feature, and how far it is. */
import type { Requirement } from '../requirements/parse.ts';
import { kinOf, tellingLines } from './causes.ts';
import { mayBeOfTheMachine, type ScenarioResult } from './results.ts';
import { rounded } from './terminal.ts';

const words: Readonly<Record<ScenarioResult['verdict'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  'expected failure': 'expected failure',
  warning: 'WARNING',
  'not applicable': 'not applicable',
  'could not run': 'COULD NOT RUN',
  'harness error': 'HARNESS ERROR',
};

/** Milliseconds of silence after which a run says how far it is, where nobody looks at a terminal. */
const silence = 60_000;
/** Milliseconds from one status to the next on a terminal. */
const tick = 1_000;
/** Characters. */
const barWidth = 20;
/** Below this share of the scenarios nothing is said of the time left. */
const shareToEstimate = 0.03;

export interface ProgressOptions {
  readonly write: (text: string) => void;
  /** Whose sentences are printed with failures, by id. */
  readonly requirements?: ReadonlyMap<string, Requirement>;
  /** Folder of the run, as the user gets to it. */
  readonly folder?: string;
  /** Whether the text goes to a terminal, where a line can be written again. */
  readonly isTerminal?: boolean;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** Each failure is printed once for each kind: others of its kind are counted. */
export class Progress {
  readonly #options: Required<ProgressOptions>;
  readonly #remaining = new Map<string, number>();
  readonly #done = new Map<string, ScenarioResult[]>();
  /** The first failure of each kind. */
  readonly #kinds = new Map<string, string>();
  readonly #started: number;
  #planned = 0;
  #finished = 0;
  #bad = 0;
  #spoke: number;
  #hasStatus = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProgressOptions) {
    const defaults = { requirements: new Map(), folder: '', isTerminal: false, now: () => performance.now() };
    this.#options = { ...defaults, ...options };
    this.#started = this.#spoke = this.#options.now();
  }

  /** From now on it says by itself how far the run is. */
  start(): void {
    this.#timer = setInterval(() => this.tick(), tick);
    this.#timer.unref();
  }

  /** Nothing more comes. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#hasStatus) this.#options.write('\r\x1b[K');
    this.#hasStatus = false;
  }

  /** Counts a planned scenario of a feature. */
  plan(feature: string): void {
    this.#planned++;
    this.#remaining.set(feature, (this.#remaining.get(feature) ?? 0) + 1);
  }

  result(result: ScenarioResult): void {
    const { feature, verdict } = result;
    if (mayBeOfTheMachine(result)) {
      this.#print(
        `  UNDECIDED ${result.id} (${feature}:${result.line}): it comes again when the others are over\n    ${result.strained}`,
      );
      return;
    }
    this.#finished++;
    if (verdict !== 'passed' && verdict !== 'not applicable') {
      this.#bad++;
      this.#print(this.#failure(result));
    }
    const done = [...(this.#done.get(feature) ?? []), result];
    this.#done.set(feature, done);
    const remaining = (this.#remaining.get(feature) ?? 0) - 1;
    this.#remaining.set(feature, remaining);
    if (remaining > 0) return;
    this.#print(featureLine(feature, done));
    for (const { measured } of done) for (const text of measured) this.#print(`        ${text}`);
  }

  /** The machine was too busy for so many. */
  again(count: number): void {
    this.#print(
      `    …   ${count === 1 ? 'one scenario' : `${count} scenarios`} again, for which the machine was too busy`,
    );
  }

  /** The machine was too busy for so many that none of them comes again. */
  tooMany(count: number): void {
    this.#print(
      `    …   the machine was too busy for ${count} scenarios, too many to come again: their verdicts stand`,
    );
  }

  /** Says how far the run is: on a terminal in one line that is written again and again, else after a minute of silence. */
  tick(): void {
    const { write, isTerminal, now } = this.#options;
    if (this.#planned === 0) return;
    if (isTerminal) {
      write(`\r\x1b[K  ${this.#bar()} ${this.#status()}`);
      this.#hasStatus = true;
    } else if (now() - this.#spoke >= silence) this.#print(`    …   ${this.#status()}`);
  }

  #bar(): string {
    const done = Math.floor((this.#finished / this.#planned) * barWidth);
    return `[${'#'.repeat(done)}${'.'.repeat(barWidth - done)}]`;
  }

  #status(): string {
    const bad = this.#bad === 0 ? '' : `, ${this.#bad} not passed`;
    const passed = this.#options.now() - this.#started;
    const share = this.#finished / this.#planned;
    const left = share < shareToEstimate ? '' : `, ${rounded((passed * (1 - share)) / share / 1000)} left`;
    return `${this.#finished} of ${this.#planned} scenarios${bad}${left}`;
  }

  #print(text: string): void {
    const clear = this.#hasStatus ? '\r\x1b[K' : '';
    this.#hasStatus = false;
    this.#spoke = this.#options.now();
    this.#options.write(`${clear}${text}\n`);
    if (this.#options.isTerminal && this.#planned > 0) this.tick();
  }

  /** One failing scenario: which requirement, which step, the first lines of why, where it can be seen. */
  #failure(result: ScenarioResult): string {
    const { verdict, id, feature, line, requirements, step, reason, evidence, where, attempt } = result;
    const ids = requirements.length === 0 ? '' : ` [${requirements.join(' ')}]`;
    const head = `  ${words[verdict]}${ids} ${id}${attempt > 1 ? ` attempt ${attempt}` : ''} (${feature}:${line})`;
    const kind = `${verdict} ${kinOf(result)}`;
    const twin = this.#kinds.get(kind);
    if (twin !== undefined) return `${head}\n    like ${twin}: ${tellingLines(reason).split('\n')[0]}`;
    this.#kinds.set(kind, id);
    const sentences = requirements.flatMap((one) => {
      const requirement = this.#options.requirements.get(one);
      return requirement === undefined ? [] : [`    ${one} (${requirement.level}) ${requirement.sentence}`];
    });
    const why = (reason ?? '')
      .trimEnd()
      .split('\n')
      .slice(0, 12)
      .map((text) => `      ${text}`);
    return [
      head,
      ...sentences,
      ...(step === undefined ? [] : [`    ${step}`]),
      ...why,
      ...(evidence === undefined ? [] : [`    evidence: ${this.#options.folder}/${evidence}`]),
      ...where.map((text) => `    ${text}`),
    ].join('\n');
  }
}

function featureLine(feature: string, results: readonly ScenarioResult[]): string {
  const passed = results.filter(({ verdict }) => verdict === 'passed').length;
  const skipped = results.filter(({ verdict }) => verdict === 'not applicable').length;
  const expected = results.filter(({ verdict }) => verdict === 'expected failure').length;
  const bad = results.length - passed - skipped - expected;
  const name = feature.replace(/^features\//, '').replace(/\.feature$/, '');
  const counts = [
    `${passed} passed`,
    ...(bad > 0 ? [`${bad} NOT`] : []),
    ...(expected > 0 ? [`${expected} expected to fail`] : []),
    ...(skipped > 0 ? [`${skipped} not applicable`] : []),
  ];
  return `${bad > 0 ? 'not ok' : '    ok'}  ${name.padEnd(44)} ${counts.join(', ')}`;
}
