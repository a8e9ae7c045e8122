/** Steps about a tunnel initiator, state by state ([EP] fig. 11): one connection after the other. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { assertTime, closedAfter, eachRow, expectAnswer, frameByLooks, sendByLooks } from '../support/exchanges.ts';
import { lose } from '../support/kernel.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { segmentOf } from '../support/lab/captures/tcp-streams.ts';
import { patience, watch, within } from '../support/lab/deadlines/deadline.ts';
import { meter } from '../support/lab/deadlines/starvation.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { wireDevice } from '../support/lab/networks/namespace.ts';
import { statusOf } from '../support/parameters.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { lab, listenAsServer, scriptedServer, startClock } from '../support/peers.ts';
import { assertReaction, reactionOf } from '../support/reactions.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Brings a connection of the initiator to a state. */
async function reach(server: ScriptedServer, state: string): Promise<void> {
  if (state === 'Authorized') await server.authorize();
  else {
    await server.readRelay();
    await server.readRequest();
  }
}

async function send(server: ScriptedServer, list: string): Promise<void> {
  if (list === 'keyed CLOSE') await server.connection.send(server.session.close(Status.endSession));
  else await sendByLooks(server, list);
}

Then(
  'connections of the initiator end as these octets want it',
  async function (this: ConformanceWorld, table: DataTable) {
    let isFirst = true;
    const act = async ([state = '', sent = '', expected = '']: string[]): Promise<void> => {
      if (!isFirst) {
        // A program of its own for each: one that fails again and again waits longer and longer.
        const { program } = this.iut('client');
        program.kill('SIGKILL');
        await program.exited;
        await this.startClient();
        await scriptedServer(this);
      }
      isFirst = false;
      const server = this.get('server');
      try {
        await reach(server, state);
        await send(server, sent);
        await expectAnswer(server, expected);
      } finally {
        await server.connection[Symbol.asyncDispose]();
      }
    };
    await eachRow(table.rows(), ([state, sent]) => `${sent} in ${state}`, act);
  },
);

Then(
  'the server receives CLOSE "{status}" alone, and {duration} later the initiator has closed the connection',
  async function (this: ConformanceWorld, status: number, time: number) {
    const start = performance.now() - 50;
    const server = this.get('server');
    const close = await server.expectClose();
    assert.deepEqual([statusName(close.status), close.valid], [statusName(status), true]);
    await server.connection.endedWithoutFrame();
    const before = server.connection.received.length;
    // End Session was commanded a moment before: that much may be missing.
    assertTime((await closedAfter(server, start, time + 3_000)) + 50, time);
    assert.equal(server.connection.received.length, before, 'octets came behind CLOSE');
  },
);

Then(
  'the initiator closes the connection no later than {duration} after this, though the server does not end its stream',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, time: number, table: DataTable) {
    let isFirst = true;
    const act = async ([state = '', occasion = '']: string[]): Promise<void> => {
      if (!isFirst) {
        await this.startClient();
        await scriptedServer(this);
      }
      isFirst = false;
      const server = this.get('server');
      await reach(server, state);
      const begun = performance.now();
      if (occasion === 'End Session') this.iut('client').endSession();
      else await send(server, occasion);
      await closedAfter(server, begun, time + 3_000);
      const { program } = this.iut('client');
      program.kill('SIGKILL');
      await program.exited;
    };
    await eachRow(table.rows(), ([state, occasion]) => `${occasion} in ${state}`, act);
  },
);

// RESPONSE, and more with it.

When(
  /^the server sends RESPONSE and (half a DATA|CLOSE|keyed CLOSE) in one segment$/,
  async function (this: ConformanceWorld, looks: string) {
    const server = this.get('server');
    const response = server.responseFrame();
    const next = looks === 'keyed CLOSE' ? server.closeFrame(Status.endSession) : frameByLooks(looks);
    await server.connection.send(concat(response, next));
  },
);

/** The empty one confirms the connection. */
Then('the initiator ends the stream behind DATA at most', async function (this: ConformanceWorld) {
  const found = await reactionOf(this.get('server'), true);
  assertReaction(found, 'the end of the stream');
  this.get('server').connection.finish();
});

