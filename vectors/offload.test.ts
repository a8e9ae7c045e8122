/** Datagrams of the vectors that lack something, against both forms of the transforms and what finishes them. */
import test from 'ava';
import { plain } from '../reference/crypto/plain.ts';
import { createOpener, createSealer } from '../reference/crypto/transforms.ts';
import { IntegrityFailure } from '../reference/errors.ts';
import { finish, upperLayerToFinish } from '../reference/packets/offload.ts';
import { load, octets, title } from './load.ts';

const negotiated = { dataOptions: 0x000b };

for (const [path, family] of Object.entries({ fast: { createOpener, createSealer }, plain }))
  for (const group of load('offload')) {
    const label = `${group['transform']}, ${path}`;
    const keys = { key: octets(group['keys'].key), iv: octets(group['keys'].iv), close: octets(group['keys'].close) };
    const valid = group.tests.filter(({ result }) => result === 'valid');

    test(`${label}: valid frames seal and open in order, and what they lack is done`, (t) => {
      const paddings = valid.map((vector) => vector['padding'] as number);
      const options = { ...negotiated, padding: () => paddings.shift() ?? 0 };
      const sealer = family.createSealer(group['transformId'], keys, options);
      const opener = family.createOpener(group['transformId'], keys, negotiated);
      for (const vector of valid) {
        const [datagram, segmentSize] = [octets(vector['datagram']), vector['segmentSize'] as number];
        const offload = vector.flags.includes('Whole') ? undefined : { segmentSize };
        const frame = offload === undefined ? sealer.seal(datagram) : sealer.sealUnfinished(datagram, offload);
        t.true(frame.toHex() === vector['frame'], `seal ${title(vector)}`);
        t.deepEqual(opener.open(octets(vector['frame'])), datagram, `open ${title(vector)}`);
        t.deepEqual(opener.offload, offload);
        const whole = (vector['whole'] as string[]).map(octets);
        if (offload !== undefined) t.deepEqual(finish(datagram, offload), whole, title(vector));
      }
    });

    for (const vector of group.tests.filter(({ result }) => result === 'invalid'))
      test(`${label}: ${vector['verdict']}: ${title(vector)}`, (t) => {
        const opener = family.createOpener(group['transformId'], keys, negotiated);
        opener.open(octets(valid[0]!['frame']));
        if (vector['verdict'] === 'dropped') {
          const datagram = opener.open(octets(vector['frame']));
          t.is(upperLayerToFinish(datagram, opener.offload!.segmentSize), undefined);
        } else {
          t.throws(() => opener.open(octets(vector['frame'])), { instanceOf: IntegrityFailure });
          t.throws(() => opener.open(octets(valid[1]!['frame'])), { instanceOf: IntegrityFailure });
        }
      });
  }
