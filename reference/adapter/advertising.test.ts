/** RFC 4861 §6.2.4: an adapter with a router tells the local stack of it without being asked. */
import { mock } from 'node:test';
import test from 'ava';
import { Adapter } from './adapter.ts';
import { MemoryDevice } from './memory.ts';
import type { Emulator } from './transmit-path.ts';

const frame = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1, 6, 0, 0, 0, 0, 2, 0x86, 0xdd, 0x60);
const deaf: Emulator = { concerns: () => false, answer: () => undefined };
const activation = {
  emulators: { arp: deaf, dhcp: deaf, neighbour: deaf },
  localPhysical: Uint8Array.of(6, 0, 0, 0, 0, 1),
  remotePhysical: Uint8Array.of(6, 0, 0, 0, 0, 2),
};
const advertisement = { frame, seconds: 600 };

/** An adapter and the frames that its stack got, in order; time passes only by `mock`. */
function made() {
  mock.timers.enable({ apis: ['setInterval'] });
  const device = new MemoryDevice('pna0');
  const seen: Uint8Array[] = [];
  const states: string[] = [];
  const write = device.write.bind(device);
  device.write = (octets) => {
    states.push(`${device.up ? 'up' : 'down'}, carrier ${device.carrier ? 'on' : 'off'}`);
    const taken = write(octets);
    if (taken) seen.push(octets.slice());
    return taken;
  };
  return { adapter: new Adapter({ device, tunnel: () => true, failed: () => undefined }), device, seen, states };
}
test.afterEach.always(() => mock.timers.reset());

test.serial('at activation, when the device is up, and again after each interval', async (t) => {
  const { adapter, seen, states } = made();
  adapter.activate({ ...activation, advertisement });
  t.deepEqual(seen, [frame]);
  t.deepEqual(states, ['up, carrier on']);
  mock.timers.tick(599_999);
  t.is(seen.length, 1);
  mock.timers.tick(1);
  t.deepEqual(seen, [frame, frame]);
  mock.timers.tick(1_200_000);
  t.is(seen.length, 4);
  t.is(adapter.counters.advertised, 4);
  await adapter.close();
});

test.serial('with other client data at once, and the former advertisement never again', async (t) => {
  const { adapter, seen, states } = made();
  const other = frame.with(14, 0x61);
  adapter.activate({ ...activation, advertisement });
  mock.timers.tick(300_000);
  adapter.activate({ ...activation, advertisement: { frame: other, seconds: 600 } }, true);
  t.deepEqual(seen, [frame, other]);
  t.is(states.at(-1), 'up, carrier on');
  mock.timers.tick(599_999);
  t.is(seen.length, 2);
  mock.timers.tick(1);
  t.deepEqual(seen, [frame, other, other]);
  await adapter.close();
});

test.serial('no more when the client data offers no IPv6 any longer', async (t) => {
  const { adapter, seen } = made();
  adapter.activate({ ...activation, advertisement });
  adapter.activate(activation, true);
  mock.timers.tick(1_200_000);
  t.is(seen.length, 1);
  await adapter.close();
});

test.serial('no more once it is closed', async (t) => {
  const { adapter, states } = made();
  adapter.activate({ ...activation, advertisement });
  await adapter.close();
  mock.timers.tick(1_200_000);
  t.is(states.length, 1, 'not even tried');
});

test.serial('without a router, never', async (t) => {
  const { adapter, seen } = made();
  adapter.activate(activation);
  mock.timers.tick(1_200_000);
  t.deepEqual(seen, []);
  t.is(adapter.counters.advertised, 0);
  await adapter.close();
});

test.serial('what the stack does not take is not counted', async (t) => {
  const { adapter, device } = made();
  device.write = () => false;
  adapter.activate({ ...activation, advertisement });
  t.is(adapter.counters.advertised, 0);
  await adapter.close();
});
