/** A verdict of silence, against sockets on which an implementation answers what it must not. */
import test from 'ava';
import { load, octets, type Vector } from '../../../../vectors/load.ts';
import { Mailbox } from '../deadlines/mailbox.ts';
import { Nonconformance } from '../failure.ts';
import { arp, neighbour } from './emulator-questions.ts';
import type { PacketSocket } from './packet-socket.ts';

const vectors = ['arp', 'neighbour'].flatMap((subject) => load(subject)).flatMap(({ tests }) => tests);
const flagged = (flag: string): Vector => vectors.find(({ flags }) => flags.includes(flag)) as Vector;
const [outside, noRouter] = [flagged('Outside'), flagged('NoRouter')];

/** @param answer what comes for the packet that must not be answered; all others are answered by their vectors */
function socketAnswering({ packet }: Vector, answer: () => string | undefined): PacketSocket {
  const frames = new Mailbox<Uint8Array>();
  const inject = (frame: Uint8Array): void => {
    const vector = vectors.find((one) => one['packet'] === frame.toHex());
    const found = frame.toHex() === packet ? answer() : (vector?.['example'] ?? vector?.['reply']);
    if (found !== undefined) frames.put(octets(found));
  };
  const next: PacketSocket['next'] = (name, wanted) => frames.take(100, name, wanted);
  return { inject, next } as PacketSocket;
}

test('silence is silence', async (t) => {
  await t.notThrowsAsync(
    arp.expectSilence(
      socketAnswering(outside, () => undefined),
      outside,
    ),
  );
  await t.notThrowsAsync(
    neighbour.expectSilence(
      socketAnswering(noRouter, () => undefined),
      noRouter,
    ),
  );
});

test('an ARP reply is not', async (t) => {
  const socket = socketAnswering(outside, () => flagged('Request')['reply']);
  await t.throwsAsync(arp.expectSilence(socket, outside), { instanceOf: Nonconformance });
});

test('an advertisement to all nodes may be unsolicited, but not each time', async (t) => {
  const toAllNodes = vectors.find(({ comment }) => comment === 'a router solicitation from `::`')?.['example'];
  let count = 0;
  const once = socketAnswering(noRouter, () => (count++ === 0 ? toAllNodes : undefined));
  await t.notThrowsAsync(neighbour.expectSilence(once, noRouter));
  const always = socketAnswering(noRouter, () => toAllNodes);
  await t.throwsAsync(neighbour.expectSilence(always, noRouter), { instanceOf: Nonconformance });
});
