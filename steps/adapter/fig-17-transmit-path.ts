/** Steps about what the local stack passes to the client's adapter ([EP] fig. 17). */
import { When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { cat, u16, u32 } from '../../vectors/generate/octets.ts';
import { address6, ipv4 } from '../../vectors/generate/packets.ts';
import { expectArrival, packetDown, packetUp, sendUp } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { datagramOf } from '../support/lab/packets/datagrams.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { run } from '../support/lab/programs/command.ts';
import type { ConformanceWorld } from '../support/world.ts';

const datagram = echoReply(virtualLan.clientAddress, virtualLan.serverAddress, 7);

When(
  'the stack sends a datagram in an Ethernet packet with {int} octets of padding',
  function (this: ConformanceWorld, padding: number) {
    sendUp(this, datagram, padding);
  },
);

When('the stack sends a packet of EtherType {word}, then a datagram', function (this: ConformanceWorld, type: string) {
  this.get('stack').inject(packetUp(new Uint8Array(46).fill(0x45), Number.parseInt(type, 16)));
  sendUp(this, datagram);
});

When('the stack sends a later fragment that looks like DHCP for the server', function (this: ConformanceWorld) {
  const payload = new Uint8Array(64).fill(0x5a);
  payload.set([0, 68, 0, 67]);
  const { clientAddress: source, serverAddress: destination } = virtualLan;
  // The offset counts 8 octets each.
  sendUp(this, ipv4({ source, destination, protocol: 17, fragment: 185, payload }));
});

const { clientAddress: own, serverAddress: server } = virtualLan;

When("the stack sends {string} to the server's adapter", function (this: ConformanceWorld, what: string) {
  sendUp(this, datagramOf(own, server, what, 7));
});

const headers: Readonly<Record<string, Uint8Array>> = {
  UDP: ipv4({ source: own, destination: server, protocol: 17, payload: new Uint8Array() }),
  // A payload length of 0, and a hop limit of 255.
  ICMPv6: cat(u32(0x60000000), u16(0), [58, 255], address6('fd00:8:0:a::1'), address6('fd00:9::5')),
};
const paddings: Readonly<Record<string, Uint8Array>> = {
  'ports of DHCP': Uint8Array.of(0, 68, 0, 67, 0, 8, 0, 0),
  'a neighbour solicitation': Uint8Array.of(135, 0, 0, 0, 0, 0, 0, 0),
};

When(
  'the stack sends a header that says {word}, padded by what looks like {}',
  function (this: ConformanceWorld, protocol: string, padding: string) {
    const header = expectArrival(this, known(headers, protocol));
    this.get('stack').inject(packetUp(cat(header, known(paddings, padding))));
  },
);

/** IEEE 802.1Q: a tag stands before the EtherType. */
const tagged = (packet: Uint8Array): Uint8Array =>
  concat(packet.subarray(0, 12), Uint8Array.of(0x81, 0x00, 0x00, 0x01), packet.subarray(12));

When('the stack sends a datagram behind a VLAN tag, then another without', function (this: ConformanceWorld) {
  const other = echoReply(virtualLan.clientAddress, virtualLan.serverAddress, 8);
  this.get('stack').inject(tagged(packetUp(other)));
  sendUp(this, datagram);
});

When("the server's stack sends a datagram for alice behind a VLAN tag", function (this: ConformanceWorld) {
  const other = echoReply(virtualLan.serverAddress, virtualLan.clientAddress, 8);
  this.get('stack').inject(tagged(packetDown(other)));
});

When("the client's kernel has sent IPv6 multicast through the adapter", async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const look = async () => {
    const text = await run(['cat', `/proc/net/dev_snmp6/${adapterIn(namespace)}`], { namespace });
    return Number(/^Ip6OutMcastPkts\s+(\d+)$/m.exec(text)?.[1] ?? 0) > 0 || undefined;
  };
  await until('IPv6 multicast of the kernel', look, patience);
});
