import test from 'ava';
import { concat } from '../octets.ts';
import { Flow, type Position } from './flow.ts';

/** A frame of zeros after its start. */
function frame(type: number, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  octets.set([0, 0, 0, length, type, 1]);
  return octets;
}

function taken(flow: Flow, chunk: Uint8Array, admit: (length: number) => boolean = () => true): [string, string] {
  const passed: Uint8Array[] = [];
  const outcome = flow.take(
    chunk,
    ({ length }) => admit(length),
    (octets) => void passed.push(octets),
  );
  if (passed.some((octets) => octets.length === 0)) throw new Error('an empty part was passed');
  return [outcome, concat(...passed).toHex()];
}

test('another flow goes on at any octet of the stream', (t) => {
  const stream = concat(frame(4, 16), frame(4, 6), frame(5, 8), frame(4, 16));
  const end = 16 + 6 + 8;
  for (let cut = 0; cut < end; cut++) {
    const first = new Flow();
    const [outcome, before] = taken(first, stream.subarray(0, cut));
    t.is(outcome, 'passed');
    const { position } = first;
    const copy: Position = { ...position, start: position.start.slice() };
    const [met, after] = taken(new Flow(position), stream.subarray(cut));
    t.is(met, 'close frame');
    t.is(before + after, stream.subarray(0, end).toHex(), `cut at ${cut}`);
    t.deepEqual(position, copy, 'a position does not change with the flow');
    t.is(before.length / 2 + position.start.length, cut);
  }
});

test('nothing of a refused frame passes, and all that came before it does', (t) => {
  const stream = concat(frame(4, 16), frame(4, 17));
  t.deepEqual(
    taken(new Flow(), stream, (length) => length < 17),
    ['refused', frame(4, 16).toHex()],
  );
  t.deepEqual(taken(new Flow(), concat(frame(4, 6), Uint8Array.of(0, 0, 0, 5, 4, 1))), [
    'refused',
    frame(4, 6).toHex(),
  ]);
});

test('the first octets of a frame wait, and those before them pass', (t) => {
  const flow = new Flow();
  t.deepEqual(taken(flow, concat(frame(4, 7), frame(4, 9).subarray(0, 5))), ['passed', frame(4, 7).toHex()]);
  t.false(flow.within);
  t.deepEqual(flow.takeStart(), frame(4, 9).subarray(0, 5));
  t.deepEqual(flow.position.start, new Uint8Array(0));
});
