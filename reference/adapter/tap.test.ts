/** What a TAP is to the kernel, and its failures; what every device does is in interface.test.ts. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { Misuse } from '../errors.ts';
import { DeviceFailure } from '../libc/failure.ts';
import { kernelTests } from '../testing/private-network.ts';
import { Tap } from './tap.ts';

const run = promisify(execFile);
const onTap = kernelTests('TAP');
const local = Uint8Array.of(2, 0, 0, 0, 0, 1);
const link = async (name: string) => JSON.parse((await run('ip', ['-j', 'link', 'show', name])).stdout)[0];

onTap('the kernel shows what was set', async (t) => {
  await using device = new Tap({ name: 'pna-set', queueLength: 64 });
  device.setPhysicalAddress(local);
  device.setMtu(1400);
  device.setUp(true);
  const up = await link('pna-set');
  t.like(up, { address: '02:00:00:00:00:01', mtu: 1400, txqlen: 64, link_type: 'ether' });
  t.true(up.flags.includes('UP') && up.flags.includes('LOWER_UP'));
  device.setCarrier(false);
  t.true((await link('pna-set')).flags.includes('NO-CARRIER'));
  device.setCarrier(true);
  t.true((await link('pna-set')).flags.includes('LOWER_UP'));
});

onTap('%d lets the kernel choose a name', async (t) => {
  await using device = new Tap({ name: 'choice%d' });
  t.regex(device.name, /^choice\d+$/);
});

onTap('closed, it is gone from the kernel', async (t) => {
  const device = new Tap({ name: 'pna-gone' });
  await link('pna-gone');
  await device.close();
  // A program that another thread starts holds a copy of the descriptor until it is executed.
  const held = async () => {
    for (const end = Date.now() + 5_000; Date.now() < end; ) await link('pna-gone');
  };
  await t.throwsAsync(held(), { message: /does not exist/ });
});

onTap('a name in use is an error with its remedy', async (t) => {
  await using device = new Tap({ name: 'pna-busy' });
  t.throws(() => new Tap({ name: device.name }), {
    instanceOf: DeviceFailure,
    code: 'EBUSY',
    message: /pna-busy.*in use by another process: choose another adapter\.name/,
  });
  t.throws(() => new Tap({ name: 'lo' }), { instanceOf: DeviceFailure, message: /no TAP: choose another/ });
});

onTap('an adapter removed by its user is reported to who waits, reads or writes', async (t) => {
  await using device = new Tap({ name: 'pna-away' });
  const waiting = (async () => {
    while (await device.readable()) while (device.read());
  })();
  await Promise.all([
    t.throwsAsync(waiting, { instanceOf: DeviceFailure, message: /removed while in use/ }),
    run('ip', ['link', 'delete', 'pna-away']),
  ]);
  t.throws(() => device.read(), { instanceOf: DeviceFailure, code: 'EBADFD' });
  t.throws(() => device.write(new Uint8Array(60)), { instanceOf: DeviceFailure });
});

onTap('a frame that the stack does not take is no error: the adapter is down (EIO), or it is too short', async (t) => {
  await using device = new Tap({ name: 'pna-full' });
  const frame = new Uint8Array(60).fill(2);
  t.false(device.write(frame), 'down');
  device.setUp(true);
  t.true(device.write(frame), 'up');
  for (const length of [1, 13]) t.false(device.write(frame.subarray(0, length)), `${length} octets`);
  device.setUp(false);
  t.false(device.write(frame), 'down again');
});

test('a name that no interface can have is refused before the kernel is asked', (t) => {
  for (const name of ['', 'sixteen-octets-x', 'a b', 'a/b'])
    t.throws(() => new Tap({ name }), { instanceOf: Misuse, message: /no name for an adapter/ });
});
