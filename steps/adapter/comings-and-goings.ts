/** Steps about clients of one adapter that come and go, and that send at the same time ([EP] fig. 14, 255). */
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then } from '@cucumber/cucumber';
import { isFromTunnel, packetDown, serverUnderTest } from '../support/adapter.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { tcpReset } from '../support/lab/packets/datagrams.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Octets of the first piece of each frame: from the first one to the last but one. */
const cuts = [1, 5, 6, 16, 31, 32, 40];

Then(
  '{int} datagrams of each of them come out, whose frames come in pieces by turns',
  async function (this: ConformanceWorld, count: number) {
    const stack = this.get('stack');
    const { clientAddress, serverAddress } = virtualLan;
    const senders = [
      { peer: this.get('initiator'), address: clientAddress },
      { peer: this.get('bob'), address: '10.8.0.11' },
    ];
    for (let number = 0; number < count; number++) {
      const cut = cuts[number % cuts.length]!;
      const all = senders.map(({ peer, address }) => {
        const datagram = echoReply(address, serverAddress, 100 + number);
        return { peer, datagram, frame: peer.session.seal(datagram) };
      });
      for (const { peer, frame } of all) {
        await peer.connection.send(frame.subarray(0, cut));
        // Until the server has read it, so that it reads each piece by itself.
        await pause(20);
      }
      for (const { peer, frame, datagram } of all) {
        await peer.connection.send(frame.subarray(cut));
        const came = (await stack.next(`datagram ${number}`, isFromTunnel)).subarray(14);
        assertOctets(came, datagram, `datagram ${number}`);
      }
    }
  },
);

const bobAddress = '10.8.0.11';
/** Milliseconds in which a server has done with a session that has ended. */
const patience = 2_000;

Given(
  "a tunnel server's adapter with alice and bob authorized, where clients may reach each other",
  async function (this: ConformanceWorld) {
    await serverUnderTest(this, false, { alice: [], bob: [] }, {}, { clientToClient: true });
  },
);

/** What alice has sent by TCP to bob that comes out of the server's adapter, before an echo reply that surely does. */
async function sentToBob(world: ConformanceWorld, mark: number): Promise<readonly Uint8Array[]> {
  const { clientAddress, serverAddress } = virtualLan;
  const control = echoReply(clientAddress, serverAddress, mark);
  for (const one of [tcpReset(clientAddress, bobAddress, mark), control]) await world.get('initiator').send(one);
  const came: Uint8Array[] = [];
  const next = async () => (await world.get('stack').next('a datagram of alice', isFromTunnel)).subarray(14);
  for (let one = await next(); !Buffer.from(one).equals(control); one = await next()) came.push(one);
  return came;
}

/** By way of the server's stack, or at once: nobody asks which. */
Then('a TCP segment of alice passes to bob', async function (this: ConformanceWorld) {
  const { clientAddress, serverAddress } = virtualLan;
  const came = [...(await sentToBob(this, 1))];
  const bob = this.get('bob');
  const farewell = echoReply(serverAddress, bobAddress, 1);
  this.get('stack').inject(packetDown(farewell));
  for (let one = await bob.receive(); !Buffer.from(one).equals(farewell); one = await bob.receive()) came.push(one);
  assertOctets(came[0] ?? new Uint8Array(0), tcpReset(clientAddress, bobAddress, 1), 'the segment');
});

/** Nothing tells when the server has done with a session that has ended. */
Then('before long the next one comes out nowhere', async function (this: ConformanceWorld) {
  let mark = 2;
  const look = async () => (await sentToBob(this, mark++)).length === 0 || undefined;
  await until("a segment for bob that does not come out of the server's adapter", look, patience);
});
