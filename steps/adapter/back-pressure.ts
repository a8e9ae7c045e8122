/** Steps about a tunnel connection that takes no more, and about the queues before it. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv4 } from '../../vectors/generate/packets.ts';
import { adapterUnderTest, authorizeAtAdapter, packetDown, packetUp, serverUnderTest } from '../support/adapter.ts';
import { known } from '../support/known.ts';
import { within } from '../support/lab/deadlines/deadline.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { ipJson } from '../support/lab/networks/iproute2.ts';
import type { NodeName } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { closes, facing, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Octets of resident memory before. */
    memoryBefore: number;
  }
}

const mebibyte = 2 ** 20;
const { clientAddress, serverAddress } = virtualLan;

/** The peer that stops reading: what the adapter's stack sends to it, and where the implementation under test is. */
interface Direction {
  readonly node: 'client' | 'server';
  readonly from: string;
  readonly to: string;
  readonly packet: (datagram: Uint8Array) => Uint8Array;
}

const directions: Readonly<Record<string, Direction>> = {
  server: { node: 'client', from: clientAddress, to: serverAddress, packet: (datagram) => packetUp(datagram) },
  initiator: { node: 'server', from: serverAddress, to: clientAddress, packet: packetDown },
};

const peerOf = (world: ConformanceWorld, role: WireRole): ScriptedEndPoint =>
  role === 'server' ? world.get('server') : world.get('initiator');

/** 1,300 octets of nothing in particular: protocol 253 is for experiments (RFC 3692). */
const large = ({ from, to }: Direction): Uint8Array =>
  ipv4({ source: from, destination: to, protocol: 253, payload: new Uint8Array(1_300).fill(0x5a) });

/** Milliseconds in which nothing more is taken: the adapter isn't read any more. */
const still = 1_000;
const burst = 256;

When(
  'the {role} stops reading, and the stack sends up to {int} MiB of datagrams( for it)',
  async function (this: ConformanceWorld, role: WireRole, mebibytes: number) {
    const direction = known(directions, role);
    peerOf(this, role).connection.pause();
    this.set('memoryBefore', this.iut(direction.node).program.residentMemory());
    await sendUpTo(this, direction, mebibytes);
  },
);

When(
  'the stack sends up to {int} MiB of datagrams before RESPONSE',
  async function (this: ConformanceWorld, mebibytes: number) {
    await sendUpTo(this, known(directions, 'server'), mebibytes);
  },
);

/** Until so much was taken from the adapter, or nothing more is. */
async function sendUpTo(world: ConformanceWorld, direction: Direction, mebibytes: number): Promise<void> {
  const packet = direction.packet(large(direction));
  let taken = 0;
  for (let last = performance.now(); taken < mebibytes * mebibyte && performance.now() - last < still; ) {
    for (let left = burst; left > 0; left--) world.get('stack').inject(packet);
    const { bytes } = await counters(world, direction.node);
    if (bytes > taken) last = performance.now();
    taken = bytes;
  }
}

interface Counted {
  readonly stats64: { readonly tx: { readonly bytes: number; readonly dropped: number } };
}

/** What the stack has put through the adapter, and what it had no room for. */
async function counters(world: ConformanceWorld, node: Direction['node']): Promise<Counted['stats64']['tx']> {
  const namespace = world.lab.namespace(node);
  const [link] = await ipJson<Counted>(namespace, '-stats', 'link', 'show', 'dev', adapterIn(namespace));
  return link?.stats64.tx ?? { bytes: 0, dropped: 0 };
}

Then(
  'no more than {int} MiB of them were taken from the adapter of the {node}',
  async function (this: ConformanceWorld, limit: number, node: Direction['node']) {
    const { bytes, dropped } = await counters(this, node);
    const taken = (bytes / mebibyte).toFixed(1);
    assert.ok(bytes < limit * mebibyte, `${taken} MiB were taken`);
    assert.ok(bytes > 0, 'nothing was taken at all');
    this.log(`${taken} MiB were taken from the adapter, ${dropped} datagrams dropped by the stack`);
  },
);

Then(
  'the resident memory of the {node} has grown by less than {int} MiB',
  function (this: ConformanceWorld, node: NodeName, limit: number) {
    const grown = this.iut(node).program.residentMemory() - this.get('memoryBefore');
    assert.ok(grown < limit * mebibyte, `it grew by ${(grown / mebibyte).toFixed(1)} MiB`);
  },
);

const isThis = (octets: Uint8Array, other: Uint8Array): boolean => Buffer.from(octets).equals(other);