// Commands of the user.

/** The command comes while the back-off runs. */
Then(
  'asked for another connection at once, the initiator waits for the {duration} of its back-off',
  async function (this: ConformanceWorld, time: number) {
    const begun = performance.now();
    this.get('server').connection.reset();
    const client = this.iut('client');
    await client.event('ended');
    client.connect();
    await scriptedServer(this);
    assertTime(performance.now() - begun, time);
  },
);

When(
  'the server sends a keyed CLOSE {string}, and does not end its stream',
  async function (this: ConformanceWorld, status: string) {
    const { connection, session } = this.get('server');
    startClock(this);
    await connection.send(session.close(statusOf(status)));
  },
);

/** Dying and back-off are behind the CLOSE, however busy the machine is. */
Then(
  'the initiator is authorized on the next one, {duration} after that CLOSE or later',
  async function (this: ConformanceWorld, time: number) {
    const server = await scriptedServer(this);
    const waited = performance.now() - this.get('clockStart');
    assert.ok(waited >= time - 1, `it connected after ${waited.toFixed(0)} ms: without a back-off`);
    await server.authorize();
  },
);

// A key whose RESPONSE comes late.

Then(
  'of a key of {int} s, whose RESPONSE it awaits for {duration}, it lets go {duration} after RESPONSE, not before',
  async function (this: ConformanceWorld, seconds: number, held: number, time: number) {
    const server = this.get('server');
    await server.readRelay();
    const { lifetimes } = (await server.readRequest()).keyExchangeData;
    await pause(held);
    const begun = performance.now();
    const keyExchangeData = makeKeyExchangeData({ lifetimes: { ...lifetimes, seconds } });
    await server.sendResponse({ fields: { keyExchangeData } });
    const close = await server.expectClose();
    assert.deepEqual([statusName(close.status), close.valid], ['key expired', true]);
    assertTime(close.at - begun, time);
  },
);

// Nobody answers.

When('the server drops every SYN from now on', async function (this: ConformanceWorld) {
  await lose(this, 'client', this.lab.address('server'));
  this.get('server').connection.reset();
});

/** The first of them is that of the connection which the server accepted. */
Then(
  'within {duration} the initiator has tried from {int} ports more',
  { timeout: 50_000 },
  async function (this: ConformanceWorld, time: number, count: number) {
    await pause(time);
    const segments = (await this.packets()).flatMap((packet) => segmentOf(packet) ?? []);
    // What the server answered the first one with is a SYN, too.
    const syns = segments.filter(({ syn, source }) => syn && !source.endsWith(`:${tunnelPort}`));
    const ports = new Set(syns.map(({ source }) => source));
    if (ports.size < 1 + count) throw new Nonconformance(`${ports.size} ports sent SYN: ${[...ports].join(', ')}`);
  },
);

async function clientOfSilence(world: ConformanceWorld, text: string): Promise<void> {
  await lab(world);
  await lose(world, 'client', world.lab.address('server'));
  await world.startClient(JSON.parse(text));
  await watch(300);
}

Given('a tunnel initiator whose server drops every SYN', async function (this: ConformanceWorld) {
  await clientOfSilence(this, '{}');
});

Given(
  'a tunnel initiator whose server drops every SYN, configured with',
  async function (this: ConformanceWorld, text: string) {
    await clientOfSilence(this, text);
  },
);

When('what the client sends to the server arrives again', async function (this: ConformanceWorld) {
  // Until the initiator has heard of the end.
  await pause(300);
  await listenAsServer(this);
  await this.lab.ip(this.lab.namespace('client'), `neigh del ${this.lab.address('server')} dev ${wireDevice}`);
});

/** TCP sends a lost SYN again after 1 s, and then after 2 s more (RFC 6298 §2). */
Then(
  'nobody connects to the server while it waits for {duration}',
  async function (this: ConformanceWorld, time: number) {
    const connected = this.get('listener').accept(time);
    const outcome = await connected.then(
      () => 'somebody did',
      () => 'nobody did',
    );
    assert.equal(outcome, 'nobody did');
  },
);

