/** Vectors that are tried one after the other at one implementation, and reported together. */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import type { TransformName } from '../../reference/wire/identifiers.ts';
import { longestTable } from './connecting-again.ts';
import { aboutTheImplementation } from './lab/failure.ts';
import type { PacketSocket } from './lab/packets/packet-socket.ts';
import type { ScriptedEndPoint } from './peers/session.ts';
import { newInitiator } from './peers.ts';
import { assertInTime, isEnough } from './rows.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    trials: Trials;
  }
}

interface Trials {
  readonly count: number;
  /** What went wrong, each with its vector. */
  readonly faults: readonly string[];
}

interface Trying<T> {
  readonly title: (vector: T) => string;
  readonly one: (vector: T) => Promise<void>;
  /** How many at a time: below every limit on half-open connections. */
  readonly abreast?: number;
  /** How many vectors one trial is about. */
  readonly weight?: (vector: T) => number;
}

/** Tries them and leaves what went wrong for the step below, besides that of earlier steps. Errors of the suite are thrown. */
export async function tryEach<T>(
  world: ConformanceWorld,
  all: readonly T[],
  { title, one, abreast = 1, weight = () => 1 }: Trying<T>,
): Promise<void> {
  const earlier = world.has('trials') ? world.get('trials') : { count: 0, faults: [] };
  const faults = [...earlier.faults];
  const begun = performance.now();
  const pending = all[Symbol.iterator]();
  let { count } = earlier;
  const worker = async () => {
    for (const vector of pending) {
      if (isEnough(faults.length, begun)) return;
      assertInTime(begun, longestTable(world, all.length), count);
      try {
        await one(vector);
      } catch (error) {
        if (!(error instanceof Error) || !aboutTheImplementation.has(error.name)) throw error;
        faults.push(`${title(vector)}: ${error.message}`);
      }
      count += weight(vector);
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  world.set('trials', { count, faults });
}

/** A connection whose scripted end is keyed and has sent no DATA frame yet, and the stack's side of the adapter. */
type Connect = () => Promise<{ readonly peer: ScriptedEndPoint; readonly socket: PacketSocket }>;

/** To an initiator under attack, or to the server that was started. */
export function connecting(world: ConformanceWorld, name: TransformName): Connect {
  if (world.has('victim')) {
    const victim = world.get('victim');
    return async () => {
      const peer = await victim.authorize();
      return { peer, socket: await victim.adapter() };
    };
  }
  const socket = world.adapterSocket('server');
  return async () => {
    const peer = await newInitiator(world, { suite: 'x25519', transforms: [name] });
    await peer.sendRelay();
    await peer.sendRequest();
    await peer.readResponse();
    return { peer, socket };
  };
}

Then('each of at least {int} was answered as its vector says', function (this: ConformanceWorld, minimum: number) {
  const { count, faults } = this.get('trials');
  assert.deepEqual(faults, [], faults.join('\n'));
  assert.ok(count >= minimum, `only ${count} vectors were tried`);
});