/** Each frame is opened in its order, so that none is missing between. It is sent again while the queue is full. */
Then(
  'one more datagram of the stack arrives after the others when the {role} reads again',
  async function (this: ConformanceWorld, role: WireRole) {
    const { from, to, packet } = known(directions, role);
    const [peer, datagram] = [peerOf(this, role), echoReply(from, to, 0x5eed)];
    peer.connection.resume();
    const again = setInterval(() => this.get('stack').inject(packet(datagram)), 20);
    let before = 0;
    const arrival = async (): Promise<void> => {
      for (; !isThis(await peer.receive(), datagram); ) before += 1;
    };
    try {
      await within(30_000, 'the last datagram', arrival(), () => `${before} others came`);
    } finally {
      clearInterval(again);
    }
    assert.ok(before > 100, `only ${before} others came before it`);
  },
);

/** The new one is sent again and again, so that it comes however full the queues are. */
Then(
  'no more than {int} MiB of them arrive at the {role} before a new one',
  async function (this: ConformanceWorld, limit: number, role: WireRole) {
    const { from, to, packet } = known(directions, role);
    const [peer, datagram] = [peerOf(this, role), echoReply(from, to, 0x71d3)];
    const again = setInterval(() => this.get('stack').inject(packet(datagram)), 20);
    let octets = 0;
    const arrival = async (): Promise<void> => {
      for (let came = await peer.receive(); !isThis(came, datagram); came = await peer.receive()) octets += came.length;
    };
    try {
      await within(30_000, 'a new datagram', arrival(), () => `${octets} octets of others came`);
    } finally {
      clearInterval(again);
    }
    assert.ok(octets <= limit * mebibyte, `${(octets / mebibyte).toFixed(1)} MiB of them had waited`);
    this.log(`${octets} octets of them had waited`);
  },
);

Given(
  'an adapter that the tunnel application configures, and a scripted server, configured with',
  async function (this: ConformanceWorld, text: string) {
    await adapterUnderTest(this, JSON.parse(text), {});
  },
);

Given("a tunnel server's adapter with alice, bob and carol authorized", async function (this: ConformanceWorld) {
  await serverUnderTest(this, false, { alice: [], bob: [], carol: [] });
});

When('bob is authorized again', async function (this: ConformanceWorld) {
  await authorizeAtAdapter(this, 'bob');
});

When('the {role} reads again', function (this: ConformanceWorld, role: WireRole) {
  peerOf(this, role).connection.resume();
});

/**
 * The CLOSE waits behind what the connection has not taken yet. Whoever writes so slowly that it does not get its turn ends
 * the stream when Dying is over (CLOSE-08), and not a moment before.
 */
Then(
  'the {role} answers {close} "{status}" and ends the stream, or ends it when the {duration} of Dying are over',
  async function (this: ConformanceWorld, role: WireRole, keyed: boolean, status: number, dying: number) {
    const peer = facing(this, role);
    const ended = peer.connection.ended(dying + 10_000).then(() => performance.now());
    ended.catch(() => {});
    try {
      await closes(this, peer, status, keyed);
    } catch (error) {
      if (!peer.connection.over || (await ended) - this.get('clockStart') < dying) throw error;
      this.log(`the stream ended without CLOSE when Dying was over, after ${peer.connection.received.length} octets`);
    }
  },
);

/** It is sent again and again: the stack's own queue may be full at first. */
Then('a new datagram of the stack arrives at the {role}', async function (this: ConformanceWorld, role: WireRole) {
  const { from, to, packet } = known(directions, role);
  const [peer, datagram] = [peerOf(this, role), echoReply(from, to, 0x4e4e)];
  const again = setInterval(() => this.get('stack').inject(packet(datagram)), 20);
  const arrival = async (): Promise<void> => {
    while (!isThis(await peer.receive(), datagram));
  };
  try {
    await within(10_000, 'the datagram', arrival());
  } finally {
    clearInterval(again);
  }
});

Then(
  '{int} datagrams of the {role} reach the stack meanwhile',
  { timeout: 30_000 },
  async function (this: ConformanceWorld, count: number, role: WireRole) {
    const { from, to } = known(directions, role);
    const peer = peerOf(this, role);
    for (let number = 1; number <= count; number += 1) {
      const datagram = echoReply(to, from, number);
      await peer.send(datagram);
      await this.get('stack').next(`datagram ${number}`, (frame) => isThis(frame.subarray(14), datagram));
    }
  },
);

/** What the stack's own queue has no room for is lost before the server sees it, so that it is sent again. */
/** Then come so many for him that a server which keeps what waits for another in their place overwrites it. */
Then('meanwhile a datagram for bob arrives within {duration}', async function (this: ConformanceWorld, limit: number) {
  const datagram = echoReply(serverAddress, '10.8.0.11', 0x0b0b);
  const again = setInterval(() => this.get('stack').inject(packetDown(datagram)), 20);
  try {
    const came = await this.get('bob').receive({ milliseconds: limit });
    assert.ok(isThis(came, datagram), `${came.toHex()} came`);
  } finally {
    clearInterval(again);
  }
  const packet = packetDown(large({ ...known(directions, 'initiator'), to: '10.8.0.11' }));
  for (let left = 16 * burst; left > 0; left--) this.get('stack').inject(packet);
});
