/** Steps in which Wireshark's dissectors judge, and read, what the server emulators answer. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import type { Ipv6Settings } from '../../reference/wire/ipv6-settings.ts';
import { sent } from '../../vectors/generate/neighbour-packet.ts';
import type { Icmp6 } from '../../vectors/generate/packets.ts';
import { title } from '../../vectors/load.ts';
import { known } from '../support/known.ts';
import {
  neighbourAdvertisement,
  type Reading,
  readingOfRoute,
  readings,
  routerAdvertisement,
  type To,
} from '../support/lab/captures/discovery-reading.ts';
import { type Dissected, dissect } from '../support/lab/captures/dissector.ts';
import { encodePcap } from '../support/lab/captures/pcap.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { virtualLan, virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { isArpReply, isFromDhcpServer } from '../support/lab/packets/emulator-questions.ts';
import { isDiscovery, optionsAt, type, typeOf } from '../support/lab/packets/neighbour-packets.ts';
import type { PacketSocket } from '../support/lab/packets/packet-socket.ts';
import { neighbourSolicitation, reachabilityProbe, routerSolicitation } from '../support/lab/packets/solicitations.ts';
import {
  faultsOfNeighbourAdvertisement,
  faultsOfRouterAdvertisement,
} from '../support/lab/packets/spoilt-advertisements.ts';
import { faultsOfReply } from '../support/lab/packets/spoilt-replies.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A packet that an emulator made. */
interface Answer {
  readonly name: string;
  readonly frame: Uint8Array;
  /** What has to be read in it; where that is open, as it was read. */
  readonly expected: (read: Reading) => Reading;
}

declare module '../support/world.ts' {
  interface Facts {
    advertised: readonly Answer[];
  }
}

// What is judged.

/** RFC 4191 §2.3. */
const routeInformation = 24;
/** Of an advertisement (section 14), Ethernet header included. */
const longest = 1280 + 14;
const { clientLinkLocal, serverLinkLocal } = virtualLan6;
const own = { source: clientLinkLocal, physical: virtualLan.clientPhysical };

/** What kernels ask, by what the answer is: RFC 4861 §6.3.7, §7.2.2 and §7.3.3. */
const questions: Readonly<Record<string, Icmp6>> = {
  'the advertisement to a stack that has an address': routerSolicitation(own),
  'the advertisement to a stack that has none': routerSolicitation({ ...own, source: '::' }),
  'the answer to a multicast neighbour solicitation': neighbourSolicitation(serverLinkLocal, own),
  'the answer to a probe of reachability': reachabilityProbe(serverLinkLocal, own),
};

function offered6(world: ConformanceWorld): Ipv6Settings {
  const { ipv6 } = world.get('offered');
  if (ipv6 === undefined) throw new LabFailure('no IPv6 is offered');
  return ipv6;
}

/** Lets the next advertisement of a type be judged too. @param to whom it has to go to */
async function advertisement(world: ConformanceWorld, socket: PacketSocket, name: string, wanted: number, to: To) {
  const frame = await socket.next(name, (one) => isDiscovery(one, wanted));
  const routerAdvertised = (read: Reading): Reading => {
    const offered = offered6(world);
    // Of routes alone some may be left out, whichever, and only where another as short as these would not fit.
    const sizes = optionsAt(frame, routeInformation).map((at) => 8 * (frame[at + 1] ?? 0));
    const isFull = frame.length + Math.min(...sizes, 24) > longest;
    const thoseRead = offered.routes.filter((route) => read.prefixes.includes(readingOfRoute(route)));
    const routes = isFull ? thoseRead : offered.routes;
    // To a stack that has an address a router may answer either way: RFC 4861 §6.2.6.
    const isToAll = to === 'all' || read.ends.at(-1) === 'ff02::1';
    return routerAdvertisement({ ...offered, routes }, isToAll ? 'all' : 'stack', read);
  };
  const expected = wanted === type.advertisement ? neighbourAdvertisement : routerAdvertised;
  world.set('advertised', [...(world.has('advertised') ? world.get('advertised') : []), { name, frame, expected }]);
}

When('the stack solicits routers and neighbours', async function (this: ConformanceWorld) {
  const stack = this.get('stack');
  for (const [name, question] of Object.entries(questions)) {
    stack.inject(sent(question));
    // The type of an advertisement is that of the solicitation and 1.
    await advertisement(this, stack, name, question.type + 1, question.source === '::' ? 'all' : 'stack');
  }
});

When('the adapter has advertised its router by itself', async function (this: ConformanceWorld) {
  const name = 'the advertisement that nobody asked for';
  await advertisement(this, this.get('everything'), name, type.routerAdvertisement, 'all');
});

type Answers = (world: ConformanceWorld) => readonly Answer[] | Promise<readonly Answer[]>;
const advertisements: Answers = (world) => world.get('advertised');

const asRead = (read: Reading): Reading => read;

/** What is in answers to vectors is judged with the vectors; this is about whether they are well-formed. */
const answersToVectors: Answers = (world) =>
  world.get('exchanges').map(({ vector, answer }) => {
    if (answer === undefined) throw new LabFailure(`${title(vector)} is not to be answered`);
    return { name: `the answer to ${title(vector)}`, frame: answer, expected: asRead };
  });

