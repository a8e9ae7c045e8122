/** One state machine at work: its state, its deadlines, what it asks for, and why it ends. */
import { Misuse } from '../errors.ts';
import { type Machine, type Phase, type State, step } from '../machines/machine.ts';
import { type DeadlineName, Deadlines, type Timers } from '../machines/timers.ts';
import { Status } from '../wire/identifiers.ts';
import { bySelf, type Cause, type Fault } from './cause.ts';
import type { Effect } from './effect.ts';

/** A machine at work that knows these events, and perhaps others. */
export type MachineWith<E extends string> = Pick<
  RunningMachine<string, E, string>,
  keyof RunningMachine<string, E, string>
>;

/** S, E and A are the states, events and actions of its table. An event without a row in the state changes nothing. */
export class RunningMachine<S extends string, E extends string, A extends string> {
  readonly deadlines = new Deadlines<DeadlineName>();
  readonly timers: Timers;
  /** Milliseconds on the caller's clock. */
  now = 0;
  /** The status of a CLOSE frame that is sent now. */
  status: number = Status.endSession;
  /** Why the connection ends: the first reason is the one that counts. */
  cause: Cause | undefined;
  readonly #machine: Machine<S, E, A>;
  readonly #actions: Readonly<Record<A, () => void>>;
  readonly #raised: E[] = [];
  #state: S;
  #sends = false;
  #effects: Effect[] = [];

  constructor(machine: Machine<S, E, A>, timers: Timers, actions: Readonly<Record<A, () => void>>) {
    this.#machine = machine;
    this.timers = timers;
    this.#actions = actions;
    this.#state = machine.initial;
  }

  get state(): S {
    return this.#state;
  }

  get phase(): Phase {
    return this.#definition.phase;
  }

  /** Whether DATA may be sent now. */
  get sends(): boolean {
    return this.#sends;
  }

  /** Begins an input. @returns the list that its effects are put into */
  begin(now: number): readonly Effect[] {
    this.now = now;
    this.#effects = [];
    return this.#effects;
  }

  emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  /**
   * Finds the row, enters the next state, performs the actions, then takes the events that they raised.
   * @returns false when the event is refused in this state
   */
  step(event: E): boolean {
    const from = this.#state;
    const row = step(this.#machine, from, event);
    if (row === undefined) {
      this.emit({ type: 'transition', from, event });
      return false;
    }
    const { next } = row;
    if (next !== from) this.#enter(next);
    // A frame that changes nothing is not worth a line.
    if (next !== from || (event !== 'data' && event !== 'frame'))
      this.emit({ type: 'transition', from, event, to: next });
    const { sendsAfter } = this.#definition;
    for (const action of row.actions) {
      if (action === sendsAfter) this.#sends = true;
      this.#actions[action]();
    }
    for (let raised = this.#raised.shift(); raised !== undefined; raised = this.#raised.shift()) this.step(raised);
    return true;
  }

  /** For actions: an event to take once all actions of the row are done. */
  raise(event: E): void {
    this.#raised.push(event);
  }

  /**
   * Steps on an event that ends the connection; `cause.status` goes into the CLOSE frame, if one is sent. An action may
   * end the connection as the last thing it does. An event that is refused changes nothing of what is sent.
   */
  end({ event, cause }: Fault<E>): void {
    if (step(this.#machine, this.#state, event) !== undefined) {
      this.status = cause.status ?? this.status;
      this.cause ??= cause;
    }
    this.step(event);
  }

  /** Sets a deadline that the present state has, so many milliseconds from now. @throws Misuse for any other */
  after(milliseconds: number, name: Exclude<DeadlineName, 'state'>): void {
    if (!this.#definition.deadlines?.includes(name)) throw new Misuse(`${this.#state} has no deadline ${name}`);
    this.deadlines.set(name, this.now + milliseconds);
  }

  /** Takes the deadlines that have come, one after the other: each may change which others there are. */
  *due(): Generator<DeadlineName> {
    for (let name = this.deadlines.take(this.now); name !== undefined; name = this.deadlines.take(this.now)) yield name;
  }

  /** The connection is over. */
  report(retry: boolean): void {
    this.emit({ type: 'ended', cause: this.cause ?? bySelf(Status.endSession), retry });
  }

  get #definition(): State {
    return this.#machine.states[this.#state];
  }

  #enter(state: S): void {
    this.deadlines.clear('state');
    for (const name of this.#definition.deadlines ?? []) this.deadlines.clear(name);
    this.#state = state;
    this.#sends = false;
    const { timer } = this.#definition;
    if (timer !== undefined) this.deadlines.set('state', this.now + this.timers[timer]);
  }
}
