/** The implementation under test in each role ([EP] figs. 11 to 13): it is started, is ended, and says how it ended. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { patience, within } from './lab/deadlines/deadline.ts';
import { Nonconformance } from './lab/failure.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import type { Overrides } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import type { Iut } from './peers/iut.ts';
import { initiatorUnderTest, lab, listenAsServer, scriptedServer, startClock, type WireRole } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

const nodes: Readonly<Record<WireRole, NodeName>> = { initiator: 'client', server: 'server', relay: 'relay-b' };
const underTest = (world: ConformanceWorld, role: WireRole): Iut => world.iut(nodes[role]);

/** Names of their own for a relay's next node, so that nothing but what a scenario is about keeps the relay from it. */
const hosts = {
  'inside.test': '127.0.0.1',
  'zero.test': '0.0.0.0',
  'nowhere.test': '10.77.0.99',
  'dropped.test': '10.77.0.98',
  'forbidden.test': '10.77.0.2',
  'other-port.test': '10.77.0.2',
  'moved.test': '10.77.0.2',
  'mirror.test': '10.77.0.3',
};

/** Each with the scripted server that its role connects to. */
const starts = {
  server: async (world, overrides) => {
    await lab(world);
    await world.startServer(overrides);
  },
  initiator: initiatorUnderTest,
  relay: async (world, overrides) => {
    await lab(world, { relays: ['relay-b'], nodes: ['others'], hosts });
    await world.startRelay('relay-b', overrides);
    await listenAsServer(world);
  },
} satisfies Record<WireRole, (world: ConformanceWorld, overrides: Overrides) => Promise<void>>;

/** Starts it, with a laboratory if there is none yet. @param overrides of the configuration of its role */
export async function startUnderTest(world: ConformanceWorld, role: WireRole, overrides: Overrides): Promise<void> {
  await starts[role](world, overrides);
}

async function startAmongOthers(
  world: ConformanceWorld,
  overrides: Overrides,
  role: WireRole = 'server',
): Promise<void> {
  // A relay always is.
  if (role !== 'relay') await lab(world, { nodes: ['others'] });
  await startUnderTest(world, role, overrides);
}

/** Where the text recommends what else is a matter of the declaration: without it no program has to be started. */
Given('an implementation that declares {word}', function (this: ConformanceWorld, name: string) {
  const { suites, transforms } = this.declaration;
  if (![...suites, ...transforms].some((one) => one === name)) throw new Nonconformance(`it does not declare ${name}`);
});

Given('a tunnel server among several nodes', async function (this: ConformanceWorld) {
  await startAmongOthers(this, {});
});

Given(
  'a tunnel {role} among several nodes, configured with',
  async function (this: ConformanceWorld, role: WireRole, text: string) {
    await startAmongOthers(this, JSON.parse(text) as Overrides, role);
  },
);

/** `{alice}` in a configuration stands for the public key of that identity; null leaves the key out. */
export function overridesOf(text: string): Overrides {
  const json = text.replace(/\{(\w[\w.]*)\}/g, (_, name: string) => identityOf(name).publicKey);
  return withoutNulls(JSON.parse(json) as Overrides);
}

function withoutNulls(overrides: Overrides): Overrides {
  const entries = Object.entries(overrides).map(([key, value]) => {
    if (value === null) return [key, undefined];
    return [key, isOverrides(value) ? withoutNulls(value) : value];
  });
  return Object.fromEntries(entries) as Overrides;
}

const isOverrides = (value: Overrides[string]): value is Overrides =>
  typeof value === 'object' && !Array.isArray(value);

Given('a tunnel {role}( whose server is scripted)', async function (this: ConformanceWorld, role: WireRole) {
  await starts[role](this, {});
});

Given(
  'a tunnel {role}( whose server is scripted,) configured with',
  async function (this: ConformanceWorld, role: WireRole, text: string) {
    await starts[role](this, overridesOf(text));
  },
);

When('the user has ended the session by SIGTERM', function (this: ConformanceWorld) {
  this.iut('client').program.kill('SIGTERM');
});

When('the operator of the server ends the session', function (this: ConformanceWorld) {
  startClock(this);
  this.iut('server').endSession('alice');
});

When('the {role} is terminated', function (this: ConformanceWorld, role: WireRole) {
  underTest(this, role).program.kill('SIGTERM');
});

Then(
  'the {role}( program) exits with status {int}',
  async function (this: ConformanceWorld, role: WireRole, code: number) {
    const exit = await within(60_000, 'the end of the program', underTest(this, role).program.exited);
    assert.deepEqual(exit, { code, signal: null });
  },
);

When('the user ends the session', function (this: ConformanceWorld) {
  startClock(this);
  this.iut('client').endSession();
});

When('the user asks for a connection', function (this: ConformanceWorld) {
  this.iut('client').connect();
});

/** Once the session before is over: what comes next waits for the back-off. */
When('the user asks for another connection', async function (this: ConformanceWorld) {
  const client = this.iut('client');
  await client.event('ended');
  client.connect();
  await scriptedServer(this);
});

When('the adapter is up', async function (this: ConformanceWorld) {
  await this.iut('client').event('adapter');
});

Then(
  'the initiator program exits with status {int} within {duration}',
  async function (this: ConformanceWorld, code: number, time: number) {
    const exit = await within(time, 'the end of the program', this.iut('client').program.exited);
    assert.deepEqual(exit, { code, signal: null });
  },
);

/** Once nobody can ask for another connection. */
export async function endsWith(world: ConformanceWorld, code: number): Promise<void> {
  const { program } = world.iut('client');
  program.endInput();
  assert.deepEqual(await within(patience, 'the end of the program', program.exited), { code, signal: null });
}

Then('its program ends with status {int}, as after no CLOSE at all', function (this: ConformanceWorld, code: number) {
  return endsWith(this, code);
});
