/** What is wrong with the addresses of a server's adapter on its virtual LAN: a line with its remedy, or undefined. */
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import { kindOf } from '../../packets/reserved.ts';
import { Lan } from '../lan.ts';

/** A LAN too large for anyone, or an address that no host may have. */
export function faultOfLan(own: Prefix): string | undefined {
  const { address, length } = own;
  if (length < 8 || length > 30)
    return `${prefixText(own)} is no virtual LAN: choose a private prefix of /8 to /30, such as 10.8.0.1/24`;
  const kind = kindOf(address);
  if (kind !== 'ordinary') return `${address} is ${kind}: choose a private address, such as 10.8.0.1/24`;
  const lan = new Lan(own);
  if (!lan.isHost(lan.numberOf(lan.own)!))
    return `${address} is the network or the broadcast address of ${prefixText(own)}: choose a host's, such as 10.8.0.1/24`;
  return undefined;
}

/** The same in IPv6. @param lan the virtual LAN in IPv4, which numbers the /64s */
export function faultOfLan6(own: Prefix, lan: Prefix): string | undefined {
  const { address, length } = own;
  const longest = 64 - (32 - lan.length);
  const kind = kindOf(address);
  if (kind !== 'ordinary') return `${address} is ${kind}: choose a private address`;
  if (length < 16 || length > longest)
    return `${prefixText(own)} has no /64 for each address of ${prefixText(lan)}: choose a prefix of /16 to /${longest}`;
  const lan6 = new Lan(own);
  if (lan6.numberOf(lan6.own) !== 0)
    return `${address} is not in the first /64 of its prefix, which is the server's: choose an address there`;
  if (!lan6.own.subarray(8).some((octet) => octet !== 0))
    return `${address} is the anycast address of all routers (RFC 4291 §2.6.1): choose a host's`;
  return undefined;
}
