/** An end point whose peer sends it DATA frames that were changed, forged or lost, on one connection after the other. */
import { Given } from '@cucumber/cucumber';
import { DataOption, dataOptionNames, statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { connectAgain } from './connecting-again.ts';
import { known } from './known.ts';
import { Nonconformance } from './lab/failure.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { echoReply } from './lab/packets/echo-reply.ts';
import type { PacketSocket } from './lab/packets/packet-socket.ts';
import type { Overrides } from './peers/configuration.ts';
import type { ScriptedEndPoint } from './peers/session.ts';
import { listenAsServer, scriptedInitiator, scriptedServer, type WireRole } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

/** An implementation whose DATA frames are tampered with, and everything needed to do so again and again. */
export interface Victim {
  readonly role: 'server' | 'initiator';
  /** A new tunnel connection in Authorized. @param dataOptions that the peer wants; by default what the victim has */
  authorize(dataOptions?: number): Promise<ScriptedEndPoint>;
  /** The stack's side of the victim's adapter. */
  adapter(): Promise<PacketSocket>;
}

/** A connection to the victim and the stack's side of its adapter. */
export interface Attack {
  readonly peer: ScriptedEndPoint;
  readonly socket: PacketSocket;
}

declare module './world.ts' {
  interface Facts {
    victim: Victim;
    attack: Attack;
  }
}

/** Milliseconds after which a frame that is not whole is given up: short, since many such frames are sent. */
const stalledFrame = 250;

/** Where timers can be set; else those of docs/protocol.md hold. */
const timers = ({ declaration }: ConformanceWorld, set: Overrides): Overrides =>
  declaration.capabilities.includes('timers') ? { timers: set } : {};

/** The bits of the words that the key has. */
export const optionsOf = ({ dataOptions }: Overrides): number =>
  dataOptionNames.reduce(
    (bits, name) => bits | (String(dataOptions).split(',').includes(name) ? DataOption[name] : 0),
    0,
  );

/** A datagram that the peer may send to the victim. */
export function datagram({ role }: Victim, identification: number): Uint8Array {
  const { clientAddress, serverAddress } = virtualLan;
  return role === 'server'
    ? echoReply(clientAddress, serverAddress, identification)
    : echoReply(serverAddress, clientAddress, identification);
}

async function attackedServer(
  world: ConformanceWorld,
  transform: TransformName,
  overrides: Overrides,
): Promise<Victim> {
  await world.startServer({ transforms: [transform], ...timers(world, { stalledFrame }), ...overrides });
  const socket = world.adapterSocket('server');
  return {
    role: 'server',
    adapter: async () => socket,
    authorize: async (dataOptions = optionsOf(overrides)) => {
      const wanted = { suite: 'x25519', transforms: [transform], dataOptions } as const;
      const initiator = await scriptedInitiator(world, wanted);
      await initiator.authorize();
      return initiator;
    },
  };
}

async function attackedInitiator(
  world: ConformanceWorld,
  transform: TransformName,
  overrides: Overrides,
): Promise<Victim> {
  await listenAsServer(world);
  await world.startClient({
    server: { suite: 'x25519' },
    transforms: [transform],
    ...timers(world, { stalledFrame, backOffMin: 1, backOffMax: 1 }),
    ...overrides,
  });
  let connected = false;
  // Each keeps a thread of the pool, and the adapter of a connection before is gone.
  let stack: PacketSocket | undefined;
  return {
    role: 'initiator',
    adapter: async () => {
      await stack?.[Symbol.asyncDispose]();
      await world.iut('client').event('adapter');
      stack = world.adapterSocket('client');
      return stack;
    },
    authorize: async (dataOptions = optionsOf(overrides)) => {
      if (connected) await connectAgain(world);
      connected = true;
      const server = await scriptedServer(world, { dataOptions });
      await server.authorize();
      return server;
    },
  };
}

/** Starts the victim, in a laboratory of its own. */
async function attack(
  world: ConformanceWorld,
  role: WireRole,
  transform: TransformName,
  overrides: Overrides = {},
): Promise<void> {
  await world.startLab({ ipv6: 'address6' in Object(overrides['adapter']) });
  const victim = known({ server: attackedServer, initiator: attackedInitiator }, role);
  world.set('victim', await victim(world, transform, overrides));
}

Given(
  'a tunnel {role} under attack with transform {transform}',
  async function (this: ConformanceWorld, role: WireRole, transform: TransformName) {
    await attack(this, role, transform);
  },
);

Given(
  'a tunnel {role} under attack with transform {transform}, configured with',
  async function (this: ConformanceWorld, role: WireRole, transform: TransformName, text: string) {
    await attack(this, role, transform, JSON.parse(text));
  },
);

/** A connection on which a control datagram has just arrived: whatever does not arrive after it was held back. */
export async function attacked(world: ConformanceWorld, dataOptions?: number): Promise<Attack> {
  const victim = world.get('victim');
  const peer = await victim.authorize(dataOptions);
  const socket = await victim.adapter();
  const control = datagram(victim, 1);
  await peer.send(control);
  await arrival(socket, control);
  world.set('attack', { peer, socket });
  return { peer, socket };
}

/** Resolves when the datagram has come out of the adapter. */
export async function arrival(socket: PacketSocket, sent: Uint8Array): Promise<void> {
  await socket.next('the datagram', (frame) => Buffer.from(frame).subarray(14).equals(sent));
}

/** IPv4 packets that have come out of the adapter and that nobody has waited for. */
export function arrivals(socket: PacketSocket): Uint8Array[] {
  return socket.settle().filter((frame) => frame[12] === 8 && frame[13] === 0);
}

/** The victim has sent that keyed CLOSE and its end of stream, and nothing has reached its adapter. */
export async function refused({ peer, socket }: Attack, expected: string, fault: string): Promise<void> {
  const close = await peer.expectClose();
  if (statusName(close.status) !== expected) throw new Nonconformance(`${fault}: CLOSE "${statusName(close.status)}"`);
  if (!close.keyed || !close.valid) throw new Nonconformance(`${fault}: the CLOSE is not keyed, or does not verify`);
  await peer.connection.endedWithoutFrame();
  const [packet] = arrivals(socket);
  if (packet) throw new Nonconformance(`${fault}: ${packet.toHex()} reached the adapter`);
  peer.connection.finish();
}
