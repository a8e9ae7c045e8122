/** Steps about what a DHCP client, or else the kernel, makes of router advertisements on the adapter of a tunnel. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv6Octets } from '../../reference/packets/addresses.ts';
import { addresses, isIn } from '../shared/adapter-addresses.ts';
import { run } from '../shared/lab/command.ts';
import { patience } from '../shared/lab/deadline.ts';
import { isDiscovery, type } from '../shared/lab/neighbour-packets.ts';
import { until } from '../shared/lab/until.ts';
import { virtualLan, virtualLan6 } from '../shared/peers/configuration.ts';
import { lab } from '../shared/peers.ts';
import { addPlace, placeOf } from '../shared/places.ts';
import { tunnelOfBoth } from '../shared/tunnels.ts';
import type { ConformanceWorld } from '../shared/world.ts';
import { obtain } from './dhcp-clients.ts';

const device = 'pna0';
const ownPhysical = virtualLan.clientPhysical.replaceAll(':', '');

Given(
  /^a tunnel in both families, whose advertisements (the kernel|the client) takes and whose routes (the application|the client) lays$/,
  async function (this: ConformanceWorld, taker: string, layer: string) {
    await lab(this, { ipv6: true });
    const namespace = this.lab.namespace('client');
    // A device that is made takes the default: whatever there is of IPv6 then, the client has made.
    if (taker === 'the client') this.lab.sysctl(namespace, 'net/ipv6/conf/default/accept_ra', 0);
    this.set('everything', this.packetSocket('client'));
    const adapter = { configure: 'dhcp', routes: layer === 'the application' };
    const clientData = {
      routes: [virtualLan.behindServer, virtualLan6.behindServer],
      dns: ['10.9.0.53', 'fd00:9::53'],
      domain: 'private.test',
      search: ['private.test', 'lab.private.test'],
    };
    await tunnelOfBoth(this, { client: { adapter }, server: { clientData } });
  },
);

When('{word} obtains a lease and looks for a router', async function (this: ConformanceWorld, name: string) {
  await obtain(this, name, 'ipv6');
});

/** Of the kernel: one that the client chose, and that duplicate address detection is done with. */
Then(
  'the kernel has an address of the IPv6 prefix in the client data, and no other',
  async function (this: ConformanceWorld) {
    const settled = async () => {
      const found = await addresses(this);
      const isDone = found.length > 0 && found.every(({ tentative }) => tentative !== true);
      return isDone ? found : undefined;
    };
    const found = await until(`an address of ${virtualLan6.clientPrefix}`, settled, patience);
    assert.deepEqual(
      found.filter((address) => !isIn(virtualLan6.clientPrefix, address)),
      [],
    );
    const namespace = this.lab.namespace('client');
    addPlace(this, 'client6', { namespace, address: found[0]!.local });
  },
);

Then('it asked whether another node has it, and nobody answered', function (this: ConformanceWorld) {
  const target = ipv6Octets(placeOf(this, 'client6').address).toHex();
  const seen = this.get('everything').settle();
  const about = (message: number) =>
    seen.filter((frame) => isDiscovery(frame, message) && frame.subarray(62, 78).toHex() === target);
  const probes = about(type.solicitation).filter((frame) => frame.subarray(22, 38).every((octet) => octet === 0));
  assert.notEqual(probes.length, 0, `no solicitation from :: for ${target}`);
  // What the client announces by itself is no answer.
  const answers = about(type.advertisement).filter((frame) => frame.subarray(6, 12).toHex() !== ownPhysical);
  assert.deepEqual(answers, []);
});

Then('the kernel routes both IPv6 networks of the client data to the server', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  for (const network of [virtualLan6.prefix, virtualLan6.behindServer]) {
    const look = async () => {
      const text = await run(['ip', '-json', '-6', 'route', 'show', network], { namespace });
      return (JSON.parse(text || '[]') as { gateway?: string; dev?: string }[])[0];
    };
    const { gateway, dev } = await until(`a route to ${network}`, look, patience);
    assert.deepEqual([gateway, dev], [virtualLan6.serverLinkLocal, device], network);
  }
});

Then(
  'names are looked up at {word} and {word}, in {}',
  async function (this: ConformanceWorld, four: string, six: string, search: string) {
    const client = this.get('dhcpClient');
    const found = await client.recipe.nameService(client);
    assert.deepEqual(
      { ...found, servers: found.servers.toSorted() },
      { servers: [four, six], search: search.split(' ') },
    );
  },
);
