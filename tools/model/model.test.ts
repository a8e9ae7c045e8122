/** The model follows the tables, and the checker finds a fault in each of them. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { breaks } from './breaks.ts';
import { Checker } from './checker.ts';
import { brokenProperty, ladder } from './ladder.ts';
import { promela } from './promela.ts';
import { properties } from './properties.ts';
import { type Setup, setups } from './setups.ts';
import { broken, rowKey, rowsOf, type Tables, tables, withRows } from './tables.ts';

const everything: Setup = { relays: 1, chains: 2, harm: 1 };

test('every row of the tables has its step in the model', (t) => {
  const text = promela(everything, tables);
  const absent = [...rowsOf(tables).keys()].filter((_, row) => !text.includes(`rows[${row}]++`));
  t.deepEqual(absent, []);
});

test('a row is named as the comments of features name it', (t) => {
  t.true(rowsOf(tables).has('fig. 12 Connect Wait: request authorized'));
  const [first] = tables.relay.rows;
  t.is(first && rowKey(tables.relay, first), 'fig. 13 Accept Wait: tcp accepted');
});

test('a table loses a row, or has it changed', (t) => {
  const key = 'fig. 11 Authorized: key expired';
  t.false(rowsOf(broken(tables, key)).has(key));
  t.is(rowsOf(broken(tables, key)).size, rowsOf(tables).size - 1);
  t.is(rowsOf(broken(tables, key, (row) => ({ ...row, next: 'Dying' }))).get(key)?.next, 'Dying');
  t.throws(() => broken(tables, 'fig. 12 Nowhere: data'), { message: /no table has the row "fig\. 12 Nowhere: data"/ });
});

/** The tables with one more row in fig. 13. */
function withRow(event: string, action: string): Tables {
  const { relay } = tables;
  const row = {
    state: 'Forward',
    event,
    numeral: undefined,
    actions: [action],
    next: 'Dying',
    source: 'binding',
  } as const;
  return { ...tables, relay: withRows(relay, [...relay.rows, row]) };
}

test('an event that the model does not know may come at any time; an action that it does not know is an error', (t) => {
  const more = withRow('moon rises', 'disconnect');
  const number = [...rowsOf(more).keys()].indexOf('fig. 13 Forward: moon rises');
  t.regex(promela(everything, more), new RegExp(`d_step \\{ !calm && \\(true\\) -> printf\\("@row %d ${number}`));
  t.throws(() => promela(everything, withRow('moon rises', 'sing')), { message: /does not know the action "sing"/ });
});

test('every property has a fault that it finds', (t) => {
  t.deepEqual(
    properties.map(({ name }) => name).filter((name) => !breaks.some(({ finds }) => finds === name)),
    [],
  );
});

test('docs/model.md has the properties, and docs/protocol.md their requirements', (t) => {
  const [model, protocol] = ['model', 'protocol'].map((name) =>
    readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8'),
  );
  const rows = properties.map(({ name, sentence, source }) => `| ${name} | ${sentence} | ${source} |`);
  t.deepEqual(
    rows.filter((row) => !model?.includes(row)),
    [],
  );
  const ids = properties.flatMap(({ source }) => source.match(/[A-Z]+-\d\d/g) ?? []);
  t.deepEqual(
    ids.filter((id) => !protocol?.includes(`**${id}**`)),
    [],
  );
});

test('the tables hold between two end points, whatever order things come in', async (t) => {
  using checker = new Checker(promela(setups.direct, tables), 0);
  const { verdict, states, taken } = await checker.run('safety');
  t.is(verdict, 'holds');
  t.true(states > 1_000);
  const [data] = [...rowsOf(tables).keys()].flatMap((key, row) => (key === 'fig. 12 Authorized: data' ? [row] : []));
  t.true((taken.get(data ?? -1) ?? 0) > 0);
});

// One for each table. `npm run model -- --breaks` tries all of them.
for (const does of [
  'fig. 11: an initiator answers CLOSE with CLOSE',
  'fig. 12: nothing answers an initiator that is not confirmed in time',
  'fig. 13: a relay goes on after one of its connections has broken',
])
  test(`the checker finds the way to a fault: ${does}`, async (t) => {
    const { finds, setup, search, tables: faulty } = breaks.find((one) => one.does === does)!;
    using checker = new Checker(promela(setup, faulty), 0);
    const { verdict, trace = [] } = await checker.run(search);
    t.is(verdict, 'fails');
    t.is(brokenProperty(search, trace).name, finds);
    t.regex(ladder(setup, faulty, trace), /● .*fig\. 1[123] \w+ Wait: \w+ accepted → Receive Relay/);
  });

test('a counterexample is a ladder of lifelines, frames and rows', (t) => {
  const row = (key: string): number => [...rowsOf(tables).keys()].indexOf(key);
  const trace = [
    `@row 0 ${row('fig. 11 TCP Open: tcp established')}`,
    '@send 0 0 1 1',
    '@harm 1 drops the next frame',
    '@read 1 1 7',
    `@row 1 ${row('fig. 12 Receive Relay: network error')}`,
    '@reset 1 1 0',
    '@unanswered 1 Dying|timeout',
    '@fail 1',
  ];
  t.is(
    ladder({ relays: 0, chains: 1, harm: 1 }, tables, trace),
    `initiator        server
    ●                │    fig. 11 TCP Open: tcp established → Send Relay: send RELAY
    │───── RELAY ───▶│
    │                !    somebody on the wire, at the server: drops the next frame
    │                ●    fig. 12 Receive Relay: network error → Dying: disconnect   (FIN came)
    │✕───── RST ─────│
    │                ?    no row answers timeout in Dying
    │                │    here it fails: answered
    at the end: initiator Send Relay, server Dying`,
  );
});
