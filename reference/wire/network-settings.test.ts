import test from 'ava';
import fc from 'fast-check';
import { Malformed, Misuse } from '../errors.ts';
import { decodeClientData, encodeClientData } from './client-data.ts';
import { fromNetworkSettings, type NetworkSettings, toNetworkSettings } from './network-settings.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const address = fc.ipV4();
const route = fc
  .record({ bits: fc.nat(0xffff_ffff), prefixLength: fc.integer({ min: 0, max: 32 }) })
  .map(({ bits, prefixLength }) => {
    const network = Math.floor(bits / 2 ** (32 - prefixLength)) * 2 ** (32 - prefixLength);
    const destination = [24, 16, 8, 0].map((shift) => (network >>> shift) & 0xff).join('.');
    return { address: destination, length: prefixLength };
  });
const domain = fc
  .array(fc.stringMatching(/^[a-z0-9-]{1,63}$/), { minLength: 1, maxLength: 3 })
  .map((labels) => labels.join('.'));
const physical = fc.uint8Array({ minLength: 6, maxLength: 6 }).map((octets) => octets.with(0, (octets[0]! & 0xfc) | 2));
const settings: fc.Arbitrary<NetworkSettings> = fc
  .record(
    {
      address,
      prefixLength: fc.integer({ min: 1, max: 32 }),
      serverAddress: address,
      leaseSeconds: fc.integer({ min: 1, max: 0xffff_ffff }),
      routes: fc.array(route, { maxLength: 70 }),
      dns: fc.array(address, { maxLength: 70 }),
      domain,
      search: fc.array(domain, { maxLength: 8 }),
      mtu: fc.integer({ min: 1280, max: 0xffff }),
      clientPhysical: physical,
      serverPhysical: physical,
    },
    {
      requiredKeys: [
        'address',
        'prefixLength',
        'serverAddress',
        'leaseSeconds',
        'routes',
        'dns',
        'search',
        'clientPhysical',
        'serverPhysical',
      ],
    },
  )
  .filter(({ clientPhysical, serverPhysical }) => clientPhysical.toHex() !== serverPhysical.toHex())
  .map((all) => ({ ...all, routes: all.routes.map((one) => ({ ...one, gateway: all.serverAddress })) }));

test('a route by another gateway than the adapter of the server makes no sense', (t) => {
  fc.assert(
    fc.property(settings, address, (wanted, gateway) => {
      fc.pre(gateway !== wanted.serverAddress);
      const data = fromNetworkSettings({
        ...wanted,
        routes: [...wanted.routes, { address: '10.9.0.0', length: 24, gateway }],
      });
      t.throws(() => toNetworkSettings(data), { instanceOf: Malformed });
    }),
  );
});

test('settings come back from the octets that say them', (t) => {
  fc.assert(
    fc.property(settings, (wanted) => {
      const data = decodeClientData(encodeClientData(fromNetworkSettings(wanted)));
      t.deepEqual(toNetworkSettings(data) as unknown, wanted as unknown);
    }),
  );
});

/** RFC 2132, 3397 and 3442 by hand: the search list's second name is a label and a pointer to the first. */
const byHand: Readonly<Record<number, string>> = {
  50: '0a08000a',
  1: 'ffffff00',
  54: '0a080001',
  51: '00000e10',
  121: '18 0a0900 0a080001  14 c0a810 0a080001  00 0a080001',
  6: '0a090035 0a090036',
  15: '636f72702e74657374',
  119: '04636f727004746573740 0 036c6162c000'.replaceAll(' ', ''),
  26: '0578',
  43: '01 06 06504e414300 02 06 06504e415300',
};
const dataOf = (values: Readonly<Record<number, string>>) => ({
  dhcp: Object.entries(values).map(([code, value]) => ({ code: Number(code), value: hex(value) })),
  neighbour: [],
});

test('options written by hand', (t) => {
  const gateway = '10.8.0.1';
  t.deepEqual(toNetworkSettings(dataOf(byHand)), {
    address: '10.8.0.10',
    prefixLength: 24,
    serverAddress: gateway,
    leaseSeconds: 3600,
    routes: [
      { address: '10.9.0.0', length: 24, gateway },
      { address: '192.168.16.0', length: 20, gateway },
      { address: '0.0.0.0', length: 0, gateway },
    ],
    dns: ['10.9.0.53', '10.9.0.54'],
    domain: 'corp.test',
    search: ['corp.test', 'lab.corp.test'],
    mtu: 1400,
    clientPhysical: hex('06504e414300'),
    serverPhysical: hex('06504e415300'),
  });
});

