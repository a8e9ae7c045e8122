/** Steps about a group of tunnel servers ([EP] fig. 4, 78) and the private network that its members share. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../reference/packets/arp.ts';
import { decodeEthernet, EtherType, encodeEthernet } from '../reference/packets/ethernet.ts';
import { toNetworkSettings } from '../reference/wire/network-settings.ts';
import { run } from './lab/command.ts';
import { within } from './lab/deadline.ts';
import type { NodeName } from './lab/namespace.ts';
import type { PacketSocket } from './lab/packet-socket.ts';
import { insideAddress, SharedNetwork, sharedDevice } from './lab/shared-network.ts';
import { type TransferResult, transfer } from './lab/traffic.ts';
import { clientConfiguration, type Json, serverConfiguration, virtualLan } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import type { Iut } from './peers/iut.ts';
import { ScriptedInitiator } from './peers/scripted-initiator.ts';
import { statusNamed } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

const members = ['server', 'server-2', 'server-3'] as const;
type Member = (typeof members)[number];
const groupName = 'group.test';
const path = ['relay-b.test', groupName];
/** Enough for all initiators at once, which are one source to the relay and behind it. */
const limits = { halfOpenPerSource: 64, connectionsPerSource: 64 };

interface Assignment {
  readonly member: Member;
  readonly address: string;
}

interface Failover {
  readonly victim: Member;
  readonly before: ReadonlyMap<string, Assignment>;
  readonly killed: number;
  readonly transfer: Promise<TransferResult>;
}

declare module './world.ts' {
  interface Facts {
    network: SharedNetwork;
    members: Readonly<Record<Member, Iut>>;
    /** Address of each name at each member. */
    addresses: ReadonlyMap<string, ReadonlySet<string>>;
    /** Where each initiator's tunnel ends. */
    assignments: ReadonlyMap<string, Assignment>;
    failover: Failover;
    roster: Roster;
    alice: ScriptedInitiator;
    /** What passes on the shared network. */
    watch: PacketSocket;
    /** Address of each scripted initiator. */
    leased: ReadonlyMap<string, string>;
  }
}

const nameOf = (index: number): string => (index === 0 ? 'alice' : `initiator-${index}`);
const names = (count: number): string[] => Array.from({ length: count }, (_, index) => nameOf(index));

/** The members have one configuration but for what their places on the network differ in. */
async function startMembers(
  world: ConformanceWorld,
  count: number,
  traffic: (index: number) => Json | undefined,
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
          ...(traffic(index) === undefined ? {} : { traffic: traffic(index) as Json }),
        }),
      ),
    ),
  );
  const [one, two, three] = started as [Iut, Iut, Iut];
  const programs = { server: one, 'server-2': two, 'server-3': three };
  world.set('members', programs);
  world.set('roster', new Roster(programs));
}

const nodes = ['server-2', 'server-3', 'others'] as const;

Given('a group of 3 tunnel servers', async function (this: ConformanceWorld) {
  await this.startLab({ nodes, capture: false });
  await startMembers(this, 6, () => undefined);
});

Given(
  'a group of 3 tunnel servers on one network, which draw their traffic by {}',
  async function (this: ConformanceWorld, means: string) {
    const lab = await this.startLab({ relays: ['relay-b'], nodes, dns: true, capture: false });
    const network = await SharedNetwork.create(lab, members);
    this.set('network', network);
    await this.captureOn(network.inside, network.device, 'network', 'arp');
    const byArp = means === 'proxy ARP';
    if (byArp) await network.expectNeighbours(`${virtualLan.serverAddress.replace(/\d+$/, '0')}/24`);
    const traffic = (index: number): Json =>
      byArp ? { proxyArp: sharedDevice } : { routeHook: [network.routeProgram(this.folder, index)] };
    await this.names
      .srv(
        groupName,
        members.map((member) => ({ target: `${member}.test` })),
      )
      .start();
    const allow = [{ name: groupName, ports: [3265] }];
    await Promise.all([startMembers(this, 30, traffic), this.startRelay('relay-b', { allow, limits })]);
  },
);

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
        await initiator.close(statusNamed('end session'));
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

// Proxy ARP.

/** A question put to the shared network by the inside node. */
function question(physical: Uint8Array, targetAddress: string): Uint8Array {
  const targetPhysical = new Uint8Array(6);
  const asking = { senderPhysical: physical, senderAddress: insideAddress, targetPhysical, targetAddress };
  const payload = encodeArp({ operation: ArpOperation.request, ...asking });
  const destination = new Uint8Array(6).fill(0xff);
  return encodeEthernet({ destination, source: physical, etherType: EtherType.arp, payload });
}

