/** RFC 4861 §4.6, RFC 4191 §2.3 and RFC 8106 §5 on options written by hand. */
import test from 'ava';
import fc from 'fast-check';
import { Malformed, Misuse } from '../errors.ts';
import { ipv6Text } from '../packets/addresses.ts';
import { encodeNeighbourOptions } from '../packets/neighbour-options.ts';
import { decodeClientData, encodeClientData } from './client-data.ts';
import { fromIpv6Settings, type Ipv6Settings, toIpv6Settings } from './ipv6-settings.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));

/** Options as they lie in n6. */
const prefix = '03 04 40 40 ffffffff ffffffff 00000000 fd000008 0000000a 00000000 00000000';
const mtu = '05 01 0000 00000578';
const lan = '18 02 30 00 ffffffff fd000008 00000000';
const whole = '18 01 00 00 ffffffff';
const host = '18 03 80 00 ffffffff fd000009 00000000 00000000 00000001';
const servers = '19 05 0000 ffffffff fd000009 00000000 00000000 00000053 fd000009 00000000 00000000 00000054';
/** `corp.test` and `lab.corp.test`, 26 octets, with 6 of padding. */
const search = '1f 05 0000 ffffffff 04636f7270 0474657374 00 036c6162 04636f7270 0474657374 00 000000000000';

const optionsOf = (...texts: string[]) => {
  const octets = hex(texts.join(''));
  const count = Uint8Array.of(octets.length >> 8, octets.length & 0xff);
  return decodeClientData(Uint8Array.of(0, 0, ...count, ...octets)).neighbour;
};
const settingsOf = (...texts: string[]) => toIpv6Settings(optionsOf(...texts));

const byHand: Ipv6Settings = {
  prefix: 'fd00:8:0:a::',
  routes: [
    { address: 'fd00:8::', length: 48 },
    { address: '::', length: 0 },
    { address: 'fd00:9::1', length: 128 },
  ],
  dns: ['fd00:9::53', 'fd00:9::54'],
  search: ['corp.test', 'lab.corp.test'],
  mtu: 1400,
};

test('options written by hand, in the order 3, 5, 24, 25, 31', (t) => {
  const texts = [prefix, mtu, lan, whole, host, servers, search];
  t.deepEqual(settingsOf(...texts), byHand);
  t.is(encodeNeighbourOptions(fromIpv6Settings(byHand)).toHex(), hex(texts.join('')).toHex());
});

test('any order is read', (t) => {
  t.deepEqual(settingsOf(search, servers, lan, whole, host, mtu, prefix), byHand);
});

test('a prefix alone is enough, and no option at all is no IPv6', (t) => {
  t.deepEqual(settingsOf(prefix), { prefix: 'fd00:8:0:a::', routes: [], dns: [], search: [] });
  t.is(toIpv6Settings([]), undefined);
  t.is(fromIpv6Settings({ prefix: 'fd00:8::', routes: [], dns: [], search: [] }).length, 1);
});

test('options of other types, reserved fields and the preference of routes are ignored', (t) => {
  const plain = settingsOf(prefix, lan, servers, search);
  t.deepEqual(
    settingsOf('01 01 06504e415300', prefix, lan, '1a 01 0000 00000000', servers, search, 'fe 01 ffffffffffff'),
    plain,
  );
  const reserved = [
    prefix.replace('40 40', '40 7f').replace('00000000 fd', 'ffffffff fd'),
    lan.replace('30 00', '30 ff'),
    servers.replace('05 0000', '05 ffff'),
    search.replace('05 0000', '05 ffff'),
  ];
  t.deepEqual(settingsOf(...reserved), plain);
  t.is(settingsOf(prefix, mtu.replace('0000 ', 'ffff '))?.mtu, 1400);
});

test('a route may bring more of its prefix than it has bits (RFC 4191 §2.3)', (t) => {
  const [zero, eight] = ['00'.repeat(16), 'fd000008'];
  t.deepEqual(
    settingsOf(prefix, `18 03 00 00 ffffffff ${zero}`, `18 03 20 00 ffffffff ${eight} ${zero.slice(8)}`)?.routes,
    [
      { address: '::', length: 0 },
      { address: 'fd00:8::', length: 32 },
    ],
  );
});

