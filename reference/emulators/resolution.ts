/** Which physical address an IP address has, for the ARP server emulator and its part for IPv6 ([EP] fig. 16, 304). */
import { equalOctets } from '../octets.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { contains, hostPrefix, lastAddressOf, networkOf } from '../packets/prefix.ts';

/** @returns the physical address of an IPv4 address, 6 octets; undefined if none is known */
export type Resolve = (address: string) => Uint8Array | undefined;

/** The same of an IPv6 address, 16 octets as they lie in the packet. */
export type Resolve6 = (address: Uint8Array) => Uint8Array | undefined;

interface ClientLan {
  readonly address: string;
  /** Of the virtual LAN, 0 to 32. */
  readonly prefixLength: number;
  readonly serverAddress: string;
  /** The reserved physical address of the server's adapter, 6 octets. */
  readonly serverPhysical: Uint8Array;
}

/** At a client: every address of the virtual LAN but its own is behind the server's adapter. */
export function resolveAtClient({ address, prefixLength, serverAddress, serverPhysical }: ClientLan): Resolve {
  const lan = { address, length: prefixLength };
  // The first address names the network, and the last one is its broadcast address.
  const unanswered = [address, networkOf(lan).address, lastAddressOf(lan)];
  return (asked) => {
    if (asked === serverAddress && asked !== address) return serverPhysical;
    return contains(lan, hostPrefix(asked)) && !unanswered.includes(asked) ? serverPhysical : undefined;
  };
}

export interface ClientsOfServer {
  /** Whether an address is that of a tunnel client, dotted text. */
  readonly isClient: (address: string) => boolean;
  /** Whether an address of 16 octets is in the /64 of a tunnel client, or in a network behind one. */
  readonly isBehindClient: (address: Uint8Array) => boolean;
  /** The reserved physical address that the clients' adapters share, 6 octets. */
  readonly clientPhysical: Uint8Array;
}

/** At the server: the addresses of its tunnel clients are behind their adapters. */
export function resolveAtServer({ isClient, clientPhysical }: Omit<ClientsOfServer, 'isBehindClient'>): Resolve {
  return (asked) => (isClient(asked) ? clientPhysical : undefined);
}

/** At either end: the other end has the link-local address that follows from its reserved physical one. */
export function resolveLinkLocal(physical: Uint8Array): Resolve6 {
  const linkLocal = linkLocalOf(physical);
  return (asked) => (equalOctets(asked, linkLocal) ? physical : undefined);
}

/** At the server: the clients' link-local address, and the addresses behind the clients. */
export function resolve6AtServer({ isBehindClient, clientPhysical }: Omit<ClientsOfServer, 'isClient'>): Resolve6 {
  const gateway = resolveLinkLocal(clientPhysical);
  return (asked) => gateway(asked) ?? (isBehindClient(asked) ? clientPhysical : undefined);
}
