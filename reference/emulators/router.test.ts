/** What of the client data is advertised: RFC 4861 §4.2 and §6.2.3, on octets. */
import test from 'ava';
import type { Ipv6Settings } from '../wire/ipv6-settings.ts';
import { advertise } from './neighbour.ts';
import { ADVERTISEMENT_INTERVAL, routerOf } from './router.ts';

const physical = Uint8Array.fromHex('06504e415300');
const settings: Ipv6Settings = {
  prefix: 'fd00:8:0:a::',
  routes: [{ address: 'fd00:8::', length: 48 }],
  dns: ['fd00:9::53'],
  search: ['corp.test'],
  mtu: 1400,
};
const whole = { address: '::', length: 0 };

/** Ethernet 14, IPv6 40, then type, code, checksum, hop limit, flags, lifetime, two timers: 16. */
const optionsAt = 14 + 40 + 16;

/** The options of an advertisement, each in hexadecimal. */
function optionsIn(frame: Uint8Array): string[] {
  const options: string[] = [];
  for (let at = optionsAt; at < frame.length; ) {
    const end = at + 8 * frame[at + 1]!;
    options.push(frame.slice(at, end).toHex());
    at = end;
  }
  return options;
}
const advertised = (wanted: Ipv6Settings, former?: string) => advertise(routerOf(wanted, physical, former));
const typesIn = (wanted: Ipv6Settings) =>
  optionsIn(advertised(wanted)).map((option) => Number(`0x${option.slice(0, 2)}`));

const source = '010106504e415300';
const prefixOption = '03044040ffffffffffffffff00000000fd0000080000000a0000000000000000';
const mtuOption = '0501000000000578';
const routeOption = '18023000fffffffffd00000800000000';
const serverOption = '19030000fffffffffd000009000000000000000000000053';
const searchOption = '1f030000ffffffff04636f72700474657374000000000000';

test('an advertisement holds the client data’s options as they came, from the router to all nodes', (t) => {
  const frame = advertised(settings);
  t.is(frame.subarray(0, 14).toHex(), '33330000000106504e41530086dd');
  t.is(frame.subarray(22, 38).toHex(), 'fe8000000000000004504efffe415300');
  t.is(frame.subarray(38, 54).toHex(), 'ff020000000000000000000000000001');
  t.is(frame[21], 255, 'hop limit (RFC 4861 §6.1.2)');
  t.deepEqual(
    new Set(optionsIn(frame)),
    new Set([source, prefixOption, mtuOption, serverOption, searchOption, routeOption]),
  );
});

test('what the client data has not, the advertisement has not', (t) => {
  t.deepEqual(optionsIn(advertised({ prefix: settings.prefix, routes: [], dns: [], search: [] })), [
    source,
    prefixOption,
  ]);
});

test('it is a default router only with a route to ::/0, and longer than advertisements are apart', (t) => {
  t.is(routerOf(settings, physical).routerLifetime, 0);
  t.is(routerOf({ ...settings, routes: [{ address: '::', length: 1 }] }, physical).routerLifetime, 0);
  const { routerLifetime } = routerOf({ ...settings, routes: [...settings.routes, whole] }, physical);
  t.true(routerLifetime > ADVERTISEMENT_INTERVAL, 'RFC 4861 §6.2.1: from MaxRtrAdvInterval …');
  t.true(routerLifetime <= 9000, '… to 9000 s');
  const frame = advertised({ ...settings, routes: [whole] });
  t.is(new DataView(frame.buffer, frame.byteOffset).getUint16(60), routerLifetime);
});

test('a former prefix is withdrawn with lifetimes of 0, and the present one is not', (t) => {
  const withdrawn = '03044040000000000000000000000000fd0000080000000b0000000000000000';
  const options = optionsIn(advertised(settings, 'fd00:8:0:b::'));
  t.deepEqual(
    options.filter((option) => option.startsWith('03')),
    [prefixOption, withdrawn],
  );
  t.deepEqual(optionsIn(advertised(settings, settings.prefix)), optionsIn(advertised(settings)));
});

/** 56 octets of headers, 8, 32, 8, 24 and 24 of options: 1128 are left, 70 routes of 16 and 8 octets. */
test('of more than 1280 octets routes are left out, whole and the last first, and nothing else', (t) => {
  const routes = Array.from({ length: 80 }, (_, index) => ({
    address: `fd00:${(256 + index).toString(16)}::`,
    length: 48,
  }));
  const frame = advertised({ ...settings, routes });
  t.is(frame.length, 14 + 1280 - 8);
  const options = optionsIn(frame);
  t.is(options.length, 5 + 70);
  t.deepEqual(
    options.filter((option) => option.startsWith('18')).map((option) => option.slice(16)),
    routes.slice(0, 70).map((_, index) => `fd00${(256 + index).toString(16).padStart(4, '0')}00000000`),
  );
  t.deepEqual(new Set(typesIn({ ...settings, routes })), new Set([1, 3, 5, 25, 31, 24]));
});

test('a withdrawal stays, however many routes there are', (t) => {
  const routes = Array.from({ length: 80 }, (_, index) => ({ address: `fd00:${index + 1}::`, length: 48 }));
  const frame = advertised({ ...settings, routes }, 'fd00:8:0:b::');
  t.true(frame.length <= 14 + 1280);
  t.is(optionsIn(frame).filter((option) => option.startsWith('03')).length, 2);
});

test('DNS servers that cannot fit are left out, and leave room for the rest', (t) => {
  const dns = Array.from({ length: 80 }, (_, index) => `fd00:9::${index + 1}`);
  t.deepEqual(new Set(typesIn({ ...settings, dns })), new Set([1, 3, 5, 31, 24]));
});
