import test from 'ava';
import { Misuse } from '../errors.ts';
import { EtherType, encodeEthernet, etherTypeOf } from './ethernet.ts';

const physical = new Uint8Array(6);
const empty = new Uint8Array(0);

test('the EtherType is read in place, and a cut header has none', (t) => {
  const frame = encodeEthernet({ destination: physical, source: physical, etherType: EtherType.ipv6, payload: empty });
  t.is(etherTypeOf(frame), 0x86dd);
  t.is(etherTypeOf(frame.subarray(0, 13)), 0);
});

test('a physical address of 5 octets is the caller’s error', (t) => {
  const frame = { destination: new Uint8Array(5), source: physical, etherType: 0, payload: empty };
  t.throws(() => encodeEthernet(frame), { instanceOf: Misuse });
});
