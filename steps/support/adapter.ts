/** Steps that make the pseudo network adapter of either end, and look at it as its local stack does ([EP] figs. 15 to 18). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { physicalOctets } from '../../reference/packets/physical.ts';
import { Status } from '../../reference/wire/identifiers.ts';
import { optionsOf } from './attack.ts';
import { datagramOf } from './exchanges.ts';
import { within } from './lab/deadlines/deadline.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import { virtualLan, virtualLan6 } from './lab/networks/virtual-lan.ts';
import { echoReply } from './lab/packets/echo-reply.ts';
import { typeOf } from './lab/packets/neighbour-packets.ts';
import type { PacketSocket } from './lab/packets/packet-socket.ts';
import type { Overrides } from './peers/configuration.ts';
import { identityOf } from './peers/identities.ts';
import { ScriptedInitiator } from './peers/scripted-initiator.ts';
import type { ScriptedServerOptions } from './peers/scripted-server.ts';
import { initiatorUnderTest, lab, newInitiator, scriptedInitiator } from './peers.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** On the adapter under test. */
    stack: PacketSocket;
    /** Everything on any device of the client, since before the adapter was made. */
    everything: PacketSocket;
    /** The datagram that has to come out at the other end. */
    sent: Uint8Array;
    bob: ScriptedInitiator;
  }
}

const clientPhysical = physicalOctets(virtualLan.clientPhysical);
const serverPhysical = physicalOctets(virtualLan.serverPhysical);

const etherTypeOf = (datagram: Uint8Array): number => (datagram[0]! >> 4 === 6 ? EtherType.ipv6 : EtherType.ipv4);

/** In an Ethernet packet from the client's stack to the server. */
export const packetUp = (payload: Uint8Array, etherType = etherTypeOf(payload)): Uint8Array =>
  encodeEthernet({ destination: serverPhysical, source: clientPhysical, etherType, payload });
/** In an Ethernet packet from the server to the client's stack, and from the server's stack to a client. */
export const packetDown = (payload: Uint8Array): Uint8Array =>
  encodeEthernet({ destination: clientPhysical, source: serverPhysical, etherType: etherTypeOf(payload), payload });

/** @returns the same datagram, which later steps look for at the other end */
export function expectArrival(world: ConformanceWorld, datagram: Uint8Array): Uint8Array {
  world.set('sent', datagram);
  return datagram;
}

/** @param padding octets behind the datagram that are not a part of it */
export function sendUp(world: ConformanceWorld, datagram: Uint8Array, padding = 0): void {
  const payload = new Uint8Array(datagram.length + padding).fill(0xee);
  payload.set(expectArrival(world, datagram));
  world.get('stack').inject(packetUp(payload));
}

/**
 * From now on the scenario keeps the frames of the adapter of this node, from its local stack and to it: fact `stack`.
 */
export function watchAdapter(world: ConformanceWorld, node: NodeName): void {
  world.set('stack', world.adapterSocket(node));
}

/** From now on, in a laboratory that has no adapter yet. */
export async function watchClient(world: ConformanceWorld): Promise<void> {
  await lab(world);
  world.set('everything', world.packetSocket('client'));
}

// The client's adapter.

/** An initiator whose adapter is up, and its scripted server. */
export async function adapterUnderTest(world: ConformanceWorld, overrides: Overrides, options: ScriptedServerOptions) {
  await initiatorUnderTest(world, overrides, options);
  await world.get('server').authorize();
  await world.iut('client').event('adapter');
  watchAdapter(world, 'client');
}

Given(
  /^an adapter that (nobody|the tunnel application) configures, and a scripted server$/,
  async function (this: ConformanceWorld, configurer: string) {
    await adapterUnderTest(this, configurer === 'nobody' ? { adapter: { configure: 'none', routes: false } } : {}, {});
  },
);

Then('the stack behind the adapter answers a datagram that the server sends', async function (this: ConformanceWorld) {
  const server = this.get('server');
  await server.send(datagramOf(40, 'client'));
  // ICMP, port unreachable: the datagram reached the stack, and what the stack sends reaches the server.
  const isIcmp = (datagram: Uint8Array): boolean => datagram[9] === 1 && datagram[20] === 3;
  const answered = async (): Promise<void> => {
    while (!isIcmp(await server.receive()));
  };
  await within(5_000, 'an answer of the stack', answered());
});

Then('the next DATA frame that is not empty holds exactly that datagram', async function (this: ConformanceWorld) {
  assert.deepEqual(await this.get('server').receive(), this.get('sent'));
});

// The server's adapter.

