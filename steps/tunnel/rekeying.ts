/** Steps about keys that are renewed under a stream that must not notice ([EP] fig. 11, 211 to 214). */
import assert from 'node:assert/strict';
import { createHash, type Hash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { noteAdapter } from '../support/kept-adapter.ts';
import { segmentOf } from '../support/lab/captures/tcp-streams.ts';
import { within } from '../support/lab/deadlines/deadline.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { type Comparison, socketEvent } from '../support/lab/packets/traffic.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { connectThrough } from '../support/reconnecting.ts';
import { leaveTransfers } from '../support/traffic.ts';
import { startTunnel } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** One TCP connection that is written to every few milliseconds. */
class SteadyStream {
  /** Milliseconds between two arrivals, at most. */
  silence = 0;
  readonly #sent: Hash = createHash('sha256');
  readonly #arrived: Hash = createHash('sha256');
  readonly #socket: Socket;
  readonly #done: Promise<void>;
  readonly #ended = Promise.withResolvers<void>();
  #octets = 0;
  #isSending = true;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#done = this.#send();
  }

  take(receiver: Socket): void {
    let last: number | undefined;
    receiver.on('data', (chunk: Uint8Array) => {
      const now = performance.now();
      this.silence = Math.max(this.silence, now - (last ?? now));
      last = now;
      this.#octets += chunk.length;
      this.#arrived.update(chunk);
    });
    receiver.once('end', () => this.#ended.resolve());
    receiver.once('error', (error) => this.#ended.reject(new Nonconformance(`the connection broke: ${error.message}`)));
  }

  async end(): Promise<Comparison> {
    this.#isSending = false;
    await this.#done;
    this.#socket.end();
    await within(30_000, 'the end of the stream', this.#ended.promise);
    return { octets: this.#octets, sent: this.#sent.digest('hex'), arrived: this.#arrived.digest('hex') };
  }

  async #send(): Promise<void> {
    while (this.#isSending) {
      const chunk = randomBytes(2_048);
      this.#sent.update(chunk);
      if (!this.#socket.write(chunk)) await socketEvent(this.#socket, 'drain');
      await pause(2);
    }
  }
}

declare module '../support/world.ts' {
  interface Facts {
    stream: SteadyStream;
    /** Milliseconds of performance.now() at the first authorization. */
    begun: number;
  }
}

Given(
  'a tunnel whose keys live {duration}, and a steady stream of octets through it',
  async function (this: ConformanceWorld, milliseconds: number) {
    const lifetime = { seconds: milliseconds / 1_000 };
    const { wire } = await this.startLab({ capture: false });
    const syn = `tcp dst port ${tunnelPort} and tcp[tcpflags] & (tcp-syn | tcp-ack) == tcp-syn`;
    await this.captureOn(wire.namespace, wire.device, 'wire', syn);
    await startTunnel(this, { server: { lifetime }, client: { reconnect: true, lifetime } });
    await noteAdapter(this);
    this.set('begun', performance.now());
    const receiver = Promise.withResolvers<Socket>();
    const socket = await connectThrough(this, virtualLan.serverAddress, receiver.resolve);
    const stream = new SteadyStream(socket);
    stream.take(await receiver.promise);
    this.set('stream', stream);
  },
);

/** The one thing that is waited for is time itself. */
When('{duration} have passed', { timeout: 120_000 }, async function (this: ConformanceWorld, milliseconds: number) {
  await pause(this.get('begun') + milliseconds - performance.now());
  const stream = this.get('stream');
  const transferred = await stream.end();
  leaveTransfers(this, Promise.resolve([transferred]));
  const { silence } = stream;
  this.log(`longest silence ${silence.toFixed(0)} ms in a stream of ${(transferred.octets / 2 ** 20).toFixed(0)} MiB`);
});

/** Each key is that of a tunnel connection, which begins with a SYN from a port of its own. */
Then('the keys were renewed {int} times, one more or less', async function (this: ConformanceWorld, expected: number) {
  const segments = (await this.packets()).flatMap((packet) => segmentOf(packet) ?? []);
  const renewals = new Set(segments.map(({ source }) => source)).size - 1;
  assert.ok(Math.abs(renewals - expected) <= 1, `${renewals} times`);
  this.log(`keys renewed ${renewals} times`);
});
