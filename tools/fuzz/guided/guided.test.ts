/** The kept inputs of each target; and that the search finds what lies behind several conditions, and what hangs. */
import test from 'ava';
import { keptOf } from '../corpus.ts';
import { ownTargets, targets } from '../targets.ts';
import { faultOf } from './explore.ts';
import { exploreInThread } from './guided.ts';
import { drawing, mutated } from './mutate.ts';

const practice = (name: string) => targets.find((target) => target.name === `practice-${name}`)!;

for (const target of ownTargets)
  test(`${target.name}: what is kept, and what the search begins with`, async (t) => {
    const kept = keptOf(target.name);
    t.true(kept.length > 0, 'no corpus');
    for (const { file, line, comment, input } of kept)
      t.is(await faultOf(target, input), undefined, `${file}:${line} ${comment}`);
    for (const seed of target.seeds()) t.is(await faultOf(target, seed), undefined, seed.toHex());
  });

test('it finds a fault behind five octets, and makes the input small', async (t) => {
  const { findings, explored } = await exploreInThread(practice('fault'), { seed: 1, milliseconds: 60_000, enough: 1 });
  t.is(findings.length, 1);
  t.regex(findings[0]?.fault ?? '', /^Error: it reached the fault/);
  t.is(findings[0]?.input.toHex(), '706e612f31');
  const own = explored?.visited.find(({ file }) => file === 'tools/fuzz/targets/practice.ts');
  t.true((own?.visited ?? 0) > 0 && own!.visited < own!.all);
});

test('it finds an input that takes for ever', async (t) => {
  const { findings, explored } = await exploreInThread(practice('hang'), {
    seed: 1,
    milliseconds: 20_000,
    within: 1_000,
  });
  t.is(explored, undefined);
  t.is(findings[0]?.input[0], 7);
  t.is(findings[0]?.fault, 'it takes longer than 1000 ms');
});

test('an input that is changed by the target is a fault', async (t) => {
  const target = { ...practice('fault'), run: (input: Uint8Array) => void input.fill(1) };
  t.is(await faultOf(target, new Uint8Array(3)), 'the input was changed');
});

test('equal seeds make equal inputs, and none is too long', (t) => {
  const make = (seed: number): string[] => {
    const draw = drawing(seed);
    const input = Uint8Array.of(1, 2, 3);
    return Array.from({ length: 500 }, () => mutated(input, draw, [input, new Uint8Array(40)], 32).toHex());
  };
  t.deepEqual(make(7), make(7));
  t.notDeepEqual(make(7), make(8));
  t.true(make(7).every((hex) => hex.length <= 64));
  t.true(new Set(make(7)).size > 400);
});

test('the input that others are made of stays as it is', (t) => {
  const input = Buffer.from('0102030405', 'hex');
  const draw = drawing(1);
  for (let left = 200; left > 0; left--) mutated(input, draw, [input], 32);
  t.is(input.toString('hex'), '0102030405');
});