const needed = [50, 1, 54, 51, 43];
for (const code of needed)
  test(`refused without option ${code}`, (t) => {
    const { [code]: _absent, ...others } = byHand;
    t.throws(() => toNetworkSettings(dataOf(others)), { instanceOf: Malformed, message: new RegExp(`option ${code}`) });
  });

const faults: readonly (readonly [number, string, string])[] = [
  [50, '0a0800', 'an address of 3 octets'],
  [1, 'ff00ff00', 'a mask with a hole'],
  [1, '00000000', 'an empty mask'],
  [51, '00000000', 'a lease of no time'],
  [121, '', 'no route'],
  [121, '18 0a0900 0a0800', 'a route that is cut'],
  [121, '21 0a090000 00 0a080001', 'a prefix of 33'],
  [121, '14 c0a811 0a080001', 'bits beyond the prefix'],
  [6, '0a09003500', 'half an address'],
  [15, '636f7270 07', 'a control character'],
  [119, '04636f7270', 'a name without an end'],
  [119, 'c000', 'a pointer to itself'],
  [119, '0161 c000', 'a loop'],
  [119, '0161 00 c005 0162 00', 'a pointer forward'],
  [119, `${`3f${'61'.repeat(63)}`.repeat(4)}00`, 'a name of 257 octets'],
  [119, '00', 'an empty name'],
  [26, '0043', 'an MTU below that of every IPv4 link'],
  [43, '01 06 06504e414300', 'one physical address only'],
  [43, '01 06 06504e414300 02 06 06504e414300', 'the same physical address twice'],
  [43, '01 06 04504e414300 02 06 06504e415300', 'a physical address that is not local'],
  [43, '01 06 07504e414300 02 06 06504e415300', 'a group address'],
  [43, '01 06 06504e414300 02 07 06504e415300', 'a sub-option that runs over'],
];
for (const [code, value, title] of faults)
  test(`option ${code} refused: ${title}`, (t) => {
    t.throws(() => toNetworkSettings(dataOf({ ...byHand, [code]: value })), {
      instanceOf: Malformed,
      message: new RegExp(`option ${code}`),
    });
  });

test('a search list of many pointers to one long name is bounded', (t) => {
  const long = `3f${'61'.repeat(63)}`.repeat(3);
  const { search } = toNetworkSettings(dataOf({ ...byHand, 119: `${long}00${'c000'.repeat(20)}` }));
  t.is(search.length, 21);
  const chain = Array.from({ length: 400 }, (_, index) =>
    (0xc000 | (index === 0 ? 0 : 3 + 2 * (index - 1))).toString(16),
  );
  t.throws(() => toNetworkSettings(dataOf({ ...byHand, 119: `016100${chain.join('')}` })), { instanceOf: Malformed });
});

test('options that are not understood do no harm', (t) => {
  const plain = toNetworkSettings(dataOf(byHand));
  t.deepEqual(toNetworkSettings(dataOf({ ...byHand, 224: '00ff', 43: `03 01 00 ${byHand[43]}` })), plain);
});

test('any options are settings or Malformed', (t) => {
  const option = fc.constantFrom(1, 3, 6, 15, 26, 43, 50, 51, 54, 119, 121);
  fc.assert(
    fc.property(option, fc.uint8Array({ maxLength: 40 }), (code, value) => {
      try {
        toNetworkSettings(dataOf({ ...byHand, [code]: value.toHex() }));
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
      }
    }),
    { numRuns: 1_000 },
  );
  t.pass();
});

test('a route’s bits beyond the prefix are not sent', (t) => {
  const gateway = '10.8.0.1';
  const routes = [{ address: '192.168.31.255', length: 20, gateway }];
  const sent = fromNetworkSettings({ ...toNetworkSettings(dataOf(byHand)), routes });
  t.deepEqual(toNetworkSettings(sent).routes, [{ address: '192.168.16.0', length: 20, gateway }]);
});

test('what cannot be said is the caller’s error', (t) => {
  const good = toNetworkSettings(dataOf(byHand));
  const wrong: Partial<NetworkSettings>[] = [
    { address: '10.8.0' },
    { address: '10.8.0.256' },
    { clientPhysical: hex('01504e414300') },
    { address: '10..8.1' },
    { prefixLength: 0 },
    { leaseSeconds: 2 ** 32 },
    { mtu: 65_536 },
    { routes: [{ address: '10.9.0.0', length: 33, gateway: '10.8.0.1' }] },
    { search: ['a..b'] },
  ];
  for (const fields of wrong) t.throws(() => fromNetworkSettings({ ...good, ...fields }), { instanceOf: Misuse });
});
