/**
 * A right but different implementation: the reference with another choice where the text leaves one free. The suite has to
 * call it conformant: one that raises false alarms is switched off.
 */
import type { Change, Fault } from './fault.ts';

export interface Right extends Change {
  /** Requirements or areas (DATA-07, DATA) whose scenarios are tried; undefined: every scenario of the role. */
  readonly touches?: readonly string[];
  /** Ids of others that it can't be judged together with: they contradict or hide it, or both take time of one deadline. */
  readonly apart?: readonly string[];
  /** Each scenario takes seconds longer: it is judged together with others like it alone, so that few take them. */
  readonly slows?: true;
}

/** As the plan and the table take it. */
export const asFault = <R extends Right>(right: R): R & Fault => ({ ...right, breaks: right.touches ?? ['every'] });
