/** Steps about a tunnel relay that finds the next node, or a member of its group, by DNS ([EP] fig. 4, 78; fig. 13, 239). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { lose } from '../support/kernel.ts';
import { blame, patience } from '../support/lab/deadlines/deadline.ts';
import { Mailbox } from '../support/lab/deadlines/mailbox.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { type NodeName, wireAddresses, wireDevice } from '../support/lab/networks/namespace.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import type { ScriptedConnection, ScriptedListener } from '../support/peers/scripted.ts';
import { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { ScriptedServer } from '../support/peers/scripted-server.ts';
import { listenAsServer } from '../support/peers.ts';
import { settle } from '../support/places-taken.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A tunnel through the relay and the node that it ends in. */
interface Tunnel {
  readonly initiator: ScriptedInitiator;
  readonly server: ScriptedServer;
  readonly node: string;
}

declare module '../support/world.ts' {
  interface Facts {
    /** What the servers of the scenario accepted, whichever of them it was. */
    arrivals: Mailbox<ScriptedConnection>;
    /** Tunnels that are open, in order of their beginning. */
    tunnels: Tunnel[];
    /** By their nodes. */
    listeners: Map<string, ScriptedListener>;
    /** Nodes in which tunnels ended that are closed by now. */
    endedIn: readonly string[];
    /** Milliseconds of performance.now() before the first tunnel. */
    firstBegan: number;
  }
}

Given(
  /^a tunnel relay that asks a DNS server(?: and waits (\d+) s for the next node)?$/,
  async function (this: ConformanceWorld, seconds?: string) {
    await this.startLab({ relays: ['relay-b'], nodes: ['server-2', 'server-3'], dns: true });
    const ports = [tunnelPort, 4000, 40_000];
    const allow = ['next.test', 'next_.test', 'group.test'].map((name) => ({ name, ports }));
    const timers = seconds ? { timers: { forwardConnect: Number(seconds) * 1_000 } } : {};
    await this.startRelay('relay-b', { allow, ...timers });
    this.set('arrivals', new Mailbox());
    this.set('tunnels', []);
    this.set('listeners', new Map());
  },
);

// The name server.

Given('the DNS server has {word} at {}', async function (this: ConformanceWorld, name: string, where: string) {
  const addresses = list(where).map((one) => (one in wireAddresses ? wireAddresses[one as NodeName] : one));
  await this.names.host(name, ...addresses).start();
});

Given(
  'the DNS server has these members of {word}',
  async function (this: ConformanceWorld, name: string, table: DataTable) {
    const records = table.hashes().map(({ target = '', port, priority, weight }) => ({
      target,
      port: Number(port ?? tunnelPort),
      priority: Number(priority ?? 0),
      weight: Number(weight ?? 0),
    }));
    await this.names.srv(name, records).start();
  },
);

/** By priority one after the other. */
Given(
  'the DNS server has {int} members of {word} in {node}, and one more in {node}, each with a name of its own',
  async function (this: ConformanceWorld, count: number, name: string, node: NodeName, last: NodeName) {
    const records = Array.from({ length: count + 1 }, (_, index) => ({
      target: `member-${index + 1}.test`,
      port: tunnelPort,
      priority: index,
      weight: 0,
    }));
    for (const { target, priority } of records) this.names.host(target, wireAddresses[priority < count ? node : last]);
    await this.names.srv(name, records).start();
  },
);

Given(
  /^the DNS server (refuses|fails at|does not answer) questions for the members of (\S+)$/,
  async function (this: ConformanceWorld, fault: string, name: string) {
    const service = `_pna._tcp.${name}`;
    if (fault === 'refuses') this.names.refuse(service);
    else if (fault === 'fails at') this.names.fail(service);
    else this.names.silence(service);
    await this.names.start();
  },
);

// Who gets no tunnel.

