/** Steps about a key's lifetime at a tunnel server ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { statusName } from '../../reference/wire/identifiers.ts';
import { assertTime, datagramOf, eachRow } from '../support/exchanges.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { ping } from '../support/lab/packets/traffic.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import { requestOf } from '../support/request-faults.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Sends frames until what was sent reaches a share of the key's bound. */
async function useUp(peer: ScriptedInitiator, bound: string, share: number, apart = 0): Promise<void> {
  const [count, unit] = bound.split(' ');
  const { sealer } = peer.session;
  const used = () => (unit === 'frames' ? sealer.frames : sealer.octets);
  while (used() < Number(count) * share) {
    await peer.send(datagramOf(28));
    if (apart > 0) await pause(apart);
  }
}

async function assertOpen(peer: ScriptedInitiator, milliseconds: number, when: string): Promise<void> {
  const outcome = await Promise.race([peer.connection.ended(60_000), pause(milliseconds, 'open')]);
  const close = peer.connection.frames.waiting.find(({ type }) => type === 'CLOSE');
  assert.ok(outcome === 'open' && close === undefined, `${when}: the server closed the connection`);
}

async function assertExpired(peer: ScriptedInitiator, since: number, grace: number): Promise<void> {
  const close = await peer.expectClose(grace + 4_000);
  assert.equal(statusName(close.status), 'key expired');
  assert.ok(close.valid, 'the digest of the CLOSE does not verify');
  assertTime(close.at - since, grace);
}

/** Sends an empty DATA frame again and again until it is told to stop. */
function keepAlives(peer: ScriptedInitiator, milliseconds: number): Disposable {
  const timer = setInterval(() => peer.send().catch(() => {}), milliseconds);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Then(
  'a key that is nearly used up stays in use, and one that is used up is closed {duration} later',
  async function (this: ConformanceWorld, grace: number, table: DataTable) {
    const act = async ([name = '', bound = '', manner = '']: string[]): Promise<void> => {
      const { options } = requestOf(`a key that lasts ${bound}`);
      const [transform] = /0x01\w\w$/.exec(manner) ?? [];
      const transforms = transform === undefined ? {} : { transforms: [Number(transform)] };
      const peer = await newInitiator(this, { ...options, ...transforms, identity: identityOf(name) });
      let start = performance.now();
      await peer.sendRelay();
      await peer.sendRequest();
      await peer.readResponse();
      // The key is in use since RESPONSE.
      if (manner.endsWith('confirmed')) await pause(2_500);
      await peer.send();
      if (manner.startsWith('time')) {
        // Without them it would be silent for too long.
        using _beat = keepAlives(peer, 20_000);
        await assertExpired(peer, start + Number.parseInt(bound, 10) * 1_000, grace);
        return;
      }
      if (manner.endsWith('padding')) peer.session.padding = 100;
      // One frame below the bound, or as little as a datagram leaves.
      await useUp(peer, bound, 0.9, manner.endsWith('slowly') ? 25 : 0);
      await assertOpen(peer, grace + 400, 'below the bound');
      start = performance.now();
      await useUp(peer, bound, 1);
      let isOver = false;
      const goingOn = async (): Promise<void> => {
        while (manner.endsWith('go on') && !isOver) {
          await pause(100);
          await peer.send(datagramOf(28)).catch(() => {});
        }
      };
      await Promise.all([
        goingOn(),
        assertExpired(peer, start, grace).finally(() => {
          isOver = true;
        }),
      ]);
    };
    await eachRow(table.rows(), ([name = '', bound = '']) => `${name}, ${bound}`, act, 4);
  },
);

/** Each direction counts by itself. */
When('what the initiator sends uses up two thirds of it', async function (this: ConformanceWorld) {
  const peer = this.get('initiator');
  const { frames, octets } = peer.options.lifetimes ?? {};
  const { sealer } = peer.session;
  const share = () => Math.max(sealer.frames / Number(frames), sealer.octets / Number(octets));
  while (share() < 2 / 3) await peer.send(datagramOf(28));
});

Then(
  'datagrams of the server use it up, and {duration} later it is closed',
  async function (this: ConformanceWorld, grace: number) {
    const peer = this.get('initiator');
    const { lifetimes } = peer.options;
    const reached = () => {
      const { frames, octets } = peer.session.opener;
      return lifetimes !== undefined && (frames >= lifetimes.frames || octets >= lifetimes.octets);
    };
    const namespace = this.lab.namespace('server');
    let last = 0;
    for (let sent = 0; !reached(); sent++) {
      if (sent === 50) throw new LabFailure('50 pings do not use the key up');
      // A ping that nobody answers: the frame is all that is wanted of it.
      const pinging = ping({ namespace, destination: virtualLan.clientAddress, wait: 0.1 });
      const frame = await peer.expect('DATA');
      peer.session.opener.open(frame.octets);
      last = frame.at;
      await pinging;
    }
    // The frame was on its way for a moment before it came.
    await assertExpired(peer, last - 50, grace);
  },
);
