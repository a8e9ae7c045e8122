import test from 'ava';
import { Misuse } from '../errors.ts';
import { defineMachine } from '../machines/machine.ts';
import { defaultTimers } from '../machines/timers.ts';
import { bySelf } from './cause.ts';
import { RunningMachine } from './running-machine.ts';

/** A machine that goes from Shut through Ajar to Open and back, and what it did. */
function door() {
  const done: string[] = [];
  const machine = new RunningMachine(
    defineMachine({
      title: 'Door',
      initial: 'Shut',
      states: {
        Shut: { numeral: 1, phase: 'unconnected' },
        Ajar: { numeral: 2, phase: 'opening', timer: 'tcpOpen' },
        Open: { numeral: 3, phase: 'authorized', deadlines: ['silence'], sendsAfter: 'greet' },
      },
      lines: [
        ['Shut', ['push'], ['push on', 'creak'], 'Ajar', 'binding'],
        ['Ajar', ['pushed on'], [], 'Open', 'binding'],
        ['Open', ['frame'], ['greet'], 'Open', 'binding'],
        ['Open', ['slam', 'timeout'], ['creak'], 'Shut', 'binding'],
      ],
    }),
    defaultTimers,
    {
      'push on': () => {
        machine.raise('pushed on');
        done.push(`push on in ${machine.state}, due at ${machine.deadlines.next}`);
      },
      creak: () => done.push(`creak in ${machine.state}`),
      greet: () => done.push('greet'),
    },
  );
  return { machine, done };
}

test('actions are done in the next state, and the events that they raise come after all of them', (t) => {
  const { machine, done } = door();
  const effects = machine.begin(500);
  t.true(machine.step('push'));
  t.deepEqual(done, ['push on in Ajar, due at 10500', 'creak in Ajar']);
  t.is(machine.state, 'Open');
  t.deepEqual(effects, [
    { type: 'transition', from: 'Shut', event: 'push', to: 'Ajar' },
    { type: 'transition', from: 'Ajar', event: 'pushed on', to: 'Open' },
  ]);
});

test('an event without a row is refused and reported', (t) => {
  const { machine } = door();
  const effects = machine.begin(0);
  t.false(machine.step('slam'));
  t.is(machine.state, 'Shut');
  t.deepEqual(effects, [{ type: 'transition', from: 'Shut', event: 'slam' }]);
});

test('a state’s deadlines run in it alone, and no other can be set in it', (t) => {
  const { machine } = door();
  t.throws(() => machine.after(1, 'silence'), { instanceOf: Misuse });
  machine.step('push');
  t.is(machine.deadlines.next, undefined, 'the timer of Ajar has gone with it');
  machine.after(7, 'silence');
  t.is(machine.deadlines.next, 7);
  t.throws(() => machine.after(1, 'keepAlive'), { instanceOf: Misuse });
  machine.step('slam');
  t.is(machine.deadlines.next, undefined);
});

test('DATA may be sent once the state’s action is done, until the state is left', (t) => {
  const { machine } = door();
  machine.step('push');
  t.false(machine.sends);
  machine.step('frame');
  t.true(machine.sends);
  machine.step('slam');
  t.false(machine.sends);
  machine.step('push');
  t.false(machine.sends, 'and not when it is entered again');
});

test('the first cause counts, the newest status is sent', (t) => {
  const { machine } = door();
  machine.step('push');
  machine.end({ event: 'frame', cause: bySelf(2) });
  machine.end({ event: 'slam', cause: bySelf(11, 'timeout in Open') });
  t.is(machine.status, 11);
  const effects = machine.begin(1);
  machine.report(true);
  t.deepEqual(effects, [{ type: 'ended', cause: { status: 2, by: 'self', reason: 'key expired' }, retry: true }]);
});
