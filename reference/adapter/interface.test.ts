/** One contract for every device: the TAP, with the kernel as its local stack, and the in-memory twin. */
import test, { type ExecutionContext } from 'ava';
import { Misuse } from '../errors.ts';
import { PacketSocket } from '../linux/proxies/packet-socket.ts';
import { kernelTests } from '../testing/private-network.ts';
import type { Device } from './interface.ts';
import { MemoryDevice } from './memory.ts';
import { Tap } from './tap.ts';

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

const onTap = kernelTests('TAP');

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
  onTap(title, (t) => body(t, tap, `pna${index}`));
});
