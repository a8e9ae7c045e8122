/** Steps about what a tunnel initiator does and makes of answers ([EP] fig. 11). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { Transform } from '../../reference/wire/identifiers.ts';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { fromNetworkSettings } from '../../reference/wire/network-settings.ts';
import type { OpenedResponse } from '../../reference/wire/response.ts';
import { connectAgain } from '../support/connecting-again.ts';
import { eachRow, expectAnswer, sendByLooks } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { statusOf } from '../support/parameters.ts';
import { type Alterations, defaultLifetimes, flipped } from '../support/peers/handshake.ts';
import { defaultSettings } from '../support/peers/scripted-server.ts';
import { scriptedServer } from '../support/peers.ts';
import { endsWith } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Every fault of a RESPONSE that the features name. */
const faults: Readonly<Record<string, Alterations<OpenedResponse>>> = {
  'nothing wrong': {},
  'a changed last octet': { frame: (frame) => flipped(frame, -1) },
  'a changed octet of the ephemeral key': { frame: (frame) => flipped(frame, 14) },
  'a header in the clear that differs from the sealed one': { header: (header) => flipped(header, 7) },
  'a header in the clear that differs from the sealed one, and padding that is not zero': {
    header: (header) => flipped(header, 7),
    opened: (opened) => flipped(opened, -1),
  },
  'padding that is not zero': { opened: (opened) => flipped(opened, -1) },
  'a transform that was not offered': { fields: { transform: Transform['aes256ctr-hmacsha256'] } },
  'lifetimes above those of REQUEST': {
    fields: { keyExchangeData: makeKeyExchangeData({ lifetimes: { ...defaultLifetimes, seconds: 0xffff_ffff } }) },
  },
  'an entry 0 in front': withEntry(0, 2),
  'an entry of no octets': withEntry(5, 0),
  'client data with a route by another gateway': {
    fields: {
      clientData: fromNetworkSettings({
        ...defaultSettings,
        routes: [...defaultSettings.routes, { address: '10.10.0.0', length: 24, gateway: '10.8.0.77' }],
      }),
    },
  },
  'client data without an address': {
    fields: { clientData: { dhcp: [{ code: 1, value: Uint8Array.of(255, 255, 255, 0) }], neighbour: [] } },
  },
};

/** An entry that nobody knows. */
function withEntry(id: number, length: number): Alterations<OpenedResponse> {
  const extra = [{ id, value: new Uint8Array(length) }];
  return { fields: { keyExchangeData: makeKeyExchangeData({ lifetimes: defaultLifetimes, extra }) } };
}

/** The first time by itself, later because its user says so. */
When('the initiator connects', async function (this: ConformanceWorld) {
  if (this.has('server')) {
    this.get('server').connection.finish();
    await connectAgain(this);
  }
  await scriptedServer(this);
});

When('the server sends a RESPONSE with {}', async function (this: ConformanceWorld, fault: string) {
  await this.get('server').sendResponse(known(faults, fault));
});

When(
  'the server sends RESPONSE in two halves, {duration} apart',
  async function (this: ConformanceWorld, time: number) {
    const server = this.get('server');
    const response = server.responseFrame();
    const half = response.length >> 1;
    await server.connection.send(response.subarray(0, half));
    await pause(time);
    await server.connection.send(response.subarray(half));
  },
);

When('the server sends its RELAY back', async function (this: ConformanceWorld) {
  const { connection, relay } = this.get('server');
  await connection.send(relay);
});

Then('the first DATA frame is empty', async function (this: ConformanceWorld) {
  const datagram = await this.get('server').receive({ keepAlives: true });
  assert.equal(datagram.length, 0);
});

Then('nothing came before RESPONSE but RELAY and REQUEST', async function (this: ConformanceWorld) {
  const { forth, back } = await this.capturedFrames();
  const response = back.frames.find(({ type }) => type === 'RESPONSE');
  assert.ok(response, 'no RESPONSE in the capture');
  const before = forth.frames.filter(({ packet }) => packet < response.packet).map(({ type }) => type);
  assert.deepEqual(before, ['RELAY', 'REQUEST']);
});

Then('both sessions have keys of their own', function (this: ConformanceWorld) {
  const [before, after] = [this.get('earlier').session, this.get('server').session];
  assert.notDeepEqual(before.handshakeHash, after.handshakeHash);
  assert.notDeepEqual(before.receiving.key, after.receiving.key);
});

/** A status by its name, or by its number where it has none. */
const numberOf = (status: string): number => (/^\d+$/.test(status) ? Number(status) : statusOf(status));

/** The shortest back-off where nothing else is configured, in milliseconds. */
const shortestBackOff = 1_000;

/** Awaits the next connection. @param begun when the one before was ended, in milliseconds of performance.now() */
async function behindBackOff(world: ConformanceWorld, begun: number): Promise<void> {
  await scriptedServer(world);
  const waited = performance.now() - begun;
  assert.ok(waited >= shortestBackOff - 1, `it connected again after ${waited.toFixed(0)} ms: without a back-off`);
}

Then(
  'it connects again after a keyed CLOSE of the server, behind a back-off, and is authorized',
  { timeout: 90_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async (status: string): Promise<void> => {
      const server = this.get('server');
      await server.authorize();
      const begun = performance.now();
      await server.close(numberOf(status));
      await server.connection.endedWithoutFrame();
      await behindBackOff(this, begun);
    };
    // The first that fails leaves no connection for the others.
    for (const [status = ''] of table.raw()) await eachRow([status], String, act);
  },
);

Then(
  'it does so after a CLOSE of its own, where a DATA frame does not verify, and a keyed "superseded" comes behind it',
  async function (this: ConformanceWorld) {
    const server = this.get('server');
    await server.authorize();
    const begun = performance.now();
    await sendByLooks(server, 'DATA');
    await expectAnswer(server, 'keyed integrity failure');
    await server.connection.send(server.session.close(statusOf('superseded')));
    server.connection.finish();
    await behindBackOff(this, begun);
    await this.get('server').authorize();
  },
);

Then('it connects again after CLOSE before RESPONSE', async function (this: ConformanceWorld, table: DataTable) {
  const act = async (status: string): Promise<void> => {
    const server = this.get('server');
    await server.readRelay();
    await server.readRequest();
    await server.close(numberOf(status));
    await server.connection.endedWithoutFrame();
    await scriptedServer(this);
  };
  for (const [status = ''] of table.raw()) await eachRow([status], String, act);
});

Then('its program ends with status {int}, since its user ended it', function (this: ConformanceWorld, code: number) {
  return endsWith(this, code);
});

/** The refusal told the program to wait for another command. */
When('the user ends the program by SIGTERM, as there is no session', async function (this: ConformanceWorld) {
  const client = this.iut('client');
  await client.event('ended');
  client.program.kill('SIGTERM');
});

When('the user ends the session by a line that comes in two pieces', async function (this: ConformanceWorld) {
  const { program } = this.iut('client');
  program.write('{"command":"end ');
  await pause(100);
  program.write('session"}\n');
});
