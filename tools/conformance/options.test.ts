import test from 'ava';
import { UsageError } from '../command-line.ts';
import { parseOptions } from './options.ts';

test('the command line: what is wrong is a usage error', (t) => {
  t.is(parseOptions(['--seed', '7', '--workers', '3', 'features/frames']).seed, 7);
  t.deepEqual(parseOptions(['--shard', '2/3', '--role', 'relay', '--repeat', '4']).shard, { index: 2, of: 3 });
  t.deepEqual(parseOptions(['--env', 'A=b=c', '--env', 'D=']).env, ['A=b=c', 'D=']);
  const wrong: Readonly<Record<string, RegExp>> = {
    '--workers 0': /not a whole number from 1/,
    '--seed x': /not a whole number/,
    '--nonsense': /^--nonsense: no such option$/,
    '--onyl SRV': /^--onyl: no such option: did you mean "only"\?$/,
    '--keep-captures some': /neither "all" nor "failed"/,
    '--name (': /Invalid regular expression/,
    '--only': /needs a value/,
    '--role sever': /^--role sever: not one of client, server, relay: did you mean "server"\?$/,
    '--shard 3/2': /^--shard 3\/2: not I\/N, such as 1\/4/,
    '--shard 0/2': /not I\/N/,
    '--env fast': /^--env fast: not NAME=VALUE/,
    '--repeat 0': /not a whole number from 1/,
  };
  for (const [line, message] of Object.entries(wrong)) {
    const error = t.throws(() => parseOptions(line.split(' ')), { instanceOf: UsageError, message }, line);
    t.is(error?.status, 2);
  }
});
