/** `--profile`: where the time of a run went, by feature and by kind of cost. */
import { readFileSync } from 'node:fs';
import { type Costs, costKinds } from '../../steps/support/lab/programs/costs.ts';
import { isLong } from './order.ts';
import type { Envelope } from './results.ts';

/** The media type of what a scenario says it cost: see steps/support/hooks.ts. */
const costsType = 'text/x.pna.costs';
const longest = 10;

interface Scenario {
  readonly feature: string;
  readonly name: string;
  /** Whether it is tagged as one that begins early. */
  readonly isLong: boolean;
  readonly seconds: number;
  readonly costs: Costs | undefined;
}

/** Takes the messages of a run as they come. Times are milliseconds. */
export class Profile {
  readonly #pickles = new Map<string, NonNullable<Envelope['pickle']>>();
  readonly #testCases = new Map<string, string>();
  readonly #started = new Map<string, { readonly pickle: string; readonly at: number; costs?: Costs }>();
  readonly #finished: Scenario[] = [];

  take({ pickle, testCase, testCaseStarted, attachment, testCaseFinished }: Envelope): void {
    if (pickle) this.#pickles.set(pickle.id, pickle);
    if (testCase) this.#testCases.set(testCase.id, testCase.pickleId);
    if (testCaseStarted) {
      const { id, testCaseId, timestamp } = testCaseStarted;
      this.#started.set(id, { pickle: this.#testCases.get(testCaseId) ?? '', at: seconds(timestamp) });
    }
    if (attachment?.mediaType === costsType) {
      const started = this.#started.get(attachment.testCaseStartedId ?? '');
      if (started) started.costs = JSON.parse(attachment.body) as Costs;
    }
    if (testCaseFinished) {
      const started = this.#started.get(testCaseFinished.testCaseStartedId);
      const of = this.#pickles.get(started?.pickle ?? '');
      if (started === undefined || of === undefined) return;
      const took = seconds(testCaseFinished.timestamp) - started.at;
      this.#finished.push({
        feature: of.uri,
        name: of.name,
        isLong: isLong(of),
        seconds: took,
        costs: started.costs,
      });
    }
  }

  /** @param wall seconds that the run took */
  table(wall: number, workers: number): string {
    const features = [...Map.groupBy(this.#finished, ({ feature }) => feature)]
      .map(([feature, scenarios]) => row(feature.replace(/^features\/|\.feature$/g, ''), scenarios))
      .toSorted((one, other) => Number(other[2]) - Number(one[2]));
    const head = ['feature', 'scenarios', 'seconds', ...costKinds, 'starts', 'CPU suite', 'CPU program'];
    const slow = this.#finished.toSorted((one, other) => other.seconds - one.seconds).slice(0, longest);
    const busy = this.#finished.reduce((sum, { seconds: own }) => sum + own, 0);
    const { user, system } = process.cpuUsage();
    const [own, children] = [(user + system) / 1e6, childrenCpu()];
    return [
      '',
      'Where the time went, in seconds',
      ...[head, ...features, row('all', this.#finished)].map(line),
      '',
      `  workers       ${((100 * busy) / (wall * workers)).toFixed(0)} % of ${workers} were in a scenario`,
      `  CPU           ${own.toFixed(0)} s the suite, ${children.toFixed(0)} s programs: ${((own + children) / wall).toFixed(2)} cores`,
      `  programs      ${byProgram(this.#finished)}`,
      ...slow.map(
        ({ seconds: took, name, feature, isLong: early }) =>
          `  ${took.toFixed(1).padStart(6)} s      ${name} (${feature})${early ? ' @long' : ''}`,
      ),
      '',
    ].join('\n');
  }
}

function row(name: string, scenarios: readonly Scenario[]): string[] {
  const sum = (of: (scenario: Scenario) => number): string =>
    scenarios.reduce((total, scenario) => total + of(scenario), 0).toFixed(1);
  return [
    name,
    String(scenarios.length),
    sum((one) => one.seconds),
    ...costKinds.map((kind) => sum(({ costs }) => (costs?.kinds[kind].milliseconds ?? 0) / 1000)),
    String(scenarios.reduce((total, { costs }) => total + (costs?.kinds.start.count ?? 0), 0)),
    sum(({ costs }) => (costs?.worker ?? 0) / 1000),
    sum(({ costs }) => Object.values(costs?.programs ?? {}).reduce((all, own) => all + own, 0) / 1000),
  ];
}

/** Seconds of CPU by program, the dearest first. */
function byProgram(scenarios: readonly Scenario[]): string {
  const all = scenarios.flatMap(({ costs }) => Object.entries(costs?.programs ?? {}));
  const sums = [...Map.groupBy(all, ([name]) => name)].map(
    ([name, own]) => [name, own.reduce((sum, [, milliseconds]) => sum + milliseconds / 1000, 0)] as const,
  );
  const dear = sums.filter(([, spent]) => spent >= 0.1).toSorted(([, one], [, other]) => other - one);
  return dear.map(([name, spent]) => `${name} ${spent.toFixed(1)} s`).join(', ');
}

const line = (cells: readonly string[]): string =>
  `  ${cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(12))).join('')}`;

/** Seconds of CPU of all programs that this process has started and that have ended. */
function childrenCpu(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(14, 16).map(Number);
  return ((user ?? 0) + (system ?? 0)) / 100;
}

function seconds(time: { readonly seconds: number; readonly nanos: number }): number {
  return time.seconds + time.nanos / 1e9;
}
