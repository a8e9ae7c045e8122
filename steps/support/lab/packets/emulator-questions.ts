/** The vectors' questions to the server emulators of the client's adapter ([EP] fig. 17, 324 to 332), and their answers. */
import { faultsOf as faultsOfDhcp } from '../../../../vectors/dhcp-reply.ts';
import { load, octets, title, type Vector } from '../../../../vectors/load.ts';
import { faultsOf as faultsOfNeighbour } from '../../../../vectors/neighbour-reply.ts';
import { Nonconformance } from '../failure.ts';
import { destinationOf, type as discovery, isDiscovery, typeOf } from './neighbour-packets.ts';
import type { PacketSocket } from './packet-socket.ts';

export interface EmulatorQuestions {
  /** The file of vectors: vectors/SUBJECT.json. */
  readonly subject: string;
  /** Sends the packet of a vector. @returns the answer to it */
  readonly answerTo: (socket: PacketSocket, vector: Vector) => Promise<Uint8Array>;
  /** Sends the packet of a vector. @throws Nonconformance when it is answered */
  readonly expectSilence: (socket: PacketSocket, vector: Vector) => Promise<void>;
  /** @returns a line for each field that differs from `reply` of the vector */
  readonly faultsOf: (answer: Uint8Array, vector: Vector) => readonly string[];
}

const isOfType = (frame: Uint8Array, etherType: string): boolean => frame.subarray(12, 14).toHex() === etherType;

/** RFC 826: an Ethernet frame of ARP with operation 2. */
export const isArpReply = (frame: Uint8Array): boolean => isOfType(frame, '0806') && frame[20] === 0 && frame[21] === 2;

/** Whether a frame is of UDP from port 67, where a relay agent's request comes from too. */
export const isFromDhcpServer = (frame: Uint8Array): boolean =>
  isOfType(frame, '0800') && frame[23] === 17 && frame[34] === 0 && frame[35] === 67;

/** The vector whose packet is sent behind one that is not to be answered: nothing may come before the answer to it. */
function control(subject: string, comment: string): Vector {
  return load(subject)[0]?.tests.find((vector) => vector.comment === comment) as Vector;
}

const unexpected = (vector: Vector, answer: Uint8Array): Nonconformance =>
  new Nonconformance(`${title(vector)}: answered ${answer.toHex()}`);

// ARP and DHCP.

/** About a node that no other vector asks for: an answer to anything else differs from the answer to it. */
const arpControl = control('arp', 'another address of the virtual LAN');

/** In the virtual LAN of the vector; of the usual one that node. */
function arpControlFor({ tcId }: Vector, subject: string): Vector {
  const group = subject === 'arp' ? load('arp').find(({ tests }) => tests.some((one) => one.tcId === tcId)) : undefined;
  if (group === undefined || group['prefixLength'] === 24) return arpControl;
  return group.tests.find(({ result }) => result === 'valid') ?? arpControl;
}

/** Equal, but for the zeros by which Ethernet may pad. */
function isArpAnswer(frame: Uint8Array, reply: string): boolean {
  const end = reply.length / 2;
  return frame.subarray(0, end).toHex() === reply && frame.subarray(end).every((octet) => octet === 0);
}

function asked(
  subject: string,
  isAnswer: (frame: Uint8Array) => boolean,
): Pick<EmulatorQuestions, 'answerTo' | 'expectSilence'> {
  return {
    answerTo: (socket, { comment, packet }) => {
      socket.inject(octets(packet));
      return socket.next(`an answer to ${comment}`, isAnswer);
    },
    expectSilence: async (socket, vector) => {
      const after = arpControlFor(vector, subject);
      for (const { packet } of [vector, after]) socket.inject(octets(packet));
      const first = await socket.next('an answer', (frame) => isArpReply(frame) || isAnswer(frame));
      if (!isArpAnswer(first, after['reply'])) throw unexpected(vector, first);
    },
  };
}

// Neighbour discovery.

/** From an address that no other vector asks from. */
const neighbourControl = control('neighbour', 'a neighbour solicitation from another link-local address');
const isControlAnswer = (frame: Uint8Array): boolean =>
  isDiscovery(frame, discovery.advertisement) && destinationOf(frame) === neighbourControl['reply'].destinations[0].ip;
const isAdvertisement = (frame: Uint8Array): boolean =>
  isDiscovery(frame, discovery.advertisement) || isDiscovery(frame, discovery.routerAdvertisement);

/** @returns the first answer, that to the control if nothing else was answered */
async function firstAnswer(socket: PacketSocket): Promise<Uint8Array> {
  socket.inject(octets(neighbourControl['packet']));
  return socket.next('an answer of neighbour discovery', isAdvertisement);
}

/** Lets everything pass that was sent before, such as an advertisement of an adapter that has come up (ND-11). */
async function settle(socket: PacketSocket): Promise<void> {
  for (let answer = await firstAnswer(socket); !isControlAnswer(answer); )
    answer = await socket.next('an answer', isAdvertisement);
}

/** A router may advertise to all nodes at any time, but not as often as that: RFC 4861 §6.2.6, 3 s at least between. */
const tries = 3;

async function expectNoAdvertisement(socket: PacketSocket, vector: Vector): Promise<void> {
  for (let count = 1; ; count += 1) {
    await settle(socket);
    socket.inject(octets(vector['packet']));
    const first = await firstAnswer(socket);
    if (isControlAnswer(first)) return;
    const mayBeUnsolicited = isDiscovery(first, discovery.routerAdvertisement) && destinationOf(first) === 'ff02::1';
    if (!mayBeUnsolicited || count === tries) throw unexpected(vector, first);
    await socket.next('the answer to the control', isControlAnswer);
  }
}

export const arp: EmulatorQuestions = {
  subject: 'arp',
  ...asked('arp', isArpReply),
  faultsOf: (answer, { reply }) => (isArpAnswer(answer, reply) ? [] : [answer.toHex()]),
};

export const dhcp: EmulatorQuestions = {
  subject: 'dhcp',
  ...asked('dhcp', isFromDhcpServer),
  faultsOf: (answer, { reply }) => faultsOfDhcp(answer, reply),
};

export const neighbour: EmulatorQuestions = {
  subject: 'neighbour',
  answerTo: async (socket, { comment, packet, reply }) => {
    await settle(socket);
    socket.inject(octets(packet));
    return socket.next(`an answer to ${comment}`, (frame) => typeOf(frame) === reply.type);
  },
  expectSilence: expectNoAdvertisement,
  faultsOf: (answer, { reply }) => faultsOfNeighbour(answer, reply),
};
