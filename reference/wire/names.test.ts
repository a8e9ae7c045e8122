import test from 'ava';
import { Malformed } from '../errors.ts';
import { hostOf, initiatorNameFault, nodeNameFault, parseNodeName } from './names.ts';

const label = 'a'.repeat(63);
const longest = [label, label, label, 'a'.repeat(61)].join('.');

test('names of nodes, at each side of each bound', (t) => {
  for (const name of ['a', longest, `${longest}:65535`, 'a:1', 'a_-9.b', 'a.b:65535'])
    t.is(nodeNameFault(name), undefined, name);
  const wrong = [
    '',
    ':1',
    `${longest}a`,
    '.a',
    'a.',
    'a..b',
    'A',
    'a b',
    'a:',
    'a:0',
    'a:01',
    'a:65536',
    'a:1:2',
    'a:x',
  ];
  for (const name of wrong) {
    t.is(typeof nodeNameFault(name), 'string', name);
    t.throws(() => parseNodeName(name), { instanceOf: Malformed }, name);
  }
});

test('host and port', (t) => {
  t.deepEqual(parseNodeName('a.test'), { host: 'a.test' });
  t.deepEqual(parseNodeName('a.test:3265'), { host: 'a.test', port: 3265 });
  t.is(hostOf('a.test:3265'), 'a.test');
  t.is(hostOf('a.test'), 'a.test');
});

test('a name in a message is cut at 40 characters, and what can’t be printed is a dot', (t) => {
  t.throws(() => parseNodeName(`\n\x7f${'A'.repeat(50)}`), { message: /"\.\.A{38}" has/ });
});

test('names of initiators have 1 to 255 printable characters', (t) => {
  for (const name of [' ', '~', 'a'.repeat(255)]) t.is(initiatorNameFault(name), undefined);
  for (const name of ['', 'a'.repeat(256), '\x1f', 'a\x7f', 'ä']) t.is(typeof initiatorNameFault(name), 'string');
});
