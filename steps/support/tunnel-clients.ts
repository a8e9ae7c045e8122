/** Steps about several tunnel clients, each a process with an adapter of its own, at one server ([EP] fig. 14). */
import { Given } from '@cucumber/cucumber';
import { findAddress } from './adapter-addresses.ts';
import { reachServer } from './kernel.ts';
import { known } from './known.ts';
import { virtualLan, virtualLan6 } from './lab/networks/virtual-lan.ts';
import type { Overrides } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import { addPlace } from './places.ts';
import { routesLaid } from './tunnels.ts';
import type { ConformanceWorld } from './world.ts';

const clients = [
  { name: 'alice', node: 'client', address: '10.8.0.10', prefix: 'fd00:8:0:a::/64' },
  { name: 'bob', node: 'others', address: '10.8.0.11', prefix: 'fd00:8:0:b::/64' },
] as const;

/** What its policy drops must not be lost on the server's kernel instead: that forwards. */
const forwarding = { IPv4: 'net/ipv4/ip_forward', IPv6: 'net/ipv6/conf/all/forwarding' };

const policies: Readonly<Record<string, Overrides>> = {
  'whose node forwards': {},
  'that passes datagrams between clients': { clientToClient: true },
};

/** Places from now on: `alice` and `bob`, or in IPv6 `alice6` and `bob6`. */
Given(
  /^tunnel clients alice and bob( of both families)? of a server (.+)$/,
  async function (this: ConformanceWorld, both: string | undefined, policy: string) {
    const ipv6 = Boolean(both);
    const lab = await this.startLab({ ipv6, nodes: ['others'] });
    lab.sysctl(lab.namespace('server'), ipv6 ? forwarding.IPv6 : forwarding.IPv4, 1);
    const initiators = clients.map(({ name, address }) => ({ name, publicKey: identityOf(name).publicKey, address }));
    const adapter = ipv6 ? { adapter: { address6: virtualLan6.serverPrefix } } : {};
    await this.startServer({ initiators, ...adapter, ...known(policies, policy) });
    for (const { name, node, address, prefix } of clients) {
      const client = await this.startClient({ name, privateKey: identityOf(name).privateKey }, node);
      await client.event('adapter');
      await routesLaid(this, client, node);
      const namespace = lab.namespace(node);
      if (ipv6) await findAddress(this, prefix, node, `${name}6`);
      else addPlace(this, name, { namespace, address });
      await reachServer(namespace, ipv6 ? virtualLan6.serverAddress : virtualLan.serverAddress);
    }
  },
);
