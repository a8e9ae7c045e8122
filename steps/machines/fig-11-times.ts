/** Steps about an initiator's back-off, and about how much of a key it uses ([EP] fig. 11, 210 to 214). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { packetUp, watchAdapter } from '../support/adapter.ts';
import { assertTime, datagramOf, eachRow, expectAnswer, sendByLooks } from '../support/exchanges.ts';
import { assertAdapterKept, noteAdapter } from '../support/kept-adapter.ts';
import { blame, watch, within } from '../support/lab/deadlines/deadline.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { wireDevice } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import type { ScriptedServer } from '../support/peers/scripted-server.ts';
import { scriptedServer } from '../support/peers.ts';
import { authorizeWithin, boundOf, expectExpiry, shortestKey, useUpKey } from '../support/used-up-keys.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Milliseconds from the end of a connection to the next one, in order. */
    backOffs: readonly number[];
    /** When the connection before was ended from here, in milliseconds of performance.now(). */
    endedAt: number;
    /** Datagrams that the stack sent while there was no connection. */
    sentMeanwhile: readonly Uint8Array[];
  }
}

/** The connection that the initiator makes now, and how long it waited for it. */
async function next(world: ConformanceWorld): Promise<number> {
  await scriptedServer(world);
  // A connection is seen here later than it is made: none seems earlier than it is.
  return performance.now() - world.get('endedAt');
}

function endsNow(world: ConformanceWorld): void {
  world.set('endedAt', performance.now());
}

function noteBackOffs(world: ConformanceWorld, backOffs: readonly number[]): void {
  world.set('backOffs', backOffs);
}

function breakOff(world: ConformanceWorld, index: number): void {
  const { connection } = world.get('server');
  endsNow(world);
  if (index % 2 === 0) connection.reset();
  else connection.finish();
}

/** Ends so many connections in a row before RESPONSE, and notes how long the next one was waited for each time. */
async function endInARow(
  world: ConformanceWorld,
  count: number,
  end: (server: ScriptedServer, index: number) => Promise<void> | void,
): Promise<void> {
  for (let index = 0; index < count; index++) {
    const server = world.get('server');
    await server.readRelay();
    await server.readRequest();
    await end(server, index);
    const waited = await next(world);
    noteBackOffs(world, [...(world.has('backOffs') ? world.get('backOffs') : []), waited]);
  }
}

When(
  '{int} connections in a row break before RESPONSE',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, count: number) {
    await endInARow(this, count, (_server, index) => breakOff(this, index));
  },
);

When(
  '{int} connections in a row end by a CLOSE of the initiator',
  async function (this: ConformanceWorld, count: number) {
    await endInARow(this, count, async (server) => {
      await sendByLooks(server, 'DATA');
      await expectAnswer(server, 'protocol error');
      endsNow(this);
      server.connection.finish();
    });
  },
);

/** The initiator is in Dead then. */
async function oneMoreBreaks(world: ConformanceWorld): Promise<void> {
  const client = world.iut('client');
  const isEnd = ({ event }: { readonly event: string }): boolean => event === 'ended';
  while (client.program.events.waiting.some(isEnd)) await client.event('ended');
  const server = world.get('server');
  await server.readRelay();
  await server.readRequest();
  breakOff(world, 0);
  await client.event('ended');
}

When('one more breaks, and in Dead the user asks for a connection', async function (this: ConformanceWorld) {
  await oneMoreBreaks(this);
  this.iut('client').connect();
  noteBackOffs(this, [...this.get('backOffs'), await next(this)]);
});

Then(
  'it connects {int} to {int} ms after the next one has broken, as it gets one address more every {duration}',
  async function (this: ConformanceWorld, from: number, to: number, interval: number) {
    await oneMoreBreaks(this);
    const connected = within(to, 'another connection', next(this));
    const isOver = Promise.allSettled([connected]).then(() => true);
    for (let number = 1; number === 1 || !(await Promise.race([isOver, pause(interval, false)])); number += 1)
      await this.lab.ip(this.lab.namespace('client'), `address add 10.66.${number}.5/24 dev ${wireDevice}`);
    const waited = await connected;
    assert.ok(waited >= from, `it connected after ${waited.toFixed(0)} ms: without a back-off`);
  },
);

