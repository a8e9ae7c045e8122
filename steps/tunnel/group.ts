/** Steps about a group of tunnel servers ([EP] fig. 4, 78) and the private network that its members share. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { toNetworkSettings } from '../../reference/wire/network-settings.ts';
import { eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import {
  addressesOf,
  establishedAt,
  type Family,
  octetsThrough,
  physicalOf,
} from '../support/lab/networks/kernel-tables.ts';
import type { NodeName } from '../support/lab/networks/namespace.ts';
import { insideAddress, insideAddress6, SharedNetwork, sharedDevice } from '../support/lab/networks/shared-network.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import {
  type AddressResolution,
  announces,
  arp,
  type Client,
  neighbourDiscovery,
  resolve,
} from '../support/lab/packets/address-resolution.ts';
import type { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { transfer } from '../support/lab/packets/traffic.ts';
import {
  clientConfiguration,
  type Overrides,
  serverConfiguration,
  tunnelPort,
} from '../support/peers/configuration.ts';
import { preferredSuite } from '../support/peers/declaration.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { Iut } from '../support/peers/iut.ts';
import { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { settle } from '../support/places-taken.ts';
import { leaveTransfers } from '../support/traffic.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** The members of the group, by their nodes. */
const members = ['server', 'server-2', 'server-3'] as const;
type Member = (typeof members)[number];

/** A scripted initiator that a member has confirmed, and what it was given. */
interface Confirmed extends Client {
  readonly initiator: ScriptedInitiator;
}

interface Failover {
  readonly killed: Member;
  /** Milliseconds of performance.now(). */
  readonly at: number;
  /** Of the first initiator's adapter. */
  readonly address: string;
}

declare module '../support/world.ts' {
  interface Facts {
    members: Readonly<Record<Member, Iut>>;
    /** Addresses of each name, as the members gave them. */
    addresses: ReadonlyMap<string, ReadonlySet<string>>;
    /** By name. */
    confirmed: Map<string, Confirmed>;
    network: SharedNetwork;
    /** What passes on the shared network. */
    networkSocket: PacketSocket;
    /** Tunnel connections of each member before one was killed. */
    load: readonly number[];
    failover: Failover;
  }
}

const groupName = 'group.test';
const path = ['relay-b.test', groupName];
/** Enough for all initiators at once, which are one source to the relay and behind it. */
const limits = { halfOpenPerSource: 64, connectionsPerSource: 64 };
const nodes = ['server-2', 'server-3', 'others'] as const;

const nameOf = (index: number): string => ['alice', 'bob'][index] ?? `initiator-${index}`;
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => nameOf(index));
/** Another name than alice: a space is a character like any other. */
const spaced = 'alice ';
/** So are those that a name of a file cannot have, and their usual substitutes. */
const odd = [spaced, 'a/b', 'a_b'];

/** The members have one configuration, but for what their places on the network differ in. */
async function startMembers(
  world: ConformanceWorld,
  count: number,
  overrides: Overrides,
  trafficOf: (index: number) => Overrides,
): Promise<void> {
  // Whoever the members run as.
  const addressMap = mkdtempSync(join(tmpdir(), 'addresses-'));
  chmodSync(addressMap, 0o777);
  const suites = [...world.declaration.suites];
  const common = {
    names: [groupName],
    initiators: [...names(count), ...odd].map((name) => ({ name, publicKey: identityOf(name).publicKey, suites })),
    addressMap,
    limits: { halfOpenPerSource: limits.halfOpenPerSource },
    ...overrides,
  };
  const start = (member: Member, index: number) =>
    world.start('server', member, serverConfiguration(world.declaration, { ...common, ...trafficOf(index) }));
  const [one, two, three] = (await Promise.all(members.map(start))) as [Iut, Iut, Iut];
  world.set('members', { server: one, 'server-2': two, 'server-3': three });
  world.set('confirmed', new Map());
}

Given(
  /^a group of 3 tunnel servers on one network( of both families)?, which draw their traffic by (proxy ARP|a route hook)$/,
  async function (this: ConformanceWorld, both: string | undefined, means: string) {
    const ipv6 = Boolean(both);
    const lab = await this.startLab({ relays: ['relay-b'], nodes, dns: true, capture: false, ipv6 });
    const network = await SharedNetwork.create(lab, members, ipv6);
    this.set('network', network);
    await this.captureOn(network.inside, network.device, 'network', 'arp or icmp6');
    const byArp = means === 'proxy ARP';
    if (byArp) await network.expectNeighbours(`${virtualLan.serverAddress.replace(/\d+$/, '0')}/24`);
    if (byArp && ipv6) await network.expectNeighbours(virtualLan6.prefix);
    const trafficOf = (index: number) => ({
      traffic: byArp ? { proxyArp: sharedDevice } : { routeHook: [network.routeProgram(this.folder, index)] },
    });
    const targets = members.map((member) => ({ target: `${member}.test` }));
    await this.names.srv(groupName, targets).start();
    const ofBoth = {
      adapter: { address6: virtualLan6.serverPrefix },
      clientData: { routes: [virtualLan6.behindServer] },
    };
    await Promise.all([
      startMembers(this, 30, ipv6 ? ofBoth : {}, trafficOf),
      this.startRelay('relay-b', { allow: [{ name: groupName, ports: [3265] }], limits }),
    ]);
  },
);

