import test from 'ava';
import fc from 'fast-check';
import { Malformed } from '../errors.ts';
import { concat } from '../octets.ts';
import { Deframer } from './deframer.ts';
import { encodeFrame, type Frame } from './frame.ts';

const frames: Frame[] = [
  { type: 'RELAY', origin: 'origin.invalid', path: ['relay-b.test', 'server.test:3265'] },
  { type: 'CLOSE', status: 1 },
  { type: 'CLOSE', status: 4, digest: new Uint8Array(32).fill(7) },
];
const whole = concat(...frames.map(encodeFrame));

function take(deframer: Deframer): Uint8Array[] {
  const taken: Uint8Array[] = [];
  for (let frame = deframer.next(); frame !== undefined; frame = deframer.next()) taken.push(frame.octets.slice());
  return taken;
}

test('any cut gives the same frames', (t) => {
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 200 }), (cuts) => {
      const deframer = new Deframer();
      const edges = [0, ...cuts.sort((a, b) => a - b), whole.length];
      const taken = edges.slice(1).flatMap((edge, index) => {
        deframer.push(whole.slice(edges[index], edge));
        return take(deframer);
      });
      t.deepEqual(taken, frames.map(encodeFrame));
      t.false(deframer.partial);
    }),
  );
});

test('octet by octet, with frames taken only at the end', (t) => {
  const deframer = new Deframer();
  for (const octet of whole) deframer.push(Uint8Array.of(octet));
  t.deepEqual(take(deframer), frames.map(encodeFrame));
});

test('an impossible start is refused with its sixth octet, whatever length it claims', (t) => {
  const starts: [number[], number][] = [
    [[0, 0, 0, 5, 5, 1], 5],
    [[0, 0, 0, 8, 5, 2], 6],
    [[0, 0, 0, 8, 0, 1], 5],
    [[0, 0, 0, 8, 6, 1], 5],
    [[0xff, 0xff, 0xff, 0xff, 4, 1], 5],
    [[0, 2, 0, 1, 4, 1], 5],
    [[0, 0, 0, 41, 5, 1], 5],
    [[0, 0, 0, 15, 4, 1], 5],
  ];
  for (const [octets, status] of starts) {
    const deframer = new Deframer();
    deframer.push(Uint8Array.from(octets.slice(0, 5)));
    t.is(deframer.next(), undefined);
    deframer.push(Uint8Array.from(octets.slice(5)));
    const error = t.throws(() => deframer.next(), { instanceOf: Malformed });
    t.is(error?.status, status, octets.join(' '));
  }
});

test('what is begun can be told before it is whole', (t) => {
  const deframer = new Deframer();
  deframer.push(Uint8Array.of(0, 0, 0, 40, 5));
  t.is(deframer.next(), undefined);
  t.true(deframer.partial);
  t.is(deframer.begun, undefined);
  deframer.push(Uint8Array.of(1));
  t.is(deframer.next(), undefined);
  t.deepEqual(deframer.begun, { length: 40, type: 'CLOSE' });
});
