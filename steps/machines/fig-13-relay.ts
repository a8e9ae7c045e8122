/** Steps about a tunnel relay between two scripted end points ([EP] fig. 13), and whole tunnels through relays (fig. 4). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Given, Then, When } from '@cucumber/cucumber';
import { encodeClose } from '../../reference/wire/close.ts';
import { encodeRelay } from '../../reference/wire/relay.ts';
import { wireDevice } from '../shared/lab/namespace.ts';
import { packetsRevealing } from '../shared/lab/plaintext-search.ts';
import { tcpConnections } from '../shared/lab/tcp-streams.ts';
import type { Json, Overrides } from '../shared/peers/configuration.ts';
import type { ScriptedConnection, ScriptedListener } from '../shared/peers/scripted.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { relayAltered } from '../shared/peers/scripted-relay.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import { closes, statusNamed } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** Where the relay under test finds the next node. */
    nextNode: ScriptedListener;
    /** What was sent on one side and has to arrive on the other. */
    passed: Uint8Array;
  }
}

const path = ['relay-b.test', 'server.test'];

/** Names of their own for the next node, so that nothing but the reason that a scenario tells keeps the relay from it. */
const hosts = {
  'inside.test': '127.0.0.1',
  'zero.test': '0.0.0.0',
  'nowhere.test': '10.77.0.99',
  'forbidden.test': '10.77.0.2',
  'other-port.test': '10.77.0.2',
  'moved.test': '10.77.0.2',
  'mirror.test': '10.77.0.3',
};

async function relayUnderTest(world: ConformanceWorld, overrides: { readonly [key: string]: Json }): Promise<void> {
  await world.startLab({ relays: ['relay-b'], nodes: ['others'], hosts });
  await world.startRelay('relay-b', overrides);
  world.set('nextNode', await world.listen('server'));
}

async function initiatorAtRelay(world: ConformanceWorld, through: readonly string[]): Promise<ScriptedInitiator> {
  const initiator = new ScriptedInitiator(await world.connect('client', 'relay-b'), { path: through });
  world.set('initiator', initiator);
  return initiator;
}

Given('a tunnel relay', async function (this: ConformanceWorld) {
  await relayUnderTest(this, {});
});

Given('a tunnel relay configured with', async function (this: ConformanceWorld, text: string) {
  await relayUnderTest(this, JSON.parse(text) as { readonly [key: string]: Json });
});

When('an initiator connects to the relay', async function (this: ConformanceWorld) {
  await initiatorAtRelay(this, path);
});

When('an initiator sends RELAY to the relay for the path {}', async function (this: ConformanceWorld, names: string) {
  const initiator = await initiatorAtRelay(this, names.split(' '));
  await initiator.sendRelay();
});

When('an initiator has a tunnel through the relay to a scripted server', async function (this: ConformanceWorld) {
  const initiator = await initiatorAtRelay(this, path);
  await initiator.sendRelay();
  const server = new ScriptedServer(await this.get('nextNode').accept());
  this.set('server', server);
  await initiator.sendRequest();
  await server.readRelay();
  await server.readRequest();
  await server.sendResponse();
  await initiator.readResponse();
});

When('an initiator sends {} and then goes on', async function (this: ConformanceWorld, what: string) {
  const initiator = await initiatorAtRelay(this, path);
  await initiator.sendRelay();
  const sent = after[what];
  if (sent === undefined) throw new Error(`no step knows ${JSON.stringify(what)}`);
  await initiator.connection.send(sent);
});

/** What follows RELAY before anything has come back. */
const after: Readonly<Record<string, Uint8Array>> = {
  'one frame of 4096 octets': frameOf(4_096),
  'one frame of 4097 octets': frameOf(4_097),
  'two frames': new Uint8Array([...frameOf(200), ...frameOf(200)]),
};

/** A REQUEST by its looks: the relay sees no more of it. */
function frameOf(length: number): Uint8Array {
  const octets = new Uint8Array(length).fill(0x5a);
  octets.set([0, 0, length >> 8, length & 0xff, 2, 1]);
  return octets;
}

Then('the relay answers CLOSE {string} and ends the stream', async function (this: ConformanceWorld, name: string) {
  await closes(this, this.get('initiator'), name, false);
});

Then('nobody was connected to', function (this: ConformanceWorld) {
  assert.equal(this.get('nextNode').accepted, 0);
});

Then('the next node receives RELAY unchanged', async function (this: ConformanceWorld) {
  const server = new ScriptedServer(await this.get('nextNode').accept());
  this.set('server', server);
  const { octets } = await server.expect('RELAY');
  assert.deepEqual(octets, this.get('initiator').relay);
});

When('the name {word} has moved to the node client', async function (this: ConformanceWorld, name: string) {
  this.set('nextNode', await this.listen('client'));
  // In place: the file is bound over /etc/hosts of the relay.
  const file = `/etc/netns/${this.lab.namespace('relay-b')}/hosts`;
  const moved = readFileSync(file, 'utf8').replace(`10.77.0.2 ${name}`, `10.77.0.1 ${name}`);
  writeFileSync(file, moved);
});

Then('the next node receives RELAY and that frame', async function (this: ConformanceWorld) {
  const server = new ScriptedServer(await this.get('nextNode').accept());
  await server.expect('RELAY');
  const { octets } = await server.expect('REQUEST');
  assert.equal(octets.length, 4_096);
});