// One map of addresses.

/** Connects a scripted initiator, which stays until it is closed. */
async function confirm(world: ConformanceWorld, name: string, member: Member): Promise<Confirmed> {
  const options = { suite: preferredSuite(world.declaration), identity: identityOf(name), path: [groupName] };
  const initiator = new ScriptedInitiator(await world.connect('client', member), options);
  const { address, ipv6 } = toNetworkSettings((await initiator.authorize()).clientData);
  const confirmed = { initiator, address, prefix: ipv6?.prefix };
  world.get('confirmed').set(name, confirmed);
  return confirmed;
}

When(
  '{int} initiators are authorized by each member, in another order each time',
  async function (this: ConformanceWorld, count: number) {
    const all = [...names(count - odd.length), ...odd];
    const addresses = new Map<string, Set<string>>(all.map((name) => [name, new Set()]));
    for (const [turn, member] of members.entries()) {
      const order = [...all];
      order.push(...order.splice(0, turn * 2));
      for (const name of turn === 1 ? order.toReversed() : order) {
        const { initiator, address } = await confirm(this, name, member);
        addresses.get(name)?.add(address);
        await initiator.close(Status.endSession);
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

/** The newer one is there: what the older one leaves behind concerns it no more. */
Then(
  'whoever is confirmed at {node}, and again, has a route by it on that network',
  async function (this: ConformanceWorld, node: NodeName) {
    const network = this.get('network');
    await eachRow([spaced, 'alice'], String, async (name) => {
      const { initiator: older } = await confirm(this, name, node as Member);
      const { initiator, address } = await confirm(this, name, node as Member);
      await older.connection.ended();
      older.connection.finish();
      await this.iut(node).event('ended');
      const look = () => network.hasRoute(address, members.indexOf(node as Member));
      await until(`a route to ${address} by ${node}`, async () => (await look()) || undefined, patience);
      // Whatever takes it back for the older one has run by then.
      await settle();
      assert.ok(await look(), `the route to ${address} by ${node} is there no more`);
      await initiator.close(Status.endSession);
      await initiator.connection.ended();
      await this.iut(node).event('ended');
    });
  },
);

// Who has an address, to a node of the shared network.

function confirmedOf(world: ConformanceWorld, name: string): Confirmed {
  const found = world.get('confirmed').get(name);
  if (found === undefined) throw new LabFailure(`no step has confirmed ${name}`);
  return found;
}

/** Open from the first call on: an announcement must not be missed. */
function networkSocket(world: ConformanceWorld): PacketSocket {
  if (!world.has('networkSocket'))
    world.set('networkSocket', world.packetSocket('inside', world.get('network').device));
  return world.get('networkSocket');
}

When('{word} is confirmed at {node}', async function (this: ConformanceWorld, name: string, node: NodeName) {
  networkSocket(this);
  const older = this.get('confirmed').get(name)?.initiator.connection;
  const supersedes = older !== undefined && !older.over;
  await confirm(this, name, node as Member);
  if (!supersedes) return;
  await older.ended();
  older.finish();
  await this.iut(node).event('ended');
});

When('{word} ends her session at {node}', async function (this: ConformanceWorld, name: string, node: NodeName) {
  const { initiator } = confirmedOf(this, name);
  await initiator.close(Status.endSession);
  await initiator.connection.ended();
  await this.iut(node).event('ended');
});

/** One that another member made before may still be there. */
Then(
  '{node} has announced the address of {word}',
  async function (this: ConformanceWorld, node: NodeName, name: string) {
    const { address } = confirmedOf(this, name);
    const physical = await physicalOf(this.lab.namespace(node), sharedDevice);
    const isIt = (frame: Uint8Array) => announces(frame, address, physical);
    await networkSocket(this).next(`an announcement of ${address} by ${physical.toHex()}`, isIt);
  },
);

const resolutions: Readonly<Record<string, AddressResolution>> = {
  ARP: arp,
  'neighbour solicitation': neighbourDiscovery,
};

/** How that network is asked. */
async function asking(world: ConformanceWorld, means: string) {
  const { inside, device } = world.get('network');
  const asker = { socket: networkSocket(world), physical: await physicalOf(inside, device) };
  return { ...asker, resolution: known(resolutions, means) };
}

Then(
  'who asks that network by {} for {word} is told {node}',
  async function (this: ConformanceWorld, means: string, name: string, node: NodeName) {
    const { resolution, ...asker } = await asking(this, means);
    const physical = await physicalOf(this.lab.namespace(node), sharedDevice);
    for (const address of resolution.addressesOf(confirmedOf(this, name)))
      for (const named of await resolve(resolution, asker, address)) assert.deepEqual(named, physical, address);
  },
);

/** The member that has the other initiator answers its questions in order. */
Then(
  'who asks that network by {} for {word} is told nothing, and for {word} something',
  async function (this: ConformanceWorld, means: string, name: string, other: string) {
    const { resolution, ...asker } = await asking(this, means);
    const { socket, physical } = asker;
    const asked = resolution.addressesOf(confirmedOf(this, name));
    const isAnswer = (frame: Uint8Array) => asked.some((address) => resolution.answerIn(frame, address) !== undefined);
    const answers = () => socket.settle().filter(isAnswer).length;
    const before = resolution.repeats ? answers() : 0;
    for (const address of asked) socket.inject(resolution.question(physical, address));
    for (const address of resolution.addressesOf(confirmedOf(this, other))) await resolve(resolution, asker, address);
    assert.equal(answers(), before);
  },
);

// The load of the members, and one of them dying.

/** Tunnel connections at each member, as its kernel has them. */
async function load(world: ConformanceWorld, of: readonly Member[] = members): Promise<number[]> {
  return Promise.all(of.map((member) => establishedAt(world.lab.namespace(member), tunnelPort)));
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

/** Waits until members have so many tunnel connections between them, and a second later, when those not authorized are over. */
async function awaitLoad(world: ConformanceWorld, of: readonly Member[], count: number, limit: number) {
  let last: number[] = [];
  const look = async (): Promise<number[] | undefined> => {
    await pause(20);
    last = await load(world, of);
    if (sum(last) !== count) return;
    await pause(1_000);
    last = await load(world, of);
    return sum(last) === count ? last : undefined;
  };
  const found = () => `there are ${last.join(', ')} at ${of.join(', ')}`;
  return until(`${count} tunnel connections that last`, look, limit + 1_000, found);
}

When('{int} initiators connect through the relay to the group', async function (this: ConformanceWorld, count: number) {
  for (const [index, name] of names(count).entries()) {
    const adapter = { name: `pna${index}`, configure: index === 0 ? 'direct' : 'none' };
    const { privateKey } = identityOf(name);
    const configuration = clientConfiguration(this.declaration, { name, privateKey, path, reconnect: true, adapter });
    await this.start('client', index === 0 ? 'client' : 'others', configuration);
  }
  await this.iut('client').event('adapter', 30_000);
  this.set('load', await awaitLoad(this, members, count, 30_000));
});

Then('no member has more than 1 above the mean', function (this: ConformanceWorld) {
  const counts = this.get('load');
  const mean = sum(counts) / members.length;
  assert.ok(Math.max(...counts) <= mean + 1, `${counts.join(', ')}, the mean is ${mean}`);
  this.log(`initiators at each member: ${counts.join(', ')}`);
});

/** The member through whose adapter most octets have passed. */
async function busiest(world: ConformanceWorld): Promise<Member> {
  const counts = await Promise.all(
    members.map(async (member) => ({
      member,
      octets: await octetsThrough(world.lab.namespace(member), adapterIn(world.lab.namespace(member))),
    })),
  );
  return counts.reduce((most, one) => (one.octets > most.octets ? one : most)).member;
}

When(
  'a node of that network is sent {int} MiB by an initiator in {family}, and the member that it is connected to is killed meanwhile',
  async function (this: ConformanceWorld, mebibytes: number, family: Family) {
    const octets = mebibytes * 2 ** 20;
    // More than the kernels on the way hold is still to be read when the member dies.
    const aThirdArrived = Promise.withResolvers<void>();
    const memberKilled = Promise.withResolvers<void>();
    const sending = transfer({
      from: this.lab.namespace('client'),
      to: this.get('network').inside,
      address: family === 'IPv4' ? insideAddress : insideAddress6,
      octets,
      milliseconds: 80_000,
      progress: (arrived) => {
        if (arrived <= octets / 3) return;
        aThirdArrived.resolve();
        return memberKilled.promise;
      },
    });
    leaveTransfers(this, Promise.all([sending]));
    await Promise.race([aThirdArrived.promise, sending]);
    const killed = await busiest(this);
    const addresses = await addressesOf(this.lab.namespace('client'), 'IPv4', adapterIn(this.lab.namespace('client')));
    this.get('members')[killed].program.kill('SIGKILL');
    memberKilled.resolve();
    this.set('failover', { killed, at: performance.now(), address: addresses.map(({ local }) => local).join() });
  },
);

Then(
  'within {duration} each initiator of that member is at another, and the address of the first is that of before',
  async function (this: ConformanceWorld, limit: number) {
    const { killed, at, address } = this.get('failover');
    const others = members.filter((member) => member !== killed);
    await awaitLoad(this, others, sum(this.get('load')), limit);
    this.log(
      `the killed member's initiators were back, and stayed, ${Math.round(performance.now() - at)} ms after the kill`,
    );
    const addresses = await addressesOf(this.lab.namespace('client'), 'IPv4', adapterIn(this.lab.namespace('client')));
    assert.equal(addresses.map(({ local }) => local).join(), address);
  },
);
