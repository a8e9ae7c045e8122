/** Steps about nodes that may have few file descriptors: strangers take all of them, and what the node had must not suffer. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { concat, equalOctets } from '../../reference/octets.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import { encodeRelay } from '../../reference/wire/relay.ts';
import { frameOf } from '../support/exchanges.ts';
import { patience, watch } from '../support/lab/deadlines/deadline.ts';
import { Mailbox } from '../support/lab/deadlines/mailbox.ts';
import { type Counted, countProcess } from '../support/lab/deadlines/starvation.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { Nonconformance, Starved } from '../support/lab/failure.ts';
import { type NodeName, wireDevice } from '../support/lab/networks/namespace.ts';
import { run } from '../support/lab/programs/command.ts';
import {
  clientConfiguration,
  relayConfiguration,
  serverConfiguration,
  tunnelPort,
} from '../support/peers/configuration.ts';
import { identityOf } from '../support/peers/identities.ts';
import { ScriptedConnection } from '../support/peers/scripted.ts';
import { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { lab, listenAsServer, scriptedInitiator, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Both ends of a tunnel through a relay. */
interface Ends {
  readonly initiator: ScriptedConnection;
  readonly next: ScriptedConnection;
}

declare module '../support/world.ts' {
  interface Facts {
    /** How many descriptors the implementation may have. */
    descriptors: number;
    /** Tunnels that the relay had before the strangers came. */
    established: readonly Ends[];
    /** Connections of strangers, at both ends of them. */
    strangers: ScriptedConnection[];
    /** Connections of the relay to the next node that nobody has asked for yet. */
    onward: Mailbox<ScriptedConnection>;
  }
}

/** The first of the addresses that strangers connect from. */
const strangersFrom = 100;
const addresses = 100;
/** Fewer than every limit on one source. */
const silentOfOne = 8;
const tunnelsOfOne = 48;
const sideBySide = 8;
/** Milliseconds within which a newcomer is let in or refused. */
const decided = 2_000;

/** RELAY, and what looks like REQUEST. The origin tells at the next node whose it is: a slow relay may connect late. */
function openingOf({ localAddress, socket }: ScriptedConnection): Uint8Array {
  const origin = `${localAddress}.${socket.localPort}.invalid`;
  return concat(encodeRelay({ type: 'RELAY', origin, path: ['relay-b.test', 'server.test'] }), frameOf(2, 260));
}

const mark = frameOf(9, 10);

const limited = (count: number): readonly string[] => ['prlimit', `--nofile=${count}:${count}`];

async function prepare(world: ConformanceWorld, count: number): Promise<void> {
  const { lab } = world;
  const lines = Array.from({ length: addresses }, (_, index) => `addr add ${addressOf(index)}/24 dev ${wireDevice}`);
  await lab.ip(lab.namespace('others'), ...lines);
  world.set('descriptors', count);
  world.set('strangers', []);
}

const addressOf = (index: number): string => `10.77.0.${strangersFrom + (index % addresses)}`;

/** Undefined where nobody accepts it. */
async function arrive(
  world: ConformanceWorld,
  from: NodeName,
  to: NodeName,
  address?: string,
): Promise<ScriptedConnection | undefined> {
  const { lab } = world;
  try {
    const where = [lab.namespace(from), lab.address(to), tunnelPort] as const;
    return world.own(await ScriptedConnection.connect(...where, address));
  } catch (error) {
    if (error instanceof Nonconformance) return undefined;
    throw error;
  }
}

async function stranger(world: ConformanceWorld, to: NodeName, index: number): Promise<ScriptedConnection | undefined> {
  const one = await arrive(world, 'others', to, addressOf(index));
  if (one !== undefined) world.get('strangers').push(one);
  return one;
}

/** Silent ones that do not end their side when they are refused, side by side. @returns those that are open */
async function silentStrangers(world: ConformanceWorld, to: NodeName, count: number): Promise<ScriptedConnection[]> {
  const indexes = Array.from({ length: count }, (_, index) => Math.floor(index / silentOfOne));
  const all = await Promise.all(indexes.map((index) => stranger(world, to, index)));
  await watch(200);
  return all.filter((one) => one !== undefined && !one.over) as ScriptedConnection[];
}

// At a relay.

