/** Names and paths of vectors/names.json in RELAY frames, put together by the vectors' own path ([EP] fig. 6, 112). */
import assert from 'node:assert/strict';
import { When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { relayFrame } from '../../vectors/generate/relay.ts';
import { load, title, type Vector } from '../../vectors/load.ts';
import { known } from '../shared/known.ts';
import type { ScriptedConnection } from '../shared/peers/scripted.ts';
import { newInitiator, type WireRole } from '../shared/peers.ts';
import { tryEach } from '../shared/vector-trials.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const own = { server: 'server.test', relay: 'relay-b.test' };
/** What a relay has in its list: it would connect there. */
const reachable = ['server.test', 'relay-b.test', 'relay-c.test'];
const abreast = 4;

const vectorsOf = (type: string): Vector[] =>
  load('names')
    .filter((group) => group.type === type)
    .flatMap(({ tests }) => tests);
const textOf = (vector: Vector): string => String.fromCharCode(...Uint8Array.fromHex(vector['name']));

/** An unkeyed CLOSE of that status and the end, or for a server that goes on to wait for REQUEST neither. */
async function answers(connection: ScriptedConnection, status: number | undefined): Promise<void> {
  if (status === undefined) {
    // The path is taken: whoever thinks better of it then is told nothing.
    await connection.send(Uint8Array.fromHex('0000000805010001'));
    await connection.endedWithoutFrame();
    return;
  }
  const { octets } = await connection.next(`CLOSE "${statusName(status)}"`);
  const number = status.toString(16).padStart(4, '0');
  assert.equal(octets.toHex(), `000000080501${number}`, `expected CLOSE "${statusName(status)}"`);
  connection.finish();
  await connection.endedWithoutFrame();
}

async function sent(world: ConformanceWorld, origin: string, path: readonly string[]): Promise<ScriptedConnection> {
  const { connection } = await newInitiator(world);
  await connection.send(relayFrame(origin, path));
  return connection;
}

/** Where in the frame a name stands, and what a right one of nobody's is answered there. */
const places: Readonly<
  Record<
    string,
    Readonly<Record<string, (name: string) => { path: string[]; origin?: string; taken: number | undefined }>>
  >
> = {
  server: {
    origin: (name) => ({ origin: name, path: ['server.test'], taken: undefined }),
    'the first node': (name) => ({ path: [name, 'server.test'], taken: undefined }),
    'the last node': (name) => ({ path: ['relay-b.test', name], taken: Status.notOnPath }),
  },
  relay: {
    'the next node': (name) => ({ path: ['relay-b.test', name], taken: Status.nextNodeUnreachable }),
    'the last node': (name) => ({ path: ['relay-b.test', 'nobody.test', name], taken: Status.nextNodeUnreachable }),
  },
};

When(
  'RELAY frames with the names of names.json as {} are sent to the {role}',
  async function (this: ConformanceWorld, place: string, role: WireRole) {
    const frameOf = known(known(places, role), place);
    const all = vectorsOf('Name').filter((vector) => !reachable.includes(vector['host']));
    await tryEach(this, all, {
      title: (vector) => `names.json, ${title(vector)}`,
      abreast,
      one: async (vector) => {
        const { origin = 'origin.invalid', path, taken } = frameOf(textOf(vector));
        const connection = await sent(this, origin, path);
        await answers(connection, vector.result === 'valid' ? taken : vector['status']);
      },
    });
  },
);

When(
  'RELAY frames with the paths of names.json are sent to the {role}',
  async function (this: ConformanceWorld, role: WireRole) {
    const name = known(own, role);
    const all = vectorsOf('Position').filter(
      (vector) => vector['role'] === role && vector['names'].join() === name && isForeign(vector, role),
    );
    await tryEach(this, all, {
      title: (vector) => `names.json, ${title(vector)}`,
      abreast,
      one: async (vector) => {
        const connection = await sent(this, 'origin.invalid', vector['path']);
        // The next node of a relay is none of those that it may connect to.
        const taken = role === 'relay' ? Status.nextNodeUnreachable : undefined;
        await answers(connection, vector.result === 'valid' ? taken : vector['status']);
      },
    });
  },
);

/** Whether no node that a relay may connect to comes after it. */
const isForeign = (vector: Vector, role: WireRole): boolean =>
  role === 'server' || !['server.test', 'server.test:3265'].includes(vector['next'] ?? '');
