/** Steps about DHCP messages that are put together on the spot (RFC 2131), where the vectors have none. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { prefixText } from '../../reference/packets/prefix.ts';
import { readDhcp } from '../../vectors/dhcp-reply.ts';
import { classlessRoute, clientPacket, option } from '../../vectors/generate/dhcp-packet.ts';
import { cat } from '../../vectors/generate/octets.ts';
import { sendUp } from '../shared/adapter.ts';
import { optionOf } from '../shared/lab/dhcp-messages.ts';
import { virtualLan } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const { clientAddress, serverAddress, serverPhysical } = virtualLan;

When('the stack sends a DHCP request by unicast to {word}', function (this: ConformanceWorld, server: string) {
  const envelope = { source: clientAddress, destination: server, to: serverPhysical };
  const message = { op: 1, xid: 0x5eed_0001, ciaddr: clientAddress, options: [option(53, [3])] };
  sendUp(this, clientPacket(message, envelope).subarray(14));
});

/** Option 121. */
function classlessRoutes(world: ConformanceWorld): string {
  const { routes = [] } = world.get('offered');
  const parts = routes.map((route) => classlessRoute(prefixText(route), route.gateway));
  return cat(...parts).toHex();
}

Then(
  /^the OFFER is a datagram of at most (\d+) octets, each option in it is whole, and the routes are (there|left out)$/,
  function (this: ConformanceWorld, longest: string, routes: string) {
    const offer = this.get('offer');
    const length = (offer[16]! << 8) | offer[17]!;
    assert.ok(length <= Number(longest), `the OFFER has ${length} octets`);
    assert.ok(offer.length >= 14 + length, `${offer.length} octets of ${14 + length}`);
    const [message, mtu] = [readDhcp(offer), virtualLan.mtu.toString(16).padStart(4, '0')];
    const options = [54, 1, 26, 121].map((code) => optionOf(message, code));
    const expectedRoutes = routes === 'there' ? classlessRoutes(this) : undefined;
    assert.deepEqual(options, [ipv4Octets(serverAddress).toHex(), 'ffffff00', mtu, expectedRoutes]);
  },
);
