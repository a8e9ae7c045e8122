/** Bundles of the vectors against both forms of the transforms. */
import test from 'ava';
import { plain } from '../reference/crypto/plain.ts';
import { createOpener, createSealer } from '../reference/crypto/transforms.ts';
import { IntegrityFailure } from '../reference/errors.ts';
import { load, octets, title } from './load.ts';

const negotiated = { dataOptions: 0x0008 };

for (const [path, family] of Object.entries({ fast: { createOpener, createSealer }, plain }))
  for (const group of load('bundles')) {
    const label = `${group['transform']}, ${path}: ${group.comment}`;
    const keys = { key: octets(group['keys'].key), iv: octets(group['keys'].iv), close: octets(group['keys'].close) };
    const valid = group.tests.filter(({ result }) => result === 'valid');
    const datagramsOf = (vector: (typeof valid)[number]) => (vector['datagrams'] as string[]).map(octets);

    test(`${label}: valid frames seal and open in order`, (t) => {
      const paddings = valid.map((vector) => vector['padding'] as number);
      const options = { ...negotiated, padding: () => paddings.shift() ?? 0 };
      const sealer = family.createSealer(group['transformId'], keys, options);
      const opener = family.createOpener(group['transformId'], keys, negotiated);
      for (const vector of valid) {
        const datagrams = datagramsOf(vector);
        // The sender leaves a datagram alone that is not whole, and need not see that.
        if (!vector.comment.startsWith('a header length')) {
          const [one = new Uint8Array(), ...others] = datagrams;
          const frame = others.length === 0 ? sealer.seal(one) : sealer.sealBundle(datagrams);
          t.true(frame.toHex() === vector['frame'], `seal ${title(vector)}`);
        } else sealer.seal(new Uint8Array());
        t.deepEqual(opener.openAll(octets(vector['frame'])), datagrams, `open ${title(vector)}`);
      }
    });

    for (const vector of group.tests.filter(({ result }) => result === 'invalid'))
      test(`${label}: refused: ${title(vector)}`, (t) => {
        const opener = family.createOpener(group['transformId'], keys, negotiated);
        for (const good of valid.slice(0, Number(vector['n']))) opener.openAll(octets(good['frame']));
        t.throws(() => opener.openAll(octets(vector['frame'])), { instanceOf: IntegrityFailure });
        const next = valid.find(({ n }) => n === vector['n']);
        t.throws(() => opener.openAll(octets(next!['frame'])), { instanceOf: IntegrityFailure });
      });
  }