/** @returns undefined where the relay refuses it, or lets it wait */
async function tunnelOf(world: ConformanceWorld, initiator: ScriptedConnection | undefined): Promise<Ends | undefined> {
  if (initiator === undefined) return undefined;
  const opening = openingOf(initiator);
  await initiator.send(opening).catch(() => undefined);
  const onward = world.get('onward');
  const isOfIt = ({ received }: ScriptedConnection): boolean => equalOctets(received, opening);
  const end = performance.now() + decided;
  while (!onward.waiting.some(isOfIt)) {
    if (initiator.over || initiator.received.length > 0 || performance.now() > end) return undefined;
    await pause(2);
  }
  const next = await onward.take(patience, 'a connection of the relay', isOfIt);
  await next.send(mark);
  while (initiator.received.length < mark.length) {
    if (initiator.over || performance.now() > end) return undefined;
    await pause(2);
  }
  return { initiator, next };
}

/** @throws Nonconformance unless a frame passes from each end to the other */
async function carriesFrames({ initiator, next }: Ends): Promise<void> {
  for (const [from, to] of [
    [initiator, next],
    [next, initiator],
  ] as const) {
    const before = to.received.length;
    await from.send(mark);
    await to.octets(before + mark.length);
  }
}

Given(
  'a tunnel relay that may have {int} file descriptors, with two tunnels through it',
  async function (this: ConformanceWorld, count: number) {
    await lab(this, { relays: ['relay-b'], nodes: ['others'] });
    await prepare(this, count);
    await this.start('relay', 'relay-b', relayConfiguration('relay-b.test', {}), {}, limited(count));
    this.set('onward', new Mailbox<ScriptedConnection>());
    await listenAsServer(this, 'server', undefined, this.get('onward'));
    const established: Ends[] = [];
    for (const from of ['client', 'client'] as const) {
      const ends = await tunnelOf(this, await this.connect(from, 'relay-b'));
      if (ends === undefined) throw new Nonconformance(`with ${count} descriptors the relay has not even two tunnels`);
      established.push(ends);
    }
    this.set('established', established);
  },
);

When('strangers take every descriptor that the relay has left', async function (this: ConformanceWorld) {
  const count = this.get('descriptors');
  const enter = async (index: number): Promise<boolean> => {
    const ends = await tunnelOf(this, await stranger(this, 'relay-b', Math.floor(index / tunnelsOfOne)));
    if (ends !== undefined) this.get('strangers').push(ends.next);
    return ends !== undefined;
  };
  // Side by side as long as all of them get in, so that a slow relay is full in time. Then one after another.
  let index = 0;
  let hasRoom = true;
  while (hasRoom && index < count) {
    const entered = await Promise.all(Array.from({ length: sideBySide }, (_, offset) => enter(index + offset)));
    hasRoom = !entered.includes(false);
    index += sideBySide;
  }
  while (index < count && (await enter(index))) index += 1;
  const silent = await silentStrangers(this, 'relay-b', count + 50);
  for (const one of silent.slice(0, 8)) {
    await one[Symbol.asyncDispose]();
    await pause(50);
    const ends = await tunnelOf(this, await stranger(this, 'relay-b', addresses - 1));
    if (ends !== undefined) this.get('strangers').push(ends.next);
  }
});

Then('both tunnels carry frames as before', async function (this: ConformanceWorld) {
  for (const ends of this.get('established')) await carriesFrames(ends);
});

Then('a newcomer has a tunnel through the relay when the strangers have gone', async function (this: ConformanceWorld) {
  await leave(this);
  const enter = async () => {
    const initiator = await arrive(this, 'client', 'relay-b');
    const ends = await tunnelOf(this, initiator);
    if (ends === undefined) await initiator?.[Symbol.asyncDispose]();
    return ends;
  };
  await carriesFrames(await until('a tunnel of a newcomer', enter, 2 * patience));
});

async function leave(world: ConformanceWorld): Promise<void> {
  for (const one of world.get('strangers')) await one[Symbol.asyncDispose]();
}

// At a server.

Given(
  'a tunnel server that may have {int} file descriptors, with alice authorized',
  async function (this: ConformanceWorld, count: number) {
    await lab(this, { nodes: ['others'] });
    await prepare(this, count);
    const initiators = ['alice', 'bob'].map((name) => ({ name, publicKey: identityOf(name).publicKey }));
    await this.start('server', 'server', serverConfiguration(this.declaration, { initiators }), {}, limited(count));
    await (await scriptedInitiator(this)).authorize();
  },
);

When('strangers take every descriptor that the server has left', async function (this: ConformanceWorld) {
  await silentStrangers(this, 'server', this.get('descriptors') + 50);
});

Then("alice's session goes on", async function (this: ConformanceWorld) {
  const { connection } = this.get('initiator');
  await this.get('initiator').send();
  await watch(200);
  assert.ok(!connection.over, "alice's connection has ended");
});

