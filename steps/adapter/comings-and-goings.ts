/** Steps about clients of one adapter that come and go, and that send at the same time ([EP] fig. 14, 255). */
import { setTimeout as pause } from 'node:timers/promises';
import { Then } from '@cucumber/cucumber';
import { isFromTunnel } from '../support/adapter.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
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
