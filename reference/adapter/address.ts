/** The network layer address of the adapter, set without DHCP. */
import { ip } from './iproute2.ts';
import { type Prefix, textOf } from './prefix.ts';

/**
 * Gives the adapter this address; idempotent.
 * @param prefix the address with the length of the virtual LAN's prefix
 * @param prefixRoute whether all of that prefix is routed through the adapter
 */
export async function setAddress(device: string, prefix: Prefix, prefixRoute = true): Promise<void> {
  const broadcast = prefix.address.includes(':') || prefix.length > 30 ? [] : ['broadcast', '+'];
  const alone = prefixRoute ? [] : ['noprefixroute'];
  await ip('address', 'replace', textOf(prefix), ...broadcast, 'dev', device, ...alone);
}

/** Takes an address away; one that is gone already is no error. */
export async function removeAddress(device: string, prefix: Prefix): Promise<void> {
  await ip('address', 'delete', textOf(prefix), 'dev', device).catch(() => undefined);
}
