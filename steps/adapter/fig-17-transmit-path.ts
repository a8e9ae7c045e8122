/** Steps about what the local stack passes to the client's adapter ([EP] fig. 17). */
import { When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { packetUp, sendUp } from '../support/adapter.ts';
import { run } from '../support/lab/command.ts';
import { patience } from '../support/lab/deadline.ts';
import { echoReply } from '../support/lab/echo-reply.ts';
import { until } from '../support/lab/until.ts';
import { adapterDevice, virtualLan } from '../support/lab/virtual-lan.ts';
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

/** IEEE 802.1Q: the tag, then the EtherType of what follows. */
const tag = Uint8Array.of(0x00, 0x01, 0x08, 0x00);

When('the stack sends a datagram behind a VLAN tag, then another without', function (this: ConformanceWorld) {
  const tagged = echoReply(virtualLan.clientAddress, virtualLan.serverAddress, 8);
  this.get('stack').inject(packetUp(concat(tag, tagged), 0x8100));
  sendUp(this, datagram);
});

When("the client's kernel has sent IPv6 multicast through the adapter", async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const look = async () => {
    const text = await run(['cat', `/proc/net/dev_snmp6/${adapterDevice}`], { namespace });
    return Number(/^Ip6OutMcastPkts\s+(\d+)$/m.exec(text)?.[1] ?? 0) > 0 || undefined;
  };
  await until('IPv6 multicast of the kernel', look, patience);
});
