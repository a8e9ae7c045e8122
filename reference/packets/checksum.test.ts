import test from 'ava';
import { checksum, upperLayerChecksum } from './checksum.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));

test('the example of RFC 1071 §3', (t) => {
  t.is(checksum(hex('0001 f203 f4f5 f6f7')), 0x220d);
  t.is(checksum(hex('0001 f203 f4f5 f6f7 220d')), 0);
});

test('an odd octet is the high one of a word; many octets carry more than once', (t) => {
  t.is(checksum(hex('0102 03')), 0xfbfd);
  t.is(checksum(new Uint8Array(65_535).fill(0xff)), 0x00ff);
  t.is(checksum(hex('ffff ffff 0001')), 0xfffe);
  t.is(checksum(new Uint8Array(0)), 0xffff);
});

test('the pseudo-headers add addresses, protocol and length', (t) => {
  const [source, destination] = [hex('0a000001'), hex('0a000002')];
  const sum = 0x0a00 + 1 + 0x0a00 + 2 + 17 + 8 + 0x0102;
  t.is(upperLayerChecksum({ source, destination }, 17, hex('0102 0000 0000 0000')), 0xffff - sum);
});
