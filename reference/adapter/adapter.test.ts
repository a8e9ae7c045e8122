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
