/** Before and after every scenario: is it applicable, and is everything released. */
import { After, Before, type ITestCaseHookParameter, Status, setDefaultTimeout } from '@cucumber/cucumber';
import { takeDifference } from './lab/captures/difference.ts';
import { wasLate } from './lab/deadlines/deadline.ts';
import { meter } from './lab/deadlines/starvation.ts';
import { aboutTheImplementation, Nonconformance, ProgramEnded } from './lab/failure.ts';
import { costing, takeCosts } from './lab/programs/costs.ts';
import { inapplicable } from './peers/applicability.ts';
import { documentPath } from './peers/documents.ts';
import { writePlayed } from './played.ts';
import type { ConformanceWorld } from './world.ts';

/** Milliseconds for a step; what a step awaits has a shorter deadline of its own. */
setDefaultTimeout(90_000);

/** The media type by which the report tells a scenario that is not applicable from one that was skipped. */
const inapplicableType = 'text/x.pna.not-applicable';
/** That of what a scenario cost, for `--profile`. */
const costsType = 'text/x.pna.costs';

/** That of why a failure may be the machine's. */
const strainedType = 'text/x.pna.strained';
/** That by which it learns how far the captures were at a failure, and what the implementation said. */
const whereType = 'text/x.pna.where';
/** That of the frames that a failure tells of. */
const differenceType = 'text/x.pna.difference';

/** That of a scenario that is tried again. */
const againTag = '@again';
/** What a program that ended of itself has broken. */
const exitStatus = `${documentPath('iut.md')}, exit status: a process ends when it is asked to, and never by a signal that the suite did not send`;

Before(function (this: ConformanceWorld, scenario: ITestCaseHookParameter) {
  takeCosts();
  takeDifference('');
  meter.start();
  this.open(scenario);
  this.link(`${this.evidence.path}/`);
  const tags = scenario.pickle.tags.map(({ name }) => name);
  const reason = this.alreadyFound ? 'another scenario has found it' : inapplicable(this.declaration, tags);
  if (reason === undefined) return undefined;
  this.attach(reason, inapplicableType);
  return 'skipped';
});

After(async function (this: ConformanceWorld, scenario: ITestCaseHookParameter) {
  const failed = scenario.result?.status === Status.FAILED;
  const strain = failed
    ? (meter.strain(this.begun) ?? starvedBy(scenario) ?? lateElsewhere(this, scenario))
    : undefined;
  if (strain !== undefined) this.attach(strain, strainedType);
  if (failed) {
    const difference = takeDifference(scenario.result?.message ?? '');
    if (difference !== undefined) this.attach(JSON.stringify(difference), differenceType);
    const remedy = this.remote?.remedyOf(scenario.result?.message ?? '') ?? '';
    if (remedy !== '') this.attach(remedy, whereType);
    for (const [node, { role, lastWords, lastComplaint }] of this.iuts) {
      if (lastWords !== '') this.attach(`${node} ${lastWords}`, 'text/plain');
      // It decides nothing. To its author it often says which line.
      if (lastComplaint !== '' && this.iutRoles.includes(role))
        this.attach(`${node} said: ${lastComplaint}`, whereType);
    }
  }
  writePlayed(this, scenario);
  const desertions = strain === undefined && isOfTheSuite(scenario) ? this.desertions : [];
  const at = Date.now();
  await costing('release', () => this.close(failed));
  if (failed) for (const text of await this.evidence.placesOf(at)) this.attach(text, whereType);
  if (this.parameters.profile) this.attach(JSON.stringify(takeCosts()), costsType);
  const crashed = failed && this.faults.some((fault) => fault.includes(': crashed: '));
  if (desertions.length > 0 || crashed) throw new ProgramEnded([...desertions, ...this.faults, exitStatus].join('\n'));
  if (this.faults.length > 0) throw new Nonconformance(this.faults.join('\n'));
});

/** What a step says that found out by itself that the machine was too busy. */
function starvedBy({ result }: ITestCaseHookParameter): string | undefined {
  const { type, message } = result?.exception ?? {};
  return type === 'Starved' ? message?.replace(/\s+/g, ' ') : undefined;
}

/** Nobody sees from here how busy another machine is: what came too late there is tried again, and that decides. */
function lateElsewhere({ remote, begun }: ConformanceWorld, { pickle }: ITestCaseHookParameter): string | undefined {
  if (remote === undefined || !wasLate(begun) || pickle.tags.some(({ name }) => name === againTag)) return undefined;
  return 'something came too late, and nobody sees from here how busy the machine of the implementation was';
}

/** Whether it failed by an error of the suite's own: with a program gone, that is what the suite stumbled over. */
function isOfTheSuite({ result }: ITestCaseHookParameter): boolean {
  const type = result?.exception?.type ?? 'Error';
  return result?.status === Status.FAILED && type !== 'NotApplicable' && !aboutTheImplementation.has(type);
}
