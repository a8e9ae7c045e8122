/** Steps about two private networks, each behind an end of the tunnel ([EP] fig. 3). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { decodeIpv4 } from '../../reference/packets/ipv4.ts';
import { awaitRoutes } from '../support/kernel.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { physicalOf } from '../support/lab/networks/kernel-tables.ts';
import { lanDevice } from '../support/lab/networks/private-network.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { identityOf } from '../support/peers/identities.ts';
import { placeOf } from '../support/places.ts';
import { labWithRelays, tunnelThroughRelays } from '../support/relays.ts';
import { privateNetwork } from '../support/sites.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Where two datagrams of a host enter the tunnel, and where they come out of it. */
    tunnelEnds: { readonly entrance: PacketSocket; readonly exit: PacketSocket };
  }
}

/** Behind the client: N1 of the figure. */
const listed = '10.20.0.0/24';

Given(
  'a tunnel from client, the gateway of {word}, through relay-b and relay-c to server, the gateway of {word}',
  async function (this: ConformanceWorld, behindClient: string, behindServer: string) {
    await labWithRelays(this);
    await privateNetwork(this, 'client', [behindClient]);
    await privateNetwork(this, 'server', [behindServer]);
    await this.captureOn(this.lab.namespace('server'), lanDevice, 'private');
    const { publicKey } = identityOf('alice');
    const alice = { name: 'alice', publicKey, address: virtualLan.clientAddress, networks: [listed] };
    await tunnelThroughRelays(this, { initiators: [alice] }, { networks: [listed] });
    const device = adapterIn(this.lab.namespace('server'));
    await awaitRoutes(this, 'server', listed, [device]);
  },
);

When(
  '{word} sends {word} a datagram with the source {word}, then one with its own',
  async function (this: ConformanceWorld, from: string, to: string, foreign: string) {
    const [entrance, exit] = [this.adapterSocket('client'), this.adapterSocket('server')];
    this.set('tunnelEnds', { entrance, exit });
    const host = placeOf(this, from);
    const socket = this.own(PacketSocket.open(host.namespace, lanDevice));
    const ends = {
      source: await physicalOf(host.namespace, lanDevice),
      destination: await physicalOf(this.lab.namespace('client'), lanDevice),
    };
    for (const source of [foreign, from]) {
      socket.inject(encodeEthernet({ ...ends, etherType: EtherType.ipv4, payload: echoReply(source, to, 1) }));
    }
  },
);

const isIpv4 = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0;

async function nextSource(socket: PacketSocket): Promise<string> {
  return decodeIpv4((await socket.next('a datagram', isIpv4)).subarray(14)).source;
}

Then(
  'those of {word} and {word} enter the tunnel, and that of {word} alone comes out',
  async function (this: ConformanceWorld, foreign: string, own: string, passed: string) {
    const { entrance, exit } = this.get('tunnelEnds');
    assert.deepEqual([await nextSource(entrance), await nextSource(entrance)], [foreign, own]);
    // They keep their order, so the first to come out tells what became of the other.
    assert.equal(await nextSource(exit), passed);
  },
);
