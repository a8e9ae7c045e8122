/** What the words of a command line select from the suite itself. */
import test from 'ava';
import { UsageError } from '../command-line.ts';
import { parseOptions } from './options.ts';
import { readScenarios } from './scenarios.ts';
import { NothingMatches, select } from './select.ts';

const suite = readScenarios();
const chosen = async (...argv: string[]) => (await select(parseOptions(argv), new Map(), suite)).chosen;
const features = async (...argv: string[]) => [...new Set((await chosen(...argv)).map(({ feature }) => feature))];

test('every name that a run prints selects, in capitals or not', async (t) => {
  const [one, ...others] = await chosen('--only', 'SRV-03');
  t.true(one !== undefined && others.length > 0 && others.every(({ requirements }) => requirements.includes('SRV-03')));
  for (const word of ['srv-03', '@SRV-03', 'SRV-03'])
    t.deepEqual(await chosen('--only', word), [one!, ...others], word);
  t.true((await chosen('SRV')).length > others.length);
  t.deepEqual(await chosen('srv'), await chosen('--only', 'SRV'));
  t.deepEqual(await chosen(one!.id), [one]);
  t.true((await features('--only', 'frames')).every((feature) => feature.startsWith('features/frames/')));
  for (const word of [
    'fig-12-server',
    'machines/fig-12-server',
    'features/machines/fig-12-server.feature',
    'Fig-12-Server',
  ])
    t.deepEqual(await features(word), ['features/machines/fig-12-server.feature'], word);
  t.deepEqual(await features('vectors'), ['features/handshake/vectors.feature', 'features/transforms/vectors.feature']);
  t.true((await features('features/frames')).every((feature) => feature.startsWith('features/frames/')));
  t.true((await chosen('--only', 'needs:dhcp')).every(({ tags }) => tags.includes('@needs:dhcp')));
});

test('words add up, --skip and --role and --name take away', async (t) => {
  const [both, first, second] = [
    await chosen('SRV-03', '--only', 'RLY-03'),
    await chosen('SRV-03'),
    await chosen('RLY-03'),
  ];
  t.true(both.length <= first.length + second.length && both.length > Math.max(first.length, second.length));
  t.true((await chosen('SRV', '--skip', 'srv-03')).every(({ requirements }) => !requirements.includes('SRV-03')));
  const played = async (...argv: string[]) =>
    new Set((await chosen(...argv)).flatMap(({ tags }) => tags.filter((tag) => tag.startsWith('@iut:'))));
  t.deepEqual(await played('--role', 'relay'), new Set(['@iut:relay']));
  t.deepEqual(await played('tunnel', '--role', 'client', '--role', 'server'), new Set(['@iut:client', '@iut:server']));
  t.true((await chosen('frames', '--name', '^At a server')).every(({ name }) => name.startsWith('At a server')));
  t.deepEqual(
    await chosen('--only', '@SRV-03 and @iut:server'),
    (await chosen('SRV-03')).filter(({ tags }) => tags.includes('@iut:server')),
  );
});

test('shards are the whole, share what takes long, and have nothing in common', async (t) => {
  const whole = await select(parseOptions([]), new Map(), suite);
  t.deepEqual(whole.words, []);
  const shards = await Promise.all(['1/3', '2/3', '3/3'].map((text) => chosen('--shard', text)));
  const places = shards.flat().map(({ place }) => place);
  t.is(new Set(places).size, places.length);
  t.deepEqual(places.toSorted(), whole.chosen.map(({ place }) => place).toSorted());
  const long = shards.map((all) => all.filter(({ tags }) => tags.includes('@long')).length);
  t.true(Math.max(...long) - Math.min(...long) <= 1, long.join(' '));
});

const nothing: Readonly<Record<string, RegExp>> = {
  'SVR-03': /^SVR-03: no scenario carries this requirement, area, name or tag: did you mean "SRV-03"\?$/,
  frmes: /did you mean "frames"\?$/,
  'fig-12-server/a-second-relay-insted-of-request':
    /did you mean "fig-12-server\/a-second-relay-instead-of-request"\?$/,
};

for (const [word, message] of Object.entries(nothing))
  test(`nothing matches ${word}, and what was meant is said`, async (t) => {
    await t.throwsAsync(chosen(word), { instanceOf: NothingMatches, message });
  });

test('nothing matches: status 3; an expression that is none: status 2', async (t) => {
  const status = async (...argv: string[]) =>
    (await t.throwsAsync(chosen(...argv), { instanceOf: UsageError }))?.status;
  t.is(await status('--only', 'SRV-03', '--skip', 'SRV'), 3);
  t.is(await status('--only', 'SRV-03', '--only', 'XYZ-01'), 3);
  t.is(await status('--name', 'no such name'), 3);
  t.is(await status('--only', '@SRV-03 and ('), 2);
});