/** The ARP packet in a frame; undefined for other frames. */
function arpIn(frame: Uint8Array): ArpPacket | undefined {
  const { etherType, payload } = decodeEthernet(frame);
  return etherType === EtherType.arp ? decodeArp(payload) : undefined;
}

const physicalOf = async (namespace: string, device: string): Promise<Uint8Array> => {
  const text = await run(['ip', '-json', 'link', 'show', device], { namespace });
  const [link] = JSON.parse(text) as { address: string }[];
  return Uint8Array.fromHex((link?.address ?? '').replaceAll(':', ''));
};

const watchNetwork = (world: ConformanceWorld): PacketSocket => {
  if (!world.has('watch')) world.set('watch', world.packetSocket('inside', world.get('network').device));
  return world.get('watch');
};

/** Asks for each in turn. @returns the physical address in the answer to the last */
async function ask(world: ConformanceWorld, ...addresses: string[]): Promise<Uint8Array> {
  const { inside, device } = world.get('network');
  const watch = watchNetwork(world);
  const physical = await physicalOf(inside, device);
  for (const address of addresses) watch.inject(question(physical, address));
  const last = addresses.at(-1) as string;
  const frame = await watch.next(`an answer for ${last}`, (one) => {
    const packet = arpIn(one);
    return packet?.operation === ArpOperation.reply && packet.senderAddress === last;
  });
  return arpIn(frame)?.senderPhysical ?? new Uint8Array(0);
}

async function confirm(world: ConformanceWorld, name: string, member: Member): Promise<ScriptedInitiator> {
  const identity = identityOf(name);
  const initiator = new ScriptedInitiator(await world.connect('client', member), { identity, path: [groupName] });
  const { address } = toNetworkSettings((await initiator.authorize()).clientData);
  world.set('leased', new Map([...(world.has('leased') ? world.get('leased') : []), [name, address]]));
  return initiator;
}

const addressOf = (world: ConformanceWorld, name: string): string => world.get('leased').get(name) as string;

Given('another initiator is confirmed at {node} all the time', async function (this: ConformanceWorld, node: NodeName) {
  watchNetwork(this);
  await confirm(this, nameOf(1), node as Member);
  const address = addressOf(this, nameOf(1));
  await watchNetwork(this).next(`an announcement of ${address}`, (frame) => announces(frame, address));
});

When('alice has been at {node} and is gone again', async function (this: ConformanceWorld, node: NodeName) {
  const alice = await confirm(this, 'alice', node as Member);
  await leave(this, alice, node as Member);
});

When('alice is confirmed at {node}', async function (this: ConformanceWorld, node: NodeName) {
  this.set('alice', await confirm(this, 'alice', node as Member));
});

When('alice ends her session at {node}', async function (this: ConformanceWorld, node: NodeName) {
  await leave(this, this.get('alice'), node as Member);
});

async function leave(world: ConformanceWorld, initiator: ScriptedInitiator, member: Member): Promise<void> {
  await initiator.close(statusNamed('end session'));
  await initiator.connection.ended();
  await world.get('members')[member].event('ended');
}

const announces = (frame: Uint8Array, address: string): boolean => {
  const packet = arpIn(frame);
  return packet?.senderAddress === address && packet.targetAddress === address;
};

/** One that another member made before may still be there. */
Then('{node} has announced the address of alice', async function (this: ConformanceWorld, node: NodeName) {
  const address = addressOf(this, 'alice');
  const physical = await physicalOf(this.lab.namespace(node), sharedDevice);
  await watchNetwork(this).next(`an announcement of ${address} by ${physical.toHex()}`, (frame) => {
    return announces(frame, address) && arpIn(frame)?.senderPhysical.toHex() === physical.toHex();
  });
});

Then('who asks that network for alice is told {node}', async function (this: ConformanceWorld, node: NodeName) {
  const physical = await ask(this, addressOf(this, 'alice'));
  assert.deepEqual(physical, await physicalOf(this.lab.namespace(node), sharedDevice));
});

