/** What shows that a session with the tunnel server under test is there ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { equalOctets } from '../../reference/octets.ts';
import { addressOctets, isIpv6 } from '../../reference/packets/addresses.ts';
import { Status } from '../../reference/wire/identifiers.ts';
import { isFromTunnel, watchAdapter } from './adapter.ts';
import { watch } from './lab/deadlines/deadline.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { echoReply } from './lab/packets/echo-reply.ts';
import { ping } from './lab/packets/traffic.ts';
import { scriptedInitiator } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

/** Nobody answers it: the initiator is scripted. */
export async function pingFromServer(world: ConformanceWorld, destination: string): Promise<void> {
  await ping({ namespace: world.lab.namespace('server'), destination, wait: 1 });
}

When(
  'another initiator of the same name is authorized, and the older one is gone',
  async function (this: ConformanceWorld) {
    const older = this.get('initiator');
    await (await scriptedInitiator(this)).authorize();
    await older.expectClose();
    older.connection.finish();
    await older.connection.ended();
    // Until the server has done with it: nothing tells.
    await watch(200);
  },
);

Then('the session goes on until the initiator ends it', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.send();
  await initiator.close(Status.endSession);
  await initiator.connection.endedWithoutFrame();
});

Then(
  'a ping from the server to {word} makes a DATA frame for the initiator',
  async function (this: ConformanceWorld, destination: string) {
    const [datagram] = await Promise.all([this.get('initiator').receive(), pingFromServer(this, destination)]);
    const found = isIpv6(destination) ? datagram.subarray(24, 40) : datagram.subarray(16, 20);
    assert.deepEqual(found, addressOctets(destination), 'the destination of the datagram');
  },
);

Then("a datagram of the initiator reaches the server's adapter", async function (this: ConformanceWorld) {
  watchAdapter(this, 'server');
  const datagram = echoReply(virtualLan.clientAddress, virtualLan.serverAddress, 20);
  await this.get('initiator').send(datagram);
  const isIt = (packet: Uint8Array): boolean => isFromTunnel(packet) && equalOctets(packet.subarray(14), datagram);
  await this.get('stack').next('that datagram', isIt);
});
