/** How a node of an Ethernet asks who has an address, by ARP (RFC 826) or neighbour discovery (RFC 4861 §7.2.2). */
import { ipv6Octets, ipv6Text } from '../../../../reference/packets/addresses.ts';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../../../../reference/packets/arp.ts';
import { decodeEthernet, EtherType, encodeEthernet } from '../../../../reference/packets/ethernet.ts';
import { Icmpv6Type } from '../../../../reference/packets/icmpv6.ts';
import { decodeNeighbour, encodeNeighbour } from '../../../../reference/packets/neighbour.ts';
import { patience } from '../deadlines/deadline.ts';
import { insist } from '../deadlines/insist.ts';
import { Nonconformance } from '../failure.ts';
import { insideAddress, insideAddress6 } from '../networks/shared-network.ts';
import type { PacketSocket } from './packet-socket.ts';

/** RFC 4861 §10: RETRANS_TIMER in milliseconds. */
const retransmission = 1_000;

/** What a tunnel client was given. */
export interface Client {
  readonly address: string;
  /** Its /64, where it has one: the first address. */
  readonly prefix: string | undefined;
}

/** Who asks: a station's socket on the Ethernet and its physical address, 6 octets. */
export interface Asker {
  readonly socket: PacketSocket;
  readonly physical: Uint8Array;
}

export interface AddressResolution {
  /** What is asked for to reach a client. */
  addressesOf(client: Client): readonly string[];
  /** Whether the question is put again when no answer comes: an answer to a question of before may then come late. */
  readonly repeats: boolean;
  /** The question of the inside node of a shared network. @param physical its address, 6 octets */
  question(physical: Uint8Array, address: string): Uint8Array;
  /** The physical addresses that an answer about this address names; undefined for every other frame. */
  answerIn(frame: Uint8Array, address: string): readonly Uint8Array[] | undefined;
}

/** The ARP packet in a frame; undefined for other frames. */
function arpIn(frame: Uint8Array): ArpPacket | undefined {
  const { etherType, payload } = decodeEthernet(frame);
  return etherType === EtherType.arp ? decodeArp(payload) : undefined;
}

/** Whether the node with this physical address tells the others by ARP that it has the address. */
export function announces(frame: Uint8Array, address: string, physical: Uint8Array): boolean {
  const packet = arpIn(frame);
  if (packet?.senderAddress !== address || packet.targetAddress !== address) return false;
  return packet.senderPhysical.toHex() === physical.toHex();
}

export const arp: AddressResolution = {
  repeats: false,
  addressesOf: ({ address }) => [address],
  question(senderPhysical, targetAddress) {
    const asking = { senderPhysical, senderAddress: insideAddress, targetPhysical: new Uint8Array(6), targetAddress };
    const payload = encodeArp({ operation: ArpOperation.request, ...asking });
    const destination = new Uint8Array(6).fill(0xff);
    return encodeEthernet({ destination, source: senderPhysical, etherType: EtherType.arp, payload });
  },
  answerIn(frame, address) {
    const packet = arpIn(frame);
    const answers = packet?.operation === ArpOperation.reply && packet.senderAddress === address;
    return answers ? [packet.senderPhysical] : undefined;
  },
};

/** In its /64 a client may give itself any address, and nobody is told which: two of them. */
const interfaceIdentifiers = ['0:0:0:1', '8421:f0ff:fe12:3456'];

export const neighbourDiscovery: AddressResolution = {
  repeats: true,
  addressesOf({ prefix }) {
    if (prefix === undefined) throw new Nonconformance('it was given no /64');
    return interfaceIdentifiers.map((identifier) => ipv6Text(ipv6Octets(prefix.replace(/::$/, `:${identifier}`))));
  },
  question(physical, address) {
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
  },
  answerIn(frame, address) {
    const message = decodeNeighbour(frame);
    const answers =
      message?.type === Icmpv6Type.neighbourAdvertisement &&
      ipv6Text(message.destination) === insideAddress6 &&
      ipv6Text(message.target) === address;
    return answers ? [message.option ?? new Uint8Array(), message.physical.source] : undefined;
  },
};

/** Asks as a station does. @returns the physical addresses that the answer names */
export async function resolve(
  resolution: AddressResolution,
  { socket, physical }: Asker,
  address: string,
): Promise<readonly Uint8Array[]> {
  const ask = () => socket.inject(resolution.question(physical, address));
  const isAnswer = (frame: Uint8Array): boolean => resolution.answerIn(frame, address) !== undefined;
  const answer = (milliseconds: number) => socket.next(`an answer for ${address}`, isAnswer, milliseconds);
  if (resolution.repeats) return resolution.answerIn(await insist(ask, answer, retransmission), address) ?? [];
  ask();
  return resolution.answerIn(await answer(patience), address) ?? [];
}
