/** Steps about what the adapter of either end indicates to its local stack ([EP] fig. 18). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { expectArrival, packetDown } from '../shared/adapter.ts';
import { run } from '../shared/lab/command.ts';
import { echoReply } from '../shared/lab/echo-reply.ts';
import { isArpReply } from '../shared/lab/emulator-questions.ts';
import { ipJson } from '../shared/lab/iproute2.ts';
import { adapterDevice, virtualLan } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const { clientAddress, serverAddress, clientPhysical } = virtualLan;

/** The octets are 0x45, with which a whole datagram begins. */
When(
  'the server sends a DATA frame of {int} octet(s), then one of a whole datagram',
  async function (this: ConformanceWorld, length: number) {
    await this.get('server').send(new Uint8Array(length).fill(0x45));
    await this.get('server').send(expectArrival(this, echoReply(serverAddress, clientAddress, 9)));
  },
);

Then(
  'the stack receives it in an Ethernet packet from the reserved physical address of the server to that of the client',
  async function (this: ConformanceWorld) {
    const isIpv4 = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0 && frame.length > 15;
    assert.deepEqual(await this.get('stack').next('a packet', isIpv4), packetDown(this.get('sent')));
  },
);

Then(
  "the server's kernel resolves alice's address by ARP to the reserved physical address of the client's adapter",
  async function (this: ConformanceWorld) {
    const namespace = this.lab.namespace('server');
    await run(['ip', 'neighbour', 'flush', 'dev', adapterDevice], { namespace });
    const resolving = this.get('stack').next('an ARP reply', isArpReply);
    await run(['ping', '-c', '1', '-W', '1', clientAddress], { namespace }).catch(() => '');
    await resolving;
    const words = ['neighbour', 'show', clientAddress, 'dev', adapterDevice];
    const [neighbour] = await ipJson<{ readonly lladdr?: string }>(namespace, ...words);
    assert.equal(neighbour?.lladdr, clientPhysical);
  },
);
