/** Steps about a tunnel connection that takes no more, and about the queues before it. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { encodeIpv4 } from '../../reference/packets/ipv4.ts';
import { run } from '../shared/lab/command.ts';
import { within } from '../shared/lab/deadline.ts';
import { echoReply } from '../shared/lab/echo-reply.ts';
import { virtualLan } from '../shared/peers/configuration.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** Octets of resident memory before. */
    memoryBefore: number;
  }
}

const device = 'pna0';
const mebibyte = 2 ** 20;
/** Octets of a datagram's payload. */
const size = 1_300;
const mark = 0x5eed;
const [from, to] = [virtualLan.clientAddress, virtualLan.serverAddress];
/** The payload of nothing in particular: protocol 253 is for experiments (RFC 3692). */
const large = encodeIpv4({
  typeOfService: 0,
  identification: 0,
  flags: 2,
  fragmentOffset: 0,
  timeToLive: 64,
  protocol: 253,
  source: from,
  destination: to,
  options: new Uint8Array(),
  payload: new Uint8Array(size).fill(0x5a),
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
    const packet = upward(large);
    let taken = 0;
    for (let last = performance.now(); taken < mebibytes * mebibyte && performance.now() - last < still; ) {
      for (let left = burst; left > 0; left--) this.get('stack').inject(packet);
      const { bytes } = await counters(this);
      if (bytes > taken) last = performance.now();
      taken = bytes;
    }
  },
);

/** What the stack has put through the adapter, and what it had no room for. */
async function counters(world: ConformanceWorld): Promise<{ readonly bytes: number; readonly dropped: number }> {
  const namespace = world.lab.namespace('client');
  const text = await run(['ip', '-json', '-stats', 'link', 'show', 'dev', device], { namespace });
  const [link] = JSON.parse(text) as { stats64: { tx: { bytes: number; dropped: number } } }[];
  return link?.stats64.tx ?? { bytes: 0, dropped: 0 };
}

/** As the stack would send it. */
function upward(datagram: Uint8Array): Uint8Array {
  const [destination, source] = [virtualLan.serverPhysical, virtualLan.clientPhysical].map((text) =>
    Uint8Array.fromHex(text.replaceAll(':', '')),
  ) as [Uint8Array, Uint8Array];
  return encodeEthernet({ destination, source, etherType: EtherType.ipv4, payload: datagram });
}

Then(
  'no more than {int} MiB of them were taken from the adapter',
  async function (this: ConformanceWorld, most: number) {
    const { bytes, dropped } = await counters(this);
    const taken = (bytes / mebibyte).toFixed(1);
    assert.ok(bytes < most * mebibyte, `${taken} MiB were taken`);
    assert.ok(bytes > 0, 'nothing was taken at all');
    this.log(`${taken} MiB were taken from the adapter, ${dropped} datagrams dropped by the stack`);
  },
);

Then(
  'the resident memory of the client has grown by less than {int} MiB',
  function (this: ConformanceWorld, most: number) {
    const grown = this.iut('client').program.residentMemory() - this.get('memoryBefore');
    assert.ok(grown < most * mebibyte, `it grew by ${(grown / mebibyte).toFixed(1)} MiB`);
  },
);

When('the server reads again, and the stack sends one more datagram', function (this: ConformanceWorld) {
  const sent = echoReply(from, to, mark);
  this.set('sent', sent);
  this.get('server').connection.resume();
});

/** Each frame is opened in its order, so that none is missing between. It is sent again while the queue is full. */
Then('that datagram arrives after the others', async function (this: ConformanceWorld) {
  const wanted = this.get('sent');
  const server = this.get('server');
  const again = setInterval(() => this.get('stack').inject(upward(wanted)), 20);
  let before = 0;
  const arrival = async (): Promise<void> => {
    for (let one = await server.receive(); !Buffer.from(one).equals(wanted); one = await server.receive()) before += 1;
  };
  try {
    await within(30_000, 'the last datagram', arrival(), () => `${before} others came`);
  } finally {
    clearInterval(again);
  }
  assert.ok(before > 100, `only ${before} others came before it`);
});
