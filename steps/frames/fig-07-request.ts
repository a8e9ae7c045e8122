/** Steps about REQUEST ([EP] fig. 7): many faults at one server, and what an initiator's REQUEST follows from. */
import assert from 'node:assert/strict';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { encodeClientData } from '../../reference/wire/client-data.ts';
import { encodeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { overheadOf } from '../../reference/wire/opened.ts';
import { requestHeaderLength } from '../../reference/wire/request.ts';
import { load } from '../../vectors/load.ts';
import { eachConnection } from '../support/connecting-again.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { identityOf } from '../support/peers/identities.ts';
import {
  initiatorUnderTest,
  lab,
  listenAsServer,
  newInitiator,
  scriptedInitiator,
  scriptedServer,
} from '../support/peers.ts';
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

const longestNode = [63, 63, 63, 61].map((length) => 's'.repeat(length)).join('.');

Given('a tunnel server whose name has 253 octets', async function (this: ConformanceWorld) {
  await lab(this);
  await this.startServer({ names: [longestNode] });
});

When('an initiator sends a REQUEST for it', async function (this: ConformanceWorld) {
  const initiator = await scriptedInitiator(this, { path: [longestNode] });
  await initiator.sendRelay();
  await initiator.sendRequest();
});

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

/** Each freshness, and what comes before it. */
function assertGreater(values: readonly (bigint | undefined)[]): void {
  for (const [index, value] of values.entries()) {
    assert.ok(value !== undefined, `REQUEST ${index + 1} has no freshness`);
    const before = values[index - 1];
    assert.ok(before === undefined || value > before, `REQUEST ${index + 1}: ${value} after ${before}`);
  }
}

When(
  'it has sent {int} REQUESTs, the freshness of each is above the one before',
  async function (this: ConformanceWorld, count: number) {
    const values: (bigint | undefined)[] = [];
    const numbers = Array.from({ length: count }, (_, index) => `REQUEST ${index + 1}`);
    await eachConnection(this, numbers, String, async (server) => {
      values.push(server.request.keyExchangeData.freshness);
      await server.connection.send(server.closeFrame(1));
    });
    assertGreater(values);
  },
);

When(
  'it has sent a REQUEST in each of {int} runs, the freshness of each is above the one before',
  async function (this: ConformanceWorld, count: number) {
    const values: (bigint | undefined)[] = [];
    for (let run = 1; run <= count; run++) {
      const server = await scriptedServer(this);
      await server.readRelay();
      values.push((await server.readRequest()).keyExchangeData.freshness);
      const client = this.iut('client');
      client.program.kill('SIGKILL');
      await client.program.exited;
      if (run < count) await this.start('client', 'client', client.configuration);
    }
    assertGreater(values);
  },
);

/** Of one length always, unlike what is random. */
const grease = { transform: { id: '0a0a', index: 0 }, tlv: { id: '1a1a', value: '00' } };

/** Octets of padding in the opened frame of REQUEST, each of which is zero. */
async function paddingOfRequest(world: ConformanceWorld, length: number): Promise<number> {
  const client = await world.startClient({ name: 'a'.repeat(length), deterministic: { grease } });
  const server = await scriptedServer(world);
  await server.readRelay();
  // Opening it decodes the one valid encoding, which has less than a block of padding.
  const request = await server.readRequest();
  const sections =
    encodeKeyExchangeData(request.keyExchangeData).length +
    2 * request.transforms.length +
    (request.destinationName.length + 1) +
    encodeClientData(request.clientData).length +
    (request.initiatorName.length + 1);
  await client.terminate();
  return server.requestFrame.length - 2 * requestHeaderLength - overheadOf('REQUEST', request.suite) - sections;
}

/** The name of the second initiator is so much longer that its REQUEST needs no padding. */
When(
  'initiators have names of such lengths that the padding of REQUEST is most and none',
  async function (this: ConformanceWorld) {
    await lab(this);
    await listenAsServer(this);
    const padding = await paddingOfRequest(this, 1);
    assert.ok(padding >= 0 && padding < 128, `${padding} octets of padding`);
    assert.equal(await paddingOfRequest(this, 1 + padding), 0, 'octets of padding where none is needed');
    assert.equal(await paddingOfRequest(this, 2 + padding), 127, 'octets of padding');
  },
);
