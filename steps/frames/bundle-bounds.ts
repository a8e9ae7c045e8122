/** Steps about bundles at the bounds of a DATA frame ([EP] fig. 9 with flag 3). */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { bounds } from '../../reference/wire/frame-start.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import { datagram6, ipv4 } from '../../vectors/generate/packets.ts';
import { packetUp } from '../support/adapter.ts';
import { arrival, attacked, datagram } from '../support/attack.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
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
    const two = [datagram(victim, 2), datagram(victim, 3)] as const;
    let next = n + 1;
    // Until the socket on the adapter has been read: what comes before has no room in it.
    const again = setInterval(() => {
      peer.connection.send(sealBundle(peer, two, next)).catch(() => {});
      next += 1;
    }, 300);
    try {
      await arrival(socket, two[0]);
    } finally {
      clearInterval(again);
    }
  },
);

/** One of the family that nobody waits for. */
function longest(family: string, length: number): Uint8Array {
  if (family === 'IPv6') return datagram6(length, 'longest');
  return ipv4({ source: '192.0.2.1', destination: '192.0.2.2', protocol: 253, payload: new Uint8Array(length - 20) });
}

// The field of a lone datagram's length has 16 bits; in a bundle each says its length itself.
Then(
  'what is behind the longest datagrams of a bundle arrives',
  async function (this: ConformanceWorld, table: DataTable) {
    const { peer, socket } = await attacked(this);
    let n = peer.session.sealer.frames;
    for (const [family = '', length] of table.raw()) {
      const behind = datagram(this.get('victim'), n + 100);
      await peer.connection.send(sealBundle(peer, [longest(family, Number(length)), behind], n));
      await arrival(socket, behind);
      n += 1;
    }
  },
);

Then(
  'bursts of the stack use the key up at {int} frames, bundles or not, and not before',
  async function (this: ConformanceWorld, limit: number) {
    const { peer, socket } = await attacked(this);
    const again = setInterval(() => {
      for (let left = 10; left > 0; left -= 1) socket.inject(packetUp(shortest(true)));
    }, 20);
    try {
      assert.equal(statusName((await peer.expectClose()).status), 'key expired');
    } finally {
      clearInterval(again);
    }
    assert.equal(peer.session.opener.frames, limit, 'frames before CLOSE');
  },
);