When(
  'the {word} sends the octets {word} through the relay',
  async function (this: ConformanceWorld, side: 'initiator' | 'server', hex: string) {
    const { near, far } = ends(this, side);
    const before = far.received.length;
    await near.send(Uint8Array.fromHex(hex));
    const all = await far.octets(before + hex.length / 2);
    this.set('passed', all.subarray(before));
  },
);

Then('{word} arrived at the other end', function (this: ConformanceWorld, hex: string) {
  assert.equal(this.get('passed').toHex(), hex);
});

When(
  'the {word} sends CLOSE {string} and ends',
  async function (this: ConformanceWorld, side: 'initiator' | 'server', name: string) {
    await this.get(side).close(statusNamed(name));
  },
);

Then(
  'the {word} receives a keyed CLOSE {string} and the end of the stream',
  async function (this: ConformanceWorld, side: 'initiator' | 'server', name: string) {
    await closes(this, this.get(side), name, true);
  },
);

When('the {word} resets its connection to the relay', function (this: ConformanceWorld, side: 'initiator' | 'server') {
  this.get(side).connection.reset();
});

Then('the {word} sees its connection end', async function (this: ConformanceWorld, side: 'initiator' | 'server') {
  await this.get(side).connection.ended();
});

When('the relay is terminated', function (this: ConformanceWorld) {
  this.iut('relay-b').program.kill('SIGTERM');
});

Then('the relay exits with status {int}', async function (this: ConformanceWorld, code: number) {
  assert.deepEqual(await this.iut('relay-b').program.exited, { code, signal: null });
});

function ends(
  world: ConformanceWorld,
  side: 'initiator' | 'server',
): { near: ScriptedConnection; far: ScriptedConnection } {
  const [near, far] = side === 'initiator' ? (['initiator', 'server'] as const) : (['server', 'initiator'] as const);
  return { near: world.get(near).connection, far: world.get(far).connection };
}

// Whole tunnels.

const through = ['relay-b.test', 'relay-c.test', 'server.test'];
/** [EP] fig. 3: the tunnel connections 38, 40 and 42. */
const hops = ['hop-1', 'hop-2', 'hop-3'];

Given('a tunnel through relay-b and relay-c, whose names are in DNS', async function (this: ConformanceWorld) {
  await labWithRelays(this);
  await tunnelThroughRelays(this);
});

/** A laboratory with both relays and a DNS server, and a capture of each hop. */
export async function labWithRelays(world: ConformanceWorld): Promise<void> {
  const lab = await world.startLab({ relays: ['relay-b', 'relay-c'], dns: true });
  const between = ['client', 'relay-b', 'relay-c', 'server'] as const;
  for (const [i, hop] of hops.entries()) {
    const ends = between.slice(i, i + 2).map((node) => `host ${lab.address(node)}`);
    const filter = ['tcp port 3265', ...ends].join(' and ');
    await world.captureOn(lab.namespace(between[i] ?? ''), wireDevice, hop, filter);
  }
}

/** Resolves when the client's adapter is up. @param server what is particular to its configuration */
export async function tunnelThroughRelays(world: ConformanceWorld, server: Overrides = {}): Promise<void> {
  await Promise.all([world.startServer(server), world.startRelay('relay-b'), world.startRelay('relay-c')]);
  const client = await world.startClient({ path: through });
  await client.event('adapter');
}

Then('each relay has asked DNS for the name after its own', function (this: ConformanceWorld) {
  for (const [i, node] of (['relay-b', 'relay-c'] as const).entries()) {
    const own = this.names.queries.filter(({ from }) => from === this.lab.address(node));
    const hosts = own.filter(({ type }) => type === 'A').map(({ name }) => name);
    assert.deepEqual(hosts, [through[i + 1]], node);
  }
});

Then('RELAY is the same octets on each of the three hops', async function (this: ConformanceWorld) {
  const expected = encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path: through });
  for (const hop of hops) {
    const connections = tcpConnections(await this.packets(hop));
    assert.equal(connections.length, 1, `not one connection on ${hop}`);
    assert.deepEqual(connections[0]?.forth.octets.subarray(0, expected.length), expected, hop);
  }
});

Then('the plaintext is nowhere in what the relays saw', async function (this: ConformanceWorld) {
  for (const hop of hops) {
    const packets = await this.packets(hop);
    assert.ok(packets.length > 10, `hardly anything was captured on ${hop}`);
    assert.deepEqual(packetsRevealing(packets, this.get('plaintext')), []);
  }
});

Given('a tunnel server behind relay-b', async function (this: ConformanceWorld) {
  await this.startLab({ relays: ['relay-b'] });
  await this.startServer();
});

When(
  'an initiator connects through a relay that alters one octet of {string} in RELAY',
  async function (this: ConformanceWorld, text: string) {
    const listener = await this.listen('relay-b');
    await this.startClient({ path: ['relay-b.test', 'server.test'] });
    await relayAltered(await listener.accept(), await this.connect('relay-b', 'server'), text);
  },
);

Then('the server answered it CLOSE {string} alone', async function (this: ConformanceWorld, name: string) {
  await this.iut('client').event('ended');
  const { back } = await this.capturedFrames(1);
  assert.deepEqual(
    back.frames.map(({ octets }) => octets),
    [encodeClose({ type: 'CLOSE', status: statusNamed(name) })],
  );
});

When(
  'a relay alters octet {int} of RELAY on its way to the server',
  async function (this: ConformanceWorld, offset: number) {
    const initiator = new ScriptedInitiator(await this.connect(), {});
    this.set('initiator', initiator);
    const altered = initiator.relay.slice();
    altered[offset] = altered[offset]! ^ 1;
    await initiator.connection.send(altered);
    await initiator.sendRequest();
  },
);
