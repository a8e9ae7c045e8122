/** Claims 5 and 12: the counter n where it needs another octet, and AES-CTR's counter block where it carries. */
import { cat, fixed, hex, u64, unhex, zeros } from './octets.ts';
import { aesCtr, hmac } from './primitives.ts';
import { dataHeader, type Keys, seal, type TransformName } from './schedule.ts';
import { frameOf, type Refusal } from './transform-refusals.ts';
import { begun, type Commented } from './transform-sizes.ts';

/** So many empty DATA frames went before: they take nothing of a keystream or a chain, so n alone is the state. */
export const starts: readonly (readonly [start: number, comment: string])[] = [
  [0xfe, 'n needs a second octet'],
  [0xfffe, 'n needs a third octet'],
  [0xff_fffe, 'n needs a fourth octet'],
  [0x7fff_fffe, 'n needs the highest bit of four octets'],
  [0xffff_fffc, 'the last frames of a key: n fills four octets'],
];

/** Four datagrams whose n begins at `start`; the second one is empty. */
export const countedFrom = (start: number): readonly Commented[] =>
  [61, 0, 62, 63].map((length, index) => ({
    comment: `n = ${(start + index).toLocaleString('en')}`,
    datagram: begun(length, `counter ${start} ${index}`),
    n: start + index,
  }));

/** The third frame, whose n has just taken another octet, sealed for what a wrong counter says. */
export function miscounted(name: TransformName, keys: Keys, start: number): Refusal[] {
  const at = start + 2;
  const right = BigInt(at);
  const wrong: [string, bigint][] = [
    ['n one too low', right - 1n],
    ['n one too high', right + 1n],
    ['n of 0', 0n],
    ['n in one octet', right & 0xffn],
    ['n in two octets', right & 0xffffn],
    ['n in three octets', right & 0xff_ffffn],
    ['n in 31 bits', right & 0x7fff_ffffn],
    ['n as a signed number of four octets', BigInt.asUintN(64, BigInt.asIntN(32, right))],
    ['n little-endian', BigInt(`0x${hex(u64(right).toReversed())}`)],
    ['n in the upper four octets', right << 32n],
  ];
  return wrong
    .filter(([, n], index) => n !== right && wrong.findIndex(([, other]) => other === n) === index)
    .map(([comment, n]) => {
      const plain = countedFrom(start).map((one, index) => (index === 2 ? { ...one, n } : one));
      return ['Count', `sealed for ${comment}`, at, () => seal(name, keys, plain)[2] ?? zeros(0)];
    });
}

/** First counter blocks whose increment carries over 32, 64, 96 and 128 bits, and one that is all but full. */
export const carries: readonly (readonly [iv: string, comment: string])[] = [
  ['000102030405060708090a0bffffffff', 'carries out of 32 bits'],
  ['0001020304050607ffffffffffffffff', 'carries out of 64 bits'],
  ['00010203ffffffffffffffffffffffff', 'carries out of 96 bits'],
  ['ffffffffffffffffffffffffffffffff', 'carries out of 128 bits: all zeros follow'],
  ['fffffffffffffffffffffffffffffffe', 'carries out of 128 bits in the second block'],
  ['7fffffffffffffffffffffffffffffff', 'carries into the highest bit'],
];
/** Keys whose first counter block is chosen: 16 octets in hexadecimal. */
export const carryKeys = (iv: string): Keys => ({
  key: fixed(`carry key ${iv}`),
  iv: unhex(iv),
  mac: fixed(`carry mac ${iv}`),
  close: fixed(`carry close ${iv}`),
});
export const carryPlain: readonly Commented[] = [15, 34, 60].map((length) => ({
  comment: `${length} octets`,
  datagram: begun(length, `carry ${length}`),
}));

/** What comes of a counter of fewer bits, or of one that counts the other way round: the keystream of the second block on. */
export function miscarried(keys: Keys, frames: readonly Uint8Array[]): Refusal[] {
  const n = 1;
  const before = carryPlain[0]?.datagram.length ?? 0;
  const datagram = carryPlain[n]?.datagram ?? zeros(0);
  const digest = hmac(keys.mac ?? zeros(0), cat(datagram, u64(n)));
  const iv = BigInt(`0x${hex(keys.iv)}`);
  const narrow = (bits: number) => (block: bigint) => {
    const low = 1n << BigInt(bits);
    return (iv / low) * low + ((iv + block) % low);
  };
  const reversed = (block: bigint): bigint => {
    const little = (value: bigint): bigint => BigInt(`0x${hex(block128(value).toReversed())}`);
    return little((little(iv) + block) % (1n << 128n));
  };
  const counters: [string, (block: bigint) => bigint][] = [
    ['the counter block has 32 bits', narrow(32)],
    ['the counter block has 64 bits', narrow(64)],
    ['the counter block counts little-endian', reversed],
    ['the counter block stands still', () => iv],
    ['the counter block stops at its end', (block) => (iv + block < 1n << 128n ? iv + block : (1n << 128n) - 1n)],
  ];
  const made = counters.map(([comment, counter]): Refusal => {
    const stream = cat(...[0n, 1n, 2n, 3n].map((block) => aesCtr(keys.key, block128(counter(block)), zeros(16))));
    const c = datagram.map((octet, index) => octet ^ (stream[before + index] ?? 0));
    return ['Mistake', comment, n, cat(dataHeader(datagram, 0, 32), digest, c)];
  });
  return made.filter((refusal) => hex(frameOf(refusal)) !== hex(frames[n] ?? zeros(0)));
}

const block128 = (value: bigint): Uint8Array => unhex(value.toString(16).padStart(32, '0'));
