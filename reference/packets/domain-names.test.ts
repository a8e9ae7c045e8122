/** RFC 1035 §3.1 and §4.1.4 on octets written by hand. */
import test from 'ava';
import { Misuse } from '../errors.ts';
import { compressDomains, decodeDomain, encodeDomain } from './domain-names.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
/** `corp.test`, then `lab` with a pointer to it. */
const names = hex('04636f7270 0474657374 00 036c6162 c000');
const label = '61'.repeat(63);

test('a name is its labels, each after its length, and a zero', (t) => {
  t.is(encodeDomain('corp.test').toHex(), '04636f7270047465737400');
  t.is(encodeDomain('a'.repeat(63)).toHex(), `3f${label}00`);
  for (const wrong of ['', 'a..b', '.a', 'a.', 'a'.repeat(64)])
    t.throws(() => encodeDomain(wrong), { instanceOf: Misuse, message: /label that does not fit/ }, wrong);
});

test('a name is read where it stands, and ends where its own octets end', (t) => {
  t.deepEqual(decodeDomain(names, 0, false), { name: 'corp.test', end: 11 });
  t.deepEqual(decodeDomain(names, 5, false), { name: 'test', end: 11 });
  t.deepEqual(decodeDomain(names, 10, false), { name: '', end: 11 }, 'the root');
});

test('a pointer is followed only where names may be compressed', (t) => {
  t.deepEqual(decodeDomain(names, 11, true), { name: 'lab.corp.test', end: 17 });
  t.is(decodeDomain(names, 11, false), undefined);
});

test('a name has 255 octets at most, pointers or not', (t) => {
  const three = `3f${label}`.repeat(3);
  const longest = hex(`${three} 3d${'61'.repeat(61)} 00`);
  t.is(longest.length, 255);
  t.is(decodeDomain(longest, 0, false)?.name.length, 253);
  t.is(decodeDomain(hex(`${three} 3e${'61'.repeat(62)} 00`), 0, false), undefined);
  const tail = hex(`${three} 00 3d${'61'.repeat(61)} c000 3e${'61'.repeat(62)} c000`);
  t.deepEqual(decodeDomain(tail, 193, true)?.end, 257);
  t.is(decodeDomain(tail, 257, true), undefined);
});

for (const [title, octets, offset = 0] of [
  ['nothing', ''],
  ['an offset after the end', '00', 1],
  ['a name without an end', '0161'],
  ['a label that is cut', '0361 62'],
  ['a label of 64 octets', `40${'61'.repeat(64)}00`],
  ['a length with the reserved bits 10', `80${'61'.repeat(63)}00`],
  ['a pointer to itself', 'c000'],
  ['a pointer forward', 'c002 0161 00'],
  ['a pointer that is cut', '00 c0', 1],
  ['a loop of label and pointer', '0161 c000'],
  ['a dot inside a label', '03612e62 00'],
  ['an octet above 127', '01e9 00'],
] as const)
  test(`broken: ${title}`, (t) => {
    t.is(decodeDomain(hex(octets), offset, true), undefined);
  });

test('a repeated suffix is a pointer to its first place, wherever that is (RFC 1035 §4.1.4)', (t) => {
  const octets = compressDomains(['a.bc.test', 'x.bc.test', 'test', 'y.test']);
  // a at 0, bc at 2, test at 5.
  const whole = '0161 026263 0474657374 00';
  t.is(octets.toHex(), `${whole} 0178 c002 c005 0179 c005`.replaceAll(' ', ''));
});

test('a suffix that stands beyond what a pointer can hold is written out', (t) => {
  // 1,261 names of 13 octets: the next name begins at 16,393, beyond 0x3fff.
  const filler = Array.from({ length: 1_261 }, (_, index) => `n${String(index).padStart(10, '0')}`);
  t.is(compressDomains([...filler, 'late.test', 'late.test']).length, 1_261 * 13 + 2 * 11);
});