When(
  '{int} initiators are told that {word} is unreachable',
  async function (this: ConformanceWorld, count: number, name: string) {
    for (let left = count; left > 0; left--) {
      const initiator = await begin(this, ['relay-b.test', name]);
      const { status } = await initiator.expectClose();
      assert.equal(statusName(status), 'next node unreachable');
      initiator.connection.finish();
      await initiator.connection.ended();
    }
  },
);

/** Afterwards the node can be reached. */
When(
  '{int} initiators go away while the relay waits for {node}, a member of {word}',
  async function (this: ConformanceWorld, count: number, node: NodeName, name: string) {
    const address = wireAddresses[node];
    await lose(this, 'relay-b', address);
    for (let left = count; left > 0; left--) {
      const { connection } = await begin(this, ['relay-b.test', name]);
      // Until the relay has asked for the name and connects: nothing tells.
      await pause(300);
      connection.finish();
      await connection.ended();
    }
    await this.lab.ip(this.lab.namespace('relay-b'), `neigh del ${address} dev ${wireDevice}`);
  },
);

// The servers.

Given(
  /^(?:a tunnel server listens|tunnel servers listen) in (.+?)(?: on port (\d+))?$/,
  async function (this: ConformanceWorld, nodes: string, port?: string) {
    for (const node of list(nodes) as NodeName[]) {
      const listener = await listenAsServer(this, node, Number(port || tunnelPort), this.get('arrivals'));
      this.get('listeners').set(node, listener);
    }
  },
);

When('nobody listens in {node} any more', function (this: ConformanceWorld, node: NodeName) {
  this.get('listeners').get(node)?.stopListening();
});

// Tunnels.

/** Each is formed when the one before it is, and stays. */
When(
  '{int} tunnel(s) is/are formed through the relay to {}',
  async function (this: ConformanceWorld, count: number, beyond: string) {
    const path = ['relay-b.test', ...beyond.split(' and ')];
    for (let left = count; left > 0; left--) this.get('tunnels').push(await form(this, path));
  },
);

/** Later ones count their time from the first. */
When(
  '{duration} after the first began, a tunnel is formed through the relay to {word}',
  { timeout: 40_000 },
  async function (this: ConformanceWorld, time: number, name: string) {
    await pause(this.get('firstBegan') + time - performance.now());
    this.get('tunnels').push(await form(this, ['relay-b.test', name]));
  },
);

When(
  '{int} tunnels, each closed before the next, are formed through the relay to {word}',
  async function (this: ConformanceWorld, count: number, name: string) {
    const endedIn: string[] = [];
    for (let left = count; left > 0; left--) {
      const { initiator, server, node } = await form(this, ['relay-b.test', name]);
      endedIn.push(node);
      await initiator.close(Status.endSession);
      await server.connection.ended();
      server.connection.finish();
      await initiator.connection.ended();
      // Until the relay has noticed the end of both: nothing tells.
      await pause(50);
    }
    this.set('endedIn', endedIn);
  },
);

/** A relay that is starved may take a member that does accept for one that does not. */
const longestAttempt = 500;

Then('they ended in {node} alone', function (this: ConformanceWorld, node: NodeName) {
  const others = [...new Set(this.get('endedIn'))].filter((one) => one !== node);
  if (others.length > 0) throw blame(`some ended in ${others.join(', ')}`, longestAttempt, this.get('firstBegan'));
});

Then('they ended in {node} and in {node}', function (this: ConformanceWorld, one: NodeName, other: NodeName) {
  assert.deepEqual([...new Set(this.get('endedIn'))].sort(), [one, other].sort());
});

Then('at least {int} of them ended in {node}', function (this: ConformanceWorld, least: number, node: NodeName) {
  const all = this.get('endedIn');
  const there = all.filter((one) => one === node).length;
  assert.ok(there >= least, `${there} of ${all.length} ended in ${node}`);
});

async function begin(world: ConformanceWorld, path: readonly string[]): Promise<ScriptedInitiator> {
  const initiator = new ScriptedInitiator(await world.connect('client', 'relay-b'), { path });
  await initiator.sendRelay();
  await initiator.sendRequest();
  return initiator;
}

