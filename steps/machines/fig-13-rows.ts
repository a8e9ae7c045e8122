/** Steps about a tunnel relay, state by state ([EP] fig. 13): many connections to one relay. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { encodeClose } from '../../reference/wire/close.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import {
  assertTime,
  closedAfter,
  eachRow,
  expectAnswer,
  frameByLooks,
  frameOf,
  sendByLooks,
} from '../support/exchanges.ts';
import { lose } from '../support/kernel.ts';
import { known } from '../support/known.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { statusOf } from '../support/parameters.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import {
  type ScriptedInitiator,
  type ScriptedInitiatorOptions,
  withRequest,
} from '../support/peers/scripted-initiator.ts';
import {
  newInitiator,
  scripted,
  scriptedInitiator,
  startClock,
  tunnelThroughRelay,
  type WireRole,
} from '../support/peers.ts';
import { requested } from '../support/through-relay.ts';
import { startUnderTest } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

interface Passing {
  readonly from: WireRole;
  readonly octets: Uint8Array;
  /** Octets that had come at the other side. */
  readonly before: number;
}

declare module '../support/world.ts' {
  interface Facts {
    /** Octets that the relay has to pass on from the side that sends to the other. */
    passing: Passing;
    /** Connections to the relay that have no tunnel. */
    waiting: ScriptedInitiator[];
  }
}

function notePassing(world: ConformanceWorld, passing: Passing): void {
  world.set('passing', passing);
}

const unanswered = ['relay-b.test', 'dropped.test'];

async function relayToNowhere(world: ConformanceWorld, text = '{}'): Promise<void> {
  const ports = [tunnelPort];
  const allow = ['dropped.test', 'server.test'].map((name) => ({ name, ports }));
  await startUnderTest(world, 'relay', { allow, ...JSON.parse(text) });
  await lose(world, 'relay-b', '10.77.0.98');
  world.set('waiting', []);
}

Given('a tunnel relay whose next node drops every SYN', async function (this: ConformanceWorld) {
  await relayToNowhere(this);
});

Given(
  'a tunnel relay whose next node drops every SYN, configured with',
  async function (this: ConformanceWorld, text: string) {
    await relayToNowhere(this, text);
  },
);

/** What the relay answers to each, on connections of their own. @param begin what comes before it */
const answers = (options: ScriptedInitiatorOptions, begin: (peer: ScriptedInitiator) => Promise<void>) =>
  async function (this: ConformanceWorld, table: DataTable): Promise<void> {
    const act = async ([sent = '', expected = '']: string[]): Promise<void> => {
      const peer = await newInitiator(this, options);
      await begin(peer);
      if (sent === 'the start of 4097') await peer.connection.send(frameOf(2, 4_097).subarray(0, 6));
      else await sendByLooks(peer, sent);
      await expectAnswer(peer, expected);
      await peer.connection[Symbol.asyncDispose]();
    };
    await eachRow(table.rows(), ([sent = '']) => sent, act, 4);
  };

const sendsRelay = (peer: ScriptedInitiator): Promise<void> => peer.sendRelay();

Then(
  'a connection to the relay ends as its first octets want it',
  answers({}, async () => {}),
);
Then('a connection to the relay ends as the octets behind RELAY want it', answers({}, sendsRelay));
Then('while the relay connects it answers', answers({ path: unanswered }, sendsRelay));

When('an initiator sends one frame of 4096 octets in one segment with RELAY', async function (this: ConformanceWorld) {
  const initiator = await scriptedInitiator(this);
  await initiator.connection.send(concat(initiator.relay, frameOf(2, 4_096)));
});

Then(
  'after REQUEST and before an answer the relay does this',
  async function (this: ConformanceWorld, table: DataTable) {
    const closes: Readonly<Record<string, Uint8Array>> = {
      'nothing more': new Uint8Array(0),
      CLOSE: encodeClose({ type: 'CLOSE', status: 1 }),
      'CLOSE of 40 octets': encodeClose({ type: 'CLOSE', status: 1, digest: new Uint8Array(32) }),
    };
    const act = async ([sent = '', expected = '', passes = '']: string[]): Promise<void> => {
      const { initiator, server, before } = await requested(this);
      if (sent === 'CLOSE of 41 octets') await initiator.connection.send(frameOf(5, 41).with(7, 1));
      else await sendByLooks(initiator, sent);
      await expectAnswer(initiator, expected);
      await server.connection.ended();
      assertOctets(server.connection.received.subarray(before), known(closes, passes), 'at the next node');
      for (const { connection } of [initiator, server]) await connection[Symbol.asyncDispose]();
    };
    await eachRow(table.rows(), ([sent = '']) => sent, act);
  },
);

