import type { ExecutionContext } from 'ava';
import { physicalOf } from '../../libc/netdevice.ts';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../../packets/arp.ts';
import { broadcastPhysical, decodeEthernet, EtherType, encodeEthernet } from '../../packets/ethernet.ts';
import { kernelTests, setUp } from '../../testing/private-network.ts';
import { ip } from '../programs/iproute2.ts';
import { PacketSocket } from './packet-socket.ts';
import { ProxyArp } from './proxy-arp.ts';

const kernel = kernelTests();

/** The physical address of the station at the far end. */
const station = Uint8Array.of(2, 0, 0, 0, 0, 0x77);

/** A cable: eth1, on which ARP is answered, and a station at its other end. */
async function cable(t: ExecutionContext, interval = 2_000) {
  await ip('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'far', 'address', '02:00:00:00:00:77');
  await setUp('eth1', 'far');
  const socket = new PacketSocket('far', EtherType.arp);
  const yielded = Promise.withResolvers<string>();
  const arp = new ProxyArp({
    device: 'eth1',
    interval,
    failed: (error) => t.fail(String(error)),
    yielded: (address) => yielded.resolve(address),
  });
  t.teardown(async () => {
    await arp.close();
    await socket.close();
    await ip('link', 'delete', 'eth1');
  });
  return { arp, socket, physical: physicalOf('eth1'), yielded: yielded.promise };
}

const send = (socket: PacketSocket, packet: Partial<ArpPacket>, from = station) =>
  socket.send(
    encodeEthernet({
      destination: broadcastPhysical,
      source: from,
      etherType: EtherType.arp,
      payload: encodeArp({
        operation: ArpOperation.request,
        senderPhysical: from,
        senderAddress: '10.9.0.7',
        targetPhysical: new Uint8Array(6),
        targetAddress: '10.8.0.10',
        ...packet,
      }),
    }),
  );
async function next(socket: PacketSocket) {
  const { destination, source, payload } = decodeEthernet((await socket.receive())!);
  return { destination, source, ...decodeArp(payload) };
}
/** Takes the first announcement of an address that has just been added. */
async function add(arp: ProxyArp, socket: PacketSocket, address: string): Promise<void> {
  arp.add(address);
  while ((await next(socket)).targetAddress !== address);
}

kernel('a request for an address that is answered for gets the physical address of the device', async (t) => {
  const { arp, socket, physical } = await cable(t);
  await add(arp, socket, '10.8.0.10');
  send(socket, {});
  t.deepEqual(await next(socket), {
    destination: station,
    source: physical,
    operation: ArpOperation.reply,
    senderPhysical: physical,
    senderAddress: '10.8.0.10',
    targetPhysical: station,
    targetAddress: '10.9.0.7',
  });
});

kernel('no other address is answered for, and none any more after its end', async (t) => {
  const { arp, socket } = await cable(t);
  for (const address of ['10.8.0.10', '10.8.0.11']) await add(arp, socket, address);
  arp.remove('10.8.0.10');
  for (const targetAddress of ['10.8.0.10', '10.8.0.12', '10.9.0.7', '10.8.0.11']) send(socket, { targetAddress });
  t.is((await next(socket)).senderAddress, '10.8.0.11');
});

kernel('a probe of a station for an address in use is answered (RFC 5227 §2.1.1)', async (t) => {
  const { arp, socket } = await cable(t);
  await add(arp, socket, '10.8.0.10');
  send(socket, { senderAddress: '0.0.0.0' });
  t.like(await next(socket), { operation: ArpOperation.reply, senderAddress: '10.8.0.10' });
});

kernel('an address is announced twice, by broadcast', async (t) => {
  const { arp, socket, physical } = await cable(t, 1);
  arp.add('10.8.0.10');
  const announcement = {
    destination: broadcastPhysical,
    source: physical,
    operation: ArpOperation.request,
    senderPhysical: physical,
    senderAddress: '10.8.0.10',
    targetPhysical: new Uint8Array(6),
    targetAddress: '10.8.0.10',
  };
  t.deepEqual(await next(socket), announcement);
  t.deepEqual(await next(socket), announcement);
  send(socket, {});
  t.is((await next(socket)).operation, ArpOperation.reply);
});

kernel('an address that is added again is answered for without a gap, and announced again', async (t) => {
  const { arp, socket } = await cable(t);
  await add(arp, socket, '10.8.0.10');
  await add(arp, socket, '10.8.0.10');
  send(socket, {});
  t.is((await next(socket)).operation, ArpOperation.reply);
});

kernel('an address that another station announces is its own from then on, until it is added again', async (t) => {
  const { arp, socket, yielded } = await cable(t);
  for (const address of ['10.8.0.10', '10.8.0.11']) await add(arp, socket, address);
  send(socket, { senderAddress: '10.8.0.10' });
  t.is(await yielded, '10.8.0.10');
  send(socket, {});
  send(socket, { targetAddress: '10.8.0.11' });
  t.is((await next(socket)).senderAddress, '10.8.0.11');
  await add(arp, socket, '10.8.0.10');
  send(socket, {});
  t.like(await next(socket), { operation: ArpOperation.reply, senderAddress: '10.8.0.10' });
});

kernel('a device that goes down and comes back is answered on again', async (t) => {
  const { arp, socket } = await cable(t);
  await add(arp, socket, '10.8.0.10');
  await ip('link', 'set', 'eth1', 'down');
  arp.add('10.8.0.11');
  await setUp('eth1', 'far');
  send(socket, { targetAddress: '10.8.0.11' });
  t.like(await next(socket), { operation: ArpOperation.reply, senderAddress: '10.8.0.11' });
});

kernel('a device that is not there, or is no Ethernet, is told by name', (t) => {
  const make = (device: string) => () => new ProxyArp({ device, failed: () => undefined });
  t.throws(make('absent0'), { message: /^there is no device absent0/ });
  t.throws(make('lo'), { message: /^lo is no Ethernet device/ });
});
