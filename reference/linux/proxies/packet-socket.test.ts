import type { Instruction } from '../../libc/filter-program.ts';
import { EtherType, encodeEthernet } from '../../packets/ethernet.ts';
import { kernelTests, setUp } from '../../testing/private-network.ts';
import { ip } from '../programs/iproute2.ts';
import { PacketSocket } from './packet-socket.ts';

const kernel = kernelTests();

/** Frames whose fifteenth octet is 7. */
const sevens: readonly Instruction[] = [
  [0x30, 0, 0, 14],
  [0x15, 0, 1, 7],
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];

kernel('a socket gets its EtherType, and of that what its filter lets through', async (t) => {
  await ip('link', 'add', 'eth1', 'type', 'veth', 'peer', 'name', 'far');
  await setUp('eth1', 'far');
  const sender = new PacketSocket('far', EtherType.arp);
  const all = new PacketSocket('eth1', EtherType.arp);
  const some = new PacketSocket('eth1', EtherType.arp, { filter: sevens });
  t.teardown(async () => {
    for (const socket of [sender, all, some]) await socket.close();
    await ip('link', 'delete', 'eth1');
  });
  const [destination, source] = [new Uint8Array(6).fill(0xff), Uint8Array.of(2, 0, 0, 0, 0, 1)];
  for (const first of [1, 7, 2, 7])
    for (const etherType of [EtherType.arp, EtherType.ipv4])
      sender.send(encodeEthernet({ destination, source, etherType, payload: Uint8Array.of(first, etherType & 0xff) }));
  const took = async (socket: PacketSocket) => [...(await socket.receive())!.subarray(14, 16)];
  for (const first of [1, 7, 2, 7]) t.deepEqual(await took(all), [first, EtherType.arp & 0xff]);
  for (const first of [7, 7]) t.deepEqual(await took(some), [first, EtherType.arp & 0xff]);
});
