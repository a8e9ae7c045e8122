/** Steps that put the names of vectors/names.json on tunnel paths ([EP] fig. 4, step 74; fig. 6, 106 to 112). */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { hostOf } from '../../reference/wire/names.ts';
import { relayFrame } from '../../vectors/generate/relay.ts';
import { load, octets, title, type Vector } from '../../vectors/load.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { Mailbox } from '../support/lab/deadlines/mailbox.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { insistOnName } from '../support/peers/identities.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { type ScriptedInitiator, withRequest } from '../support/peers/scripted-initiator.ts';
import { lab, listenAsServer, newInitiator, scriptedServer } from '../support/peers.ts';
import { played } from '../support/played.ts';
import { reactionOf } from '../support/reactions.ts';
import { tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

type Role = 'server' | 'relay';

const origin = 'origin.invalid';
const vectorsOf = (type: string): readonly Vector[] =>
  load('names')
    .filter((group) => group.type === type)
    .flatMap(({ tests }) => tests);

const titled = (vector: Vector): string => `names.json, ${title(vector)}`;

async function refused(initiator: ScriptedInitiator, status: number): Promise<void> {
  const found = await reactionOf(initiator);
  if (found !== `CLOSE "${statusName(status)}"`)
    throw new Nonconformance(`expected CLOSE "${statusName(status)}", came ${found}`);
}

async function forwarded(world: ConformanceWorld, frame: Uint8Array): Promise<number | undefined> {
  const server = await scriptedServer(world);
  assertOctets((await server.expect('RELAY')).octets, frame, 'what the next node receives');
  server.connection.finish();
  return server.connection.socket.localPort;
}

/** Long enough for a frame that waits for nothing. */
const silence = 30;

/** RELAY was taken: nothing comes, and the initiator's CLOSE is what ends the connection. */
async function awaitsRequest(initiator: ScriptedInitiator): Promise<void> {
  await wait(silence);
  await initiator.connection.send(initiator.closeFrame(Status.endSession));
  await initiator.connection.endedWithoutFrame();
}

async function over({ connection }: ScriptedInitiator): Promise<void> {
  connection.finish();
  await connection.ended();
}

When(
  /^the names of names\.json come to the (server|relay), each in a RELAY frame$/,
  { timeout: 60_000 },
  async function (this: ConformanceWorld, role: Role) {
    insistOnName('server.test');
    const one = async (vector: Vector): Promise<void> => {
      const name = Buffer.from(octets(vector['name'])).toString('latin1');
      const path = role === 'server' ? [name, 'server.test'] : ['relay-b.test', 'server.test', name];
      const frame = relayFrame(origin, path);
      const initiator = await newInitiator(this);
      await initiator.connection.send(role === 'relay' ? withRequest(frame) : frame);
      played(this, 'names', vector);
      if (vector.result === 'invalid') await refused(initiator, vector['status']);
      else if (role === 'relay') await forwarded(this, frame);
      else if (vector['host'] === 'server.test') await refused(initiator, Status.notOnPath);
      else await awaitsRequest(initiator);
      await over(initiator);
    };
    await tryEach(this, vectorsOf('Name'), { title: titled, one, abreast: role === 'server' ? 4 : 1 });
  },
);

Then('the next node was connected to {int} times', function (this: ConformanceWorld, count: number) {
  assert.equal(this.get('listener').accepted, count);
});

// Where a node finds itself.

interface Group {
  readonly names: Set<string>;
  readonly vectors: Vector[];
}

/** Vectors that one node can be asked about: the names that it has besides are none of their paths. */
function grouped(vectors: readonly Vector[]): readonly Group[] {
  const groups: Group[] = [];
  const agrees = ({ names, path }: Vector, all: ReadonlySet<string>): boolean =>
    (path as string[]).map(hostOf).every((host) => all.has(host) === (names as string[]).includes(host));
  for (const vector of vectors) {
    const fitting = groups.find(({ names, vectors: others }) => {
      const all = new Set([...names, ...vector['names']]);
      return [...others, vector].every((each) => agrees(each, all));
    });
    if (fitting === undefined) groups.push({ names: new Set(vector['names']), vectors: [vector] });
    else {
      for (const name of vector['names']) fitting.names.add(name);
      fitting.vectors.push(vector);
    }
  }
  return groups;
}

const portOf = (node: string): number => Number(node.split(':')[1] ?? tunnelPort);

async function startNode(world: ConformanceWorld, role: Role, names: readonly string[], nexts: readonly string[]) {
  if (role === 'server') return world.startServer({ names });
  const allow = nexts.map((next) => ({ name: hostOf(next), ports: [portOf(next)] }));
  return world.startRelay('relay-b', { names, allow });
}

When(
  /^the paths of names\.json come to (servers|relays) of their names$/,
  { timeout: 60_000 },
  async function (this: ConformanceWorld, roles: string) {
    const role = roles === 'servers' ? 'server' : 'relay';
    const vectors = vectorsOf('Position').filter((vector) => vector['role'] === role);
    const nexts = vectors.flatMap((vector): string[] => vector['next'] ?? []);
    const hosts = Object.fromEntries(nexts.map((next) => [hostOf(next), '10.77.0.2']));
    await lab(this, role === 'server' ? {} : { relays: ['relay-b'], hosts });
    if (role === 'relay') await listenForAll(this, nexts);
    const groups = grouped(vectors);
    for (const { names, vectors: own } of groups) {
      const node = await startNode(this, role, [...names], nexts);
      const one = async (vector: Vector): Promise<void> => {
        const frame = relayFrame(origin, vector['path']);
        const initiator = await newInitiator(this);
        await initiator.connection.send(role === 'relay' ? withRequest(frame) : frame);
        played(this, 'names', vector);
        if (vector.result === 'invalid') await refused(initiator, vector['status']);
        else if (role === 'server') await awaitsRequest(initiator);
        else assert.equal(await forwarded(this, frame), portOf(vector['next']), 'the port of the next node');
        await over(initiator);
      };
      await tryEach(this, own, { title: titled, one });
      await node.terminate();
    }
  },
);

/** On every port that a path names. */
async function listenForAll(world: ConformanceWorld, nexts: readonly string[]): Promise<void> {
  const connections = new Mailbox<ScriptedConnection>();
  for (const port of new Set(nexts.map(portOf))) await listenAsServer(world, 'server', port, connections);
}
