/** The implementation under test in each role ([EP] figs. 11 to 13): it is started, is ended, and says how it ended. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import type { NodeName } from './lab/namespace.ts';
import type { Overrides } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import type { Iut } from './peers/iut.ts';
import { initiatorUnderTest, lab, listenAsServer, type WireRole } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

const nodes: Readonly<Record<WireRole, NodeName>> = { initiator: 'client', server: 'server', relay: 'relay-b' };
const underTest = (world: ConformanceWorld, role: WireRole): Iut => world.iut(nodes[role]);

/** Names of their own for a relay's next node, so that nothing but what a scenario is about keeps the relay from it. */
const hosts = {
  'inside.test': '127.0.0.1',
  'zero.test': '0.0.0.0',
  'nowhere.test': '10.77.0.99',
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

/** `{alice}` in a configuration stands for the public key of that identity. */
function overridesOf(text: string): Overrides {
  return JSON.parse(text.replace(/\{(\w[\w.]*)\}/g, (_, name: string) => identityOf(name).publicKey)) as Overrides;
}

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

When('the {role} is terminated', function (this: ConformanceWorld, role: WireRole) {
  underTest(this, role).program.kill('SIGTERM');
});

Then(
  'the {role}( program) exits with status {int}',
  async function (this: ConformanceWorld, role: WireRole, code: number) {
    assert.deepEqual(await underTest(this, role).program.exited, { code, signal: null });
  },
);

Then('the {role} reports truncation', async function (this: ConformanceWorld, role: WireRole) {
  const event = await underTest(this, role).event('ended');
  assert.equal(event['by'], 'network');
  assert.match(String(event['reason']), /truncation/);
});

When('the adapter is up', async function (this: ConformanceWorld) {
  await this.iut('client').event('adapter');
});

Then('the adapter was made once', function (this: ConformanceWorld) {
  const adapters = this.iut('client').program.seen.filter(({ event }) => event === 'adapter');
  assert.equal(adapters.length, 1);
});

Then('no adapter was made in the client', function (this: ConformanceWorld) {
  const events = this.iut('client').program.seen.map(({ event }) => event);
  assert.ok(!events.includes('adapter'), events.join());
});