/** Whether it connects again at all after a refusal is for INI-20, which is no MUST. */
When(
  '{int} connections in a row are refused, as long as it connects again',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, count: number) {
    const { accepted } = this.get('listener');
    let refused = 0;
    const refuse = async (server: ScriptedServer): Promise<void> => {
      endsNow(this);
      await server.close(Status.notAuthorized);
      refused += 1;
    };
    await endInARow(this, count, refuse).catch((error: unknown) => {
      const staysAway = error instanceof Nonconformance && this.get('listener').accepted === accepted + refused - 1;
      if (!staysAway) throw error;
    });
  },
);

When('the server authorizes {}, which breaks', async function (this: ConformanceWorld, which: string) {
  await this.get('server').authorize();
  // Who makes an adapter notices nothing else meanwhile. It is made once.
  if (which === 'the next one') await this.iut('client').event('adapter');
  breakOff(this, 0);
  noteBackOffs(this, [await next(this)]);
});

/** How late a new connection may be seen here. */
const slack = 250;

Then(
  'the back-offs lie within {int} to {int} ms, {int} to {int} ms, {int} to {int} ms, and so each one after that',
  function (
    this: ConformanceWorld,
    from1: number,
    to1: number,
    from2: number,
    to2: number,
    from3: number,
    to3: number,
  ) {
    const ranges = [
      [from1, to1],
      [from2, to2],
      [from3, to3],
    ] as const;
    const all = this.get('backOffs');
    const text = all.map((one) => one.toFixed(0)).join(', ');
    const since = performance.now() - all.reduce((sum, one) => sum + one, 0);
    for (const [index, waited] of all.entries()) {
      const [from, to] = ranges[Math.min(index, 2)] as readonly [number, number];
      assert.ok(waited >= from - 1, `back-off ${index + 1} is below ${from} ms: ${text}`);
      if (waited > to + slack)
        throw blame(`back-off ${index + 1} is above ${to} ms: ${text}`, 2 * (waited - to), since);
    }
  },
);

/** Seven draws that lie within an eighth of their range by chance are less than one in a hundred thousand. */
Then('those that lie within {int} to {int} ms are spread', function (this: ConformanceWorld, from: number, to: number) {
  const drawn = this.get('backOffs').slice(2);
  const text = drawn.map((one) => one.toFixed(0)).join(', ');
  assert.ok(Math.max(...drawn) - Math.min(...drawn) > (to - from) / 8, `no jitter: ${text}`);
});

// Lifetimes.

Then(
  'the initiator lets a key of {int} {word} go behind its empty DATA frame',
  async function (this: ConformanceWorld, count: number, unit: string) {
    const server = this.get('server');
    await authorizeWithin(server, boundOf(`${count} ${unit}`));
    await expectExpiry(server);
  },
);

Then(
  'the initiator lets a key go when this much of its bound is used up, not before, and connects again',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([bound = '', by = '', at = '']: string[]): Promise<void> => {
      await useUpKey(this, bound, by, Number(at));
      this.get('server').connection.finish();
      endsNow(this);
      await next(this);
    };
    await eachRow(table.rows(), ([bound, by]) => `${bound}, ${by}`, act);
  },
);

Then(
  'for {duration} the initiator does not let a key of {int} seconds go',
  async function (this: ConformanceWorld, time: number, seconds: number) {
    const server = this.get('server');
    await authorizeWithin(server, { seconds });
    await pause(time);
    const others = server.connection.frames.waiting.filter(({ type }) => type !== 'DATA');
    assert.deepEqual(others, []);
    assert.ok(!server.connection.over, 'the connection ended');
  },
);

When(
  /^(\d+) of (\d+) frames of a key are used up(, and the adapter is noted before)?$/,
  async function (this: ConformanceWorld, used: string, bound: string, isNoted: string | null) {
    const server = this.get('server');
    await authorizeWithin(server, { frames: BigInt(bound) });
    if (isNoted) await this.iut('client').event('adapter');
    await pause(shortestKey);
    if (isNoted) await noteAdapter(this);
    endsNow(this);
    for (let sent = 0; sent < Number(used); sent++) await server.send(datagramOf(28));
    await expectExpiry(server);
  },
);

