/** Steps about what one tunnel client sends another by way of their server ([EP] fig. 14, 255). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { decodeIpv4, type Ipv4Datagram } from '../../reference/packets/ipv4.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { type PingResult, ping } from '../support/lab/packets/traffic.ts';
import { placeOf } from '../support/places.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** A ping that may be answered or not, and the adapter of its destination, watched since before it was sent. */
    forbiddenPing: { readonly result: Promise<PingResult>; readonly farAdapter: PacketSocket };
  }
}

/** The IPv4 datagram in an Ethernet packet, if there is one. */
const datagramIn = (packet: Uint8Array): Ipv4Datagram | undefined =>
  packet[12] === 8 && packet[13] === 0 ? decodeIpv4(packet.subarray(14)) : undefined;

When('{word} sends {word} a ping', async function (this: ConformanceWorld, one: string, other: string) {
  const [from, to] = [placeOf(this, one), placeOf(this, other)];
  const adapterOf = (namespace: string) => this.own(PacketSocket.open(namespace, adapterIn(namespace)));
  const [farAdapter, entrance] = [adapterOf(to.namespace), adapterOf(from.namespace)];
  const result = ping({ namespace: from.namespace, destination: to.address, wait: 1 });
  this.set('forbiddenPing', { result, farAdapter });
  await entrance.next(`a ping from ${one}`, (packet) => datagramIn(packet)?.destination === to.address);
});

/** Both tunnels keep the order of datagrams: what had been passed on would have come out before the server's. */
Then(
  "the first of them is not answered, and only the server's came out of the adapter of {word}",
  async function (this: ConformanceWorld, other: string) {
    const { address } = placeOf(this, other);
    const { result, farAdapter } = this.get('forbiddenPing');
    const came = farAdapter.settle().map(datagramIn);
    const sources = came.filter((datagram) => datagram?.destination === address).map((datagram) => datagram?.source);
    assert.deepEqual(sources, [virtualLan.serverAddress]);
    const { sent, received, output } = await result;
    assert.deepEqual([sent, received], [1, 0], output);
  },
);
