import test from 'ava';
import { boolean, either, listOf, matching, oneOf, readWhole, strict, string, wholeNumber } from './schema.ts';

const port = wholeNumber(1, 65_535, 'is no port');
const node = strict({
  name: matching(/^[a-z]+$/, (input) => `${JSON.stringify(input)} is no name`),
  ports: listOf(port, 'is no list', { atLeast: [1, 'has too few'], atMost: [2, 'has too many'] }).default([3265]),
  isLast: boolean('is neither').optional(),
});

test('what is read has its defaults, and what is absent stays absent', (t) => {
  t.deepEqual(readWhole(node, { name: 'a' }), { value: { name: 'a', ports: [3265] } });
  const whole = { name: 'a', ports: [1, 65_535], isLast: false };
  t.deepEqual(readWhole(node, whole), { value: whole });
});

test('every fault is told with its place', (t) => {
  t.deepEqual(readWhole(listOf(node, 'is no list'), [{ name: 'A', ports: [0, 1.5] }, { name: 'a', isLast: 0 }, 7]), {
    faults: [
      { path: [0, 'name'], message: '"A" is no name' },
      { path: [0, 'ports', 0], message: 'is no port' },
      { path: [0, 'ports', 1], message: 'is no port' },
      { path: [1, 'isLast'], message: 'is neither' },
      { path: [2], message: 'is not an object: write an object with the keys name, ports, isLast' },
    ],
  });
});

for (const [ports, message] of [
  [[], 'has too few'],
  [[1, 2, 3], 'has too many'],
  ['1', 'is no list'],
] as const)
  test(`a list of ${JSON.stringify(ports)}: ${message}`, (t) => {
    t.deepEqual(readWhole(node, { name: 'a', ports }), { faults: [{ path: ['ports'], message }] });
  });

test('keys without a schema are refused and named, inherited ones too', (t) => {
  const message = 'unknown keys "nmae", "constructor": the keys here are name, ports, isLast';
  t.deepEqual(readWhole(node, JSON.parse('{"name": "a", "nmae": 1, "constructor": 1}')), {
    faults: [{ path: [], message, unknown: ['nmae', 'constructor'] }],
  });
  for (const [input, fault] of [
    [undefined, 'missing'],
    [null, 'not an object'],
    [[], 'not an object'],
  ] as const)
    t.deepEqual(readWhole(node, input), {
      faults: [{ path: [], message: `is ${fault}: write an object with the keys name, ports, isLast` }],
    });
});

test('a check spoils the value, so that nothing further is checked; beside a fault of an inspection others are told', (t) => {
  const looked: string[] = [];
  const word = string('is no text', 1)
    .check(
      (text) => text !== 'never',
      (text) => `is ${text}`,
      ['inside'],
    )
    .inspect((text, tell) => {
      looked.push(text);
      if (text === 'soft') tell('is soft');
    })
    .map((text) => text.length);
  const pair = strict({ one: word, other: word }).inspect(({ one, other }, tell) => {
    if (one !== other) tell('differ in length', ['other']);
  });
  t.deepEqual(readWhole(pair, { one: 'soft', other: 'a' }), {
    faults: [
      { path: ['one'], message: 'is soft' },
      { path: ['other'], message: 'differ in length' },
    ],
  });
  t.deepEqual(readWhole(pair, { one: 'never', other: '' }), {
    faults: [
      { path: ['one', 'inside'], message: 'is never' },
      { path: ['other'], message: 'is no text' },
    ],
  });
  t.deepEqual(looked, ['soft', 'a']);
  t.deepEqual(readWhole(pair, { one: 'ab', other: 'cd' }), { value: { one: 2, other: 2 } });
});

test('of two schemas the first that takes the value reads it', (t) => {
  const schema = either(oneOf(['auto'], ''), listOf(string(''), ''), 'is neither');
  t.deepEqual(readWhole(schema, 'auto'), { value: 'auto' });
  t.deepEqual(readWhole(schema, ['a']), { value: ['a'] });
  for (const input of ['manual', [1], undefined])
    t.deepEqual(readWhole(schema, input), { faults: [{ path: [], message: 'is neither' }] });
});

test('a schema describes itself', (t) => {
  t.deepEqual(strict({ role: oneOf(['relay'], ''), node: node.describe('One.').optional() }).json, {
    type: 'object',
    properties: {
      role: { type: 'string', const: 'relay' },
      node: {
        type: 'object',
        description: 'One.',
        properties: {
          name: { type: 'string', pattern: '^[a-z]+$' },
          ports: {
            type: 'array',
            items: { type: 'integer', minimum: 1, maximum: 65_535 },
            minItems: 1,
            maxItems: 2,
            default: [3265],
          },
          isLast: { type: 'boolean' },
        },
        required: ['name'],
        additionalProperties: false,
      },
    },
    required: ['role'],
    additionalProperties: false,
  });
});
