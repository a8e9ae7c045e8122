/** [EP] fig. 23, 508: from the client data to emulators and addresses; and the same for the adapter of the server. */
import { answerArp, concernsArp } from '../emulators/arp.ts';
import { answerDhcp, concernsDhcp } from '../emulators/dhcp.ts';
import { advertise, answerNeighbour, type NeighbourView } from '../emulators/neighbour.ts';
import { clientReach, type Reach, serverReach } from '../emulators/reach.ts';
import { ADVERTISEMENT_INTERVAL, noRouter, routerOf } from '../emulators/router.ts';
import { equalOctets } from '../octets.ts';
import { isDiscovery } from '../packets/discovery.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import type { NetworkSettings } from '../wire/network-settings.ts';
import type { Activation } from './adapter.ts';
import type { Emulator } from './transmit-path.ts';

export interface ServerSettings {
  /** Whether an address is that of a tunnel client, dotted text. */
  readonly isClient: (address: string) => boolean;
  /** Whether an address of 16 octets is in the /64 of a tunnel client, or in a network behind one. */
  readonly isBehindClient: (address: Uint8Array) => boolean;
  readonly clientPhysical: Uint8Array;
  readonly serverPhysical: Uint8Array;
  readonly mtu?: number | undefined;
}

/**
 * At a client, from the client data as far as policy accepted it, ARP, DHCP, neighbour and router solicitations are
 * answered in the server's place.
 * @param former the /64 of before, RFC 5952 text, which the local stack may still have
 */
export function clientActivation(settings: NetworkSettings, former?: string): Activation {
  const { clientPhysical, serverPhysical, mtu, ipv6 } = settings;
  const router = ipv6 && routerOf(ipv6, serverPhysical, former);
  const told = router ?? (former === undefined ? undefined : noRouter(former, serverPhysical));
  return {
    localPhysical: clientPhysical,
    remotePhysical: serverPhysical,
    mtu,
    emulators: {
      arp: arpEmulator(clientReach(settings)),
      dhcp: {
        concerns: (frame) => concernsDhcp(frame, settings),
        answer: (frame) => answerDhcp(frame, settings),
      },
      neighbour: neighbourEmulator({ physicalOf: linkLocalReach(serverPhysical), advertisement: router }),
    },
    ...(told !== undefined && { advertisement: { frame: advertise(told), seconds: ADVERTISEMENT_INTERVAL } }),
  };
}

/** At the server ARP and neighbour solicitations are answered in the clients' place; DHCP is none of its business. */
export function serverActivation(settings: ServerSettings): Activation {
  const { clientPhysical, serverPhysical, mtu } = settings;
  return {
    localPhysical: serverPhysical,
    remotePhysical: clientPhysical,
    mtu,
    emulators: {
      arp: arpEmulator(serverReach(settings)),
      dhcp: { concerns: () => false, answer: () => undefined },
      neighbour: neighbourEmulator({ physicalOf: serverReach6(settings) }),
    },
  };
}

function arpEmulator(reach: Reach): Emulator {
  return { concerns: concernsArp, answer: (frame) => answerArp(frame, reach) };
}

function neighbourEmulator(view: NeighbourView): Emulator {
  return { concerns: isDiscovery, answer: (frame) => answerNeighbour(frame, view) };
}

/** The other end has the link-local address that follows from its reserved physical one. */
function linkLocalReach(physical: Uint8Array): NeighbourView['physicalOf'] {
  const own = linkLocalOf(physical);
  return (asked) => (equalOctets(asked, own) ? physical : undefined);
}

/** All tunnel clients are behind one physical address. */
function serverReach6({ isBehindClient, clientPhysical }: ServerSettings): NeighbourView['physicalOf'] {
  const gateway = linkLocalReach(clientPhysical);
  return (asked) => gateway(asked) ?? (isBehindClient(asked) ? clientPhysical : undefined);
}