/** The member that has the other initiator answers its questions in order. */
Then('who asks that network for alice is told nothing', async function (this: ConformanceWorld) {
  const alice = addressOf(this, 'alice');
  await ask(this, alice, addressOf(this, nameOf(1)));
  const answers = watchNetwork(this)
    .settle()
    .flatMap((frame) => arpIn(frame) ?? [])
    .filter(({ operation, senderAddress }) => operation === ArpOperation.reply && senderAddress === alice);
  assert.deepEqual(answers, []);
});

// Load and failure.

When('{int} initiators connect through the relay to the group', async function (this: ConformanceWorld, count: number) {
  const start = (name: string, index: number) =>
    this.start(
      'client',
      index === 0 ? 'client' : 'others',
      clientConfiguration(this.declaration, {
        name,
        privateKey: identityOf(name).privateKey,
        path,
        reconnect: true,
        adapter: { name: `pna${index}`, configure: index === 0 ? 'direct' : 'none' },
      }),
    );
  const [first, ...others] = names(count).map((name, index) => () => start(name, index));
  const alice = await (first as () => Promise<Iut>)();
  for (const next of others) await next();
  await alice.event('adapter', 30_000);
  this.set('assignments', await within(30_000, 'each being authorized', this.get('roster').all(names(count))));
});

/** Where each initiator was authorized last, as the members tell. */
class Roster {
  readonly #latest = new Map<string, Assignment>();
  #more = Promise.withResolvers<void>();

  constructor(programs: Readonly<Record<Member, Iut>>) {
    for (const member of members) void this.#follow(member, programs[member]);
  }

  /** Waits until every name is at a member that it was not at before. */
  async all(
    wanted: readonly string[],
    before: ReadonlyMap<string, Assignment> = new Map(),
  ): Promise<ReadonlyMap<string, Assignment>> {
    const arrived = (name: string): boolean => {
      const latest = this.#latest.get(name);
      return latest !== undefined && latest.member !== before.get(name)?.member;
    };
    while (!wanted.every(arrived)) await this.#more.promise;
    return new Map(this.#latest);
  }

  /** Until the member's program ends. */
  async #follow(member: Member, { program }: Iut): Promise<void> {
    for (;;) {
      const event = await program.event('authorized', 600_000).catch(() => undefined);
      if (event === undefined) return;
      this.#latest.set(String(event['name']), { member, address: String(event['address']) });
      this.#more.resolve();
      this.#more = Promise.withResolvers<void>();
    }
  }
}

Then('no member has more than 1 above the mean', function (this: ConformanceWorld) {
  const assigned = [...this.get('assignments').values()];
  const counts = members.map((member) => assigned.filter((one) => one.member === member).length);
  const mean = assigned.length / members.length;
  assert.ok(Math.max(...counts) <= mean + 1, `${counts.join(', ')}, the mean is ${mean}`);
  this.log(`initiators at each member: ${counts.join(', ')}`);
});

When(
  'a node of that network is sent {int} MiB by an initiator, and the member that it is connected to is killed meanwhile',
  async function (this: ConformanceWorld, mebibytes: number) {
    const before = this.get('assignments');
    const victim = before.get('alice')?.member as Member;
    const octets = mebibytes * 2 ** 20;
    const third = Promise.withResolvers<void>();
    const sending = transfer({
      from: this.lab.namespace('client'),
      to: this.get('network').inside,
      address: insideAddress,
      octets,
      milliseconds: 80_000,
      progress: (arrived) => {
        if (arrived > octets / 3) third.resolve();
      },
    });
    await Promise.race([third.promise, sending]);
    this.get('members')[victim].program.kill('SIGKILL');
    this.set('failover', { victim, before, killed: performance.now(), transfer: sending });
  },
);

Then(
  'within {duration} each initiator of that member is authorized by another, with the same address',
  async function (this: ConformanceWorld, limit: number) {
    const { victim, before, killed } = this.get('failover');
    const moved = [...before].filter(([, { member }]) => member === victim).map(([name]) => name);
    assert.ok(moved.length > 0);
    const after = await within(limit, 'each being authorized again', this.get('roster').all(moved, before));
    this.log(
      `of the killed member's initiators the last of ${moved.length} was back ${Math.round(performance.now() - killed)} ms after the kill`,
    );
    for (const name of moved) assert.equal(after.get(name)?.address, before.get(name)?.address, name);
  },
);

Then('the transfer is complete: SHA-256 is equal at both ends', async function (this: ConformanceWorld) {
  const { sent, arrived } = await this.get('failover').transfer;
  assert.equal(arrived, sent);
});