Then(
  'the relay takes these octets of the next node for the beginning of a frame, or not',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([hex = '', are = '']: string[]): Promise<void> => {
      const { initiator, server, before } = await requested(this);
      const octets = Uint8Array.fromHex(hex);
      await server.connection.send(octets);
      if (are === 'a beginning') {
        assertOctets(await initiator.connection.octets(octets.length, 3_000), octets, 'what passed');
        await initiator.connection.send(frameOf(9, 10));
        await server.connection.octets(before + 10, 3_000);
      } else {
        if (are === 'nothing yet') await initiator.connection.send(frameOf(9, 10));
        await expectAnswer(initiator, 'protocol error');
        await server.connection.ended();
        assert.equal(server.connection.received.length, before, 'octets passed to the next node');
      }
      await initiator.connection[Symbol.asyncDispose]();
      await server.connection[Symbol.asyncDispose]();
    };
    await eachRow(table.rows(), ([hex = '']) => hex, act);
  },
);

// Forward.

const farOf = (role: WireRole): WireRole => (role === 'initiator' ? 'server' : 'initiator');

Then('the relay passes on frames of both sides', async function (this: ConformanceWorld, table: DataTable) {
  const octets = concat(
    ...table.rows().map(([type, version, length]) => frameOf(Number(type), Number(length), Number(version))),
  );
  await eachRow(['initiator', 'server'] as const, String, async (role) => {
    const far = scripted(this, farOf(role)).connection;
    const before = far.received.length;
    await scripted(this, role).connection.send(octets);
    const passed = (await far.octets(before + octets.length)).subarray(before);
    assert.ok(Buffer.from(octets).equals(passed), 'other octets came');
  });
});

Then(
  'these CLOSE frames pass whole through tunnels, which end then',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([from = '', version = '', length = '']: string[]): Promise<void> => {
      const { initiator, server } = await tunnelThroughRelay(this);
      const [near, far] = from === 'server' ? [server, initiator] : [initiator, server];
      const before = far.connection.received.length;
      const close = frameOf(5, Number(length), Number(version));
      await near.connection.send(close);
      await Promise.all([near.connection.endedWithoutFrame(), far.connection.ended()]);
      const passed = far.connection.received.subarray(before);
      assert.ok(Buffer.from(close).equals(passed), `${passed.length} octets came, other ones or not all`);
      near.connection.finish();
      far.connection.finish();
    };
    await eachRow(table.rows(), (row) => row.join(', '), act);
  },
);

When('the relay has passed on half a frame of the server', async function (this: ConformanceWorld) {
  const { connection } = this.get('initiator');
  const before = connection.received.length;
  await this.get('server').connection.send(frameOf(4, 400).subarray(0, 200));
  const octets = (await connection.octets(before + 200)).slice();
  notePassing(this, { from: 'server', octets, before: octets.length });
});

Then('no octet more passes to the initiator, and both streams end', async function (this: ConformanceWorld) {
  const { connection } = this.get('initiator');
  await Promise.all([connection.ended(), this.get('server').connection.ended()]);
  assert.equal(connection.received.length, this.get('passing').before, 'octets came into the middle of a frame');
});

Then("the server's stream ends without another octet", async function (this: ConformanceWorld) {
  await this.get('server').connection.endedWithoutFrame();
});

When(
  'the {role} sends CLOSE, another frame behind it, and does not end its stream',
  async function (this: ConformanceWorld, role: WireRole) {
    const peer = scripted(this, role);
    const close = peer.session.close(1);
    const before = scripted(this, farOf(role)).connection.received.length;
    notePassing(this, { from: role, octets: close, before });
    startClock(this);
    await peer.connection.send(concat(close, frameOf(9, 30)));
  },
);

Then('the other side receives that CLOSE alone', async function (this: ConformanceWorld) {
  const { from, octets, before } = this.get('passing');
  const { connection } = scripted(this, farOf(from));
  await connection.ended(3_000);
  assertOctets(connection.received.subarray(before), octets, 'what passed');
});

