/** Steps about a group of tunnel servers ([EP] fig. 4, 78) and the private network that its members share. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { SharedNetwork, sharedDevice } from '../shared/lab/shared-network.ts';
import { statusOf } from '../shared/parameters.ts';
import {
  type Json,
  type Overrides,
  serverConfiguration,
  virtualLan,
  virtualLan6,
} from '../shared/peers/configuration.ts';
import { identityOf } from '../shared/peers/identities.ts';
import type { Iut } from '../shared/peers/iut.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import type { ConformanceWorld } from '../shared/world.ts';

export const members = ['server', 'server-2', 'server-3'] as const;
export type Member = (typeof members)[number];
export const groupName = 'group.test';
export const path = ['relay-b.test', groupName];
/** Enough for all initiators at once, which are one source to the relay and behind it. */
const limits = { halfOpenPerSource: 64, connectionsPerSource: 64 };

declare module '../shared/world.ts' {
  interface Facts {
    network: SharedNetwork;
    members: Readonly<Record<Member, Iut>>;
    /** Address of each name at each member. */
    addresses: ReadonlyMap<string, ReadonlySet<string>>;
    /** Address of each scripted initiator. */
    leased: ReadonlyMap<string, string>;
    /** The /64 of each, where it has one: its first address. */
    prefixes: ReadonlyMap<string, string>;
  }
}

export const nameOf = (index: number): string => (index === 0 ? 'alice' : `initiator-${index}`);
export const names = (count: number): string[] => Array.from({ length: count }, (_, index) => nameOf(index));

/** The members have one configuration but for what their places on the network differ in. */
async function startMembers(
  world: ConformanceWorld,
  count: number,
  traffic: (index: number) => Json | undefined,
  overrides: Overrides = {},
): Promise<void> {
  const addressMap = join(world.folder, 'addresses');
  mkdirSync(addressMap);
  const initiators = names(count).map((name) => ({
    name,
    publicKey: identityOf(name).publicKey,
    suites: [...world.declaration.suites],
  }));
  const started = await Promise.all(
    members.map((member, index) =>
      world.start(
        'server',
        member,
        serverConfiguration(world.declaration, {
          names: [groupName],
          initiators,
          addressMap,
          limits: { halfOpenPerSource: limits.halfOpenPerSource },
          ...overrides,
          ...(traffic(index) === undefined ? {} : { traffic: traffic(index) as Json }),
        }),
      ),
    ),
  );
  const [one, two, three] = started as [Iut, Iut, Iut];
  world.set('members', { server: one, 'server-2': two, 'server-3': three });
}

const nodes = ['server-2', 'server-3', 'others'] as const;

Given('a group of 3 tunnel servers', async function (this: ConformanceWorld) {
  await this.startLab({ nodes, capture: false });
  await startMembers(this, 6, () => undefined);
});

Given(
  'a group of 3 tunnel servers on one network, which draw their traffic by {}',
  async function (this: ConformanceWorld, means: string) {
    await groupOnOneNetwork(this, means === 'proxy ARP', false);
  },
);

Given(
  'a group of 3 tunnel servers on one network of both families, which draw their traffic by proxy ARP',
  async function (this: ConformanceWorld) {
    await groupOnOneNetwork(this, true, true);
  },
);

/** @param byArp or else by a route hook. @param ipv6 besides IPv4 */
async function groupOnOneNetwork(world: ConformanceWorld, byArp: boolean, ipv6: boolean): Promise<void> {
  const lab = await world.startLab({ relays: ['relay-b'], nodes, dns: true, capture: false, ipv6 });
  const network = await SharedNetwork.create(lab, members, ipv6);
  world.set('network', network);
  await world.captureOn(network.inside, network.device, 'network', 'arp or icmp6');
  if (byArp) await network.expectNeighbours(`${virtualLan.serverAddress.replace(/\d+$/, '0')}/24`);
  if (byArp && ipv6) await network.expectNeighbours(virtualLan6.prefix);
  const traffic = (index: number): Json =>
    byArp ? { proxyArp: sharedDevice } : { routeHook: [network.routeProgram(world.folder, index)] };
  await world.names
    .srv(
      groupName,
      members.map((member) => ({ target: `${member}.test` })),
    )
    .start();
  const allow = [{ name: groupName, ports: [3265] }];
  const overrides = {
    adapter: { address6: virtualLan6.serverPrefix },
    clientData: { routes: [virtualLan6.behindServer] },
  };
  await Promise.all([
    startMembers(world, 30, traffic, ipv6 ? overrides : {}),
    world.startRelay('relay-b', { allow, limits }),
  ]);
}

// One map of addresses.

When(
  '{int} initiators are authorized by each member, in another order each time',
  async function (this: ConformanceWorld, count: number) {
    const addresses = new Map<string, Set<string>>(names(count).map((name) => [name, new Set()]));
    for (const [turn, member] of members.entries()) {
      const order = names(count);
      order.push(...order.splice(0, turn * 2));
      for (const name of turn === 1 ? order.toReversed() : order) {
        const initiator = await confirm(this, name, member);
        addresses.get(name)?.add(addressOf(this, name));
        await initiator.close(statusOf('end session'));
      }
    }
    this.set('addresses', addresses);
  },
);

Then('each name has the same address at all members, and no two names have one', function (this: ConformanceWorld) {
  const addresses = this.get('addresses');
  for (const [name, found] of addresses) assert.equal(found.size, 1, `${name}: ${[...found].join(', ')}`);
  assert.equal(new Set([...addresses.values()].flatMap((found) => [...found])).size, addresses.size);
});

/** A scripted initiator that stays until it is closed. */
export async function confirm(world: ConformanceWorld, name: string, member: Member): Promise<ScriptedInitiator> {
  const identity = identityOf(name);
  const initiator = new ScriptedInitiator(await world.connect('client', member), { identity, path: [groupName] });
  const { address, ipv6 } = toNetworkSettings((await initiator.authorize()).clientData);
  world.set('leased', new Map([...(world.has('leased') ? world.get('leased') : []), [name, address]]));
  if (ipv6 !== undefined)
    world.set('prefixes', new Map([...(world.has('prefixes') ? world.get('prefixes') : []), [name, ipv6.prefix]]));
  return initiator;
}

export const addressOf = (world: ConformanceWorld, name: string): string => world.get('leased').get(name) as string;
