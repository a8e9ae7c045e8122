/** RFC 2132, 3396, 3397 and 3442: what the DHCP server emulator tells of the client data, by hand. */
import test from 'ava';
import { configuration, type DhcpSettings } from './dhcp-configuration.ts';

const settings: DhcpSettings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: ['10.9.0.53', '10.9.0.54'],
  domain: 'corp.test',
  search: ['corp.test', 'lab.corp.test'],
  mtu: 1400,
  serverPhysical: Uint8Array.fromHex('06504e415300'),
};
const bare = (text: string) => text.replaceAll(' ', '');

/** The value of the first option with a code. */
const firstValue = (code: number, of: DhcpSettings = settings, asked: readonly number[] = []) =>
  configuration(of, asked)
    .find((option) => option.code === code)
    ?.value.toHex();

test('mask, DNS servers, domain, search list and MTU are told', (t) => {
  t.is(firstValue(1), 'ffffff00');
  t.is(firstValue(6), '0a0900350a090036');
  t.is(firstValue(15), bare('63 6f 72 70 2e 74 65 73 74'));
  t.is(firstValue(26), '0578');
  // RFC 3397: corp.test, then lab and a pointer to octet 0.
  t.is(firstValue(119), bare('04 63 6f 72 70 04 74 65 73 74 00  03 6c 61 62 c0 00'));
});

test('what is not configured is not told', (t) => {
  const { domain: _, mtu: __, ...others } = settings;
  const options = configuration({ ...others, dns: [], search: [], routes: [] }, [1, 3, 6, 15, 26, 119, 121, 249]);
  t.deepEqual(
    options.map(({ code }) => code),
    [1],
  );
});

test('routes are option 121 (RFC 3442), and 249 for who asks for it', (t) => {
  t.is(firstValue(121), bare('18 0a 09 00 0a 08 00 01'));
  t.is(firstValue(249), undefined);
  t.is(firstValue(249, settings, [1, 121, 249]), bare('18 0a 09 00 0a 08 00 01'));
});

test('a router (option 3) only where the whole default route is meant, and then in 121 as well', (t) => {
  t.is(firstValue(3), undefined);
  const whole = { ...settings, routes: [{ address: '0.0.0.0', length: 0, gateway: '10.8.0.1' }] };
  t.is(firstValue(3, whole), bare('0a 08 00 01'));
  t.is(firstValue(121, whole), bare('00 0a 08 00 01'));
});

test('option 121 is split at route boundaries only (RFC 3396)', (t) => {
  // 29 routes of 9 octets each: 28 fit 255 octets with 3 to spare.
  const routes = Array.from({ length: 29 }, (_, index) => ({
    address: `10.9.${index}.0`,
    length: 25,
    gateway: '10.8.0.1',
  }));
  const options = configuration({ ...settings, routes }, []).filter(({ code }) => code === 121);
  t.deepEqual(
    options.map(({ value }) => value.length),
    [252, 9],
  );
});

test('DNS servers of more than 255 octets are several options of one code (RFC 3396)', (t) => {
  const dns = Array.from({ length: 70 }, (_, index) => `10.9.0.${index + 1}`);
  const options = configuration({ ...settings, dns }, []).filter(({ code }) => code === 6);
  t.deepEqual(
    options.map(({ value }) => value.length),
    [255, 25],
  );
});
