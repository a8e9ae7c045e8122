/** The kept packets, and a short run of what `npm run fuzz` does at length; and whether the oracle knows the vectors. */
import test from 'ava';
import { load } from '../../vectors/load.ts';
import { keptOf, readCorpus } from './corpus.ts';
import { lan } from './lan.ts';
import { fateOf } from './oracle.ts';
import { fuzz, tryPacket } from './run.ts';
import { seeds } from './seeds.ts';

const count = 20_000;

test('the corpus is there, and what is no hexadecimal is refused', (t) => {
  t.true(keptOf('adapters').length > 0);
  t.deepEqual(readCorpus('a.hex', '# one\n00ff\n\n'), [
    { file: 'a.hex', line: 2, comment: 'one', input: Uint8Array.of(0, 255) },
  ]);
  t.throws(() => readCorpus('a.hex', '# one\n0 f\n'), { instanceOf: SyntaxError, message: /a\.hex:2/ });
});

test('the packets of the vectors and their like', async (t) => {
  for (const packet of seeds) t.is(await tryPacket(packet), undefined, packet.toHex());
});

for (const subject of ['arp', 'dhcp'] as const)
  test(`the oracle says of the ${subject} vectors what they say`, (t) => {
    // It knows one virtual LAN; groups of DHCP vectors are all about that one.
    const groups = load(subject).filter(
      ({ prefixLength }) => prefixLength === undefined || prefixLength === lan.prefixLength,
    );
    t.not(groups.length, 0);
    for (const { tests } of groups)
      for (const { comment, packet, result } of tests)
        t.is(fateOf(Uint8Array.fromHex(packet), 'client') === subject, result === 'valid', comment);
  });

test(`${count} packets, each of which fares as it must`, async (t) => {
  t.timeout(60_000);
  const { tally, failure } = await fuzz(3265, count);
  t.is(failure && `${failure.fault}: npm run fuzz -- --target adapters --input ${failure.packet.toHex()}`, undefined);
  // Every fate must have come often, or the packets are not what they were meant to be.
  for (const [fate, number] of Object.entries(tally)) t.true(number > count / 200, `${fate} ${number}`);
});
