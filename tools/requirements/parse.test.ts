/** Requirements and scenarios as text, and what is wrong with them. */
import test from 'ava';
import { parseFeature } from './features.ts';
import { cited, coverage, judge, parseRequirements } from './parse.ts';

const document = `# A protocol

- a list item that is no requirement
- **AB-01** (MUST) It answers (at once). *[EP] fig. 1; RFC 1.*
- **AB-02** (SHOULD) It is quick. *Decided here.*
- **CD-01** (MUST, untestable: it takes a year) It lasts. *Decided here.*
`;

const feature = `@needs:adapter
Feature: It
  Background:
    Given something

  @iut:server @AB-01
  Rule: It answers
    @AB-02 @lab # a comment
    Scenario: One
      When a doc string follows
        """
        @XY-99
        Scenario: none
        """
    Scenario Outline: Two <a>
      Then <a>
      @CD-01
      Examples:
        | a |
        | @ZZ-01 |
`;

test('requirements with their level, reason, sentence and source', (t) => {
  const { requirements, faults } = parseRequirements('d.md', document);
  t.deepEqual(faults, []);
  t.deepEqual(
    requirements.map(({ id, level, untestable, line }) => [id, level, untestable, line]),
    [
      ['AB-01', 'MUST', undefined, 4],
      ['AB-02', 'SHOULD', undefined, 5],
      ['CD-01', 'MUST', 'it takes a year', 6],
    ],
  );
  t.is(requirements[0]?.sentence, 'It answers (at once).');
  t.is(requirements[0]?.source, '[EP] fig. 1; RFC 1.');
});

test('what is not in the right form is named with its line', (t) => {
  const wrong = [
    '- **AB-1** (MUST) Short id. *Here.*',
    '- **AB-01** (MAY) Other level. *Here.*',
    '- **AB-01** (MUST) No source.',
    '- **AB-01** (MUST) No full stop *Here.*',
    '- **AB01** (MUST) No hyphen. *Here.*',
    '- **ab-01** (MUST) Small letters. *Here.*',
    '- AB-01 (SHOULD) Not bold. *Here.*',
    '* **AB-01** (MUST) Another bullet. *Here.*',
    '  - **AB-01** (MUST) Indented. *Here.*',
    '- **AB-01** (MUST, untestable) No reason. *Here.*',
  ];
  for (const line of wrong)
    t.deepEqual(
      parseRequirements('d.md', `\n${line}`).faults.map((f) => f.line),
      [2],
      line,
    );
});

test('an id that is defined twice is a fault', (t) => {
  const { faults } = parseRequirements('d.md', `${document}- **AB-01** (MUST) Again. *Here.*\n`);
  t.deepEqual(faults, [{ file: 'd.md', line: 7, message: 'AB-01 is defined already in line 4' }]);
});

test('tags are inherited from feature and rule, and examples add theirs', (t) => {
  const [one, two, ...more] = parseFeature('f.feature', feature);
  t.deepEqual(more, []);
  t.deepEqual(
    [one?.name, one?.line, [...(one?.tags ?? [])]],
    ['One', 9, ['needs:adapter', 'iut:server', 'AB-01', 'AB-02', 'lab']],
  );
  t.deepEqual([two?.name, cited(two!.tags)], ['Two <a>', ['AB-01', 'CD-01']]);
});

test('the other words for scenario and examples count too, and tags go to the keyword that they stand before', (t) => {
  const scenarios = parseFeature(
    'f.feature',
    'Feature: F\n  @AB-01\n  Example: A\n  @AB-02\n  Scenario Template: B\n    @CD-01\n    Scenarios:\n  Example: C\n',
  );
  t.deepEqual(
    scenarios.map((scenario) => [scenario.name, cited(scenario.tags)]),
    [
      ['A', ['AB-01']],
      ['B', ['AB-02', 'CD-01']],
      ['C', []],
    ],
  );
});

test('a scenario without a requirement is a fault, and one with an unknown id', (t) => {
  const { requirements } = parseRequirements('d.md', document);
  const scenarios = parseFeature(
    'f.feature',
    'Feature: F\n  Scenario: A\n  @XY-01\n  Scenario: B\n  @lab\n  Scenario: C\n',
  );
  t.deepEqual(
    judge(requirements, scenarios).map(({ line, message }) => [line, message]),
    [
      [2, 'scenario "A" cites no requirement'],
      [4, 'XY-01 is no requirement'],
    ],
  );
});

