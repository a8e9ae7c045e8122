/** RFC 2131 fig. 1 written by hand. */
import test from 'ava';
import fc from 'fast-check';
import { Malformed, Misuse } from '../errors.ts';
import { type DhcpReply, decodeDhcp, encodeDhcp } from './dhcp.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const malformed = { instanceOf: Malformed };

interface Parts {
  readonly options: string;
  readonly sname?: string;
  readonly file?: string;
  readonly hardwareLength?: string;
  readonly cookie?: string;
}

const padded = (text: string, length: number): string => text.replaceAll(/\s/g, '').padEnd(2 * length, '0');

function message({ options, sname = '', file = '', hardwareLength = '06', cookie = '63825363' }: Parts): Uint8Array {
  return hex(`02 01 ${hardwareLength} 03  deadbeef  0102 8000
    0a08000a 0a08000b 0a080001 0a080002
    ${padded('06504e414300', 16)} ${padded(sname, 64)} ${padded(file, 128)}
    ${cookie} ${options}`);
}

const optionsOf = (parts: Parts) =>
  [...decodeDhcp(message(parts)).options].map(([code, value]) => [code, value.toHex()]);

test('the fixed fields', (t) => {
  const { options, ...fields } = decodeDhcp(message({ options: '350105 ff' }));
  t.deepEqual(fields, {
    operation: 2,
    hardwareType: 1,
    hops: 3,
    transactionId: 0xdeadbeef,
    seconds: 0x0102,
    flags: 0x8000,
    clientAddress: '10.8.0.10',
    yourAddress: '10.8.0.11',
    serverAddress: '10.8.0.1',
    relayAddress: '10.8.0.2',
    clientHardware: hex('06504e414300'),
  });
  t.deepEqual([...options], [[53, hex('05')]]);
});

test('pads are skipped, what follows the end is not read, and the end may be missing', (t) => {
  t.deepEqual(optionsOf({ options: '00 350101 0000 3900 ff 3701' }), [
    [53, '01'],
    [57, ''],
  ]);
  t.deepEqual(optionsOf({ options: '350101' }), [[53, '01']]);
  t.deepEqual(optionsOf({ options: '' }), []);
});

test('an option in pieces is joined in order (RFC 3396 §7)', (t) => {
  t.deepEqual(optionsOf({ options: '79020102 350105 790103 ff' }), [
    [121, '010203'],
    [53, '05'],
  ]);
});

test('option 52 opens file, then sname; without it they are not options (RFC 2131 §4.1)', (t) => {
  const file = '79 01 02 ff';
  const sname = '79 01 03 ff';
  const joined = (overload: string) => optionsOf({ options: `79 01 01 ${overload} ff`, file, sname })[0];
  t.deepEqual(joined(''), [121, '01']);
  t.deepEqual(joined('34 01 01'), [121, '0102']);
  t.deepEqual(joined('34 01 02'), [121, '0103']);
  t.deepEqual(joined('34 01 03'), [121, '010203']);
});

test('refused: cut, no cookie, too long a hardware address, options that run over, overload of other values', (t) => {
  const whole = message({ options: '' });
  t.throws(() => decodeDhcp(whole.subarray(0, 239)), malformed);
  t.throws(() => decodeDhcp(message({ options: 'ff', cookie: '63825364' })), { ...malformed, message: /cookie/ });
  t.throws(() => decodeDhcp(message({ options: 'ff', hardwareLength: '11' })), { ...malformed, message: /17 octets/ });
  for (const options of ['35', '3502', '350201', '3500 3901'])
    t.throws(() => decodeDhcp(message({ options })), { ...malformed, message: /cut/ }, options);
  for (const options of ['34 00 ff', '34 01 00 ff', '34 01 04 ff', '34 02 01 01 ff'])
    t.throws(() => decodeDhcp(message({ options })), { ...malformed, message: /option 52/ }, options);
  t.throws(() => decodeDhcp(message({ options: '340101 ff', file: `${'00'.repeat(127)}35` })), malformed);
});

const reply: DhcpReply = {
  operation: 2,
  hardwareType: 1,
  hops: 3,
  transactionId: 0xdeadbeef,
  seconds: 0x0102,
  flags: 0x8000,
  clientAddress: '10.8.0.10',
  yourAddress: '10.8.0.11',
  serverAddress: '10.8.0.1',
  relayAddress: '10.8.0.2',
  clientHardware: hex('06504e414300'),
  options: [],
};

test('a reply: options as given, end, zeros to 300 octets', (t) => {
  const options = [
    { code: 53, value: hex('05') },
    { code: 121, value: hex('0102') },
    { code: 121, value: hex('03') },
  ];
  const wanted = new Uint8Array(300);
  wanted.set(message({ options: '350105 79020102 790103 ff' }));
  t.deepEqual(encodeDhcp({ ...reply, options }), wanted);
  const long = encodeDhcp({ ...reply, options: [{ code: 224, value: new Uint8Array(255) }] });
  t.is(long.length, 240 + 257 + 1);
  t.is(long.at(-1), 255);
});

test('a reply decodes to what was encoded, pieces joined', (t) => {
  const code = fc.integer({ min: 1, max: 254 }).filter((one) => one !== 52);
  const field = fc.record({ code, value: fc.uint8Array({ maxLength: 255 }) });
  fc.assert(
    fc.property(fc.array(field, { maxLength: 10 }), (options) => {
      const joined = new Map<number, string>();
      for (const { code: key, value } of options) joined.set(key, (joined.get(key) ?? '') + value.toHex());
      const decoded = decodeDhcp(encodeDhcp({ ...reply, options }));
      t.deepEqual(new Map([...decoded.options].map(([key, value]) => [key, value.toHex()])), joined);
    }),
  );
});

test('what does not fit is the caller’s error', (t) => {
  for (const option of [
    { code: 0, value: new Uint8Array(0) },
    { code: 255, value: new Uint8Array(0) },
    { code: 1, value: new Uint8Array(256) },
  ])
    t.throws(() => encodeDhcp({ ...reply, options: [option] }), { instanceOf: Misuse });
  t.throws(() => encodeDhcp({ ...reply, clientHardware: new Uint8Array(17) }), { instanceOf: Misuse });
});
