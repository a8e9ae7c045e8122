import test from 'ava';
import { judgeRows, parseDecided, parseRows } from './rows.ts';

const document = `### Tunnel initiator

| State | Event | Actions | Next state | Source |
| --- | --- | --- | --- | --- |
| Idle 194 | connect | open | TCP Open 195 | [EP] fig. 11 |
| TCP Open 195 | timeout | record | Idle 194 | binding |
| Close 206 | close sent 207 | shut down writing | Idle 194 | binding |

### Tunnel relay

| State | Event | Actions | Next state | Source |
| --- | --- | --- | --- | --- |
| Dying 244 | disconnected 245 | report | Dead 246 | [EP] fig. 13 |

| rows that nothing shows | why |
| --- | --- |
| fig. 11 Close: close sent | the state lasts no time |

## Another section

| a | table | of | five | cells |
`;

const feature = `Feature: F
  # fig. 11 Idle: connect
  # AB-01: what decides it
  Scenario: One
    # fig. 11 TCP Open: timeout
  Scenario: Two
`;

test('rows are known by figure, state and event, without numerals', (t) => {
  const { rows, unseen } = parseRows('d.md', document);
  t.deepEqual(
    rows.map(({ key, line }) => [key, line]),
    [
      ['fig. 11 Idle: connect', 5],
      ['fig. 11 TCP Open: timeout', 6],
      ['fig. 11 Close: close sent', 7],
      ['fig. 13 Dying: disconnected', 13],
    ],
  );
  t.deepEqual(unseen, [{ key: 'fig. 11 Close: close sent', file: 'd.md', line: 17 }]);
});

test('a row that no scenario names is a fault, unless nothing shows it', (t) => {
  t.deepEqual(judgeRows(parseRows('d.md', document), parseDecided('f.feature', feature)), [
    { file: 'd.md', line: 13, message: '"fig. 13 Dying: disconnected" is decided by no scenario' },
  ]);
});

test('so is one that is not there, and one that is named though nothing shows it', (t) => {
  const more = `${feature}# fig. 13 Dying: disconnected, frame\n# fig. 11 Close: close sent\n`;
  t.deepEqual(
    judgeRows(parseRows('d.md', document), parseDecided('f.feature', more)).map(({ line, message }) => [line, message]),
    [
      [7, '"fig. 13 Dying: frame" is no row of section 9'],
      [8, '"fig. 11 Close: close sent" is a row that nothing shows'],
    ],
  );
});
