import test from 'ava';
import { defaultTimers } from '../../machines/timers.ts';
import { client, faultsOf, server } from '../../testing/configurations.ts';
import { parseConfig } from './config.ts';

const faults: [name: string, role: 'client' | 'server', file: object, pattern: RegExp][] = [
  ...(['tcpOpen', 'connectWait', 'keepAlive', 'silence', 'dying', 'stalledFrame', 'backOffMin'] as const).map(
    (timer): (typeof faults)[number] => [
      `no time at all for ${timer}`,
      'client',
      { ...client, timers: { [timer]: 0 } },
      new RegExp(`^client\\.json: timers\\.${timer}: 0 is not a whole number from 1 to 86400000$`),
    ],
  ),
  [
    'a longest back-off below the shortest',
    'client',
    { ...client, timers: { backOffMin: 2000, backOffMax: 1000 } },
    /^client\.json: timers\.backOffMax: 1000 is below backOffMin, which is 2000: raise the one or lower the other$/,
  ],
  [
    'a shortest back-off above the default of the longest',
    'client',
    { ...client, timers: { backOffMin: 100_000 } },
    /^client\.json: timers\.backOffMax: 60000 is below backOffMin, which is 100000/,
  ],
  [
    'a key that is worn by its first frames',
    'client',
    { ...client, lifetime: { frames: 9 } },
    /^client\.json: lifetime\.frames: 9 is not a whole number from 10 to 4294967296$/,
  ],
  [
    'a key that is worn by one datagram',
    'server',
    { ...server, lifetime: { octets: 65_535 } },
    /^server\.json: lifetime\.octets: 65535 is not a whole number from 65536 to 1099511627776$/,
  ],
  [
    'an option of DATA that there is not',
    'client',
    { ...client, dataOptions: ['bundles'] },
    /^client\.json: dataOptions\[0\]: is not "checksum" or "segmentation" or "bundle"$/,
  ],
  [
    'datagrams to be cut whose checksums are complete',
    'server',
    { ...server, dataOptions: ['segmentation', 'bundle'] },
    /^server\.json: dataOptions: "segmentation" needs "checksum": name both, or neither$/,
  ],
];
for (const [name, role, file, pattern] of faults)
  test(`refused with bounds: ${name}`, (t) => {
    t.regex(faultsOf(role, file).join('\n'), pattern);
  });

test('timers may be short, and those that only wait may be 0', (t) => {
  const timers = { refusalDelay: 0, expiryGrace: 0, keepAlive: 1, silence: 1, backOffMin: 1, backOffMax: 1 };
  const config = parseConfig('server', JSON.stringify({ ...server, timers }), 'server.json', {});
  t.deepEqual(config.timers, { ...defaultTimers, ...timers });
});

test('options of DATA are bits, and those that are implemented are wanted by default', (t) => {
  const bits = (dataOptions: object) =>
    parseConfig('server', JSON.stringify({ ...server, ...dataOptions }), 'server.json', {}).dataOptions;
  t.is(bits({}), 11);
  t.is(bits({ dataOptions: [] }), 0);
  t.is(bits({ dataOptions: ['bundle'] }), 8);
  t.is(bits({ dataOptions: ['checksum'] }), 1);
  t.is(bits({ dataOptions: ['bundle', 'segmentation', 'checksum'] }), 11);
});
