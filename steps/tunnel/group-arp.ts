/** Steps about a member of a group that answers ARP for its tunnel clients (RFC 1027) on the network that all share. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../../reference/packets/arp.ts';
import { decodeEthernet, EtherType, encodeEthernet } from '../../reference/packets/ethernet.ts';
import { run } from '../shared/lab/command.ts';
import type { NodeName } from '../shared/lab/namespace.ts';
import type { PacketSocket } from '../shared/lab/packet-socket.ts';
import { insideAddress, sharedDevice } from '../shared/lab/shared-network.ts';
import { statusOf } from '../shared/parameters.ts';
import type { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import type { ConformanceWorld } from '../shared/world.ts';
import { addressOf, confirm, type Member, nameOf } from './group.ts';

declare module '../shared/world.ts' {
  interface Facts {
    alice: ScriptedInitiator;
    /** What passes on the shared network. */
    watch: PacketSocket;
  }
}

/** A question put to the shared network by the inside node. */
function question(physical: Uint8Array, targetAddress: string): Uint8Array {
  const targetPhysical = new Uint8Array(6);
  const asking = { senderPhysical: physical, senderAddress: insideAddress, targetPhysical, targetAddress };
  const payload = encodeArp({ operation: ArpOperation.request, ...asking });
  const destination = new Uint8Array(6).fill(0xff);
  return encodeEthernet({ destination, source: physical, etherType: EtherType.arp, payload });
}

/** The ARP packet in a frame; undefined for other frames. */
function arpIn(frame: Uint8Array): ArpPacket | undefined {
  const { etherType, payload } = decodeEthernet(frame);
  return etherType === EtherType.arp ? decodeArp(payload) : undefined;
}

export const physicalOf = async (namespace: string, device: string): Promise<Uint8Array> => {
  const text = await run(['ip', '-json', 'link', 'show', device], { namespace });
  const [link] = JSON.parse(text) as { address: string }[];
  return Uint8Array.fromHex((link?.address ?? '').replaceAll(':', ''));
};

export const watchNetwork = (world: ConformanceWorld): PacketSocket => {
  if (!world.has('watch')) world.set('watch', world.packetSocket('inside', world.get('network').device));
  return world.get('watch');
};

/** Asks for each in turn. @returns the physical address in the answer to the last */
async function ask(world: ConformanceWorld, ...addresses: string[]): Promise<Uint8Array> {
  const { inside, device } = world.get('network');
  const watch = watchNetwork(world);
  const physical = await physicalOf(inside, device);
  for (const address of addresses) watch.inject(question(physical, address));
  const last = addresses.at(-1) as string;
  const frame = await watch.next(`an answer for ${last}`, (one) => {
    const packet = arpIn(one);
    return packet?.operation === ArpOperation.reply && packet.senderAddress === last;
  });
  return arpIn(frame)?.senderPhysical ?? new Uint8Array(0);
}

Given('another initiator is confirmed at {node} all the time', async function (this: ConformanceWorld, node: NodeName) {
  watchNetwork(this);
  await confirm(this, nameOf(1), node as Member);
  const address = addressOf(this, nameOf(1));
  await watchNetwork(this).next(`an announcement of ${address}`, (frame) => announces(frame, address));
});

When('alice has been at {node} and is gone again', async function (this: ConformanceWorld, node: NodeName) {
  const alice = await confirm(this, 'alice', node as Member);
  await leave(this, alice, node as Member);
});

When('alice is confirmed at {node}', async function (this: ConformanceWorld, node: NodeName) {
  this.set('alice', await confirm(this, 'alice', node as Member));
});

When('alice ends her session at {node}', async function (this: ConformanceWorld, node: NodeName) {
  await leave(this, this.get('alice'), node as Member);
});

async function leave(world: ConformanceWorld, initiator: ScriptedInitiator, member: Member): Promise<void> {
  await initiator.close(statusOf('end session'));
  await initiator.connection.ended();
  await world.get('members')[member].event('ended');
}

const announces = (frame: Uint8Array, address: string): boolean => {
  const packet = arpIn(frame);
  return packet?.senderAddress === address && packet.targetAddress === address;
};

/** One that another member made before may still be there. */
Then('{node} has announced the address of alice', async function (this: ConformanceWorld, node: NodeName) {
  const address = addressOf(this, 'alice');
  const physical = await physicalOf(this.lab.namespace(node), sharedDevice);
  await watchNetwork(this).next(`an announcement of ${address} by ${physical.toHex()}`, (frame) => {
    return announces(frame, address) && arpIn(frame)?.senderPhysical.toHex() === physical.toHex();
  });
});

Then('who asks that network for alice is told {node}', async function (this: ConformanceWorld, node: NodeName) {
  const physical = await ask(this, addressOf(this, 'alice'));
  assert.deepEqual(physical, await physicalOf(this.lab.namespace(node), sharedDevice));
});

/** The member that has the other initiator answers its questions in order. */
Then('who asks that network for alice is told nothing', async function (this: ConformanceWorld) {
  const alice = addressOf(this, 'alice');
  await ask(this, alice, addressOf(this, nameOf(1)));
  const answers = watchNetwork(this)
    .settle()
    .flatMap((frame) => arpIn(frame) ?? [])
    .filter(({ operation, senderAddress }) => operation === ArpOperation.reply && senderAddress === alice);
  assert.deepEqual(answers, []);
});
