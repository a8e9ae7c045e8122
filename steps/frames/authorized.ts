/** What an end point in Authorized makes of octets for which nobody needs a key, and of keyed CLOSE frames made anew. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { When } from '@cucumber/cucumber';
import { concat, viewOf } from '../../reference/octets.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import { closesWith } from '../../vectors/generate/keyed-close.ts';
import { load, octets, title, type Vector } from '../../vectors/load.ts';
import { flagged } from '../support/known.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { isClosed } from '../support/peers/both-closed.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { played } from '../support/played.ts';
import { connecting, tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Long enough for an answer that waits for nothing. */
const silence = 50;

/** A frame is only begun: nothing comes, and the connection stays. */
async function staysSilent({ connection }: ScriptedEndPoint): Promise<void> {
  await wait(silence);
  const [frame] = connection.frames.waiting;
  if (frame !== undefined && frame.type !== 'DATA') throw new Nonconformance(`this came: ${frame.octets.toHex()}`);
  if (connection.over) throw new Nonconformance('the stream ended');
}

/** Its keyed CLOSE of that status, and the end of its stream. */
async function closes(peer: ScriptedEndPoint, status: string): Promise<void> {
  const close = await peer.expectClose();
  assert.equal(statusName(close.status), status);
  if (!close.keyed || !close.valid) throw new Nonconformance('the CLOSE is not keyed, or does not verify');
  await peer.connection.endedWithoutFrame();
}

When(
  'octets of authorized.json flagged {word} are sent, each on a connection of its own',
  async function (this: ConformanceWorld, flag: string) {
    const connect = connecting(this, 'chacha20poly1305');
    const vectors = load('authorized').flatMap(({ tests }) => tests);
    await tryEach(this, flagged(vectors, flag), {
      title: (vector) => `authorized.json, ${title(vector)}`,
      one: async (vector) => {
        const { peer, socket } = await connect();
        // The first frame of a server's direction, or the one by which an initiator confirms.
        await peer.send();
        // The stream stays open: no more than these octets may be needed for the verdict.
        await peer.connection.send(Uint8Array.fromHex(vector['octets']));
        played(this, 'authorized', vector);
        if (vector.result === 'valid') await staysSilent(peer);
        else if (vector['verdict'] === 'closed') await closes(peer, statusName(vector['status']));
        else await peer.connection.endedWithoutFrame();
        peer.connection.finish();
        if (this.has('victim')) await socket[Symbol.asyncDispose]();
      },
    });
  },
);

// DATA frames that nobody sealed.

/** What a whole frame or the beginning of one is worth to somebody who has other keys. */
const statusFor = (frame: Uint8Array): string => (frame[5] === 1 ? 'integrity failure' : 'unsupported version');

/** So that nobody waits for the rest of a frame. */
function restOf(frame: Uint8Array): Uint8Array {
  const missing = viewOf(frame).getUint32(0) - frame.length;
  return new Uint8Array(missing > 0 && missing <= 131_072 ? missing : 0);
}

When('the frames of data.json are sent, each on a connection of its own', async function (this: ConformanceWorld) {
  const authorize = this.get('authorize');
  await tryEach(
    this,
    load('data').flatMap(({ tests }) => tests),
    {
      title: (vector) => `data.json, ${title(vector)}`,
      one: async (vector) => {
        const peer = await authorize();
        const frame = octets(vector['frame']);
        await peer.connection.send(concat(frame, restOf(frame)));
        played(this, 'data', vector);
        await closes(peer, statusFor(frame));
        peer.connection.finish();
      },
    },
  );
});

// CLOSE frames that are keyed, or ought to be.

/** More DATA frames are not sent before a CLOSE. */
const mostBeforeClose = 256;

/** Keeps the connection of a session that has ended: what breaks a connection off closes it in both directions. */
async function endsSession({ connection }: ScriptedEndPoint): Promise<void> {
  await connection.endedWithoutFrame(2_000);
  for (let count = 0; count < 4; count += 1) {
    connection.socket.write(Uint8Array.of(0));
    await wait(silence);
  }
  if (connection.socket.destroyed) throw new Nonconformance('it broke the connection off');
}

async function breaksOff(peer: ScriptedEndPoint): Promise<void> {
  await peer.connection.endedWithoutFrame(2_000);
  await isClosed(peer, 1_000);
}

const closesOf = (flag: string): readonly (readonly [Vector, number])[] => {
  const all = load('keyed-close').flatMap(({ tests }) => tests);
  const places = all.map((vector, index) => [vector, index] as const);
  return places.filter(([vector]) => vector.result === flag && Number(vector['n']) <= mostBeforeClose);
};

When(
  /^the (valid|invalid) CLOSE frames of keyed-close\.json are made anew and sent, each on a connection of its own$/,
  { timeout: 180_000 },
  async function (this: ConformanceWorld, result: string) {
    const connect = connecting(this, 'chacha20poly1305');
    await tryEach(this, closesOf(result), {
      title: ([vector]) => `keyed-close.json, ${title(vector)}`,
      one: async ([vector, index]) => {
        const { peer, socket } = await connect();
        const test = closesWith(peer.session.sending.close, peer.session.receiving.close)[index];
        if (test?.comment !== vector.comment)
          throw new LabFailure(`tcId ${vector.tcId} is not made anew by that place`);
        const before = Array.from({ length: Number(vector['n']) }, () => peer.session.seal(new Uint8Array()).slice());
        await peer.connection.send(concat(...before, octets(String(test['frame']))));
        played(this, 'keyed-close', vector);
        // The form is judged before the digest.
        if (viewOf(octets(String(test['frame']))).getUint16(6) === 0) await closes(peer, 'protocol error');
        else await (result === 'valid' ? endsSession : breaksOff)(peer);
        peer.connection.finish();
        if (this.has('victim')) await socket[Symbol.asyncDispose]();
      },
    });
  },
);
