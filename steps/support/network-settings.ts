/** A scripted server that chooses its client data ([EP] fig. 23, 502 to 508). */
import { type DataTable, When } from '@cucumber/cucumber';
import { isIpv6 } from '../../reference/packets/addresses.ts';
import { physicalOctets } from '../../reference/packets/physical.ts';
import { parsePrefix } from '../../reference/packets/prefix.ts';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { fromNetworkSettings, type NetworkSettings } from '../../reference/wire/network-settings.ts';
import { LabFailure } from './lab/failure.ts';
import { virtualLan6 } from './lab/networks/virtual-lan.ts';
import { defaultSettings } from './peers/scripted-server.ts';
import type { ConformanceWorld } from './world.ts';

/**
 * The usual settings with what the rows of a table say instead: `address` (the client's), `server` (its own), `MTU`,
 * `routes` of both families or `none`, `prefix` (the client's /64), `prefix length` (of the virtual LAN), `DNS servers` in
 * IPv4, `physical address` (the client's) and `server's physical address`. IPv6 is there if a route or the /64 says so.
 */
function settingsOf({
  address,
  server,
  MTU,
  routes,
  prefix,
  'prefix length': length,
  'DNS servers': dns,
  'physical address': clientPhysical,
  "server's physical address": serverPhysical,
  ...strange
}: Readonly<Record<string, string>>) {
  if (Object.keys(strange).length > 0) throw new LabFailure(`no step knows the settings ${Object.keys(strange)}`);
  const gateway = server ?? defaultSettings.serverAddress;
  const all = routes === undefined || routes === 'none' ? [] : routes.split(', ').map(parsePrefix);
  const of4 = all.filter((route) => !isIpv6(route.address)).map((route) => ({ ...route, gateway }));
  const of6 = all.filter((route) => isIpv6(route.address));
  const own6 = { prefix: parsePrefix(prefix ?? virtualLan6.clientPrefix).address, dns: [], search: [] };
  const settings: NetworkSettings = {
    ...defaultSettings,
    address: address ?? defaultSettings.address,
    serverAddress: gateway,
    prefixLength: length === undefined ? defaultSettings.prefixLength : Number(length),
    routes: routes === undefined ? defaultSettings.routes.map((route) => ({ ...route, gateway })) : of4,
    ...(MTU === undefined ? {} : { mtu: Number(MTU) }),
    ...(dns === undefined ? {} : { dns: dns.split(', ') }),
    ...(clientPhysical === undefined ? {} : { clientPhysical: physicalOctets(clientPhysical) }),
    ...(serverPhysical === undefined ? {} : { serverPhysical: physicalOctets(serverPhysical) }),
    ...(prefix === undefined && of6.length === 0 ? {} : { ipv6: { ...own6, routes: of6 } }),
  };
  return settings;
}

/** With the lifetimes that the initiator asks for. */
When('the server authorizes it with', async function (this: ConformanceWorld, table: DataTable) {
  await authorizeWith(this, table.rowsHash());
});

/** @param settings as in the rows of the step */
export async function authorizeWith(world: ConformanceWorld, settings: Record<string, string>): Promise<void> {
  const server = world.get('server');
  await server.readRelay();
  const { lifetimes } = (await server.readRequest()).keyExchangeData;
  const keyExchangeData = makeKeyExchangeData({ lifetimes });
  const clientData = fromNetworkSettings(settingsOf(settings));
  await server.sendResponse({ fields: { keyExchangeData, clientData } });
  await server.receive({ keepAlives: true });
}
