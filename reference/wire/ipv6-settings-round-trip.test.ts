/** Settings of any size, there and back; and how long lists are split. */
import test from 'ava';
import fc from 'fast-check';
import { ipv6Text } from '../packets/addresses.ts';
import { decodeClientData, encodeClientData } from './client-data.ts';
import { fromIpv6Settings, type Ipv6Settings, toIpv6Settings } from './ipv6-settings.ts';

/** Zeros are what the text of an address shortens. */
const octet = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
const octets = fc.array(octet, { minLength: 16, maxLength: 16 });
const masked = (length: number) =>
  octets.map((all) =>
    ipv6Text(Uint8Array.from(all, (one, index) => one & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))))),
  );
const route = fc
  .integer({ min: 0, max: 128 })
  .chain((length) => masked(length).map((address) => ({ address, length })));
const domain = fc
  .array(fc.stringMatching(/^[a-z0-9-]{1,63}$/), { minLength: 1, maxLength: 3 })
  .map((labels) => labels.join('.'));
const settings: fc.Arbitrary<Ipv6Settings> = fc.record(
  {
    prefix: masked(64),
    routes: fc.array(route, { maxLength: 70 }),
    dns: fc.array(masked(128), { maxLength: 300 }),
    search: fc.array(domain, { maxLength: 40 }),
    mtu: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  { requiredKeys: ['prefix', 'routes', 'dns', 'search'] },
);

const throughOctets = (wanted: Ipv6Settings) =>
  decodeClientData(encodeClientData({ dhcp: [], neighbour: fromIpv6Settings(wanted) })).neighbour;

test('settings come back from the octets that say them', (t) => {
  fc.assert(
    fc.property(settings, (wanted) => {
      t.deepEqual(toIpv6Settings(throughOctets(wanted)) as unknown, wanted as unknown);
    }),
  );
});

const plain: Ipv6Settings = { prefix: 'fd00:8::', routes: [], dns: [], search: [] };
const lengthsOf = (wanted: Ipv6Settings, type: number) =>
  throughOctets(wanted)
    .filter((option) => option.type === type)
    .map(({ value }) => value.length + 2);

/** RFC 8106 §5.1: 8 octets and 16 for each; the length field counts to 255 units of 8. */
test('127 DNS servers fit into one option, 128 are two', (t) => {
  const dns = Array.from({ length: 128 }, (_, index) => `fd00:9::${(index + 1).toString(16)}`);
  t.deepEqual(lengthsOf({ ...plain, dns: dns.slice(1) }, 25), [8 + 16 * 127]);
  t.deepEqual(lengthsOf({ ...plain, dns }, 25), [8 + 16 * 127, 8 + 16]);
  t.deepEqual(toIpv6Settings(throughOctets({ ...plain, dns }))?.dns, dns);
});

/** 8 octets, then names: 2032 of them fit. */
test('names of 2,032 octets fit into one option, one more is a second one', (t) => {
  const name = (length: number) => `${'a'.repeat(62)}.${'b'.repeat(length - 65)}`;
  const sixteen = Array.from({ length: 16 }, () => name(127));
  t.deepEqual(lengthsOf({ ...plain, search: sixteen }, 31), [2040]);
  const more = [...sixteen.slice(1), name(128)];
  t.deepEqual(lengthsOf({ ...plain, search: more }, 31), [8 + 15 * 127 + 7, 8 + 128]);
  t.deepEqual(toIpv6Settings(throughOctets({ ...plain, search: more }))?.search, more);
});
