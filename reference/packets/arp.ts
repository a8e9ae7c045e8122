/** Address resolution for IPv4 over Ethernet (RFC 826). */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16, viewOf } from '../octets.ts';
import { ipv4Octets, ipv4Text } from './addresses.ts';
import { EtherType } from './ethernet.ts';

export const ArpOperation = { request: 1, reply: 2 } as const;

export interface ArpPacket {
  readonly operation: number;
  /** Physical addresses have 6 octets; IPv4 addresses are dotted quads. */
  readonly senderPhysical: Uint8Array;
  readonly senderAddress: string;
  readonly targetPhysical: Uint8Array;
  readonly targetAddress: string;
}

/** Octets of an ARP packet for IPv4 over Ethernet; Ethernet may have padded what follows. */
const arpLength = 28;

/** Hardware type. */
const ETHERNET = 1;

/** @throws Malformed unless it is ARP for IPv4 over Ethernet, whole */
export function decodeArp(octets: Uint8Array): ArpPacket {
  if (octets.length < arpLength) throw new Malformed(`ARP: ${octets.length} octets, at least ${arpLength}`);
  const view = viewOf(octets);
  if (view.getUint16(0) !== ETHERNET || view.getUint16(2) !== EtherType.ipv4 || octets[4] !== 6 || octets[5] !== 4) {
    throw new Malformed('ARP: not for IPv4 over Ethernet');
  }
  return {
    operation: view.getUint16(6),
    senderPhysical: octets.slice(8, 14),
    senderAddress: ipv4Text(octets.subarray(14, 18)),
    targetPhysical: octets.slice(18, 24),
    targetAddress: ipv4Text(octets.subarray(24, 28)),
  };
}

/** 28 octets, RFC 826, without the Ethernet header. @throws Misuse for a physical address that has not 6 octets */
export function encodeArp(packet: ArpPacket): Uint8Array {
  const { operation, senderPhysical, targetPhysical } = packet;
  if (senderPhysical.length !== 6 || targetPhysical.length !== 6)
    throw new Misuse('ARP: physical addresses have 6 octets');
  const [senderAddress, targetAddress] = [ipv4Octets(packet.senderAddress), ipv4Octets(packet.targetAddress)];
  const lengths = Uint8Array.of(senderPhysical.length, senderAddress.length);
  return concat(
    u16(ETHERNET, EtherType.ipv4),
    lengths,
    u16(operation),
    senderPhysical,
    senderAddress,
    targetPhysical,
    targetAddress,
  );
}
