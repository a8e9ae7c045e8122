/** The network layer addresses of the adapter, set without DHCP or autoconfiguration. */
import { ip } from './iproute2.ts';
import { type Prefix, textOf } from './prefix.ts';

/** An address with the length of the prefix that it is in. */
export interface Address extends Prefix {
  /** Whether all of that prefix is routed through the adapter; by default it is. */
  readonly prefixRoute?: boolean;
}

/**
 * Gives the adapter this address; idempotent. One of IPv6 is there at once: nobody else can have it, since no duplicate
 * address detection of anyone else's comes through the adapter.
 */
export async function setAddress(device: string, address: Address): Promise<void> {
  const six = address.address.includes(':');
  const broadcast = six || address.length > 30 ? [] : ['broadcast', '+'];
  const alone = address.prefixRoute === false ? ['noprefixroute'] : [];
  await ip('address', 'replace', textOf(address), ...broadcast, 'dev', device, ...(six ? ['nodad'] : []), ...alone);
}

/** Takes an address away; one that is gone already is no error. */
export async function removeAddress(device: string, address: Prefix): Promise<void> {
  await ip('address', 'delete', textOf(address), 'dev', device).catch(() => undefined);
}
