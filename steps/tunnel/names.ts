/** Steps about a tunnel relay that finds the next node, or a member of its group, by DNS ([EP] fig. 4, 78; fig. 13, 239). */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { patience } from '../shared/lab/deadline.ts';
import { Mailbox } from '../shared/lab/mailbox.ts';
import { type NodeName, wireAddresses } from '../shared/lab/namespace.ts';
import { statusOf } from '../shared/parameters.ts';
import { type Overrides, tunnelPort } from '../shared/peers/configuration.ts';
import type { ScriptedConnection } from '../shared/peers/scripted.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import { listenAsServer } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

/** A tunnel through the relay and the node that it ends in. */
interface Tunnel {
  readonly initiator: ScriptedInitiator;
  readonly server: ScriptedServer;
  readonly node: string;
}

declare module '../shared/world.ts' {
  interface Facts {
    /** What the servers of the scenario accepted, whichever of them it was. */
    arrivals: Mailbox<ScriptedConnection>;
    /** Tunnels that are open, in order of their beginning. */
    tunnels: readonly Tunnel[];
  }
}

async function relayWithDns(world: ConformanceWorld, overrides: Overrides): Promise<void> {
  await world.startLab({ relays: ['relay-b'], nodes: ['server-2', 'server-3'], dns: true });
  const ports = [tunnelPort, 4000];
  const allow = ['next.test', 'group.test'].map((name) => ({ name, ports }));
  await world.startRelay('relay-b', { allow, ...overrides });
  world.set('arrivals', new Mailbox());
  world.set('tunnels', []);
}

Given('a tunnel relay that asks a DNS server', async function (this: ConformanceWorld) {
  await relayWithDns(this, {});
});

Given(
  'a tunnel relay that asks a DNS server and waits {duration} for the next node',
  async function (this: ConformanceWorld, forwardConnect: number) {
    await relayWithDns(this, { timers: { forwardConnect } });
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

Given('the DNS server refuses to tell the members of {word}', async function (this: ConformanceWorld, name: string) {
  await this.names.refuse(`_pna._tcp.${name}`).start();
});

Given(
  'the DNS server does not answer who the members of {word} are',
  async function (this: ConformanceWorld, name: string) {
    await this.names.silence(`_pna._tcp.${name}`).start();
  },
);

// The servers.

async function listen(world: ConformanceWorld, node: NodeName, port: number = tunnelPort): Promise<void> {
  await listenAsServer(world, node, port, world.get('arrivals'));
}

Given('a tunnel server listens in {node}', async function (this: ConformanceWorld, node: NodeName) {
  await listen(this, node);
});

Given('tunnel servers listen in {}', async function (this: ConformanceWorld, nodes: string) {
  for (const node of list(nodes)) await listen(this, node as NodeName);
});

Given(
  'a tunnel server listens in {node} on port {int}',
  async function (this: ConformanceWorld, node: NodeName, port: number) {
    await listen(this, node, port);
  },
);

// Tunnels.

/** Each is formed when the one before it is, and stays. */
When(
  '{int} tunnel(s) is/are formed through the relay to {}',
  async function (this: ConformanceWorld, count: number, beyond: string) {
    const path = ['relay-b.test', ...beyond.split(' and ')];
    for (let left = count; left > 0; left--) this.set('tunnels', [...this.get('tunnels'), await form(this, path)]);
  },
);

async function form(world: ConformanceWorld, path: readonly string[]): Promise<Tunnel> {
  const initiator = new ScriptedInitiator(await world.connect('client', 'relay-b'), { path });
  await initiator.sendRelay();
  const connection = await world.get('arrivals').take(patience, `a connection of the relay for ${path.join(' ')}`);
  const server = new ScriptedServer(connection);
  await server.readRelay();
  await initiator.sendRequest();
  await server.readRequest();
  await server.sendResponse();
  await initiator.readResponse();
  return { initiator, server, node: nodeAt(connection.localAddress) };
}

When('the tunnels that end in {node} are closed', async function (this: ConformanceWorld, node: NodeName) {
  const closing = this.get('tunnels').filter((tunnel) => tunnel.node === node);
  assert.notEqual(closing.length, 0, `no tunnel ends in ${node}`);
  for (const { initiator, server } of closing) {
    await initiator.close(statusOf('end session'));
    await server.connection.ended();
    server.connection.finish();
    await initiator.connection.ended();
  }
  this.set(
    'tunnels',
    this.get('tunnels').filter((tunnel) => !closing.includes(tunnel)),
  );
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
  const count = (what: string) =>
    world.names.queries.filter(({ type, name, from }) => type === what && name === wanted && from === relay).length;
  return { A: count('A'), AAAA: count('AAAA') };
}

function nodeAt(address: string): string {
  const found = Object.entries(wireAddresses).find(([, one]) => one === address);
  return found?.[0] ?? address;
}

function list(text: string): string[] {
  return text.split(',').map((one) => one.trim());
}
