import test from 'ava';
import { spread } from './order.ts';

const scenarios = (names: string) =>
  [...names].map((name) => ({ name, pickle: { tags: name < 'a' ? [{ name: '@SRV-01' }, { name: '@long' }] : [] } }));
const spreadNames = (names: string): string =>
  spread(scenarios(names))
    .map(({ name }) => name)
    .join('');

test('long scenarios are spread over the first half, and nothing else changes its place', (t) => {
  t.is(spreadNames('abcdefghAijBkl'), 'AabcBdefghijkl');
  t.is(spreadNames('ABCab'), 'ABCab');
  t.is(spreadNames('abC'), 'Cab');
  t.is(spreadNames('abc'), 'abc');
  t.is(spreadNames(''), '');
});