const { clientAddress, serverAddress } = virtualLan;
const usualAddressOf = { alice: clientAddress, bob: '10.8.0.11', carol: '10.8.0.12' } as const;
type ClientName = keyof typeof usualAddressOf;
type Addresses = Readonly<Partial<Record<ClientName, string>>>;

/**
 * @param networks behind each client that is authorized, in this order; the first is the scenario's initiator
 * @param lan where the virtual LAN is not the usual one
 */
export async function serverUnderTest(
  world: ConformanceWorld,
  bothFamilies: boolean,
  networks: Readonly<Partial<Record<ClientName, readonly string[]>>>,
  lan: { readonly address?: string; readonly addressOf?: Addresses } = {},
  overrides: Overrides = {},
): Promise<void> {
  const { address, addressOf = usualAddressOf } = lan;
  await lab(world, { ipv6: bothFamilies });
  const names = Object.keys(networks) as ClientName[];
  const initiators = names.map((name) => ({
    ...{ name, publicKey: identityOf(name).publicKey, address: addressOf[name] ?? usualAddressOf[name] },
    networks: networks[name] ?? [],
  }));
  const adapter = { ...(address && { address }), ...(bothFamilies && { address6: virtualLan6.serverPrefix }) };
  const routes = [virtualLan.behindServer, ...(bothFamilies ? [virtualLan6.behindServer] : [])];
  await world.startServer({ initiators, adapter, clientData: { routes }, ...overrides });
  watchAdapter(world, 'server');
  const dataOptions = optionsOf(overrides);
  for (const name of names) await authorizeAtAdapter(world, name, addressOf, dataOptions);
}

/** From now on the server has confirmed it. */
export async function authorizeAtAdapter(
  world: ConformanceWorld,
  name: ClientName,
  addressOf: Addresses = usualAddressOf,
  dataOptions = 0,
): Promise<void> {
  const options = { suite: 'x25519', identity: identityOf(name), dataOptions } as const;
  const initiator =
    name === 'alice' ? await scriptedInitiator(world, options) : new ScriptedInitiator(await world.connect(), options);
  if (name === 'bob') world.set('bob', initiator);
  await initiator.authorize();
  // Once a datagram has come through, the server has confirmed who sent it.
  await initiator.send(echoReply(addressOf[name] ?? usualAddressOf[name], serverAddress, 20));
  await world.get('stack').next(`a datagram of ${name}`, isFromTunnel);
}

When(
  'alice is authorized anew, and says nothing more on the connection of before',
  async function (this: ConformanceWorld) {
    await authorizeAtAdapter(this, 'alice');
  },
);

When("bob's session has ended", async function (this: ConformanceWorld) {
  const bob = this.get('bob');
  await bob.close(Status.endSession);
  await bob.connection.ended();
  // Until the server has done with it: nothing tells.
  await pause(200);
});

When('bob has opened RESPONSE, and does not confirm it', async function (this: ConformanceWorld) {
  const peer = await newInitiator(this, { suite: 'x25519', identity: identityOf('bob') });
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
});

Given(
  /^a tunnel server's adapter( of both families)? with (alice|alice and bob) authorized(?:, and (\S+) behind her)?$/,
  async function (this: ConformanceWorld, families: string | null, names: string, network: string | null) {
    const networks = { alice: network ? [network] : [], ...(names === 'alice' ? {} : { bob: [] }) };
    await serverUnderTest(this, Boolean(families), networks);
  },
);

Given(
  "a tunnel server's adapter with alice authorized, configured with",
  async function (this: ConformanceWorld, text: string) {
    await serverUnderTest(this, false, { alice: [] }, {}, JSON.parse(text));
  },
);

/** A datagram out of a tunnel, as opposed to what the server's kernel sends by itself or an emulator answers. */
export function isFromTunnel(frame: Uint8Array): boolean {
  const etherType = frame.subarray(12, 14).toHex();
  const icmpv6 = typeOf(frame) ?? 0;
  const isNeighbourDiscovery = icmpv6 >= 133 && icmpv6 <= 137;
  const fromClient = frame.subarray(6, 12).toHex() === clientPhysical.toHex();
  return fromClient && (etherType === '0800' || (etherType === '86dd' && !isNeighbourDiscovery));
}

Then('alice receives nothing before the next datagram for her', async function (this: ConformanceWorld) {
  const datagram = echoReply(serverAddress, clientAddress, 40);
  this.get('stack').inject(packetDown(datagram));
  assert.deepEqual(await this.get('initiator').receive(), datagram);
});

Given('nodes that speak IPv6', async function (this: ConformanceWorld) {
  await lab(this, { ipv6: true });
});
