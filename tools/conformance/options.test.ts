import test from 'ava';
import { parseOptions, UsageError } from './options.ts';

test('the command line: what is wrong is a usage error', (t) => {
  t.is(parseOptions(['--seed', '7', '--workers', '3', 'features/frames']).seed, 7);
  const wrong = [
    ['--workers', '0'],
    ['--seed', 'x'],
    ['--nonsense'],
    ['--keep-captures', 'some'],
    ['--name', '('],
    ['--only'],
  ];
  for (const argv of wrong) t.throws(() => parseOptions(argv), { instanceOf: UsageError }, argv.join(' '));
});
