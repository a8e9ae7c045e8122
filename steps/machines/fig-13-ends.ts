/** Steps about what is on its way through a tunnel relay when the tunnel ends ([EP] fig. 13, 243). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { encodeClose } from '../../reference/wire/close.ts';
import { frameOf } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { assertNoLater, patience } from '../support/lab/deadlines/deadline.ts';
import { Starved } from '../support/lab/failure.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { scripted, type WireRole } from '../support/peers.ts';
import { startUnderTest } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** What a slow reader has to get. */
interface Burst {
  readonly octets: Uint8Array;
  readonly reader: ScriptedConnection;
  /** Octets that had come before. */
  readonly before: number;
}

declare module '../support/world.ts' {
  interface Facts {
    burst: Burst;
  }
}

Given(
  'a tunnel relay whose kernel receives {int} MiB and holds {int} KiB to send',
  async function (this: ConformanceWorld, receives: number, holds: number) {
    const lab = await this.startLab({ relays: ['relay-b'] });
    const relay = lab.namespace('relay-b');
    // tcp(7): least, default and greatest octets of a socket.
    lab.sysctl(relay, 'net/ipv4/tcp_rmem', `4096 ${receives * 2 ** 20} ${receives * 2 ** 20}`);
    lab.sysctl(relay, 'net/ipv4/tcp_wmem', `4096 ${holds * 2 ** 10} ${holds * 2 ** 10}`);
    await startUnderTest(this, 'relay', {});
  },
);

/** The last octets, and whether the sender ends its stream behind them. */
const endings: Readonly<Record<string, { readonly octets: Uint8Array; readonly fin: boolean }>> = {
  'half the start of a frame and FIN': { octets: Uint8Array.of(0, 0, 1), fin: true },
  CLOSE: { octets: encodeClose({ type: 'CLOSE', status: 1 }), fin: false },
};

When(
  /^the (initiator|server) sends (\d+) MiB in frames(?:,| and) (.+) to a peer that reads slowly and goes on sending$/,
  { timeout: 40_000 },
  async function (this: ConformanceWorld, role: WireRole, size: string, ending: string) {
    const sender = scripted(this, role).connection;
    const reader = scripted(this, role === 'initiator' ? 'server' : 'initiator').connection;
    const last = known(endings, ending);
    const frame = frameOf(4, 2 ** 16);
    const octets = concat(...Array.from({ length: Number(size) * 16 }, () => frame), last.octets);
    this.set('burst', { octets, reader, before: reader.received.length });
    reader.pause();
    // The last of it is taken from the sender when the reader has read enough, below.
    const sent = sender.send(octets).then(() => {
      if (last.fin) sender.finish();
    });
    await readUntilOver(reader, sender, octets.length);
    await sent;
    reader.resume();
  },
);

/** Milliseconds in which the relay, if it can, passes on as much as was read. */
const grain = 20;

/**
 * Reads a little at a time until the relay has ended the other connection: it then has passed everything on, and the kernels
 * hold most of what they can hold. A relay that does not end it passes everything on as well, or stands still.
 */
async function readUntilOver(reader: ScriptedConnection, sender: ScriptedConnection, octets: number): Promise<void> {
  const before = reader.received.length;
  const pauseReading = () => reader.pause();
  reader.socket.on('data', pauseReading);
  let since = performance.now();
  const progress = { octets: before, at: since };
  while (!sender.over && !reader.over && reader.received.length < before + octets) {
    since = performance.now();
    if (reader.received.length > progress.octets)
      Object.assign(progress, { octets: reader.received.length, at: since });
    assertNoLater(since - progress.at, patience, `nothing more comes after ${progress.octets - before} octets`);
    reader.resume();
    // Before the next node has answered, one frame may pass towards it.
    if (reader.received.length > before) await talk(reader);
    await pause(grain);
  }
  reader.socket.off('data', pauseReading);
  // 2 s after the ends a relay may close its connections for good (`dying`): what comes then is answered with a reset.
  if (performance.now() - since > 1_000) throw new Starved('this process had no turn for more than 1 s');
  await talk(reader);
}

/** A frame that need not arrive. */
async function talk({ socket }: ScriptedConnection): Promise<void> {
  await new Promise<void>((resolve) => void socket.write(frameOf(9, 30), () => resolve()));
}

Then('every octet arrived, and then the end', async function (this: ConformanceWorld) {
  const { octets, reader, before } = this.get('burst');
  await reader.ended();
  const arrived = reader.received.subarray(before);
  assert.equal(arrived.length, octets.length, `${arrived.length} of ${octets.length} octets arrived`);
  assert.ok(Buffer.from(octets).equals(arrived), 'other octets came');
});
