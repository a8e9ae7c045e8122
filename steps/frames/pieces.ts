/** Steps about a frame that comes in many pieces, each of which is read by itself. */
import { setTimeout as pause } from 'node:timers/promises';
import { When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { datagramOf } from '../support/exchanges.ts';
import { scripted, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Octets of the second frame that come with the first one. */
const beginning = 3;

/** Of the frame that is cut: more pieces than anybody keeps apart. */
const datagramLength = 170;

When(
  'the {role} sends DATA and the beginning of another, the rest of it octet by octet, and a frame of unknown type',
  async function (this: ConformanceWorld, role: WireRole) {
    const { connection, session } = scripted(this, role);
    const [first, second] = [session.seal(datagramOf(40)), session.seal(datagramOf(datagramLength))];
    await connection.send(concat(first, second.subarray(0, beginning)));
    for (let at = beginning; at < second.length; at += 1) {
      await pause(2);
      await connection.send(second.subarray(at, at + 1));
    }
    await connection.send(Uint8Array.fromHex('00000006ff01'));
  },
);
