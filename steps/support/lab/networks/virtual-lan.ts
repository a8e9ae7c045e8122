/** The virtual LAN that the scenarios' tunnels make: its addresses, and the device by which a node is in it. */

/** The name of the adapter's device that configurations ask for. */
export const wantedDevice = 'pna0';

/** Addresses of the server's and the client's adapter, and a network behind the server. */
export const virtualLan = {
  serverAddress: '10.8.0.1',
  clientAddress: '10.8.0.10',
  prefixLength: 24,
  behindServer: '10.9.0.0/24',
  clientPhysical: '06:50:4e:41:43:00',
  serverPhysical: '06:50:4e:41:53:00',
  mtu: 1400,
} as const;

/** The same in IPv6: what the addresses above are numbers of. */
export const virtualLan6 = {
  serverAddress: 'fd00:8::1',
  serverPrefix: 'fd00:8::1/48',
  prefix: 'fd00:8::/48',
  /** The /64 of the client. */
  clientPrefix: 'fd00:8:0:a::/64',
  behindServer: 'fd00:9::/64',
  /** Link-local, of the two adapters. */
  clientLinkLocal: 'fe80::450:4eff:fe41:4300',
  serverLinkLocal: 'fe80::450:4eff:fe41:5300',
} as const;
