/** [EP] fig. 23, 508: from the client data to emulators and addresses; and the same for the adapter of the server. */
import { answerArp, concernsArp } from '../emulators/arp.ts';
import { answerDhcp, concernsDhcp } from '../emulators/dhcp.ts';
import { answerNeighbour, concernsNeighbour, linkLocalOf, type NeighbourView } from '../emulators/neighbour.ts';
import { clientReach, type Reach, serverReach } from '../emulators/reach.ts';
import type { NetworkSettings } from '../wire/network-settings.ts';
import type { Activation } from './adapter.ts';
import type { Emulator } from './transmit-path.ts';

export interface ServerSettings {
  /** Whether an address is that of a tunnel client, dotted text. */
  readonly isClient: (address: string) => boolean;
  readonly clientPhysical: Uint8Array;
  readonly serverPhysical: Uint8Array;
  readonly mtu?: number | undefined;
}

/** At a client, from the client data as far as policy accepted it, ARP, DHCP and neighbour solicitations are answered in the server's place. */
export function clientActivation(settings: NetworkSettings): Activation {
  const { clientPhysical, serverPhysical, mtu } = settings;
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
      neighbour: neighbourEmulator(serverPhysical),
    },
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
      neighbour: neighbourEmulator(clientPhysical),
    },
  };
}

function arpEmulator(reach: Reach): Emulator {
  return { concerns: concernsArp, answer: (frame) => answerArp(frame, reach) };
}

/** The other end has the link-local address that follows from its reserved physical one. */
function neighbourEmulator(physical: Uint8Array): Emulator {
  const address = linkLocalOf(physical).toHex();
  const view: NeighbourView = { physicalOf: (asked) => (asked.toHex() === address ? physical : undefined) };
  return { concerns: concernsNeighbour, answer: (frame) => answerNeighbour(frame, view) };
}
