/** The thread of the data path finds a cipher that does anything else, before a tunnel uses it. */
import test from 'ava';
import { deriveDirection } from '../crypto/keys.ts';
import { plain } from '../crypto/plain.ts';
import { aeadOf } from '../crypto/transforms.ts';
import { type AeadName, evp } from '../libc/evp.ts';
import { longestWait } from '../libc/poll.ts';
import { dataHeaderLength } from '../wire/data.ts';
import { Transform } from '../wire/identifiers.ts';
import { lead } from './record.ts';
import { known, Rehearsal } from './rehearsal.ts';
import { DataThread } from './thread.ts';

const runtime = evp()!;
const rehearsed = () => DataThread.rehearsed(() => 0);
const idle = (): boolean => false;

for (const transform of [Transform.aes256gcm, Transform.chacha20poly1305] as const)
  test(`the known frame is the one of the readable form: transform ${transform}`, (t) => {
    const keys = {
      ...deriveDirection(known.key.slice(), transform, known.key),
      key: known.key.slice(),
      iv: known.iv.slice(),
    };
    const frame = plain.createSealer(transform, keys, {}).seal(known.datagram);
    t.is(frame.slice(dataHeaderLength, lead).toHex(), known.tags[aeadOf(transform)!]);
  });

for (const offloads of [false, true])
  test(`the datagram goes round until the rehearsal is over, ${offloads ? 'with' : 'without'} offloads`, (t) => {
    let time = 5_000;
    const rehearsal = new Rehearsal(rehearsed, runtime, () => time, idle);
    t.is(rehearsal.patience, longestWait);
    rehearsal.begin(offloads);
    t.is(rehearsal.patience, 300);
    time += 250;
    t.is(rehearsal.patience, 50, 'work in between does not put it off');
    time += 1_000;
    t.is(rehearsal.patience, 10);
    for (let turns = 0; rehearsal.patience < longestWait; turns++) {
      t.true(turns < 1_000);
      rehearsal.goOn();
    }
    rehearsal.begin(offloads);
    t.is(rehearsal.patience, longestWait, 'once is enough');
  });

test('while others wait for a processor it goes round seldom', (t) => {
  let isBusy = true;
  const rehearsal = new Rehearsal(
    rehearsed,
    runtime,
    () => 0,
    () => isBusy,
  );
  rehearsal.begin(false);
  t.is(rehearsal.patience, 300);
  rehearsal.goOn();
  t.is(rehearsal.patience, 200);
  isBusy = false;
  rehearsal.goOn();
  t.is(rehearsal.patience, 10, 'it goes on as soon as they do not');
});

for (const wrong of ['aes-256-gcm', 'chacha20-poly1305'] satisfies AeadName[])
  for (const [does, which, message] of [
    ['seals', true, `${wrong} of this runtime does not seal as it should`],
    ['opens', false, 'a datagram does not come back as it was'],
  ] as const)
    test(`a cipher that ${does} with another key is found: ${wrong}`, (t) => {
      const context = (aead: AeadName, key: Uint8Array, seals: boolean): number =>
        runtime.context(aead, aead === wrong && (which || !seals) ? key.with(0, 1) : key, seals);
      const rehearsal = new Rehearsal(rehearsed, { context, free: (one) => runtime.free(one) }, () => 0, idle);
      t.throws(() => rehearsal.begin(false), { message });
    });
