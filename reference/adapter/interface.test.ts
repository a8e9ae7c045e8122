/** One contract for every device: the TAP, with the kernel as its local stack, and the in-memory twin. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { Misuse } from '../errors.ts';
import { DeviceFailure } from '../libc/failure.ts';
import { PacketSocket } from '../linux/packet-socket.ts';
import { enterPrivateNetwork, whyNoPrivateNetwork } from '../testing/private-network.ts';
import type { Device } from './interface.ts';
import { MemoryDevice } from './memory.ts';
import { Tap } from './tap.ts';

const run = promisify(execFile);
const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));

/** The side of the local stack: what it sends through the adapter, and what it was given. */
interface Stack {
  send(frame: Uint8Array): boolean;
  receive(): Promise<Uint8Array | undefined>;
  close(): void;
}

interface Kind {
  readonly name: string;
  make(name: string): Device;
  stackOf(device: Device): Stack;
}

const memory: Kind = {
  name: 'memory',
  make: (name) => new MemoryDevice(name),
  stackOf: (device) => {
    const twin = device as MemoryDevice;
    return { send: (frame) => twin.send(frame), receive: () => twin.receive(), close: () => undefined };
  },
};

/** The kernel's own chatter (IPv6 multicast) may come at any time: tests look for frames of an EtherType for experiments. */
const tap: Kind = {
  name: 'tap',
  make: (name) => new Tap({ name }),
  stackOf: (device) => new PacketSocket(device.name),
};

const why = whyNoPrivateNetwork();
if (!why) enterPrivateNetwork();

const local = hex('02 00 00 00 00 01');
const remote = hex('02 00 00 00 00 02');
/** EtherType 0x88b5, IEEE 802 local experimental. */
const frameOf = (to: Uint8Array, from: Uint8Array, payload: string): Uint8Array =>
  Uint8Array.of(...to, ...from, 0x88, 0xb5, ...hex(payload));

async function nextExperimental(device: Device): Promise<Uint8Array | undefined> {
  while (true) {
    for (let frame = device.read(); frame; frame = device.read())
      if (frame[12] === 0x88 && frame[13] === 0xb5) return frame.slice();
    if (!(await device.readable())) return undefined;
  }
}

function ready(device: Device): void {
  device.setPhysicalAddress(local);
  device.setUp(true);
}

type Body = (t: ExecutionContext, kind: Kind, name: string) => Promise<void>;
const contract: [title: string, body: Body][] = [
  [
    'a frame that the stack sends is read whole',
    async (t, kind, name) => {
      await using device = kind.make(name);
      ready(device);
      const stack = kind.stackOf(device);
      const frame = frameOf(remote, local, '01 02 03'.repeat(400));
      t.true(stack.send(frame));
      t.deepEqual(await nextExperimental(device), frame);
      stack.close();
    },
  ],
  [
    'frames come in the order they were sent, and then none',
    async (t, kind, name) => {
      await using device = kind.make(name);
      ready(device);
      const stack = kind.stackOf(device);
      const frames = ['01', '02', '03'].map((payload) => frameOf(remote, local, payload.repeat(46)));
      for (const frame of frames) stack.send(frame);
      for (const frame of frames) t.deepEqual(await nextExperimental(device), frame);
      while (device.read());
      t.is(device.read(), undefined);
      stack.close();
    },
  ],
  [
    'a frame that is written reaches the stack',
    async (t, kind, name) => {
      await using device = kind.make(name);
      ready(device);
      const stack = kind.stackOf(device);
      const frame = frameOf(local, remote, 'aa'.repeat(60));
      t.true(device.write(frame));
      t.deepEqual(await stack.receive(), frame);
      stack.close();
    },
  ],
  [
    'a reader that waits is woken by the stack',
    async (t, kind, name) => {
      await using device = kind.make(name);
      ready(device);
      const stack = kind.stackOf(device);
      const waiting = nextExperimental(device);
      const frame = frameOf(remote, local, '05'.repeat(46));
      setImmediate(() => stack.send(frame));
      t.deepEqual(await waiting, frame);
      stack.close();
    },
  ],
  [
    'down, it takes nothing',
    async (t, kind, name) => {
      await using device = kind.make(name);
      device.setPhysicalAddress(local);
      t.false(device.write(frameOf(local, remote, 'aa'.repeat(60))));
      device.setUp(true);
      t.true(device.write(frameOf(local, remote, 'aa'.repeat(60))));
      device.setUp(false);
      t.false(device.write(frameOf(local, remote, 'aa'.repeat(60))));
    },
  ],
  [
    'closing ends a wait with false, and is idempotent',
    async (t, kind, name) => {
      const device = kind.make(name);
      const waiting = (async () => {
        while (await device.readable()) while (device.read());
        return false;
      })();
      await Promise.all([device.close(), device.close()]);
      t.false(await waiting);
      t.false(await device.readable());
      t.is(device.read(), undefined);
      t.false(device.write(frameOf(local, remote, 'aa'.repeat(60))));
      await device.close();
    },
  ],
  [
    'two waits at once are refused',
    async (t, kind, name) => {
      await using device = kind.make(name);
      const first = device.readable();
      await t.throwsAsync(device.readable(), { instanceOf: Misuse });
      await device.close();
      t.false(await first);
    },
  ],
  [
    'the MTU is what was set',
    async (t, kind, name) => {
      await using device = kind.make(name);
      t.is(device.mtu, 1500);
      device.setMtu(65000);
      t.is(device.mtu, 65000);
    },
  ],
];