Then('bob is authorized when the strangers have gone', async function (this: ConformanceWorld) {
  await leave(this);
  const options = { suite: 'x25519', identity: identityOf('bob') } as const;
  const enter = async () => {
    const connection = await arrive(this, 'client', 'server');
    if (connection === undefined) return undefined;
    const bob = new ScriptedInitiator(connection, options);
    try {
      await bob.authorize();
      return bob;
    } catch (error) {
      // It may be refused until the last of them is gone.
      if (error instanceof Nonconformance) return undefined;
      throw error;
    }
  };
  await until('RESPONSE for bob', enter, 2 * patience);
});

Then("the operator can end alice's session", async function (this: ConformanceWorld) {
  this.iut('server').endSession('alice');
  const { status, valid } = await this.get('initiator').expectClose();
  assert.equal(statusName(status), 'end session');
  assert.ok(valid, 'the digest of the CLOSE frame does not verify');
});

// At an initiator.

/** Of a program, those of the process that it starts as. Without CAP_SYS_RESOURCE only its own user may set them. */
const setDescriptors = async (pid: number, soft: number, hard: number): Promise<void> => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [uid, gid] = [/^Uid:\t(\d+)/m, /^Gid:\t(\d+)/m].map((line) => line.exec(status)?.[1]);
  const itsUser = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--keep-groups'];
  await run([...itsUser, 'prlimit', '--pid', String(pid), `--nofile=${soft}:${hard}`]);
};

Given(
  'a tunnel initiator that is authorized and may have {int} file descriptors',
  async function (this: ConformanceWorld, count: number) {
    await lab(this);
    await listenAsServer(this);
    this.set('descriptors', count);
    const configuration = clientConfiguration(this.declaration, {
      reconnect: true,
      ...(this.declaration.capabilities.includes('timers') && { timers: { backOffMin: 50, backOffMax: 100 } }),
    });
    await this.start('client', 'client', configuration, {}, limited(count));
    await (await scriptedServer(this)).authorize();
    await this.iut('client').event('adapter');
    // Routes may follow the event, and whoever lays them needs descriptors, too.
    await rests(this, 'client');
  },
);

When('it may open no more of them, and the server breaks the connection off', async function (this: ConformanceWorld) {
  const { pid } = this.iut('client').program;
  // Lower ones are open all the time. With 0, poll(2) itself would fail.
  const half = Math.floor(readdirSync(`/proc/${pid}/fd`).length / 2);
  await setDescriptors(pid, half, this.get('descriptors'));
  this.get('server').connection.reset();
});

Then('the initiator still runs after 3 s, and rests', async function (this: ConformanceWorld) {
  await pause(3_000);
  await rests(this, 'client');
});

Then('it connects again when it may', async function (this: ConformanceWorld) {
  const count = this.get('descriptors');
  await setDescriptors(this.iut('client').program.pid, count, count);
  const listener = this.get('listener');
  // Without a back-off that can be set it is up to a minute.
  const time = this.declaration.capabilities.includes('timers') ? 2 * patience : 70_000;
  await until('another connection', async () => listener.accepted > 1 || undefined, time);
  await (await scriptedServer(this)).authorize();
});

// Rest.

/** Milliseconds for which a program had a processor, or waited for one. @throws Nonconformance when it has ended */
function activityOf(world: ConformanceWorld, node: NodeName): Counted {
  const { program } = world.iut(node);
  if (!program.running) throw new Nonconformance(`the program has ended${program.lastWords()}`);
  return countProcess(program.pid);
}

/**
 * A program that tries again and again without a pause spends as much as it gets, and wants all the rest. One that is slow
 * may still have to do with those who came: it has three times to rest, all of them before a timer lets the strangers go.
 * Where it waited for a processor longer than it had one, neither can be told from the other.
 */
async function rests(world: ConformanceWorld, node: NodeName): Promise<void> {
  const time = 2_000;
  const spent: string[] = [];
  let [had, wanted] = [0, 0];
  while (spent.length < 3) {
    const before = activityOf(world, node);
    const since = performance.now();
    await pause(time);
    const now = activityOf(world, node);
    const [ran, waited] = [now.ran - before.ran, now.waited - before.waited];
    const passed = performance.now() - since;
    if (ran < passed / 4 && ran + waited < 0.9 * passed) return;
    had += ran;
    wanted += waited;
    spent.push(`${ran.toFixed(0)} ms, and waited ${waited.toFixed(0)} ms for more, of ${passed.toFixed(0)} ms`);
  }
  const found = `while nothing happened it spent CPU: ${spent.join('; ')}`;
  throw wanted > had ? new Starved(found) : new Nonconformance(found);
}

Then('the {} rests while nothing happens', async function (this: ConformanceWorld, role: string) {
  await rests(this, role === 'relay' ? 'relay-b' : 'server');
});