const faults: readonly (readonly [title: string, type: number, options: string[]])[] = [
  ['no prefix', 3, [mtu]],
  ['two prefixes', 3, [prefix, prefix]],
  ['a prefix of 3 units', 3, [`03 03 ${prefix.replaceAll(' ', '').slice(4, 48)}`]],
  ['a prefix of 48 bits', 3, [prefix.replace('40 40', '30 40')]],
  ['a prefix of 65 bits', 3, [prefix.replace('40 40', '41 40')]],
  ['a prefix that is on-link', 3, [prefix.replace('40 40', '40 c0')]],
  ['a prefix that is not autonomous', 3, [prefix.replace('40 40', '40 00')]],
  ['a prefix whose valid lifetime ends', 3, [prefix.replace('ffffffff ffffffff', '00015180 ffffffff')]],
  ['a prefix whose preferred lifetime ends', 3, [prefix.replace('ffffffff ffffffff', 'ffffffff 00015180')]],
  ['bits beyond the prefix', 3, [prefix.replace(/00000000$/, '00000001')]],
  ['two MTUs', 5, [prefix, mtu, mtu]],
  ['an MTU of 2 units', 5, [prefix, '05 02 0000 00000578 0000000000000000']],
  ['a route of 129 bits', 24, [prefix, host.replace('80 00', '81 00')]],
  ['a route of 4 units', 24, [prefix, `18 04 80 00 ffffffff ${'00'.repeat(24)}`]],
  ['a route of 1 bit without a prefix', 24, [prefix, '18 01 01 00 ffffffff']],
  ['a route of 65 bits with 64 of them', 24, [prefix, lan.replace('30 00', '41 00')]],
  ['a route whose lifetime ends', 24, [prefix, lan.replace('ffffffff', '00000708')]],
  ['DNS servers without one', 25, [prefix, '19 01 0000 ffffffff']],
  ['half a DNS server', 25, [prefix, '19 02 0000 ffffffff fd00000900000000']],
  ['DNS servers whose lifetime ends', 25, [prefix, servers.replace('ffffffff', '00000708')]],
  ['a search list without a name', 31, [prefix, '1f 01 0000 ffffffff']],
  ['a search list of zeros', 31, [prefix, '1f 02 0000 ffffffff 0000000000000000']],
  ['a search list whose lifetime ends', 31, [prefix, search.replace('ffffffff', '00000708')]],
  ['a name without an end', 31, [prefix, '1f 02 0000 ffffffff 0763 6f72702d 6161']],
  ['a name with a pointer', 31, [prefix, '1f 02 0000 ffffffff 0161 00 0162 c000 00']],
  ['a name behind the padding', 31, [prefix, '1f 02 0000 ffffffff 0161 00 00 0162 00 00']],
  ['a name with a space', 31, [prefix, '1f 02 0000 ffffffff 03612062 00 000000']],
];
for (const [title, type, texts] of faults)
  test(`refused, the option named: ${title}`, (t) => {
    t.throws(() => settingsOf(...texts), { instanceOf: Malformed, message: new RegExp(`neighbour option ${type}: `) });
  });

test('any octets are settings or Malformed', (t) => {
  const value = fc
    .constantFrom(6, 14, 22, 30)
    .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  const lasting = value.map((octets) => {
    octets.set([255, 255, 255, 255], 2);
    return octets;
  });
  fc.assert(
    fc.property(fc.constantFrom(3, 5, 24, 25, 31, 1), fc.oneof(value, lasting), (type, octets) => {
      try {
        toIpv6Settings([...optionsOf(prefix), { type, value: octets }]);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

test('what cannot be said is the caller’s error', (t) => {
  const wrong: Partial<Ipv6Settings>[] = [
    { prefix: '10.8.0.0' },
    { prefix: 'fd00:8:0:a::1' },
    { routes: [{ address: 'fd00:9::', length: 129 }] },
    { routes: [{ address: 'fd00:9::', length: 4.5 }] },
    { dns: ['10.9.0.53'] },
    { search: ['a..b'] },
  ];
  for (const fields of wrong) t.throws(() => fromIpv6Settings({ ...byHand, ...fields }), { instanceOf: Misuse });
});

/** Zeros are what the text of an address shortens. */
const octet = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
const sixteen = fc.array(octet, { minLength: 16, maxLength: 16 });
const masked = (length: number) =>
  sixteen.map((all) =>
    ipv6Text(Uint8Array.from(all, (one, index) => one & (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))))),
  );
const anyRoute = fc
  .integer({ min: 0, max: 128 })
  .chain((length) => masked(length).map((address) => ({ address, length })));
const anyDomain = fc
  .array(fc.stringMatching(/^[a-z0-9-]{1,63}$/), { minLength: 1, maxLength: 3 })
  .map((labels) => labels.join('.'));
const anySettings: fc.Arbitrary<Ipv6Settings> = fc.record(
  {
    prefix: masked(64),
    routes: fc.array(anyRoute, { maxLength: 70 }),
    dns: fc.array(masked(128), { maxLength: 300 }),
    search: fc.array(anyDomain, { maxLength: 40 }),
    mtu: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  { requiredKeys: ['prefix', 'routes', 'dns', 'search'] },
);

const throughOctets = (wanted: Ipv6Settings) =>
  decodeClientData(encodeClientData({ dhcp: [], neighbour: fromIpv6Settings(wanted) })).neighbour;

test('settings come back from the octets that say them', (t) => {
  fc.assert(
    fc.property(anySettings, (wanted) => {
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
