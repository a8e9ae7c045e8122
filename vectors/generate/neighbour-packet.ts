/** RFC 4861 §4: messages of neighbour discovery from Ethernet header to last option, by hand. */
import { clientPhysical, serverPhysical } from './dhcp-packet.ts';
import { cat, type Part, u16, u32, zeros } from './octets.ts';
import { address6, ethernet, type Icmp6, icmp6, physical } from './packets.ts';

/** RFC 4291 appendix A of 06:50:4e:41:43:00 and 06:50:4e:41:53:00: bit 1 of the first octet inverted, ff fe in the middle. */
export const clientLinkLocal = 'fe80::450:4eff:fe41:4300';
export const serverLinkLocal = 'fe80::450:4eff:fe41:5300';
export const unspecified = '::';
export const allNodes = 'ff02::1';
export const allRouters = 'ff02::2';

/** RFC 4291 §2.7.1: the group of an address by its last three octets. */
export function solicitedNode(target: string): string {
  const [a = 0, b = 0, c = 0] = address6(target).slice(13);
  return `ff02::1:ff${a.toString(16).padStart(2, '0')}:${(b * 256 + c).toString(16)}`;
}

/** RFC 2464 §7: 33:33 and the last four octets of a group; else the other station on this Ethernet. */
const stationOf = (destination: string, other: string): Uint8Array =>
  destination.startsWith('ff') ? cat([0x33, 0x33], address6(destination).slice(12)) : physical(other);

/** A packet that the local stack sends. */
export const sent = (message: Icmp6): Uint8Array =>
  ethernet(stationOf(message.destination, serverPhysical), physical(clientPhysical), 0x86dd, icmp6(message));
/** A packet that the emulator answers. */
export const reply = (message: Icmp6): Uint8Array =>
  ethernet(stationOf(message.destination, clientPhysical), physical(serverPhysical), 0x86dd, icmp6(message));

export const body = {
  /** §4.1. */
  routerSolicitation: (options: Part, reserved = 0): Uint8Array => cat(u32(reserved), options),
  /** §4.2: current hop limit, flags, router lifetime, reachable time, retransmission timer. */
  routerAdvertisement: (routerLifetime: number, options: Part): Uint8Array =>
    cat([64, 0], u16(routerLifetime), zeros(8), options),
  /** §4.3. */
  neighbourSolicitation: (target: string, options: Part, reserved = 0): Uint8Array =>
    cat(u32(reserved), address6(target), options),
  /** §4.4: R is 80, S is 40, O is 20. */
  neighbourAdvertisement: (flags: number, target: string, options: Part): Uint8Array =>
    cat([flags], zeros(3), address6(target), options),
  /** §4.5: a better first hop, and for whom. */
  redirect: (target: string, destination: string): Uint8Array => cat(zeros(4), address6(target), address6(destination)),
};
