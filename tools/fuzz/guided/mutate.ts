/** Makes of known inputs others, by a few small changes. Equal seeds make equal inputs. */

/** A whole number from 0 to below `limit`. */
export type Draw = (limit: number) => number;

/** Mulberry32. */
export function drawing(seed: number): Draw {
  let state = seed | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** What lengths, counts and types are often compared with. */
const octets = [0, 1, 2, 4, 5, 6, 8, 16, 20, 40, 63, 64, 127, 128, 192, 254, 255];
const words = [0, 1, 127, 128, 255, 256, 0x0800, 0x7fff, 0x8000, 0x86dd, 0xff00, 0xfffe, 0xffff];

/** @param octets may be changed in place */
type Change = (octets: Uint8Array, draw: Draw, others: readonly Uint8Array[]) => Uint8Array;

const insert = (octets: Uint8Array, at: number, more: Uint8Array): Uint8Array => {
  const longer = new Uint8Array(octets.length + more.length);
  longer.set(octets.subarray(0, at));
  longer.set(more, at);
  longer.set(octets.subarray(at), at + more.length);
  return longer;
};

const remove = (octets: Uint8Array, at: number, count: number): Uint8Array => {
  const shorter = octets.slice(0, octets.length - Math.min(count, octets.length - at));
  shorter.set(octets.subarray(at + count), at);
  return shorter;
};

const some = (draw: Draw, most: number): Uint8Array => Uint8Array.from({ length: 1 + draw(most) }, () => draw(256));
const oneOf = <T>(list: readonly T[], draw: Draw): T => list[draw(list.length)]!;

/** A part of some input. */
function part(from: Uint8Array, draw: Draw): Uint8Array {
  if (from.length === 0) return from;
  const start = draw(from.length);
  return from.subarray(start, start + 1 + draw(Math.min(64, from.length - start)));
}

const changes: readonly Change[] = [
  (input, draw) => {
    input[draw(input.length)]! ^= 1 << draw(8);
    return input;
  },
  (input, draw) => {
    input[draw(input.length)] = draw(256);
    return input;
  },
  (input, draw) => {
    input[draw(input.length)] = oneOf(octets, draw);
    return input;
  },
  (input, draw) => {
    input[draw(input.length)]! += draw(16) - 8;
    return input;
  },
  (input, draw) => {
    const at = draw(input.length);
    const word = oneOf(words, draw);
    input.set([word >> 8, word & 0xff].slice(0, input.length - at), at);
    return input;
  },
  // A length that is that of what follows.
  (input, draw) => {
    const at = draw(input.length);
    const length = Math.max(0, input.length - at - draw(3));
    input.set(draw(2) === 0 ? [length & 0xff] : [length >> 8, length & 0xff].slice(0, input.length - at), at);
    return input;
  },
  (input, draw) => remove(input, draw(input.length), 1 + draw(Math.min(32, input.length))),
  (input, draw) => insert(input, draw(input.length + 1), some(draw, 8)),
  (input, draw) => insert(input, draw(input.length + 1), new Uint8Array(1 + draw(32)).fill(oneOf(octets, draw))),
  // Something again that is there already.
  (input, draw) => insert(input, draw(input.length + 1), part(input, draw).slice()),
  (input, draw, others) => insert(input, draw(input.length + 1), part(oneOf(others, draw), draw)),
  (input, draw, others) => {
    const piece = part(oneOf(others, draw), draw);
    const at = draw(input.length);
    input.set(piece.subarray(0, input.length - at), at);
    return input;
  },
  (input, draw, others) => {
    const other = oneOf(others, draw);
    return insert(other.subarray(draw(other.length + 1)), 0, input.subarray(0, draw(input.length + 1)));
  },
];

/** @param longest octets that the result has at most */
export function mutated(input: Uint8Array, draw: Draw, others: readonly Uint8Array[], longest: number): Uint8Array {
  let result: Uint8Array = new Uint8Array(input);
  for (let left = 1 << draw(4); left > 0; left--)
    result = result.length === 0 ? some(draw, 16) : oneOf(changes, draw)(result, draw, others);
  return result.subarray(0, longest);
}
