/** Steps about names that have several static keys, and keys that have several names ([EP] fig. 12, 223). */
import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { eachRow } from '../support/exchanges.ts';
import { type Lease, leaseOf, noteLeases } from '../support/initiator.ts';
import { known } from '../support/known.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import { nothingComes } from '../support/reactions.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Those of several initiators, by name and key: `alice bob`. */
    sessionsByKey: ReadonlyMap<string, ScriptedInitiator>;
  }
}

const initiatorOf = (world: ConformanceWorld, name: string, key: string): Promise<ScriptedInitiator> =>
  newInitiator(world, { identity: identityOf(key), name });

When('names connect with keys, one after the other', async function (this: ConformanceWorld, table: DataTable) {
  const leases: Lease[] = [];
  for (const [name = '', key = ''] of table.raw()) leases.push(await leaseOf(this, name, key));
  noteLeases(this, leases);
});

function note(world: ConformanceWorld, name: string, key: string, initiator: ScriptedInitiator): void {
  const before = world.has('sessionsByKey') ? world.get('sessionsByKey') : new Map<string, ScriptedInitiator>();
  world.set('sessionsByKey', new Map([...before, [`${name} ${key}`, initiator]]));
}

function noted(world: ConformanceWorld, name: string, key: string): ScriptedInitiator {
  const found = world.get('sessionsByKey').get(`${name} ${key}`);
  if (found === undefined) throw new LabFailure(`no step has made a session of ${name} with the key of ${key}`);
  return found;
}

When(
  /^(\w+) has (a session|opened RESPONSE) with the key of (\w+)$/,
  async function (this: ConformanceWorld, name: string, what: string, key: string) {
    const initiator = await initiatorOf(this, name, key);
    await initiator.sendRelay();
    await initiator.sendRequest();
    await initiator.readResponse();
    if (what === 'a session') await initiator.send();
    note(this, name, key, initiator);
    // Until the server has confirmed it: nothing tells.
    await nothingComes(initiator);
  },
);

Then(
  'the session of {word} with the key of {word} is ended by a keyed CLOSE {string}',
  async function (this: ConformanceWorld, name: string, key: string, status: string) {
    const close = await noted(this, name, key).expectClose();
    assert.deepEqual([statusName(close.status), close.valid], [status, true], 'its status, and whether it verifies');
  },
);

Then(
  'the session of {word} with the key of {word} goes on',
  async function (this: ConformanceWorld, name: string, key: string) {
    await nothingComes(noted(this, name, key));
  },
);

Then(
  'REQUESTs of alice are authorized behind RELAY frames with these origins',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([origin = '']: string[]): Promise<void> => {
      const initiator = await newInitiator(this, { origin });
      await initiator.authorize();
      await initiator.close(Status.endSession);
      await initiator.connection.ended();
    };
    await eachRow(table.raw(), ([origin = '']) => origin, act);
  },
);

/** What a newer session of a name may have that the older one has not. */
const differences: Readonly<Record<string, (world: ConformanceWorld) => Promise<ScriptedInitiator>>> = {
  'comes from another address': (world) => newInitiator(world, {}, 'others'),
  'is of suite x25519': (world) => newInitiator(world, { suite: 'x25519' }),
  'has another transform': (world) => newInitiator(world, { transforms: world.declaration.transforms }),
  'came on a path through a relay': (world) => newInitiator(world, { path: ['relay-b.test', 'server.test'] }),
};

Then(
  'each of these sessions of a name supersedes the one before it',
  async function (this: ConformanceWorld, table: DataTable) {
    let former = await newInitiator(this);
    await former.authorize();
    const act = async ([difference = '']: string[]): Promise<void> => {
      const older = former;
      former = await known(differences, difference)(this);
      await former.authorize();
      const { status, valid } = await older.expectClose();
      assert.deepEqual([statusName(status), valid], ['superseded', true], 'its status, and whether it verifies');
    };
    await eachRow(table.raw(), ([difference = '']) => difference, act);
  },
);