async function form(world: ConformanceWorld, path: readonly string[]): Promise<Tunnel> {
  if (!world.has('firstBegan')) world.set('firstBegan', performance.now());
  const initiator = await begin(world, path);
  const arrival = world.get('arrivals').take(patience, `a connection of the relay for ${path.join(' ')}`);
  const connection = await Promise.race([arrival, answered(initiator.connection)]);
  const server = new ScriptedServer(connection);
  await server.readRelay();
  await server.readRequest();
  await server.sendResponse();
  await initiator.readResponse();
  return { initiator, server, node: nodeAt(connection.localAddress) };
}

/** Instead of a connection to the next node. @throws Nonconformance that tells the answer */
async function answered(connection: ScriptedConnection): Promise<never> {
  await connection.ended(4 * patience);
  throw new Nonconformance(`the relay answered RELAY: ${connection.received.toHex() || 'the end of the stream'}`);
}

When('the tunnels that end in {node} are closed', async function (this: ConformanceWorld, node: NodeName) {
  const tunnels = this.get('tunnels');
  const closing = tunnels.filter((tunnel) => tunnel.node === node);
  assert.notEqual(closing.length, 0, `no tunnel ends in ${node}`);
  for (const { initiator, server } of closing) {
    await initiator.close(Status.endSession);
    await server.connection.ended();
    server.connection.finish();
    await initiator.connection.ended();
  }
  for (const tunnel of closing) tunnels.splice(tunnels.indexOf(tunnel), 1);
});

When('a tunnel that ends in {node} breaks off', async function (this: ConformanceWorld, node: NodeName) {
  const tunnels = this.get('tunnels');
  const index = tunnels.findIndex((tunnel) => tunnel.node === node);
  const [tunnel] = tunnels.splice(index, 1);
  if (index < 0 || tunnel === undefined) throw new LabFailure(`no tunnel ends in ${node}`);
  tunnel.server.connection.finish();
  await tunnel.initiator.connection.ended();
  tunnel.initiator.connection.finish();
  await tunnel.server.connection.ended();
  await settle();
});

Then('they end in', function (this: ConformanceWorld, table: DataTable) {
  const [expected = {}] = table.hashes();
  const found = Object.keys(expected).map((node) => [node, this.get('tunnels').filter((t) => t.node === node).length]);
  assert.deepEqual(
    found,
    Object.entries(expected).map(([node, count]) => [node, Number(count)]),
  );
});

// What the relay did.

Then('the relay connected to {}', async function (this: ConformanceWorld, nodes: string) {
  const relay = `${this.lab.address('relay-b')}:`;
  const own = (await this.tcpConnections()).filter(({ forth }) => forth.source.startsWith(relay));
  const found = own.map(({ forth }) => nodeAt(forth.destination.slice(0, forth.destination.lastIndexOf(':'))));
  assert.deepEqual(found, list(nodes));
});

Then('the relay has asked once per tunnel for the address of {word}', function (this: ConformanceWorld, name: string) {
  const tunnels = this.get('tunnels').length;
  assert.deepEqual(asked(this, name), { A: tunnels, AAAA: Math.min(asked(this, name).AAAA, tunnels) });
});

Then('the relay has asked for no service', function (this: ConformanceWorld) {
  const services = this.names.queries.filter(({ type }) => type === 'SRV');
  assert.deepEqual(services, []);
});

/** How often the relay asked for the addresses of a name. */
function asked(world: ConformanceWorld, wanted: string): { A: number; AAAA: number } {
  const relay = world.lab.address('relay-b');
  const count = (wantedType: string) =>
    world.names.queries.filter(({ type, name, from }) => type === wantedType && name === wanted && from === relay)
      .length;
  return { A: count('A'), AAAA: count('AAAA') };
}

function nodeAt(address: string): string {
  const found = Object.entries(wireAddresses).find(([, one]) => one === address);
  return found?.[0] ?? address;
}

function list(text: string): string[] {
  return text.split(',').map((one) => one.trim());
}
