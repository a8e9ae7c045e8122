/** The network layer addresses of the adapter, set without DHCP or autoconfiguration. */
import { networkInterfaces } from 'node:os';
import { addressOctets, addressText, isIpv6 } from '../../packets/addresses.ts';
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import { ip, showAddresses } from '../programs/iproute2.ts';

/** An address with the length of the prefix that it is in. */
export interface Address extends Prefix {
  /**
   * Whether all of that prefix is on link at the adapter; by default it is. `last`: where no other route leads to it, as when
   * the adapter was down for a moment. Then the kernel takes the other routes away for good, and brings this one back.
   */
  readonly prefixRoute?: boolean | 'last';
}

/**
 * Gives the adapter this address; idempotent. An IPv6 address can be used at once: duplicate address detection would find
 * nothing, since no solicitation passes the adapter.
 */
export async function setAddress(device: string, address: Address): Promise<void> {
  const six = isIpv6(address.address);
  const broadcast = six || address.length > 30 ? [] : ['broadcast', '+'];
  const alone = prefixWords(address);
  const words = [prefixText(address), ...broadcast, 'dev', device, ...(six ? ['nodad'] : []), ...alone];
  await ip('address', 'replace', ...words);
  // Autoconfiguration may have set the same address first. Then duplicate address detection still runs, and the address
  // is not used: it is set anew.
  if (!six || !(await isTentative(device, address))) return;
  await removeAddress(device, address);
  await ip('address', 'replace', ...words);
}

/** Of two routes to a prefix the kernel takes that of the lower metric. Without a word it is 0. */
function prefixWords({ prefixRoute = true }: Address): readonly string[] {
  if (prefixRoute === 'last') return ['metric', '1024'];
  return prefixRoute ? [] : ['noprefixroute'];
}

async function isTentative(device: string, { address }: Address): Promise<boolean> {
  return (await showAddresses('dev', device, 'to', address, 'tentative')).length > 0;
}

/** Which of these the adapter does not have: all, unless it is up. Asked at each change of the network, so without a program. */
export function missingAddresses(device: string, wanted: readonly Address[]): readonly Address[] {
  const present = new Set(networkInterfaces()[device]?.map(({ address }) => address));
  return wanted.filter(({ address }) => !present.has(addressText(addressOctets(address))));
}

/** Takes an address away; one that is gone already is no error. */
export async function removeAddress(device: string, address: Prefix): Promise<void> {
  await ip('address', 'delete', prefixText(address), 'dev', device).catch(() => undefined);
}
