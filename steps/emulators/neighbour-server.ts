/** Steps about neighbour solicitations of the server's local stack (RFC 4861 §7.2): where its tunnel clients are. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv6Octets } from '../../reference/packets/addresses.ts';
import { Icmpv6Type } from '../../reference/packets/icmpv6.ts';
import {
  decodeNeighbour,
  encodeNeighbour,
  NeighbourFlag,
  type NeighbourMessage,
} from '../../reference/packets/neighbour.ts';
import { patience, within } from '../shared/lab/deadline.ts';
import { echoReply } from '../shared/lab/echo-reply.ts';
import { Nonconformance } from '../shared/lab/failure.ts';
import { virtualLan, virtualLan6 } from '../shared/peers/configuration.ts';
import { identityOf } from '../shared/peers/identities.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    solicitation: NeighbourMessage;
  }
}

const device = 'pna0';
const octets = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(':', ''));
const clientPhysical = octets(virtualLan.clientPhysical);
const serverPhysical = octets(virtualLan.serverPhysical);
const unspecified = '0'.repeat(32);
/** Nobody but the control question asks from it. */
const asker = 'fe80::c0';

Given(
  "a tunnel server's adapter with alice authorized, {word} and {word}, and {word} behind her",
  async function (this: ConformanceWorld, address: string, prefix: string, network: string) {
    assert.equal(prefix, virtualLan6.clientPrefix, 'the /64 follows from the address');
    await this.startLab({ ipv6: true });
    const { publicKey } = identityOf('alice');
    await this.startServer({
      initiators: [{ name: 'alice', publicKey, address, networks: [network] }],
      adapter: { address6: virtualLan6.serverPrefix },
    });
    const alice = new ScriptedInitiator(await this.connect(), { suite: 'x25519' });
    await alice.authorize();
    const stack = this.packetSocket('server', device);
    // Once a datagram of hers has come through, the server has confirmed her.
    await alice.send(echoReply(address, virtualLan.serverAddress, 20));
    await stack.next('a datagram of alice', (frame) => frame.subarray(12, 14).toHex() === '0800');
    this.set('initiator', alice);
    this.set('stack', stack);
  },
);

/** With a physical address in it, unless it comes from `::`. */
function solicitation(target: string, source: string): NeighbourMessage {
  const asked = ipv6Octets(target);
  // RFC 4291 §2.7.1, RFC 2464 §7.
  const destination = Uint8Array.of(...ipv6Octets('ff02::1:ff00:0').subarray(0, 13), ...asked.subarray(13));
  const from = ipv6Octets(source);
  return {
    type: Icmpv6Type.neighbourSolicitation,
    physical: { source: serverPhysical, destination: Uint8Array.of(0x33, 0x33, ...destination.subarray(12)) },
    source: from,
    destination,
    target: asked,
    flags: 0,
    option: from.toHex() === unspecified ? undefined : serverPhysical,
  };
}

When(
  "the server's stack solicits {word} from {word}",
  function (this: ConformanceWorld, target: string, source: string) {
    const asked = solicitation(target, source);
    this.set('solicitation', asked);
    this.get('stack').inject(encodeNeighbour(asked));
  },
);

/** By the offset in the Ethernet packet: hop limit of IPv6 (RFC 8200 §3), checksum of ICMPv6 (RFC 4443 §2.1). */
const faults: Readonly<Record<string, (frame: Uint8Array) => Uint8Array>> = {
  'a hop limit of 254': (frame) => frame.with(21, 254),
  'a wrong checksum': (frame) => frame.with(56, frame[56]! ^ 1),
};

When("the server's stack solicits {word} with {}", function (this: ConformanceWorld, target: string, fault: string) {
  const alter = faults[fault] ?? assert.fail(`no step knows the fault ${JSON.stringify(fault)}`);
  const asked = solicitation(target, virtualLan6.serverLinkLocal);
  this.set('solicitation', asked);
  this.get('stack').inject(alter(encodeNeighbour(asked)));
});

/** The advertisement in a frame, as opposed to all that the kernel and other emulators send. */
function advertisementIn(frame: Uint8Array): NeighbourMessage | undefined {
  if (frame.subarray(12, 14).toHex() !== '86dd' || frame[20] !== 58 || frame[54] !== 136) return undefined;
  return decodeNeighbour(frame);
}

/** The kernel's own questions are answered too, for other targets. */
async function nextAbout(world: ConformanceWorld, ...asked: readonly NeighbourMessage[]): Promise<NeighbourMessage> {
  const isAbout = (frame: Uint8Array): boolean => {
    const said = advertisementIn(frame);
    return asked.some(({ target }) => said?.target.toHex() === target.toHex());
  };
  return advertisementIn(await world.get('stack').next('a neighbour advertisement', isAbout))!;
}

Then(
  "it is answered with the reserved physical address of the client's adapter",
  async function (this: ConformanceWorld) {
    const asked = this.get('solicitation');
    const { physical, option, flags, destination, target } = await nextAbout(this, asked);
    assert.deepEqual(
      [option, physical.source, physical.destination].map((one) => one?.toHex()),
      [clientPhysical, clientPhysical, serverPhysical].map((one) => one.toHex()),
    );
    assert.deepEqual([destination, target], [asked.source, asked.target]);
    assert.equal(flags & NeighbourFlag.solicited, NeighbourFlag.solicited);
  },
);

/** Asks a question that is always answered. The server's kernel has no reason to ask for the client's adapter. */
function control(world: ConformanceWorld): NeighbourMessage {
  const question = solicitation(virtualLan6.clientLinkLocal, asker);
  world.get('stack').inject(encodeNeighbour(question));
  return question;
}
const answers = (answer: NeighbourMessage, question: NeighbourMessage): boolean =>
  answer.destination.toHex() === question.source.toHex();

Then("it is not answered, though one for the client's adapter is", async function (this: ConformanceWorld) {
  const question = control(this);
  const first = await nextAbout(this, this.get('solicitation'), question);
  if (!answers(first, question))
    throw new Nonconformance(`answered to ${first.destination.toHex()} with ${first.option?.toHex()}`);
});

Then(
  "the server's stack soon gets no answer for {word}, though one for the client's adapter",
  async function (this: ConformanceWorld, target: string) {
    const asked = solicitation(target, virtualLan6.serverLinkLocal);
    const isSilent = async (): Promise<boolean> => {
      this.get('stack').inject(encodeNeighbour(asked));
      const question = control(this);
      if (answers(await nextAbout(this, asked, question), question)) return true;
      await nextAbout(this, question);
      return false;
    };
    const settled = async (): Promise<void> => {
      while (!(await isSilent()));
    };
    await within(patience, `no answer for ${target}`, settled());
  },
);
