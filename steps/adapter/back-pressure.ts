/** Steps about a tunnel connection that takes no more, and about the queues before it. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { packetUp } from '../shared/adapter.ts';
import { within } from '../shared/lab/deadline.ts';
import { echoReply } from '../shared/lab/echo-reply.ts';
import { ipJson } from '../shared/lab/iproute2.ts';
import { adapterDevice, virtualLan } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** Octets of resident memory before. */
    memoryBefore: number;
  }
}

const mebibyte = 2 ** 20;
const { clientAddress, serverAddress } = virtualLan;
/** 1,300 octets of nothing in particular: protocol 253 is for experiments (RFC 3692). */
const large = ipv4({
  source: clientAddress,
  destination: serverAddress,
  protocol: 253,
  payload: new Uint8Array(1_300).fill(0x5a),
});

/** Milliseconds in which nothing more is taken: the adapter isn't read any more. */
const still = 1_000;
const burst = 256;

/** Until so much was taken from the adapter, or nothing more is. */
When(
  'the server stops reading, and the stack sends up to {int} MiB of datagrams',
  async function (this: ConformanceWorld, mebibytes: number) {
    this.get('server').connection.pause();
    this.set('memoryBefore', this.iut('client').program.residentMemory());
    const packet = packetUp(large);
    let taken = 0;
    for (let last = performance.now(); taken < mebibytes * mebibyte && performance.now() - last < still; ) {
      for (let left = burst; left > 0; left--) this.get('stack').inject(packet);
      const { bytes } = await counters(this);
      if (bytes > taken) last = performance.now();
      taken = bytes;
    }
  },
);

interface Counted {
  readonly stats64: { readonly tx: { readonly bytes: number; readonly dropped: number } };
}

/** What the stack has put through the adapter, and what it had no room for. */
async function counters(world: ConformanceWorld): Promise<Counted['stats64']['tx']> {
  const namespace = world.lab.namespace('client');
  const [link] = await ipJson<Counted>(namespace, '-stats', 'link', 'show', 'dev', adapterDevice);
  return link?.stats64.tx ?? { bytes: 0, dropped: 0 };
}

Then(
  'no more than {int} MiB of them were taken from the adapter',
  async function (this: ConformanceWorld, limit: number) {
    const { bytes, dropped } = await counters(this);
    const taken = (bytes / mebibyte).toFixed(1);
    assert.ok(bytes < limit * mebibyte, `${taken} MiB were taken`);
    assert.ok(bytes > 0, 'nothing was taken at all');
    this.log(`${taken} MiB were taken from the adapter, ${dropped} datagrams dropped by the stack`);
  },
);

Then(
  'the resident memory of the client has grown by less than {int} MiB',
  function (this: ConformanceWorld, limit: number) {
    const grown = this.iut('client').program.residentMemory() - this.get('memoryBefore');
    assert.ok(grown < limit * mebibyte, `it grew by ${(grown / mebibyte).toFixed(1)} MiB`);
  },
);

/** Each frame is opened in its order, so that none is missing between. It is sent again while the queue is full. */
Then(
  'one more datagram of the stack arrives after the others when the server reads again',
  async function (this: ConformanceWorld) {
    const [server, datagram] = [this.get('server'), echoReply(clientAddress, serverAddress, 0x5eed)];
    server.connection.resume();
    const again = setInterval(() => this.get('stack').inject(packetUp(datagram)), 20);
    let before = 0;
    const arrival = async (): Promise<void> => {
      for (; !Buffer.from(await server.receive()).equals(datagram); ) before += 1;
    };
    try {
      await within(30_000, 'the last datagram', arrival(), () => `${before} others came`);
    } finally {
      clearInterval(again);
    }
    assert.ok(before > 100, `only ${before} others came before it`);
  },
);
