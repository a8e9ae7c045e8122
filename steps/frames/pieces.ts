/** Steps about a frame that comes in many pieces, each of which is read by itself. */
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { isFromTunnel, packetDown } from '../support/adapter.ts';
import { datagramOf } from '../support/exchanges.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { scripted, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Octets of the second frame that come with the first one. */
const beginning = 3;

/** Of the frame that is cut: more pieces than anybody keeps apart. */
const datagramLength = 170;

When(
  'the {role} sends DATA and the beginning of another, the rest of it octet by octet, and a frame of unknown type',
  async function (this: ConformanceWorld, role: WireRole) {
    const { connection, session } = scripted(this, role);
    const [first, second] = [session.seal(datagramOf(40)), session.seal(datagramOf(datagramLength))];
    await connection.send(concat(first, second.subarray(0, beginning)));
    for (let at = beginning; at < second.length; at += 1) {
      await pause(2);
      await connection.send(second.subarray(at, at + 1));
    }
    await connection.send(Uint8Array.fromHex('00000006ff01'));
  },
);

Then(
  'for {duration} a datagram passes each way each second',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, time: number) {
    const [alice, stack] = [this.get('initiator'), this.get('stack')];
    const { clientAddress, serverAddress } = virtualLan;
    for (let number = 1; number * 1_000 <= time; number++) {
      await pause(1_000);
      await alice.send(echoReply(clientAddress, serverAddress, number));
      await stack.next(`datagram ${number} of alice`, isFromTunnel);
      const datagram = echoReply(serverAddress, clientAddress, number);
      stack.inject(packetDown(datagram));
      assertOctets(await alice.receive(), datagram, `datagram ${number} for alice`);
    }
  },
);