Then(
  'both streams end, and the relay has closed both connections {duration} later',
  async function (this: ConformanceWorld, time: number) {
    const { from } = this.get('passing');
    await eachRow(
      ['initiator', 'server'] as const,
      String,
      async (role) => {
        const peer = scripted(this, role);
        await peer.connection.ended(1_500);
        const before = role === from ? 0 : peer.connection.received.length;
        assertTime(await closedAfter(peer, this.get('clockStart'), time + 3_000), time);
        if (before > 0) assert.equal(peer.connection.received.length, before, 'octets came behind CLOSE');
      },
      2,
    );
  },
);

Then(
  'nothing passes to the {role} that comes from the other side afterwards',
  async function (this: ConformanceWorld, role: WireRole) {
    const near = scripted(this, role).connection;
    const far = scripted(this, farOf(role)).connection;
    // As soon as the other side can know of it: whoever waits for both ends misses what passes until then.
    await far.ended(3_000);
    const before = near.received.length;
    for (let sent = 0; sent < 3; sent++) {
      await far.send(frameOf(9, 30)).catch(() => {});
      await pause(100);
    }
    await near.ended(3_000);
    assert.equal(near.received.length, before, 'octets that came after the end');
  },
);

// The end of the program.

When('another connection to the relay has sent nothing', async function (this: ConformanceWorld) {
  this.get('waiting').push(await newInitiator(this));
});

When(
  'another connection to the relay has sent RELAY for the path {}',
  async function (this: ConformanceWorld, path: string) {
    const peer = await newInitiator(this, { path: path.split(' ') });
    await peer.connection.send(withRequest(peer.relay));
    this.get('waiting').push(peer);
    // Until the relay connects: nothing tells of it.
    await watch(200);
  },
);

Then('one of the first two has got "resource limit", and the others stay', async function (this: ConformanceWorld) {
  const waiting = this.get('waiting');
  const gone = await Promise.race(waiting.slice(0, 2).map(async (peer) => ({ peer, close: await peer.expectClose() })));
  assert.equal(statusName(gone.close.status), 'resource limit');
  await watch(300);
  for (const peer of waiting)
    if (peer !== gone.peer) assert.ok(!peer.connection.over, `connection ${waiting.indexOf(peer) + 1} ended`);
});

Then('every connection to the relay ends without a frame', async function (this: ConformanceWorld) {
  const all = [...this.get('waiting'), this.get('initiator'), this.get('server')];
  await eachRow(
    all,
    (peer) => `connection ${all.indexOf(peer) + 1}`,
    async ({ connection }) => {
      await connection.endedWithoutFrame(4_000);
      connection.finish();
    },
    all.length,
  );
});

// Timers.

const sending: Readonly<Record<string, (peer: ScriptedInitiator, isOver: () => boolean) => Promise<void>>> = {
  nothing: async () => {},
  RELAY: (peer) => peer.sendRelay(),
  // The frame behind it has what is left of the time.
  'RELAY after 8 s': async (peer) => {
    await pause(8_000);
    await peer.sendRelay();
  },
  'RELAY and REQUEST': (peer) => peer.connection.send(withRequest(peer.relay)),
  'these, CLOSE in single octets': async (peer, isOver) => {
    await peer.connection.send(withRequest(peer.relay));
    await dribble(peer, frameByLooks('CLOSE of 40 octets'), isOver);
  },
  'RELAY, REQUEST in single octets': async (peer, isOver) => {
    await peer.sendRelay();
    await dribble(peer, frameOf(2, 260), isOver);
  },
  'RELAY in single octets': (peer, isOver) => dribble(peer, peer.relay, isOver),
};

async function dribble({ connection }: ScriptedInitiator, octets: Uint8Array, isOver: () => boolean): Promise<void> {
  for (const octet of octets) {
    if (isOver()) return;
    await connection.send(Uint8Array.of(octet)).catch(() => {});
    await pause(250);
  }
}

Then(
  'a connection to the relay is answered in time',
  { timeout: 40_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([sent = '', expected = '', after = '']: string[]): Promise<void> => {
      const [count, unit] = after.split(' ');
      const time = Number(count) * (unit === 's' ? 1_000 : 1);
      const start = performance.now();
      const peer = await newInitiator(this, { path: unanswered });
      let isOver = false;
      const talking = sending[sent]?.(peer, () => isOver);
      const { status, at } = await peer.expectClose(time + 5_000).finally(() => {
        isOver = true;
      });
      await talking;
      assert.equal(statusOf(expected), status, 'status of the CLOSE');
      assertTime(at - start, time);
      await peer.connection.endedWithoutFrame();
    };
    await eachRow(table.rows(), ([sent = '']) => sent, act, 4);
  },
);
