import { readFileSync } from 'node:fs';
import test from 'ava';
import { Misuse } from '../errors.ts';
import { drawing, table } from '../testing/machine-text.ts';
import { initiatorMachine } from './initiator.ts';
import { defineMachine, type Machine, step } from './machine.ts';
import { relayMachine } from './relay.ts';
import { serverMachine } from './server.ts';

const machines: Readonly<Record<string, Machine>> = {
  'initiator.ts': initiatorMachine,
  'server.ts': serverMachine,
  'relay.ts': relayMachine,
};
const definition = {
  title: 'Lamp',
  initial: 'Dark',
  states: { Dark: { numeral: 1, phase: 'unconnected' }, Light: { numeral: 2, phase: 'opening' } },
} as const;

const lamp = defineMachine({
  ...definition,
  lines: [
    ['Dark', ['switch 7', 'wave'], ['glow'], 'Light', '[EP] fig. 11'],
    ['Light', ['burn out'], [], 'Dark', 'binding'],
  ],
});

test('a row is found by state and by each of its events, and carries the event’s numeral', (t) => {
  const row = step(lamp, 'Dark', 'switch');
  t.is(row?.next, 'Light');
  t.is(row?.numeral, 7);
  t.like(step(lamp, 'Dark', 'wave'), { next: 'Light', actions: ['glow'], numeral: undefined });
  t.is(step(lamp, 'Light', 'burn out')?.numeral, undefined);
});

test('no row means refusal', (t) => t.is(step(lamp, 'Light', 'switch'), undefined));

test('two rows for one state and event are refused', (t) => {
  const lines = [
    ['Dark', ['wave', 'switch'], [], 'Light', 'binding'],
    ['Dark', ['switch 7'], [], 'Dark', 'binding'],
  ] as const;
  t.throws(() => defineMachine({ ...definition, lines }), { instanceOf: Misuse });
});

test('the table is Markdown, with a line for each event', (t) => {
  t.is(
    table(lamp as Machine),
    [
      '| State | Event | Actions | Next state | Source |',
      '| --- | --- | --- | --- | --- |',
      '| Dark 1 | switch 7 | glow | Light 2 | [EP] fig. 11 |',
      '| Dark 1 | wave | glow | Light 2 | [EP] fig. 11 |',
      '| Light 2 | burn out | — | Dark 1 | binding |',
    ].join('\n'),
  );
});

test('the drawing has an arrow a line', (t) => {
  t.is(drawing(lamp as Machine), 'Dark 1  ──▶ Light  switch 7, wave\nLight 2 ┄┄▷ Dark   burn out');
});

for (const [file, machine] of Object.entries(machines)) {
  test(`${machine.title}: every state can be reached and left, but for Dead`, (t) => {
    const reached = new Set([machine.initial]);
    for (let size = 0; size !== reached.size; ) {
      size = reached.size;
      for (const row of machine.rows) if (reached.has(row.state)) reached.add(row.next);
    }
    t.deepEqual([...reached].sort(), Object.keys(machine.states).sort());
    const left = new Set(machine.rows.filter((row) => row.next !== row.state).map((row) => row.state));
    const final = machine === initiatorMachine ? [] : ['Dead'];
    t.deepEqual([...left, ...final].sort(), Object.keys(machine.states).sort());
  });

  test(`${machine.title}: docs/protocol.md has the same rows`, (t) => {
    const section =
      readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
        .split(`### ${machine.title}\n`)[1]
        ?.split(/^#{1,3} /m)[0] ?? '';
    const lines = section.split('\n').filter((line) => line.startsWith('|'));
    t.deepEqual(lines.map(squeeze).sort(), table(machine).split('\n').map(squeeze).sort());
  });

  test(`${machine.title}: the drawing at the head of ${file} is the table's`, (t) => {
    const [head = ''] = readFileSync(new URL(file, import.meta.url), 'utf8').split(' */\n');
    const [, lines = ''] = head.split(' *\n');
    t.is(lines.replace(/^ \* /gm, '').trimEnd(), drawing(machine));
  });

  test(`${machine.title}: the action that sending waits for is done on the way to its state, or in it`, (t) => {
    const never = Object.entries(machine.states).filter(
      ([state, { sendsAfter }]) =>
        sendsAfter !== undefined &&
        !machine.rows.some(({ next, actions }) => next === state && actions.includes(sendsAfter)),
    );
    t.deepEqual(never, []);
  });
}

/** A Markdown table's line without its alignment. */
function squeeze(line: string): string {
  return line.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim();
}
