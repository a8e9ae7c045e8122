/** Steps about DATA frames that were changed, repeated, swapped or dropped on the wire ([EP] fig. 9, 187). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status, statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { echoReply } from '../shared/lab/echo-reply.ts';
import { Nonconformance } from '../shared/lab/failure.ts';
import type { PacketSocket } from '../shared/lab/packet-socket.ts';
import { virtualLan } from '../shared/peers/configuration.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import type { ScriptedEndPoint } from '../shared/peers/session.ts';
import type { ConformanceWorld } from '../shared/world.ts';

type Role = 'server' | 'client';

/** An implementation whose DATA frames are tampered with, and everything needed to do so again and again. */
interface Victim {
  readonly role: Role;
  /** A new tunnel connection in Authorized. */
  authorize(): Promise<ScriptedEndPoint>;
  /** The stack's side of the victim's adapter. */
  adapter(): Promise<PacketSocket>;
}

declare module '../shared/world.ts' {
  interface Facts {
    victim: Victim;
    endPoint: ScriptedEndPoint;
    adapter: PacketSocket;
  }
}

const device = 'pna0';
/** Milliseconds after which a frame that is not whole is given up: short, since many such frames are sent. */
const stalledFrame = 250;

/** A datagram that the peer may send to the implementation under attack. */
export function datagram(to: Role, mark: number): Uint8Array {
  const { clientAddress, serverAddress } = virtualLan;
  return to === 'server'
    ? echoReply(clientAddress, serverAddress, mark)
    : echoReply(serverAddress, clientAddress, mark);
}

const isIpv4 = (frame: Uint8Array): boolean => frame[12] === 8 && frame[13] === 0;

Given(
  'a tunnel server under attack with transform {word}',
  async function (this: ConformanceWorld, transform: TransformName) {
    await this.startLab();
    await this.startServer({ transforms: [transform], timers: { stalledFrame } });
    const socket = this.packetSocket('server', device);
    this.set('victim', {
      role: 'server',
      adapter: async () => socket,
      authorize: async () => {
        const initiator = new ScriptedInitiator(await this.connect(), { suite: 'x25519', transforms: [transform] });
        await initiator.authorize();
        return initiator;
      },
    });
  },
);

Given(
  'a tunnel initiator under attack with transform {word}',
  async function (this: ConformanceWorld, transform: TransformName) {
    await this.startLab();
    const listener = await this.listen('server');
    const client = await this.startClient({
      server: { suite: 'x25519' },
      transforms: [transform],
      timers: { stalledFrame, backOffMin: 1, backOffMax: 1 },
    });
    let connected = false;
    this.set('victim', {
      role: 'client',
      adapter: async () => {
        await client.event('adapter');
        return this.packetSocket('client', device);
      },
      authorize: async () => {
        if (connected) await reconnect(this);
        connected = true;
        const server = new ScriptedServer(await listener.accept());
        await server.authorize();
        return server;
      },
    });
  },
);

async function reconnect(world: ConformanceWorld): Promise<void> {
  const client = world.iut('client');
  await client.event('ended');
  client.connect();
}

/** A connection on which a control datagram has just arrived: whatever does not arrive after it was held back. */
export async function attacked(
  world: ConformanceWorld,
): Promise<{ readonly peer: ScriptedEndPoint; readonly socket: PacketSocket }> {
  const victim = world.get('victim');
  const peer = await victim.authorize();
  const socket = await victim.adapter();
  const control = datagram(victim.role, 1);
  await peer.send(control);
  await socket.next('the control datagram', (frame) => Buffer.from(frame).subarray(14).equals(control));
  return { peer, socket };
}

