/** Runs a state machine: finds the row, enters the next state, performs the actions, then takes the events they raised. */
import { type Machine, step } from '../machines/machine.ts';
import type { Deadlines, Timers } from '../machines/timers.ts';
import type { Effect } from './effect.ts';

export interface StepperOptions<S extends string, E extends string, A extends string> {
  readonly machine: Machine<S, E, A>;
  readonly timers: Timers;
  /** `state` is the deadline of the present state. */
  readonly deadlines: Pick<Deadlines<'state'>, 'set' | 'clear'>;
  readonly now: () => number;
  readonly actions: Readonly<Record<A, () => void>>;
  readonly emit: (effect: Effect) => void;
}

export class Stepper<S extends string, E extends string, A extends string> {
  readonly #options: StepperOptions<S, E, A>;
  readonly #raised: E[] = [];
  #state: S;

  constructor(options: StepperOptions<S, E, A>) {
    this.#options = options;
    this.#state = options.machine.initial;
  }

  get state(): S {
    return this.#state;
  }

  /** For actions: an event to take once all actions of the row are done. */
  raise(event: E): void {
    this.#raised.push(event);
  }

  /** @returns false when the event is refused in this state. */
  step(event: E): boolean {
    const { machine, actions, emit } = this.#options;
    const from = this.#state;
    const row = step(machine, from, event);
    if (row === undefined) {
      emit({ type: 'transition', from, event });
      return false;
    }
    const { next } = row;
    if (next !== from) this.#enter(next);
    // A frame that changes nothing is not worth a line.
    if (next !== from || (event !== 'data' && event !== 'frame')) emit({ type: 'transition', from, event, to: next });
    for (const action of row.actions) actions[action]();
    for (let raised = this.#raised.shift(); raised !== undefined; raised = this.#raised.shift()) this.step(raised);
    return true;
  }

  #enter(state: S): void {
    const { machine, timers, deadlines, now } = this.#options;
    this.#state = state;
    deadlines.clear('state');
    const timer = machine.deadlines[state];
    if (timer !== undefined) deadlines.set('state', now() + timers[timer]);
  }
}
