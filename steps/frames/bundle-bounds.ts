/** Steps about bundles at the bounds of a DATA frame ([EP] fig. 9 with flag 3). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then } from '@cucumber/cucumber';
import { bounds } from '../../reference/wire/frame-start.ts';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { arrival, attacked, datagram } from '../support/attack.ts';
import { virtualLan } from '../support/lab/virtual-lan.ts';
import { sealBundle } from '../support/peers/bundle.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A header and nothing else: 20 octets. */
function shortest(isServer: boolean): Uint8Array {
  const { clientAddress, serverAddress } = virtualLan;
  const [source, destination] = isServer ? [clientAddress, serverAddress] : [serverAddress, clientAddress];
  return ipv4({ source, destination, protocol: 253, payload: new Uint8Array(0) });
}

/** More than the socket on the adapter has room for: what comes behind shows that it was taken. */
Then(
  'a bundle of {int} datagrams of 20 octets, the longest frame there is, is taken',
  async function (this: ConformanceWorld, count: number) {
    const { peer, socket } = await attacked(this);
    const victim = this.get('victim');
    const n = peer.session.sealer.frames;
    const frame = sealBundle(peer, new Array(count).fill(shortest(victim.role === 'server')), n);
    assert.equal(frame.length, bounds.DATA.max);
    await peer.connection.send(frame);
    // Until the socket on the adapter has been read.
    await pause(300);
    const two = [datagram(victim, 2), datagram(victim, 3)] as const;
    await peer.connection.send(sealBundle(peer, two, n + 1));
    await arrival(socket, two[0]);
  },
);
