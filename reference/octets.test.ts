import test from 'ava';
import fc from 'fast-check';
import { concat, pack, pieces, readU16s, u16, u32, wordAt } from './octets.ts';

test('numbers are written with the high octet first, and read again', (t) => {
  t.is(u16(0x0102, 0xffff).toHex(), '0102ffff');
  t.is(u32(0xfffffffe).toHex(), 'fffffffe');
  t.is(u32(1).toHex(), '00000001');
  fc.assert(fc.property(fc.array(fc.nat(0xffff)), (values) => void t.deepEqual(readU16s(u16(...values)), values)));
  fc.assert(fc.property(fc.nat(0xffff_ffff), (value) => void t.is(wordAt(u32(value), 0), value)));
});

const parts = fc.array(fc.uint8Array({ maxLength: 9 }));

test('pieces are whole but for the last, and make the octets again', (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 9 }), (octets, size) => {
      const found = pieces(octets, size);
      t.deepEqual(concat(...found), octets);
      t.true(found.slice(0, -1).every(({ length }) => length === size));
      t.is(found.length, Math.ceil(octets.length / size));
    }),
  );
});

test('packs are as few as the parts in their order allow, and no part is cut', (t) => {
  t.deepEqual(
    pack([1, 2, 3, 4].map(u32), 11).map(({ length }) => length),
    [8, 8],
  );
  fc.assert(
    fc.property(parts, (whole) => {
      const packs = pack(whole, 9);
      t.deepEqual(concat(...packs), concat(...whole));
      t.true(packs.every(({ length }) => length <= 9));
    }),
  );
});
