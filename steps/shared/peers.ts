/** Steps that start the roles and the scripted peers: what every feature about the wire begins with. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status, type SuiteName, statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { Nonconformance } from './lab/failure.ts';
import type { LabOptions } from './lab/namespace.ts';
import type { Json, Overrides } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import { type Ending, ScriptedConnection } from './peers/scripted.ts';
import { ScriptedInitiator, type ScriptedInitiatorOptions } from './peers/scripted-initiator.ts';
import { ScriptedServer, type ScriptedServerOptions } from './peers/scripted-server.ts';
import type { ReceivedClose } from './peers/session.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** The scripted initiator or server of the scenario. */
    initiator: ScriptedInitiator;
    server: ScriptedServer;
    /** The CLOSE frame that the implementation sent last. */
    close: ReceivedClose;
    ending: Ending;
    /** Milliseconds of performance.now() at which the step under test did its deed. */
    deed: number;
  }
}

/** The number of a status by the name that docs/protocol.md gives it. */
export function statusNamed(name: string): number {
  const status = Object.values(Status).find((value) => statusName(value) === name);
  if (status === undefined) throw new Error(`no status is named ${JSON.stringify(name)}`);
  return status;
}

/** Starts a laboratory unless the scenario has one. */
export async function lab(world: ConformanceWorld, options: LabOptions = {}): Promise<void> {
  if (!world.has('laboratory')) await world.startLab(options);
  world.set('laboratory', true);
}

declare module './world.ts' {
  interface Facts {
    laboratory: true;
  }
}

/** Connects a scripted initiator to the server, or to the node named. */
export async function scriptedInitiator(
  world: ConformanceWorld,
  options: ScriptedInitiatorOptions = {},
  to: 'server' | 'relay-b' = 'server',
): Promise<ScriptedInitiator> {
  const initiator = new ScriptedInitiator(await world.connect('client', to), options);
  world.set('initiator', initiator);
  return initiator;
}

/** The name by which a scripted peer's options call a suite and a transform, for `with suite …, transform …`. */
export interface Choice {
  readonly suite?: SuiteName;
  readonly transform?: TransformName;
}

/** `{alice}` in a configuration stands for the public key of that identity, `{alice:private}` for the other. */
function overridesOf(text: string): Overrides {
  const whole = text.replace(/\{(\w[\w.]*)(:private)?\}/g, (_, name: string, secret?: string) =>
    secret === undefined ? identityOf(name).publicKey : identityOf(name).privateKey,
  );
  return JSON.parse(whole) as { readonly [key: string]: Json };
}

// A tunnel server under test.

Given('a tunnel server', async function (this: ConformanceWorld) {
  await lab(this);
  await this.startServer();
});

Given('a tunnel server configured with', async function (this: ConformanceWorld, text: string) {
  await lab(this);
  await this.startServer(overridesOf(text));
});

When('an initiator connects', async function (this: ConformanceWorld) {
  await scriptedInitiator(this);
});

When('an initiator connects with transform {word}', async function (this: ConformanceWorld, transform: TransformName) {
  await scriptedInitiator(this, { transforms: [transform] });
});

When(
  'an initiator is authorized with suite {word} and transform {word}',
  async function (this: ConformanceWorld, suite: SuiteName, transform: TransformName) {
    const initiator = await scriptedInitiator(this, { suite, transforms: [transform] });
    await initiator.authorize();
  },
);

When('an initiator is authorized', async function (this: ConformanceWorld) {
  const initiator = await scriptedInitiator(this);
  await initiator.authorize();
});

When('it sends RELAY', async function (this: ConformanceWorld) {
  await this.get('initiator').sendRelay();
});

When('it sends REQUEST', async function (this: ConformanceWorld) {
  await this.get('initiator').sendRequest();
  this.set('deed', performance.now());
});

When('it sends the octets {word}', async function (this: ConformanceWorld, hex: string) {
  await this.get('initiator').connection.send(Uint8Array.fromHex(hex));
  this.set('deed', performance.now());
});

Then('the server answers RESPONSE', async function (this: ConformanceWorld) {
  await this.get('initiator').readResponse();
});

Then('the server answers CLOSE {string} and ends the stream', async function (this: ConformanceWorld, name: string) {
  await closes(this, this.get('initiator'), name, false);
});

Then(
  'the server answers a keyed CLOSE {string} and ends the stream',
  async function (this: ConformanceWorld, name: string) {
    await closes(this, this.get('initiator'), name, true);
  },
);

Then('the server ends the stream without a frame', async function (this: ConformanceWorld) {
  this.set('ending', await this.get('initiator').connection.endedWithoutFrame());
});

/** A server that has refused somebody goes on to serve others. */
Then('another initiator is authorized by the same server', async function (this: ConformanceWorld) {
  const other = new ScriptedInitiator(await this.connect());
  await other.authorize();
});

// A tunnel initiator under test.

Given('a tunnel initiator whose server is scripted', async function (this: ConformanceWorld) {
  await initiatorUnderTest(this, {}, {});
});

Given(
  'a tunnel initiator whose server is scripted, configured with',
  async function (this: ConformanceWorld, text: string) {
    await initiatorUnderTest(this, overridesOf(text), {});
  },
);

Given(
  'a tunnel initiator with suite {word} and transform {word} whose server is scripted',
  async function (this: ConformanceWorld, suite: SuiteName, transform: TransformName) {
    await initiatorUnderTest(this, { server: { suite }, transforms: [transform] }, {});
  },
);

When('the server authorizes it', async function (this: ConformanceWorld) {
  await this.get('server').authorize();
});

When('the server has read RELAY', async function (this: ConformanceWorld) {
  await this.get('server').readRelay();
});

When('the server has read REQUEST', async function (this: ConformanceWorld) {
  const server = this.get('server');
  await server.readRelay();
  await server.readRequest();
});

When('the server sends the octets {word}', async function (this: ConformanceWorld, hex: string) {
  await this.get('server').connection.send(Uint8Array.fromHex(hex));
  this.set('deed', performance.now());
});

Then('the initiator answers CLOSE {string} and ends the stream', async function (this: ConformanceWorld, name: string) {
  await closes(this, this.get('server'), name, false);
});

Then(
  'the initiator answers a keyed CLOSE {string} and ends the stream',
  async function (this: ConformanceWorld, name: string) {
    await closes(this, this.get('server'), name, true);
  },
);

Then('the initiator ends the stream without a frame', async function (this: ConformanceWorld) {
  this.set('ending', await this.get('server').connection.endedWithoutFrame());
});

export async function initiatorUnderTest(
  world: ConformanceWorld,
  overrides: Overrides,
  options: ScriptedServerOptions,
): Promise<void> {
  await lab(world);
  const listener = await world.listen('server');
  await world.startClient(overrides);
  world.set('server', new ScriptedServer(await listener.accept(), options));
}

/** The implementation sends exactly one CLOSE of that status, rightly keyed or unkeyed, then its end of stream. */
export async function closes(
  world: ConformanceWorld,
  peer: ScriptedInitiator | ScriptedServer,
  name: string,
  keyed: boolean,
): Promise<void> {
  const close = await peer.expectClose();
  world.set('close', close);
  assert.equal(statusName(close.status), statusName(statusNamed(name)));
  assert.equal(close.keyed, keyed, keyed ? 'the CLOSE is not keyed' : 'the CLOSE is keyed');
  if (keyed && !close.valid) throw new Nonconformance('the digest of the CLOSE frame does not verify');
  world.set('ending', await peer.connection.endedWithoutFrame());
}

export { ScriptedConnection, ScriptedInitiator, ScriptedServer };
