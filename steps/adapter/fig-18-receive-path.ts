/** Steps about what the adapter of either end indicates to its local stack ([EP] fig. 18). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { expectArrival, packetDown, packetUp } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { ipJson } from '../support/lab/networks/iproute2.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { isArpReply } from '../support/lab/packets/emulator-questions.ts';
import { run } from '../support/lab/programs/command.ts';
import { scripted, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

const { clientAddress, serverAddress, clientPhysical } = virtualLan;

/** By the role of the peer: a datagram of its own, and the Ethernet packet in which the stack at the other end gets it. */
const directions = {
  server: { from: serverAddress, to: clientAddress, packet: packetDown },
  // The server's kernel would answer what is for its own address.
  initiator: { from: clientAddress, to: '10.9.0.5', packet: (datagram: Uint8Array) => packetUp(datagram) },
};

/** The octets are 0x45, with which a whole datagram begins. */
When(
  'the {role} sends a DATA frame of {int} octet(s), then one of a whole datagram',
  async function (this: ConformanceWorld, role: WireRole, length: number) {
    const { from, to } = known(directions, role);
    const peer = scripted(this, role);
    await peer.send(new Uint8Array(length).fill(0x45));
    await peer.send(expectArrival(this, echoReply(from, to, 9)));
  },
);

/** What is no whole datagram may reach the stack (DATA-16): a packet of 15 octets is passed over. Any other comes first. */
Then(
  /^the stack receives it in an Ethernet packet from the reserved physical address of the (server|client) to that of the (?:client|server)$/,
  async function (this: ConformanceWorld, sender: string) {
    const { packet } = known(directions, sender === 'server' ? 'server' : 'initiator');
    const came = await this.get('stack').next('a packet', (frame) => frame.length !== 15);
    assert.deepEqual(came, packet(this.get('sent')));
  },
);

Then(
  "the server's kernel resolves alice's address by ARP to the reserved physical address of the client's adapter",
  async function (this: ConformanceWorld) {
    const namespace = this.lab.namespace('server');
    const device = adapterIn(namespace);
    await run(['ip', 'neighbour', 'flush', 'dev', device], { namespace });
    // Its address may be routed through another one.
    await run(['ip', 'route', 'replace', `${clientAddress}/32`, 'dev', device], { namespace });
    const resolving = this.get('stack').next('an ARP reply', isArpReply);
    await run(['ping', '-c', '1', '-W', '1', clientAddress], { namespace }).catch(() => '');
    await resolving;
    const words = ['neighbour', 'show', clientAddress, 'dev', device];
    const [neighbour] = await ipJson<{ readonly lladdr?: string }>(namespace, ...words);
    assert.equal(neighbour?.lladdr, clientPhysical);
  },
);
