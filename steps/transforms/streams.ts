/** Steps about long streams of DATA frames: every counter, nonce, keystream and chain is recomputed by the scripted peer. */
import assert from 'node:assert/strict';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { Then } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { Status, type TransformName } from '../../reference/wire/identifiers.ts';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { packetDown, packetUp } from '../support/adapter.ts';
import { allTaken, notRefused } from '../support/all-taken.ts';
import { type Attack, attacked, refused } from '../support/attack.ts';
import { reveals } from '../support/lab/captures/plaintext-search.ts';
import { within } from '../support/lab/deadlines/deadline.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { Forger } from '../support/peers/forger.ts';
import type { ConformanceWorld } from '../support/world.ts';

/**
 * Of every length from 0 to 40, so that blocks are cut everywhere, then the longest ones, so that there are more blocks than
 * 16 bits count, then empty ones: they are quick.
 */
const mixed = 5_000;
const longest = 20;
const batch = 500;

function lengthOf(number: number): number {
  if (number < mixed) return number % 41;
  return number < mixed + longest ? 0xffff : 0;
}

const sized = (number: number): Uint8Array => {
  const datagram = new Uint8Array(lengthOf(number)).fill(number & 255);
  if (datagram.length > 0) datagram[0] = number % 2 === 0 ? 0x45 : 0x60;
  return datagram;
};

Then(
  'it opens {int} DATA frames of transform {transform} one after the other',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, count: number, transform: TransformName) {
    const peer = await this.get('authorize')(transform);
    const forger = new Forger(peer.session);
    for (let sent = 0; sent < count; sent += batch) {
      const frames = Array.from({ length: Math.min(batch, count - sent) }, (_, index) =>
        forger.seal(sized(sent + index)),
      );
      await peer.connection.send(concat(...frames));
      // A CLOSE says more than that the connection has broken behind it. Nothing is read while the kernel takes all at once.
      await turn();
      notRefused(peer, forger);
    }
    await allTaken(peer, forger);
  },
);

const mostOctets = 40;

/** Of so many octets, none like another: by chance they are nowhere in what is encrypted. */
const payloadOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => 0xa0 + index);

/** Of the stack of the implementation under test, with payloads of 0 octets and more. */
function packetsOf(world: ConformanceWorld): Uint8Array[] {
  const { clientAddress, serverAddress } = virtualLan;
  const server = world.get('victim').role === 'server';
  const [source, destination] = server ? [serverAddress, clientAddress] : [clientAddress, serverAddress];
  return Array.from({ length: mostOctets + 1 }, (_, length) =>
    (server ? packetDown : packetUp)(ipv4({ source, destination, protocol, payload: payloadOf(length) })),
  );
}

/** For experiments (RFC 3692): no kernel sends it by itself. */
const protocol = 254;

/** How many datagrams may be under way: fewer than any queue holds. */
const outstanding = 250;
/** As many as show where a counter begins. */
const few = 3;
/** Milliseconds: more than the timer of stalled frames has where it can be set. */
const timersRunOut = 600;

Then(
  'each of {int} datagrams of its stack comes in a DATA frame that the peer opens',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, count: number) {
    const { peer, socket } = await attacked(this);
    const packets = packetsOf(this);
    let received = 0;
    let injected = 0;
    const inject = (): void => socket.inject(packets[injected++ % (injected < mixed ? packets.length : 1)]!);
    const receive = async (): Promise<void> => {
      const datagram = await peer.receive({ milliseconds: 2_000 });
      if (datagram[9] === protocol) received += 1;
    };
    const flow = async (): Promise<void> => {
      while (received < count) {
        while (injected < count + outstanding && injected - received < outstanding) inject();
        await receive();
      }
      // Timers of the connection run out meanwhile: whoever hands its keys on then has to hand on the whole count.
      await pause(timersRunOut);
      for (let more = few; more > 0; more -= 1) inject();
      while (received < injected) await receive();
    };
    await within(50_000, `${count} DATA frames`, flow(), () => `${received} of ${injected} datagrams came`);
    const clear = payloadOf(mostOctets);
    assert.ok(!reveals(peer.connection.received, clear), `${clear.toHex()} can be read in what came`);
  },
);

Then(
  'on {int} connections, one after the other, the datagrams of its stack come in DATA frames that the peer opens',
  async function (this: ConformanceWorld, count: number) {
    const packets = packetsOf(this).slice(0, few);
    for (let connection = 0; connection < count; connection += 1) {
      const { peer, socket } = await attacked(this);
      for (const packet of packets) socket.inject(packet);
      for (let received = 0; received < few; ) if ((await peer.receive())[9] === protocol) received += 1;
      await peer.close(Status.endSession);
      await peer.connection.ended();
    }
  },
);

Then(
  'the digest of its CLOSE counts {int} datagrams of its stack',
  async function (this: ConformanceWorld, count: number) {
    const attack = await attacked(this);
    const { peer, socket } = attack;
    for (const packet of packetsOf(this).slice(0, count)) socket.inject(packet);
    for (let received = 0; received < count; ) if ((await peer.receive())[9] === protocol) received += 1;
    await counted(attack);
  },
);

/** The victim answers a spoilt frame: the digest of its CLOSE counts all that it has sent. */
async function counted(attack: Attack): Promise<void> {
  const { session, connection } = attack.peer;
  const spoilt = session.seal(new Uint8Array());
  await connection.send(spoilt.with(-1, spoilt.at(-1)! ^ 1));
  await refused(attack, 'integrity failure', 'a frame with another digest');
}

Then('the digest of its CLOSE counts them', async function (this: ConformanceWorld) {
  await counted(this.get('attack'));
});

Then(
  'datagrams of its stack come before and after an empty DATA frame, and the peer opens each',
  async function (this: ConformanceWorld) {
    const { peer, socket } = await attacked(this);
    const packet = packetsOf(this)[few]!;
    const isNext = async (matches: (datagram: Uint8Array) => boolean): Promise<void> => {
      while (!matches(await peer.receive({ keepAlives: true })));
    };
    socket.inject(packet);
    await isNext((datagram) => datagram[9] === protocol);
    await isNext((datagram) => datagram.length === 0);
    socket.inject(packet);
    await isNext((datagram) => datagram[9] === protocol);
  },
);