test('coverage counts every scenario that cites a requirement', (t) => {
  const { requirements } = parseRequirements('d.md', document);
  const covered = coverage(requirements, parseFeature('f.feature', feature));
  t.deepEqual(
    [...covered].map(([id, by]) => [id, by.length]),
    [
      ['AB-01', 2],
      ['AB-02', 1],
      ['CD-01', 1],
    ],
  );
});

/** Faults of features with this text between Feature and the last step. */
const faultsOf = (...lines: string[]) =>
  judge(
    parseRequirements('d.md', document).requirements,
    parseFeature('folder/f.feature', ['Feature: F', ...lines].join('\n')),
  ).map(({ line, message }) => `${line}: ${message}`);

test('a name is that of one scenario in its feature, the cells of its row in place', (t) => {
  const outline = (...rows: string[]) => ['@AB-01', 'Scenario Outline: <a>, <b>', 'Examples:', '| a | b |', ...rows];
  t.deepEqual(faultsOf(...outline('| 1 | 2 |', '| 1 | x \\| y |')), []);
  t.deepEqual(faultsOf(...outline('| 1 | 2 |', '| 1. | 2 |')), [
    '7: f/1-2 is the id of line 6 too: its name has to differ',
  ]);
  t.deepEqual(faultsOf('@AB-01', 'Scenario: One', '@AB-01', 'Rule: R', 'Example: one!'), [
    '6: f/one is the id of line 3 too: its name has to differ',
  ]);
  t.regex(faultsOf('@AB-01', `Scenario: ${'long '.repeat(50)}`).join(), /its name is too long/);
});

test('features of the same name in two folders have no scenario in common', (t) => {
  const { requirements } = parseRequirements('d.md', document);
  const text = 'Feature: F\n@AB-01\nScenario: One\n';
  const [fault, ...others] = judge(
    requirements,
    ['a', 'b'].flatMap((folder) => parseFeature(`${folder}/f.feature`, text)),
  );
  t.deepEqual(others, []);
  t.is(fault?.message, 'f/one is the id of a/f.feature:3 too: its name has to differ');
});

test('a MUST and a SHOULD never share a scenario; two tables of examples may have one each', (t) => {
  t.regex(faultsOf('@AB-01 @AB-02', 'Scenario: One').join(), /AB-01 \(MUST\), AB-02 \(SHOULD\)/);
  const tables = ['Scenario Outline: <a>', '@AB-01', 'Examples:', '| a |', '| 1 |', '@AB-02', 'Examples:', '| a |'];
  t.deepEqual(faultsOf(...tables, '| 2 |'), []);
});

test('a scenario of more than three requirements says what decides each', (t) => {
  const long = [1, 2, 3, 4].map((n) => `- **AB-0${n}** (MUST) It answers. *Here.*`).join('\n');
  const { requirements } = parseRequirements('d.md', long);
  const faults = (...lines: string[]) =>
    judge(requirements, parseFeature('f.feature', lines.join('\n'))).map(({ message }) => message);
  const complaint = 'scenario "One" cites 4 requirements: no comment says what decides AB-01, AB-02, AB-03, AB-04';
  const [head, tags, scenario] = ['Feature: F', '@AB-01 @AB-02 @AB-03 @AB-04', 'Scenario: One'];
  t.deepEqual(faults(head, tags, scenario, 'Given AB-01 to AB-04'), [complaint]);
  t.deepEqual(faults(head, '# AB-01 to', '# AB-03: this. AB-04: that.', tags, scenario), []);
  t.deepEqual(faults(head, 'AB-01 and AB-02 decide this, AB-03 that,', 'AB-04 the rest.', tags, scenario), []);
  t.deepEqual(faults(head, tags, 'Rule: R', 'AB-01 to AB-04 decide this.', scenario), []);
  t.deepEqual(faults(head, tags, scenario, 'AB-01 to AB-04 decide this.', 'Given it'), []);
  t.deepEqual(faults(head, '@AB-01', 'Rule: Q', 'AB-01 to AB-04 decide this.', tags, 'Rule: R', scenario), [complaint]);
  t.deepEqual(faults(head, '@AB-01 @AB-02 @AB-03', scenario), []);
  const tables = ['@AB-03', 'Examples:', '| a |', '| 1 |', '@AB-04', 'Examples:', '| a |', '| 2 |'];
  t.deepEqual(faults(head, '@AB-01 @AB-02', 'Scenario Outline: One <a>', 'Given <a>', ...tables), []);
});
