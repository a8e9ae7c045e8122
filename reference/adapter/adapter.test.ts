import { mock } from 'node:test';
import test from 'ava';
import { DeviceFailure } from '../libc/failure.ts';
import { Adapter } from './adapter.ts';
import { MemoryDevice } from './memory.ts';
import type { Emulator } from './transmit-path.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const local = hex('06 50 4e 41 43 00');
const remote = hex('06 50 4e 41 53 00');
const datagram = hex('45 00 00 16 00 01 00 00 40 fd 00 00 0a 08 00 0a 0a 09 00 07 00 00');
const numbered = (number: number): Uint8Array => datagram.with(21, number);
const frame = (payload: Uint8Array): Uint8Array => Uint8Array.of(...remote, ...local, 0x08, 0x00, ...payload);
const deaf: Emulator = { concerns: () => false, answer: () => undefined };
const emulators = { arp: deaf, dhcp: deaf, neighbour: deaf };
const activation = { emulators, localPhysical: local, remotePhysical: remote };

/** An adapter on an in-memory device whose tunnel collects; `next` waits for the next datagram. */
function made() {
  const device = new MemoryDevice('pna0');
  const queue: Uint8Array[] = [];
  let arrived = Promise.withResolvers<void>();
  const failures: unknown[] = [];
  const adapter = new Adapter({
    device,
    tunnel: (octets) => {
      queue.push(octets.slice());
      arrived.resolve();
      return true;
    },
    failed: (error) => failures.push(error),
  });
  const next = async (): Promise<Uint8Array> => {
    while (queue.length === 0) {
      arrived = Promise.withResolvers();
      await arrived.promise;
    }
    return queue.shift()!;
  };
  return { adapter, device, queue, next, failures };
}

test('activated, it is up with the reserved addresses and passes datagrams both ways', async (t) => {
  const { adapter, device, next } = made();
  t.false(device.up);
  adapter.activate({ ...activation, mtu: 1400 });
  t.true(device.up);
  t.deepEqual(device.physicalAddress, local);
  t.is(device.mtu, 1400);
  t.true(device.send(frame(datagram)));
  t.deepEqual(await next(), datagram);
  t.true(adapter.deliver(datagram, () => true));
  t.deepEqual(await device.receive(), Uint8Array.of(...local, ...remote, 0x08, 0x00, ...datagram));
  await adapter.close();
});

test('with other client data the carrier goes off and on', async (t) => {
  const { adapter, device } = made();
  const seen: boolean[] = [];
  device.setCarrier = (on) => seen.push(on);
  adapter.activate(activation);
  t.deepEqual(seen, []);
  adapter.activate(activation, true);
  t.deepEqual(seen, [false, true]);
  await adapter.close();
});

test('paused, it leaves the frames with the device, and resumed it goes on in order', async (t) => {
  const { adapter, device, queue, next } = made();
  adapter.activate(activation);
  device.send(frame(numbered(1)));
  t.deepEqual(await next(), numbered(1));
  adapter.pause();
  adapter.pause();
  for (const number of [2, 3, 4]) device.send(frame(numbered(number)));
  await new Promise(setImmediate);
  t.deepEqual(queue, []);
  adapter.resume();
  for (const number of [2, 3, 4]) t.deepEqual(await next(), numbered(number));
  t.is(adapter.counters.pauses, 1);
  await adapter.close();
});

test('a pause from inside the tunnel holds from the next frame on', async (t) => {
  const device = new MemoryDevice('pna0');
  const sent: number[] = [];
  const adapter: Adapter = new Adapter({
    device,
    tunnel: (octets) => {
      sent.push(octets[21]!);
      adapter.pause();
      return true;
    },
    failed: () => t.fail(),
  });
  adapter.activate(activation);
  for (const number of [1, 2, 3]) device.send(frame(numbered(number)));
  await new Promise(setImmediate);
  t.deepEqual(sent, [1]);
  adapter.resume();
  await new Promise(setImmediate);
  t.deepEqual(sent, [1, 2]);
  await adapter.close();
});

