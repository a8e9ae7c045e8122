/** Which addresses are said to be where: what the ARP server emulator answers from ([EP] fig. 16, 304). */

/** @returns the physical address behind an IPv4 address, 6 octets, or undefined when nobody here has it */
export type Reach = (address: string) => Uint8Array | undefined;

export interface ClientReach {
  readonly address: string;
  /** Of the virtual LAN, 0 to 32. */
  readonly prefixLength: number;
  readonly serverAddress: string;
  /** The reserved physical address of the server's adapter, 6 octets. */
  readonly serverPhysical: Uint8Array;
}

/** At a client: every address of the virtual LAN but its own is behind the server's adapter. */
export function clientReach({ address, prefixLength, serverAddress, serverPhysical }: ClientReach): Reach {
  const size = 2 ** (32 - prefixLength);
  const own = numberOf(address);
  const network = own - (own % size);
  return (asked) => {
    if (asked === address) return undefined;
    if (asked === serverAddress) return serverPhysical;
    const place = numberOf(asked) - network;
    // The first address names the network and the last one is its broadcast address.
    return place > 0 && place < size - 1 ? serverPhysical : undefined;
  };
}

/** At the server: the addresses of its tunnel clients are behind their adapters, which share one physical address. */
export function serverReach({
  isClient,
  clientPhysical,
}: {
  readonly isClient: (address: string) => boolean;
  readonly clientPhysical: Uint8Array;
}): Reach {
  return (asked) => (isClient(asked) ? clientPhysical : undefined);
}

/** An IPv4 address as a number, 0 to 2^32 - 1. */
export function numberOf(address: string): number {
  return address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}