When('the server does not end its stream', () => {});

When(
  'the server goes on with these, and does not end its stream',
  async function (this: ConformanceWorld, table: DataTable) {
    for (const [frame = ''] of table.raw()) await sendByLooks(this.get('server'), frame);
  },
);

Then('nothing came behind its CLOSE', function (this: ConformanceWorld) {
  const { behindClose } = this.get('earlier').connection;
  assert.deepEqual(
    behindClose.map(({ octets }) => octets.toHex()),
    [],
  );
});

When('the server ends its stream', function (this: ConformanceWorld) {
  endsNow(this);
  this.get('server').connection.finish();
});

When('the server resets the connection', function (this: ConformanceWorld) {
  endsNow(this);
  this.get('server').connection.reset();
});

Then('the initiator connects again {duration} later', async function (this: ConformanceWorld, time: number) {
  // The frame that used the key up was sent just after the clock was set.
  assertTime(await next(this), time, 900);
});

/** It waits for an answer then. */
Then('the initiator connects again', async function (this: ConformanceWorld) {
  await scriptedServer(this);
});

Then('the initiator connects again at once', async function (this: ConformanceWorld) {
  assertTime(await next(this), 0, 900);
});

When(/^keys of (.+) s are used up, one after the other$/, async function (this: ConformanceWorld, list: string) {
  const waits: number[] = [];
  for (const seconds of list.split(/, | and /)) {
    const server = this.get('server');
    await authorizeWithin(server, { seconds: Number(seconds) });
    await expectExpiry(server);
    endsNow(this);
    server.connection.finish();
    waits.push(await next(this));
  }
  noteBackOffs(this, waits);
});

Then(
  'the initiator connects again at once after each but the last, and after {int} to {int} ms after that',
  function (this: ConformanceWorld, from: number, to: number) {
    const waits = this.get('backOffs');
    for (const one of waits.slice(0, -1)) assertTime(one, 0, 900);
    assertTime(waits.at(-1) ?? 0, from, to - from + slack);
  },
);

// The adapter.

Then('the adapter, its addresses and its routes are as noted', async function (this: ConformanceWorld) {
  // What would be taken away or made anew is: nothing tells when it is not.
  await watch(400);
  await assertAdapterKept(this);
});

/** Protocol 254 is for experiments (RFC 3692): no kernel sends it by itself. */
const experiment = 254;

const fromStack = (octets: number, filling: number): Uint8Array =>
  ipv4({
    source: virtualLan.clientAddress,
    destination: virtualLan.serverAddress,
    protocol: experiment,
    payload: new Uint8Array(octets - 20).fill(filling),
  });

When(
  'meanwhile the stack sends datagrams of {int}, {int} and {int} octets',
  async function (this: ConformanceWorld, first: number, second: number, third: number) {
    const datagrams = [first, second, third].map((length, index) => fromStack(length, 0xa0 + index));
    watchAdapter(this, 'client');
    for (const datagram of datagrams) this.get('stack').inject(packetUp(datagram));
    this.set('sentMeanwhile', datagrams);
    // Until the initiator has taken them.
    await watch(200);
  },
);

Then(
  'the initiator is authorized on the next one, and sends an empty DATA frame first',
  async function (this: ConformanceWorld) {
    const first = await authorizeWithin(await scriptedServer(this), {});
    assert.equal(first.length, 0, `a datagram of ${first.length} octets came first`);
  },
);

Then('what comes of these datagrams is as it was sent', async function (this: ConformanceWorld) {
  const sent = this.get('sentMeanwhile').map((datagram) => datagram.toHex());
  const last = fromStack(21, 0xff);
  const server = this.get('server');
  const again = setInterval(() => this.get('stack').inject(packetUp(last)), 100);
  const came: string[] = [];
  try {
    for (let one = await server.receive(); one.toHex() !== last.toHex(); one = await server.receive())
      if (one[9] === experiment) came.push(one.toHex());
  } finally {
    clearInterval(again);
  }
  for (const one of came) assert.ok(sent.includes(one), `${one} came, which the stack has not sent`);
});