const bootReply = 2;
const isDhcpReply = (frame: Uint8Array): boolean => isFromDhcpServer(frame) && frame[42] === bootReply;

/** Ends the capture. @returns the replies in it, as many as were asked for */
async function repliesInCapture(world: ConformanceWorld): Promise<Answer[]> {
  const replies = (await world.packets('adapter')).filter(({ octets }) => isArpReply(octets) || isDhcpReply(octets));
  assert.equal(replies.length, world.get('exchanges').length, 'replies in the capture');
  return replies.map(({ number, octets }) => ({ name: `packet ${number}`, frame: octets, expected: asRead }));
}

// Verdicts.

/** How tshark names the protocols of an answer: one that it does not know for what it is would not be complained of. */
const protocols = /:(?:arp|udp:dhcp|ipv6:icmpv6)$/;

/** What the dissectors make of frames, in a file that is part of the evidence. */
async function dissected(world: ConformanceWorld, name: string, frames: readonly Uint8Array[]) {
  const file = world.evidence.captureFile(name);
  writeFileSync(file, encodePcap(frames.map((octets) => ({ octets, time: 0 }))));
  const [packets, read] = await Promise.all([dissect(file), readings(file)]);
  if (packets.length !== frames.length || read.length !== frames.length)
    throw new LabFailure(`tshark read ${packets.length} and ${read.length} of ${frames.length} packets`);
  return packets.map((packet, index) => ({ ...packet, reading: read[index]! }));
}

const complaintsOf = (packet: Dissected): readonly string[] =>
  protocols.test(packet.protocols) ? packet.complaints : [`dissected as ${packet.protocols}`, ...packet.complaints];

const answersOf: Readonly<Record<string, Answers>> = {
  'any reply': repliesInCapture,
  'any answer': answersToVectors,
  'it, and read what the client data offers': advertisements,
};

Then(
  /^Wireshark's dissectors warn of nothing in (any reply|any answer|it, and read what the client data offers)$/,
  async function (this: ConformanceWorld, which: string) {
    const answers = await known(answersOf, which)(this);
    assert.ok(answers.length > 0, 'nothing was asked');
    const frames = answers.map(({ frame }) => frame);
    for (const [index, packet] of (await dissected(this, 'answers', frames)).entries()) {
      const { name, frame, expected } = answers[index]!;
      const complaints = complaintsOf(packet);
      if (complaints.length > 0) throw new Nonconformance(`${name}: ${complaints.join(', ')}: ${frame.toHex()}`);
      assert.deepEqual(packet.reading, expected(packet.reading), name);
      if (typeOf(frame) !== undefined) assert.ok(frame.length <= longest, `${name} has ${frame.length} octets`);
    }
  },
);

Then('not all routes are in an advertisement', async function (this: ConformanceWorld) {
  const frames = this.get('advertised').map(({ frame }) => frame);
  const routers = frames.filter((frame) => isDiscovery(frame, type.routerAdvertisement));
  for (const { reading } of await dissected(this, 'routers', routers))
    assert.ok(reading.prefixes.length - 1 < offered6(this).routes.length);
  assert.notEqual(routers.length, 0);
});

interface Spoilable {
  readonly answers: Answers;
  readonly isOne: (frame: Uint8Array) => boolean;
  readonly faults: Readonly<Record<string, (frame: Uint8Array) => Uint8Array>>;
}
const spoilable: Readonly<Record<string, Spoilable>> = {
  'ARP reply': { answers: repliesInCapture, isOne: isArpReply, faults: faultsOfReply },
  'DHCP reply': { answers: repliesInCapture, isOne: isDhcpReply, faults: faultsOfReply },
  'neighbour advertisement': {
    answers: advertisements,
    isOne: (frame) => isDiscovery(frame, type.advertisement),
    faults: faultsOfNeighbourAdvertisement,
  },
  'router advertisement': {
    answers: advertisements,
    isOne: (frame) => isDiscovery(frame, type.routerAdvertisement),
    faults: faultsOfRouterAdvertisement,
  },
};

/** Wireshark knows formats, not every rule of RFC 4861: a fault is seen, too, where something else is read. */
Then(
  /^Wireshark's dissectors complain of(?:, or read something else in,)? an? (\w+ (?:reply|advertisement)) that has$/,
  async function (this: ConformanceWorld, subject: string, table: DataTable) {
    const { answers, isOne, faults } = known(spoilable, subject);
    const whole = (await answers(this)).find(({ frame }) => isOne(frame));
    if (whole === undefined) throw new LabFailure(`no ${subject} was asked for`);
    const names = table.raw().flat();
    const spoilt = names.map((name) => known(faults, name)(whole.frame));
    const [sound, ...packets] = await dissected(this, `spoilt-${subject}`, [whole.frame, ...spoilt]);
    assert.deepEqual(sound && complaintsOf(sound), [], 'what is said of it before it is spoilt');
    const unseen = names.filter((_, index) => {
      const { complaints, reading } = packets[index]!;
      return complaints.length === 0 && isDeepStrictEqual(reading, whole.expected(reading));
    });
    assert.deepEqual(unseen, [], 'faults that go unseen');
  },
);
