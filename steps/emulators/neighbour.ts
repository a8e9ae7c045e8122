/** Steps about the neighbour discovery emulator (RFC 4861) from the local stack's side, at the client's adapter. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { ipv6Octets } from '../../reference/packets/addresses.ts';
import type { NeighbourOption } from '../../reference/packets/neighbour-options.ts';
import type { ClientData } from '../../reference/wire/client-data.ts';
import { load, type Vector } from '../../vectors/load.ts';
import { faultsOf } from '../../vectors/neighbour-reply.ts';
import { emulatorsUnderTest, intoTunnel } from '../shared/emulators.ts';
import { Nonconformance } from '../shared/lab/failure.ts';
import type { PacketSocket } from '../shared/lab/packet-socket.ts';
import type { Json } from '../shared/peers/configuration.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** A router advertisement, and the vector whose packet it answers. */
    advertisement: { readonly vector: Vector; readonly frame: Uint8Array };
  }
}

const device = 'pna0';
const routerAdvertisement = 134;
const neighbourAdvertisement = 136;
const allNodes = ipv6Octets('ff02::1').toHex();

/** The type of an ICMPv6 message, or undefined. */
const icmpv6Type = (frame: Uint8Array): number | undefined =>
  frame.subarray(12, 14).toHex() === '86dd' && frame[20] === 58 ? frame[54] : undefined;
const isAnswer = (frame: Uint8Array): boolean =>
  [routerAdvertisement, neighbourAdvertisement].includes(icmpv6Type(frame) ?? 0);
const destinationOf = (frame: Uint8Array): string => frame.subarray(38, 54).toHex();

/** A question that no other vector asks from that address: an answer to anything else differs from the answer to it. */
const asker = 'fe80::c0';
const question = load('neighbour')[0]?.tests.find(
  ({ comment }) => comment === 'a neighbour solicitation from another link-local address',
) as Vector;
const isControl = (frame: Uint8Array): boolean =>
  icmpv6Type(frame) === neighbourAdvertisement && destinationOf(frame) === ipv6Octets(asker).toHex();

/** @returns the first answer, that to the question if nothing else was answered */
async function firstAnswer(socket: PacketSocket): Promise<Uint8Array> {
  socket.inject(Uint8Array.fromHex(question['packet']));
  return socket.next('an answer of neighbour discovery', isAnswer);
}

/** Lets everything pass that was sent before, such as an advertisement of an adapter that has come up (ND-11). */
async function settle(socket: PacketSocket): Promise<void> {
  for (let answer = await firstAnswer(socket); !isControl(answer); ) answer = await socket.next('an answer', isAnswer);
}

/** A router may advertise to all nodes at any time, but not as often as that: RFC 4861 §6.2.6, 3 s at least between. */
const tries = 3;

/** Injects a packet as the stack would send it, and what must be answered after it: nothing may come between. */
async function silent(socket: PacketSocket, { tcId, comment, packet }: Vector): Promise<void> {
  for (let count = 1; ; count += 1) {
    await settle(socket);
    socket.inject(Uint8Array.fromHex(packet));
    const first = await firstAnswer(socket);
    if (isControl(first)) return;
    const mayBeUnsolicited = icmpv6Type(first) === routerAdvertisement && destinationOf(first) === allNodes;
    if (!mayBeUnsolicited || count === tries) throw new Nonconformance(`${tcId} ${comment}: answered ${first.toHex()}`);
  }
}

/** @returns the answer to the packet of a vector */
export async function answerTo(socket: PacketSocket, { comment, packet, reply }: Vector): Promise<Uint8Array> {
  await settle(socket);
  socket.inject(Uint8Array.fromHex(packet));
  return socket.next(`an answer to ${comment}`, (frame) => icmpv6Type(frame) === reply.type);
}

When(
  'the stack sends the neighbour discovery packets flagged {word}',
  async function (this: ConformanceWorld, flag: string) {
    const socket = this.packetSocket('client', device);
    const tests = this.get('vectorGroup').tests.filter(({ flags }) => flags.includes(flag));
    for (const vector of tests) {
      if (vector.result === 'invalid') await silent(socket, vector);
      else {
        const faults = faultsOf(await answerTo(socket, vector), vector['reply']);
        assert.deepEqual(faults, [], `${vector.tcId} ${vector.comment}`);
      }
    }
    this.set('judged', tests.length);
    socket.inject(intoTunnel());
  },
);

Given(
  'a user who accepts {}, and the client data of the neighbour vectors about {}',
  async function (this: ConformanceWorld, accept: string, group: string) {
    await emulatorsUnderTest(this, 'neighbour', group, JSON.parse(accept) as Json);
  },
);

/** Writes over the octets of options of a type, from an offset behind type and length on. */
function altered({ dhcp, neighbour }: ClientData, type: number, offset: number, octets: Uint8Array): ClientData {
  const change = (option: NeighbourOption): NeighbourOption => {
    const value = option.value.slice();
    value.set(octets, offset);
    return { ...option, value };
  };
  return { dhcp, neighbour: neighbour.map((option) => (option.type === type ? change(option) : option)) };
}

const usual = 'A /64, routes, DNS and an MTU.';

Given(
  'an adapter configured by nobody, with client data whose MTU in IPv6 is {int}',
  async function (this: ConformanceWorld, mtu: number) {
    const octets = Uint8Array.of(0, 0, mtu >> 8, mtu & 0xff);
    await emulatorsUnderTest(this, 'neighbour', usual, {}, (data) => altered(data, 5, 2, octets));
  },
);

Given(
  'an adapter configured by nobody, with client data whose \\/64 is {word}',
  async function (this: ConformanceWorld, prefix: string) {
    const octets = ipv6Octets(prefix);
    await emulatorsUnderTest(this, 'neighbour', usual, {}, (data) => altered(data, 3, 14, octets));
  },
);

Then(/^the advertisement has (no MTU|the MTU \d+)$/, function (this: ConformanceWorld, what: string) {
  const { vector, frame } = this.get('advertisement');
  const mtu = what === 'no MTU' ? undefined : Number(what.replace('the MTU ', ''));
  assert.deepEqual(faultsOf(frame, { ...vector['reply'], mtu }), []);
});

const routerSolicitations = (world: ConformanceWorld): readonly Vector[] =>
  world.get('vectorGroup').tests.filter(({ flags }) => flags.includes('RouterSolicitation'));

When('the stack solicits routers', async function (this: ConformanceWorld) {
  const [vector] = routerSolicitations(this);
  assert.ok(vector, 'no vector is a router solicitation');
  this.set('advertisement', { vector, frame: await answerTo(this.packetSocket('client', device), vector) });
});

Then(
  'the advertisement has the routes {}, the DNS servers {} and a router lifetime {}',
  function (this: ConformanceWorld, routes: string, dns: string, lifetime: string) {
    const { vector, frame } = this.get('advertisement');
    const words = (text: string): string[] => (text === 'none' ? [] : text.split(' '));
    const changes = { routes: words(routes), dns: words(dns), defaultRouter: lifetime === 'above 0' };
    const faults = faultsOf(frame, { ...vector['reply'], ...changes });
    // Whether a search list is of use without its DNS servers is left to the implementation.
    assert.deepEqual(
      faults.filter((fault) => dns !== 'none' || !fault.startsWith('search')),
      [],
    );
  },
);

Then('no router solicitation of the stack is answered', async function (this: ConformanceWorld) {
  const socket = this.packetSocket('client', device);
  const vectors = routerSolicitations(this);
  assert.ok(vectors.length > 0, 'no vector is a router solicitation');
  for (const vector of vectors) await silent(socket, vector);
});
