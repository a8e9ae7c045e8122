/** The vectors of names, frames and streams, against reference/wire. */
import test from 'ava';
import { Malformed } from '../reference/errors.ts';
import { Deframer } from '../reference/wire/deframer.ts';
import { decodeFrame, encodeFrame } from '../reference/wire/frame.ts';
import { FrameType, statusName } from '../reference/wire/identifiers.ts';
import { parseNodeName } from '../reference/wire/names.ts';
import { findSelf } from '../reference/wire/relay.ts';
import { load, octets, title, type Vector } from './load.ts';

/** Octets as hexadecimal, wherever they stand: the form of the vectors. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return value.toHex();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

const subset = (value: Record<string, unknown>, keys: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.keys(keys).map((key) => [key, value[key]]));

for (const subject of ['relay', 'data', 'close']) {
  for (const vector of load(subject).flatMap((group) => group.tests)) {
    test(`${subject}: ${title(vector)}`, (t) => {
      const frame = octets(vector['frame']);
      if (vector.result === 'invalid') {
        const error = t.throws(() => decodeFrame(frame), { instanceOf: Malformed });
        // A fault of a DATA frame is one verdict, which its receiver gives, not the decoder.
        if (subject !== 'data') t.is(error?.status, vector['status']);
        return;
      }
      const decoded = decodeFrame(frame);
      t.is(decoded.type, subject.toUpperCase());
      const { statusName: name, ...fields } = vector['fields'];
      t.deepEqual(subset(plain(decoded) as Record<string, unknown>, fields), fields);
      if (name !== undefined) t.is(statusName(vector['fields'].status), name);
      t.is(encodeFrame(decoded).toHex(), vector['frame']);
    });
  }
}

for (const vector of load('deframing').flatMap((group) => group.tests))
  test(`deframing: ${title(vector)}`, (t) => {
    const deframer = new Deframer();
    const frames: { type: number; octets: string }[] = [];
    const run = (): void => {
      for (const piece of vector['pieces']) {
        deframer.push(octets(piece));
        for (let frame = deframer.next(); frame; frame = deframer.next())
          frames.push({ type: FrameType[frame.type], octets: frame.octets.toHex() });
      }
    };
    if (vector.result === 'invalid') {
      const error = t.throws(run, { instanceOf: Malformed });
      t.is(error?.status, vector['status']);
    } else {
      run();
      t.is(deframer.partial, vector['partial']);
    }
    t.deepEqual(frames, vector['frames']);
  });

function position(vector: Vector): number | undefined {
  const index = findSelf(vector['path'], vector['names']);
  if (index === undefined) return undefined;
  const last = index === vector['path'].length - 1;
  return last === (vector['role'] === 'server') ? index : undefined;
}

for (const group of load('names')) {
  for (const vector of group.tests)
    test(`names, ${group.type}: ${title(vector)}`, (t) => {
      if (group.type === 'Position') return t.is(position(vector), vector['index']);
      const name = String.fromCharCode(...octets(vector['name']));
      if (vector.result === 'invalid') return void t.throws(() => parseNodeName(name), { instanceOf: Malformed });
      const { host, port } = vector;
      return t.deepEqual(parseNodeName(name), port === undefined ? { host } : { host, port });
    });
}