Then(
  'the initiator tries again from another port, no less than {duration} after the time before',
  { timeout: 50_000 },
  async function (this: ConformanceWorld, time: number) {
    // The time of two attempts, and that of a start.
    const watched = 2 * time + 5_000;
    await pause(watched);
    const segments = (await this.packets()).flatMap((packet) => segmentOf(packet) ?? []);
    const first = new Map<string, number>();
    for (const { syn, source, packet } of segments)
      if (syn && !first.has(source)) first.set(source, packet.time / 1_000);
    const [one, two] = [...first.values()];
    if (one === undefined || two === undefined)
      throw new Nonconformance(`${first.size} ports sent SYN in ${watched} ms`);
    // The time of an attempt begins before its first SYN leaves.
    assertTime(two - one, time, 4_000);
  },
);

// How the program ends.

Then(
  'the exit status of the initiator is this after the server has sent',
  async function (this: ConformanceWorld, table: DataTable) {
    let isFirst = true;
    const act = async ([state = '', sent = '', code = '']: string[]): Promise<void> => {
      if (!isFirst) {
        await this.start('client', 'client', this.iut('client').configuration);
        await scriptedServer(this);
      }
      isFirst = false;
      const { program } = this.iut('client');
      program.endInput();
      const server = this.get('server');
      await reach(server, state);
      const [, status, isReset] = /^(?:keyed )?([a-z ]+?|\d+)(, then RST)?$/.exec(sent) ?? [];
      if (status === undefined) await sendByLooks(server, sent);
      else await server.close(/^\d/.test(status) ? Number(status) : statusOf(status));
      if (isReset !== undefined) {
        // Once it has read the CLOSE.
        await server.connection.endedWithoutFrame();
        server.connection.reset();
      }
      const exit = await within(patience, 'the end of the program', program.exited);
      assert.deepEqual(exit, { code: Number(code), signal: null });
    };
    await eachRow(table.rows(), ([state, sent]) => `${sent} in ${state}`, act);
  },
);

// Timers.

Then(
  /^the initiator answers CLOSE "timeout" after (\d+) (ms|s), though the server sends (nothing|a RESPONSE octet by octet)$/,
  { timeout: 180_000 },
  async function (this: ConformanceWorld, count: string, unit: string, sent: string) {
    const time = Number(count) * (unit === 's' ? 1_000 : 1);
    const server = this.get('server');
    // RELAY and REQUEST come at once; the timer begins a moment before they can be seen here, on a busy machine a longer one.
    await server.readRelay();
    const seen = performance.now();
    const { late, withheld } = meter.over(seen - 1_000);
    const start = seen - 100 - late - withheld;
    await server.readRequest();
    let isOver = false;
    const talk = async (): Promise<void> => {
      for (const octet of sent === 'nothing' ? [] : server.responseFrame()) {
        await pause(time / 6);
        if (isOver) return;
        await server.connection.send(Uint8Array.of(octet)).catch(() => {});
      }
    };
    const talking = talk();
    const frame = await server.connection.next('a CLOSE frame', time + 4_000).finally(() => {
      isOver = true;
    });
    await talking;
    assertOctets(frame.octets, Uint8Array.fromHex('000000080501000b'), 'CLOSE "timeout", unkeyed');
    assertTime(frame.at - start, time);
    await server.connection.endedWithoutFrame();
  },
);

Then(
  "the initiator's stream ends {duration} later without a frame",
  async function (this: ConformanceWorld, time: number) {
    const { connection } = this.get('server');
    await connection.endedWithoutFrame(time + 4_000);
    assertTime(performance.now() - connection.lastSent, time);
  },
);

// Connections that fail.

Given('a tunnel initiator that is to reconnect, and nobody listens', async function (this: ConformanceWorld) {
  await lab(this);
  await this.startClient({ reconnect: true });
  await watch(500);
  await listenAsServer(this);
});

When('its connections meet this, one after the other', async function (this: ConformanceWorld, table: DataTable) {
  for (const [looks = ''] of table.raw()) {
    const server = await scriptedServer(this);
    await reach(server, 'Response Wait');
    await sendByLooks(server, looks);
  }
});
