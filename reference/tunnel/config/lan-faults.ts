/** What is wrong with the addresses of a server's adapter on its virtual LAN: each a line with its remedy. */

import { parsePrefix } from '../../packets/prefix.ts';
import { kindOf } from '../../packets/reserved.ts';
import { Lan6 } from '../lan6.ts';
import { ipv4Number, reserved } from './values.ts';

/** What is wrong with an adapter's address on its virtual LAN: a LAN too large for anyone, or an address that is no host's. */
export function faultOfLan(prefix: string): string | undefined {
  const [address = '', length = ''] = prefix.split('/');
  if (Number(length) < 8 || Number(length) > 30)
    return `${prefix} is no virtual LAN: choose a private prefix of /8 to /30, such as 10.8.0.1/24`;
  if (kindOf(address) !== 'ordinary')
    return `${address} is ${kindOf(address)}: choose a private address, such as 10.8.0.1/24`;
  if (reserved(prefix).includes(ipv4Number(address)))
    return `${address} is the network or the broadcast address of ${prefix}: choose a host's, such as 10.8.0.1/24`;
  return undefined;
}

/** What is wrong with the same in IPv6: `lan` is the virtual LAN in IPv4, which numbers the /64s. */
export function faultOfLan6(prefix: string, lan: string): string | undefined {
  const [address = '', length = ''] = prefix.split('/');
  const longest = 64 - (32 - Number(lan.split('/')[1]));
  const lan6 = new Lan6(parsePrefix(prefix));
  if (kindOf(address) !== 'ordinary') return `${address} is ${kindOf(address)}: choose a private address`;
  if (Number(length) < 16 || Number(length) > longest)
    return `${prefix} has no /64 for each address of ${lan}: choose a prefix of /16 to /${longest}`;
  if (lan6.numberOf(lan6.own, 0) !== 0)
    return `${address} is not in the first /64 of its prefix, which is the server's: choose an address there`;
  if (!lan6.own.subarray(8).some((octet) => octet !== 0))
    return `${address} is the anycast address of all routers (RFC 4291 §2.6.1): choose a host's`;
  return undefined;
}

/** Whether an address is in a prefix, both IPv4. */
export const inside = (address: string, prefix: string): boolean => {
  const [network = '', length = '0'] = prefix.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(ipv4Number(address) / size) === Math.floor(ipv4Number(network) / size);
};
