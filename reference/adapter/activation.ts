/** [EP] fig. 23, 508: from the client data to emulators and addresses; and the same for the adapter of the server. */
import { answerArp, concernsArp } from '../emulators/arp.ts';
import { answerDhcp, concernsDhcp } from '../emulators/dhcp.ts';
import { advertise, answerNeighbour, type RouterAdvertisement } from '../emulators/neighbour.ts';
import {
  type ClientsOfServer,
  type Resolve,
  type Resolve6,
  resolve6AtServer,
  resolveAtClient,
  resolveAtServer,
  resolveLinkLocal,
} from '../emulators/resolution.ts';
import { ADVERTISEMENT_INTERVAL, routerOf, withdrawalAdvertisement } from '../emulators/router.ts';
import { isDiscovery } from '../packets/discovery.ts';
import type { NetworkSettings } from '../wire/network-settings.ts';
import type { Activation } from './adapter.ts';
import type { Emulator } from './transmit-path.ts';

interface ServerSettings extends ClientsOfServer {
  readonly serverPhysical: Uint8Array;
  readonly mtu?: number | undefined;
}

/**
 * At a client: its adapter answers ARP, DHCP, neighbour and router solicitations in the server's place.
 * @param settings the client data, as far as policy accepted it
 * @param formerPrefix the client's previous /64, RFC 5952 text: the local stack may still have addresses of it
 */
export function clientActivation(settings: NetworkSettings, formerPrefix?: string): Activation {
  const { clientPhysical, serverPhysical, mtu, ipv6 } = settings;
  const router = ipv6 && routerOf(ipv6, serverPhysical, formerPrefix);
  const advertised =
    router ?? (formerPrefix === undefined ? undefined : withdrawalAdvertisement(formerPrefix, serverPhysical));
  return {
    localPhysical: clientPhysical,
    remotePhysical: serverPhysical,
    mtu,
    emulators: {
      arp: arpEmulator(resolveAtClient(settings)),
      dhcp: {
        concerns: (frame) => concernsDhcp(frame, settings),
        answer: (frame) => answerDhcp(frame, settings),
      },
      neighbour: neighbourEmulator(resolveLinkLocal(serverPhysical), router),
    },
    ...(advertised !== undefined && {
      advertisement: { frame: advertise(advertised), seconds: ADVERTISEMENT_INTERVAL },
    }),
  };
}

/** At the server ARP and neighbour solicitations are answered in the clients' place; it answers no DHCP. */
export function serverActivation(settings: ServerSettings): Activation {
  const { clientPhysical, serverPhysical, mtu } = settings;
  return {
    localPhysical: serverPhysical,
    remotePhysical: clientPhysical,
    mtu,
    emulators: {
      arp: arpEmulator(resolveAtServer(settings)),
      dhcp: { concerns: () => false, answer: () => undefined },
      neighbour: neighbourEmulator(resolve6AtServer(settings)),
    },
  };
}

const arpEmulator = (resolve: Resolve): Emulator => ({
  concerns: concernsArp,
  answer: (frame) => answerArp(frame, resolve),
});

const neighbourEmulator = (resolve: Resolve6, router?: RouterAdvertisement): Emulator => ({
  concerns: isDiscovery,
  answer: (frame) => answerNeighbour(frame, resolve, router),
});