/** The victim has sent that keyed CLOSE and its end of stream, and nothing has reached its adapter. */
export async function refused(
  peer: ScriptedEndPoint,
  socket: PacketSocket,
  expected: string,
  what: string,
): Promise<void> {
  const close = await peer.expectClose();
  if (statusName(close.status) !== expected) throw new Nonconformance(`${what}: CLOSE "${statusName(close.status)}"`);
  if (!close.keyed || !close.valid) throw new Nonconformance(`${what}: the CLOSE is not keyed, or does not verify`);
  await peer.connection.endedWithoutFrame();
  nothingArrived(socket, what);
  peer.connection.finish();
}

function nothingArrived(socket: PacketSocket, what: string): void {
  const arrived = socket.settle().filter(isIpv4);
  if (arrived.length > 0) throw new Nonconformance(`${what}: ${arrived[0]?.toHex()} reached the adapter`);
}

/** What the victim must answer to a change of the octet at `offset` by one bit. */
function verdictOf(offset: number): string {
  if (offset === 4) return 'protocol error';
  return offset === 5 ? 'unsupported version' : 'integrity failure';
}

When(
  'every single octet of a DATA frame is changed, each on a connection of its own',
  async function (this: ConformanceWorld) {
    let length = 1;
    for (let offset = 0; offset < length; offset++) {
      const { peer, socket } = await attacked(this);
      const frame = peer.session.seal(datagram(this.get('victim').role, 2)).slice();
      length = frame.length;
      frame[offset] = frame[offset]! ^ 1;
      await peer.connection.send(frame);
      await refused(peer, socket, verdictOf(offset), `octet ${offset} of ${length}`);
      if (this.get('victim').role === 'client') await socket[Symbol.asyncDispose]();
    }
    this.set('attacks', length);
  },
);

declare module '../shared/world.ts' {
  interface Facts {
    /** Connections on which something was changed, all of them refused as they ought to be. */
    attacks: number;
  }
}

Then('each was refused as specified and nothing of it reached the adapter', function (this: ConformanceWorld) {
  assert.ok(this.get('attacks') >= 16 + 16 + 28, `only ${this.get('attacks')} octets were changed`);
});

/** What is done to frames A, B, C, sealed in this order: which of them are sent, in which order. */
const orders: Readonly<Record<string, readonly number[]>> = {
  'a frame is repeated': [0, 0],
  'two frames are swapped': [1, 0],
  'a frame is dropped': [1],
  'a frame is repeated later': [0, 1, 0],
};

When(/^((?:a|two) frames? .+) on the wire$/, async function (this: ConformanceWorld, what: string) {
  const order = orders[what];
  if (order === undefined) throw new Error(`no step knows ${JSON.stringify(what)}`);
  const { peer, socket } = await attacked(this);
  const { role } = this.get('victim');
  const frames = [2, 3].map((mark) => peer.session.seal(datagram(role, mark)).slice());
  await peer.connection.send(new Uint8Array(Buffer.concat(order.map((index) => frames[index]!))));
  this.set('endPoint', peer);
  this.set('adapter', socket);
});

Then('the connection closes with {string}', async function (this: ConformanceWorld, name: string) {
  const peer = this.get('endPoint');
  const close = await peer.expectClose();
  assert.equal(statusName(close.status), name);
  assert.deepEqual([close.keyed, close.valid], [true, true]);
  await peer.connection.endedWithoutFrame();
});

Then('{int} of the frames reached the adapter', function (this: ConformanceWorld, count: number) {
  const arrived = this.get('adapter').settle().filter(isIpv4);
  assert.equal(arrived.length, count);
});

When('the last DATA frame before CLOSE is dropped', async function (this: ConformanceWorld) {
  const { peer, socket } = await attacked(this);
  peer.session.seal(datagram(this.get('victim').role, 2));
  await peer.close(Status.endSession);
  this.set('endPoint', peer);
  this.set('adapter', socket);
});

Then('the end is reported as truncation', async function (this: ConformanceWorld) {
  const { role } = this.get('victim');
  const event = await this.iut(role).event('ended');
  assert.equal(event['by'], 'network');
  assert.match(String(event['reason']), /truncation/);
});