test('a busy stack does not keep the event loop', async (t) => {
  const { adapter, device, queue } = made();
  adapter.activate(activation);
  const endless = frame(datagram);
  device.read = () => endless;
  device.send(endless);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  t.true(queue.length >= 64);
  device.read = () => undefined;
  await adapter.close();
});

test('a paused adapter closes', async (t) => {
  const { adapter, device } = made();
  adapter.activate(activation);
  adapter.pause();
  device.send(frame(datagram));
  await new Promise(setImmediate);
  await adapter.close();
  t.false(adapter.deliver(datagram, () => true));
  t.false(await device.readable());
});

test('a device that fails is told of once', async (t) => {
  const { adapter, device, failures } = made();
  adapter.activate(activation);
  const failure = new DeviceFailure('adapter pna0 is gone', 'EBADFD');
  const fail = () => {
    throw failure;
  };
  device.read = fail;
  device.write = fail;
  device.send(frame(datagram));
  t.false(adapter.deliver(datagram, () => true));
  await new Promise(setImmediate);
  t.deepEqual(failures, [failure]);
  await adapter.close();
});

const advertised = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1, 6, 0, 0, 0, 0, 2, 0x86, 0xdd, 0x60);
/** RFC 4861 §6.2.4: an adapter with a router tells the local stack of it without being asked. */
const advertisement = { frame: advertised, seconds: 600 };

/** An adapter and the frames that its stack got, in order; time passes only by `mock`. */
function withClock() {
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

test.serial('advertising: at activation, when the device is up, and again after each interval', async (t) => {
  const { adapter, seen, states } = withClock();
  adapter.activate({ ...activation, advertisement });
  t.deepEqual(seen, [advertised]);
  t.deepEqual(states, ['up, carrier on']);
  mock.timers.tick(599_999);
  t.is(seen.length, 1);
  mock.timers.tick(1);
  t.deepEqual(seen, [advertised, advertised]);
  mock.timers.tick(1_200_000);
  t.is(seen.length, 4);
  t.is(adapter.counters.advertised, 4);
  await adapter.close();
});

test.serial('advertising: with other client data at once, and the former advertisement never again', async (t) => {
  const { adapter, seen, states } = withClock();
  const other = advertised.with(14, 0x61);
  adapter.activate({ ...activation, advertisement });
  mock.timers.tick(300_000);
  adapter.activate({ ...activation, advertisement: { frame: other, seconds: 600 } }, true);
  t.deepEqual(seen, [advertised, other]);
  t.is(states.at(-1), 'up, carrier on');
  mock.timers.tick(599_999);
  t.is(seen.length, 2);
  mock.timers.tick(1);
  t.deepEqual(seen, [advertised, other, other]);
  await adapter.close();
});

test.serial('advertising: no more when the client data offers no IPv6 any longer', async (t) => {
  const { adapter, seen } = withClock();
  adapter.activate({ ...activation, advertisement });
  adapter.activate(activation, true);
  mock.timers.tick(1_200_000);
  t.is(seen.length, 1);
  await adapter.close();
});

test.serial('advertising: no more once it is closed', async (t) => {
  const { adapter, states } = withClock();
  adapter.activate({ ...activation, advertisement });
  await adapter.close();
  mock.timers.tick(1_200_000);
  t.is(states.length, 1, 'not even tried');
});

test.serial('advertising: without a router, never', async (t) => {
  const { adapter, seen } = withClock();
  adapter.activate(activation);
  mock.timers.tick(1_200_000);
  t.deepEqual(seen, []);
  t.is(adapter.counters.advertised, 0);
  await adapter.close();
});

test.serial('advertising: what the stack does not take is not counted', async (t) => {
  const { adapter, device } = withClock();
  device.write = () => false;
  adapter.activate({ ...activation, advertisement });
  t.is(adapter.counters.advertised, 0);
  await adapter.close();
});
