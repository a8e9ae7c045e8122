/** Steps about a member of a group that answers neighbour solicitations for its tunnel clients (RFC 4861 §7.2.8). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { ipv6Octets, ipv6Text } from '../../reference/packets/addresses.ts';
import { Icmpv6Type } from '../../reference/packets/icmpv6.ts';
import { decodeNeighbour, encodeNeighbour, type NeighbourMessage } from '../../reference/packets/neighbour.ts';
import { insist } from '../shared/lab/insist.ts';
import type { NodeName } from '../shared/lab/namespace.ts';
import { insideAddress6, sharedDevice } from '../shared/lab/shared-network.ts';
import type { ConformanceWorld } from '../shared/world.ts';
import { nameOf } from './group.ts';
import { physicalOf, watchNetwork } from './group-arp.ts';

/** RFC 4861 §10: RETRANS_TIMER in milliseconds. */
const interval = 1_000;

/** Two that a client may give itself in its /64: nobody is told which it has. */
const hosts = ['0:0:0:1', '8421:f0ff:fe12:3456'];
const addressesOf = (world: ConformanceWorld, name: string): string[] => {
  const prefix = world.get('prefixes').get(name);
  assert.ok(prefix !== undefined, `${name} was given no /64`);
  return hosts.map((host) => ipv6Text(ipv6Octets(prefix.replace(/::$/, `:${host}`))));
};

/** A question put to the shared network by the inside node, which has no entry yet. */
function question(physical: Uint8Array, address: string): Uint8Array {
  const target = ipv6Octets(address);
  // RFC 4291 §2.7.1, RFC 2464 §7.
  const destination = Uint8Array.of(...ipv6Octets('ff02::1:ff00:0').subarray(0, 13), ...target.subarray(13));
  return encodeNeighbour({
    type: Icmpv6Type.neighbourSolicitation,
    physical: { source: physical, destination: Uint8Array.of(0x33, 0x33, ...destination.subarray(12)) },
    source: ipv6Octets(insideAddress6),
    destination,
    target,
    flags: 0,
    option: physical,
  });
}

/** The answer to the inside node for an address, if the frame is one. */
function answerIn(frame: Uint8Array, address: string): NeighbourMessage | undefined {
  const message = decodeNeighbour(frame);
  const answers =
    message?.type === Icmpv6Type.neighbourAdvertisement &&
    ipv6Text(message.destination) === insideAddress6 &&
    ipv6Text(message.target) === address;
  return answers ? message : undefined;
}

/** Asks as a station does, again when there is no answer: what confirms a client may still be on its way. */
async function ask(world: ConformanceWorld, address: string): Promise<NeighbourMessage> {
  const { inside, device } = world.get('network');
  const watch = watchNetwork(world);
  const physical = await physicalOf(inside, device);
  const isAnswer = (frame: Uint8Array): boolean => answerIn(frame, address) !== undefined;
  const answer = await insist(
    () => watch.inject(question(physical, address)),
    (milliseconds) => watch.next(`an answer for ${address}`, isAnswer, milliseconds),
    interval,
  );
  return answerIn(answer, address) as NeighbourMessage;
}

Then(
  'who asks that network for IPv6 addresses of alice is told {node}',
  async function (this: ConformanceWorld, node: NodeName) {
    const physical = await physicalOf(this.lab.namespace(node), sharedDevice);
    for (const address of addressesOf(this, 'alice')) {
      const answer = await ask(this, address);
      assert.deepEqual([answer.option, answer.physical.source], [physical, physical], address);
    }
  },
);

/** The member that has the other initiator answers its questions in order. */
Then('who asks that network for IPv6 addresses of alice is told nothing', async function (this: ConformanceWorld) {
  const { inside, device } = this.get('network');
  const watch = watchNetwork(this);
  const physical = await physicalOf(inside, device);
  const asked = addressesOf(this, 'alice');
  // An answer to a question that was put again may have come late.
  const answers = () => watch.settle().filter((frame) => asked.some((address) => answerIn(frame, address))).length;
  const before = answers();
  for (const address of asked) watch.inject(question(physical, address));
  for (const address of addressesOf(this, nameOf(1))) await ask(this, address);
  assert.equal(answers(), before);
});
