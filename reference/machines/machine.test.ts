import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { Misuse } from '../errors.ts';
import { initiatorMachine } from './initiator.ts';
import { defineMachine, drawing, type Machine, step, table } from './machine.ts';
import { relayMachine } from './relay.ts';
import { serverMachine } from './server.ts';

const machines: readonly Machine[] = [initiatorMachine, serverMachine, relayMachine];
const definition = {
  title: 'Lamp',
  initial: 'Dark',
  states: { Dark: 1, Light: 2 },
  events: ['switch', 'burn out'],
  deadlines: {},
} as const;
type LampState = 'Dark' | 'Light';
type LampEvent = 'switch' | 'burn out';

const lamp = defineMachine<LampState, LampEvent, 'glow'>({
  ...definition,
  lines: [
    ['Dark', 'switch 7', ['glow'], 'Light', '[EP] fig. 11'],
    ['Light', 'burn out', [], 'Dark', 'binding'],
  ],
});

test('a row is found by state and event, and carries the event’s numeral', (t) => {
  const row = step(lamp, 'Dark', 'switch');
  t.is(row?.next, 'Light');
  t.is(row?.numeral, 7);
  t.is(step(lamp, 'Light', 'burn out')?.numeral, undefined);
});

test('no row means refusal', (t) => t.is(step(lamp, 'Light', 'switch'), undefined));

test('two rows for one state and event are refused', (t) => {
  const lines = [
    ['Dark', 'switch', [], 'Light', 'binding'],
    ['Dark', 'switch 7', [], 'Dark', 'binding'],
  ] as const;
  t.throws(() => defineMachine<LampState, LampEvent, 'glow'>({ ...definition, lines }), { instanceOf: Misuse });
});

test('the table is Markdown', (t) => {
  t.is(
    table(lamp as Machine),
    [
      '| State | Event | Actions | Next state | Source |',
      '| --- | --- | --- | --- | --- |',
      '| Dark 1 | switch 7 | glow | Light 2 | [EP] fig. 11 |',
      '| Light 2 | burn out | — | Dark 1 | binding |',
    ].join('\n'),
  );
});

test('the drawing is a Mermaid state diagram', (t) => {
  t.is(
    drawing(lamp as Machine),
    'stateDiagram-v2\n  s1: Dark 1\n  s2: Light 2\n  [*] --> s1\n  s1 --> s2: switch 7\n  s2 --> s1: burn out',
  );
});

for (const machine of machines) {
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
    const file = new URL('../../docs/protocol.md', import.meta.url);
    t.true(existsSync(file), 'docs/protocol.md exists');
    const section =
      readFileSync(file, 'utf8')
        .split(`### ${machine.title}\n`)[1]
        ?.split(/^#{1,3} /m)[0] ?? '';
    const lines = section.split('\n').filter((line) => line.startsWith('|'));
    t.deepEqual(lines.map(squeeze), table(machine).split('\n').map(squeeze));
  });
}

/** A Markdown table's line without its alignment. */
function squeeze(line: string): string {
  return line.replace(/ +/g, ' ').replace(/-{3,}/g, '---').trim();
}
