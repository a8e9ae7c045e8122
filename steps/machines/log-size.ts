/** Steps about how much a node writes about strangers. */
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Then, When } from '@cucumber/cucumber';
import { frameOf } from '../support/exchanges.ts';
import { newInitiator, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** When the strangers began to come: milliseconds of performance.now(). */
    strangersSince: number;
    /** Octets that had been written before. */
    writtenBefore: number;
  }
}

/** Fewer than every limit on one source. */
const abreast = 4;

/** Octets on standard output and standard error. */
function written(world: ConformanceWorld, role: WireRole): number {
  const { folder } = world.iut(role === 'relay' ? 'relay-b' : 'server');
  return ['stdout.log', 'stderr.log'].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}

async function comeAndGo(world: ConformanceWorld): Promise<void> {
  const { connection } = await newInitiator(world);
  // One that is refused for a limit may be closed by now.
  await connection.send(frameOf(9, 8)).catch(() => undefined);
  await connection.ended();
  await connection[Symbol.asyncDispose]();
}

When(
  '{int} strangers have come to the {role}, each with a frame of unknown type',
  // Each is a connection of its own: 10 s alone, minutes where the machine is busy.
  { timeout: 280_000 },
  async function (this: ConformanceWorld, count: number, role: WireRole) {
    this.set('writtenBefore', written(this, role));
    this.set('strangersSince', performance.now());
    let left = count;
    const worker = async (): Promise<void> => {
      while (left-- > 0) await comeAndGo(this);
    };
    await Promise.all(Array.from({ length: abreast }, worker));
  },
);

Then(
  'the {role} has written less than {int} KB about it',
  function (this: ConformanceWorld, role: WireRole, limit: number) {
    const minutes = Math.ceil((performance.now() - this.get('strangersSince')) / 60_000);
    const octets = written(this, role) - this.get('writtenBefore');
    this.log(`it wrote ${octets} octets`);
    assert.ok(octets < minutes * limit * 1000, `it wrote ${octets} octets within ${minutes} min`);
  },
);
