/** Steps about REQUEST ([EP] fig. 7): many faults at one server, and what an initiator's REQUEST follows from. */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { load } from '../../vectors/load.ts';
import { eachConnection } from '../support/connecting-again.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { identityOf } from '../support/peers/identities.ts';
import { initiatorUnderTest, lab, newInitiator } from '../support/peers.ts';
import { assertReaction, reactionOf } from '../support/reactions.ts';
import { longestName, requestOf } from '../support/request-faults.ts';
import { tryEach } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Below the limit of half-open connections of one key. */
const abreast = 3;

/** Every name in a vector that is valid is that of an initiator or of the server. */
Given('a tunnel server that knows the names of the vectors', async function (this: ConformanceWorld) {
  const fields = load('request').flatMap(({ tests }) => tests.flatMap(({ fields }) => fields ?? []));
  const namesOf = (field: string) => [...new Set(fields.flatMap((each) => each[field] ?? []))] as string[];
  const { publicKey } = identityOf('alice');
  await lab(this);
  await this.startServer({
    names: ['server.test', ...namesOf('destinationName').filter((name) => name !== 'server.test')],
    initiators: namesOf('initiatorName').map((name) => ({ name, publicKey, suites: [...this.declaration.suites] })),
  });
});

When(
  'initiators send REQUESTs with these faults, the server answers {}',
  async function (this: ConformanceWorld, answer: string, table: DataTable) {
    const faults = table.raw().flat();
    const one = async (fault: string): Promise<void> => {
      const { options, alterations } = requestOf(fault);
      const initiator = await newInitiator(this, options);
      await initiator.sendRelay();
      await initiator.sendRequest(alterations);
      assertReaction(await reactionOf(initiator), answer);
      initiator.connection.finish();
    };
    await tryEach(faults, (fault) => fault, one, abreast);
  },
);

Given('a tunnel server that knows the longest name', async function (this: ConformanceWorld) {
  await lab(this);
  const { publicKey } = identityOf('alice');
  await this.startServer({ initiators: [{ name: longestName, publicKey, suites: [...this.declaration.suites] }] });
});

Given('a tunnel initiator of the longest name whose server is scripted', async function (this: ConformanceWorld) {
  await initiatorUnderTest(this, { name: longestName });
});

Then('REQUEST names the initiator as configured', function (this: ConformanceWorld) {
  assert.equal(this.get('server').request.initiatorName, longestName);
});

When('the server has read RELAY', async function (this: ConformanceWorld) {
  await this.get('server').readRelay();
});

/** Long enough for a frame that waits for nothing, on a machine that has other things to do. */
const atOnce = 700;

Then('the initiator sends its REQUEST at once', async function (this: ConformanceWorld) {
  await this.get('server').connection.next('REQUEST, nothing having been sent', atOnce);
});

When(
  'it has sent {int} REQUESTs, each is the one valid encoding of what it holds',
  async function (this: ConformanceWorld, count: number) {
    const numbers = Array.from({ length: count }, (_, index) => index + 1);
    // Opening a REQUEST decodes the one valid encoding.
    await eachConnection(
      this,
      numbers,
      (number) => `REQUEST ${number}`,
      async (server) => {
        if (server.request.transforms.length === 0) throw new Nonconformance('it offers nothing');
        await server.connection.send(server.closeFrame(1));
      },
    );
  },
);
