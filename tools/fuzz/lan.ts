/** The virtual LAN that the packets are about, with an adapter at each end of the tunnel. */
import { clientActivation, serverActivation } from '../../reference/adapter/activation.ts';
import type { Activation } from '../../reference/adapter/adapter.ts';

/** Which end an adapter is at. */
export type Place = 'client' | 'server';

export const lan = {
  client: '10.8.0.10',
  /** Another client of the same server. */
  other: '10.8.0.11',
  server: '10.8.0.1',
  prefixLength: 24,
  clientPhysical: '06504e414300',
  serverPhysical: '06504e415300',
  /** The client's /64, fd00:8:0:a::. */
  prefix: 'fd0000080000000a',
} as const;

/** More than fits into the datagram that every client takes: some options are left out, unless the client takes more. */
const routes = Array.from({ length: 60 }, (_, site) => ({
  address: `10.9.${site}.0`,
  length: 24,
  gateway: lan.server,
}));

/** What the adapter at this end of the tunnel is made with. */
export function activationOf(place: Place): Activation {
  const clientPhysical = Uint8Array.fromHex(lan.clientPhysical);
  const serverPhysical = Uint8Array.fromHex(lan.serverPhysical);
  const isClient = (address: string): boolean => address === lan.client || address === lan.other;
  const isBehindClient = (address: Uint8Array): boolean => address.toHex().startsWith(lan.prefix);
  return place === 'server'
    ? serverActivation({ isClient, isBehindClient, clientPhysical, serverPhysical, mtu: 1400 })
    : clientActivation({
        address: lan.client,
        prefixLength: lan.prefixLength,
        serverAddress: lan.server,
        leaseSeconds: 3600,
        routes,
        dns: ['10.9.0.53'],
        domain: 'corp.test',
        search: ['corp.test', 'lab.corp.test'],
        mtu: 1400,
        clientPhysical,
        serverPhysical,
        ipv6: {
          prefix: 'fd00:8:0:a::',
          // More than fits into an advertisement.
          routes: Array.from({ length: 90 }, (_, site) => ({
            address: `fd00:9:${site.toString(16)}::`,
            length: 48,
          })),
          dns: ['fd00:9::53'],
          search: ['corp.test'],
          mtu: 1400,
        },
      });
}
