/**
 * DATA and CLOSE frames that must not be taken, as those of vectors/transform-*.json and vectors/keyed-close.json, made anew
 * with the keys of a connection by the vectors' own path, which shares no code with the reference.
 */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status, statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { partlyRight, type WrongClose, wrongCloses } from '../../vectors/generate/keyed-close.ts';
import { cat } from '../../vectors/generate/octets.ts';
import { isAead, seal } from '../../vectors/generate/schedule.ts';
import { type Refusal, refusalsOf, shortRun } from '../../vectors/generate/transform-refusals.ts';
import { aeadPaddings, cbcPaddings, type Run } from '../../vectors/generate/transform-sizes.ts';
import { load, title } from '../../vectors/load.ts';
import { arrivals } from '../shared/attack.ts';
import { Nonconformance } from '../shared/lab/failure.ts';
import { lab, listenAsServer, scriptedServer } from '../shared/peers.ts';
import { connecting, tryEach } from '../shared/vector-trials.ts';
import type { ConformanceWorld } from '../shared/world.ts';

/** Milliseconds in which one whose back-off is 1 ms would have connected again. */
const silence = 1000;

type OneRun = Pick<Run, 'plain' | 'refused'> | { readonly plain: typeof shortRun; readonly refused: typeof refusalsOf };

/** What lets a changed frame be a frame of its own still; the rest of the stream makes it whole. */
function answerTo(comment: string): string {
  if (/bit of type$/.test(comment)) return 'protocol error';
  return /bit of version$/.test(comment) ? 'unsupported version' : 'integrity failure';
}

/** In a stream the frame before it is right: what is wrong comes after it. */
const isRightInStream = (comment: string): boolean => comment === 'an octet more, the length as it was';
/** Every octet of a frame is changed elsewhere. */
const isChangedOnTheWay = (flag: string): boolean => ['Header', 'Digest', 'Body'].includes(flag);

function runsOf(name: TransformName): readonly OneRun[] {
  const short = { plain: shortRun, refused: refusalsOf };
  if (isAead(name)) return [short, aeadPaddings];
  return name === 'aes256cbc-hmacsha256' ? [short, cbcPaddings] : [short];
}

interface Trial {
  readonly run: OneRun;
  readonly index: number;
  readonly refusal: Refusal;
}

/** Which there are, whatever the keys. */
function trialsOf(name: TransformName): Trial[] {
  const keys = {
    key: new Uint8Array(32),
    iv: new Uint8Array(isAead(name) ? 12 : 16),
    mac: new Uint8Array(32),
    close: new Uint8Array(32),
  };
  return runsOf(name).flatMap((run) =>
    run
      .refused(name, keys, seal(name, keys, run.plain))
      .map((refusal, index): Trial => ({ run, index, refusal }))
      .filter(({ refusal: [flag, comment] }) => !isChangedOnTheWay(flag) && !isRightInStream(comment)),
  );
}

function titleOf(name: TransformName): (trial: Trial) => string {
  const tests = load(`transform-${name}`).flatMap((group) => group.tests);
  return ({ refusal: [flag, comment] }) => {
    const vector = tests.find((test) => test.comment === comment && test.flags.includes(flag));
    return `transform-${name}.json, ${vector ? title(vector) : comment}`;
  };
}

When(
  'every refusal of its vectors is made anew, transform {transform}, each on a connection of its own',
  async function (this: ConformanceWorld, name: TransformName) {
    const connect = connecting(this, name);
    await tryEach(this, trialsOf(name), {
      title: titleOf(name),
      one: async ({ run: { plain, refused }, index, refusal: [, comment, n] }) => {
        const { peer, socket } = await connect();
        const keys = peer.session.sending;
        const frames = seal(name, keys, plain);
        const wrong = refused(name, keys, frames)[index]?.[3] ?? new Uint8Array();
        // What follows makes it whole where its length says more, and must not come out either.
        const next = frames[n + 1] ?? frames[n] ?? new Uint8Array();
        await peer.connection.send(cat(...frames.slice(0, n), wrong, next));
        const close = await peer.expectClose();
        assert.equal(statusName(close.status), answerTo(comment));
        if (!close.keyed || !close.valid) throw new Nonconformance('the CLOSE is not keyed, or does not verify');
        await peer.connection.endedWithoutFrame();
        peer.connection.finish();
        const never = plain.slice(n).map(({ datagram }) => datagram.toHex());
        for (const packet of arrivals(socket))
          if (never.includes(packet.subarray(14).toHex())) throw new Nonconformance('its datagram reached the adapter');
        if (this.has('victim')) await socket[Symbol.asyncDispose]();
      },
    });
  },
);

// Keyed CLOSE.

/** After the empty frame and one more. */
const framesBefore = 2n;

type CloseKey = { readonly close: Uint8Array };

/** Of status 0 is none: that is a protocol error before any digest is looked at (CLOSE-03). */
function wrongClosesOf({ close }: CloseKey, others: CloseKey): readonly WrongClose[] {
  const all = [...wrongCloses(close, others.close, framesBefore), ...partlyRight(close, framesBefore)];
  return all.filter(([, , frame]) => frame[6] !== 0 || frame[7] !== 0);
}

/** Whatever the keys. */
const closes = wrongClosesOf({ close: new Uint8Array(32) }, { close: new Uint8Array(32) });

Given('a tunnel initiator that connects again, its servers scripted', async function (this: ConformanceWorld) {
  await lab(this);
  await listenAsServer(this);
  await this.startClient({
    server: { suite: 'x25519' },
    transforms: ['chacha20poly1305'],
    reconnect: true,
    timers: { backOffMin: 1, backOffMax: 1 },
  });
});

When('keyed CLOSE frames that do not verify end each connection', async function (this: ConformanceWorld) {
  await tryEach(this, [...closes.keys()], {
    title: (index) => `keyed-close.json, ${closes[index]?.slice(0, 2).join(', ')}`,
    one: async (index) => {
      // It connects anew after each that it does not take for an end of the session.
      const server = await scriptedServer(this);
      await server.authorize();
      for (let sent = 0n; sent < framesBefore; sent++) await server.send();
      const [, , frame] = wrongClosesOf(server.session.sending, server.session.receiving)[index] ?? [];
      await server.connection.send(frame ?? new Uint8Array());
      await server.connection.endedWithoutFrame();
      server.connection.finish();
    },
  });
});

Then('it connects again, until a CLOSE "end session" verifies', async function (this: ConformanceWorld) {
  const server = await scriptedServer(this);
  await server.authorize();
  for (let sent = 0n; sent < framesBefore; sent++) await server.send();
  await server.close(Status.endSession);
  await server.connection.endedWithoutFrame();
  const { accepted } = this.get('listener');
  await delay(silence);
  assert.equal(this.get('listener').accepted, accepted, 'it connects again after the end of the session');
});