contract.forEach(([title, body], index) => {
  test(`memory: ${title}`, (t) => body(t, memory, `pna${index}`));
  const onTap = why ? test.skip : test.serial;
  onTap(why ? `TAP (${why}): ${title}` : `TAP: ${title}`, (t) => body(t, tap, `pna${index}`));
});

const onTap = why ? test.skip : test.serial;
const link = async (name: string) => JSON.parse((await run('ip', ['-j', 'link', 'show', name])).stdout)[0];

onTap('TAP: the kernel shows what was set', async (t) => {
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

onTap('TAP: %d lets the kernel choose a name', async (t) => {
  await using device = new Tap({ name: 'choice%d' });
  t.regex(device.name, /^choice\d+$/);
});

onTap('TAP: closed, it is gone from the kernel', async (t) => {
  const device = new Tap({ name: 'pna-gone' });
  await link('pna-gone');
  await device.close();
  // A program that another thread starts holds a copy of the descriptor until it is executed.
  const held = async () => {
    for (const end = Date.now() + 5_000; Date.now() < end; ) await link('pna-gone');
  };
  await t.throwsAsync(held(), { message: /does not exist/ });
});

onTap('TAP: a name in use is an error with its remedy', async (t) => {
  await using device = new Tap({ name: 'pna-busy' });
  t.throws(() => new Tap({ name: device.name }), {
    instanceOf: DeviceFailure,
    code: 'EBUSY',
    message: /pna-busy.*in use by another process: choose another adapter\.name/,
  });
  t.throws(() => new Tap({ name: 'lo' }), { instanceOf: DeviceFailure, message: /no TAP: choose another/ });
});

onTap('TAP: an adapter removed by its user is reported to who waits, reads or writes', async (t) => {
  await using device = new Tap({ name: 'pna-away' });
  const waiting = (async () => {
    while (await device.readable()) while (device.read());
  })();
  await Promise.all([
    t.throwsAsync(waiting, { instanceOf: DeviceFailure, message: /removed while in use/ }),
    run('ip', ['link', 'delete', 'pna-away']),
  ]);
  t.throws(() => device.read(), { instanceOf: DeviceFailure, code: 'EBADFD' });
  t.throws(() => device.write(frameOf(local, remote, 'aa'.repeat(60))), { instanceOf: DeviceFailure });
});

test('a name that no interface can have is refused before the kernel is asked', (t) => {
  for (const name of ['', 'sixteen-octets-x', 'a b', 'a/b'])
    t.throws(() => new Tap({ name }), { instanceOf: Misuse, message: /no name for an adapter/ });
});
