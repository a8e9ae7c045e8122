/** Where a connection comes from, as limits count it (docs/protocol.md, section 10.3). */
import { isIPv6 } from 'node:net';
import { addressOctets } from '../packets/addresses.ts';
import { networkOf, prefixText } from '../packets/prefix.ts';

export interface Source {
  /** Who shares a limit: an IPv4 address, an IPv6 /64, or the whole address of a relay that the operator names. */
  readonly name: string;
  /** Whose connections crowd each other out: an IPv4 /24 or an IPv6 /48. */
  readonly block: string;
}

/** `::ffff:0:0/96`: an IPv4 address is in the last 4 octets. */
const mapped = '00000000000000000000ffff';

/** @param address as the socket tells it, with a zone or without */
export function sourceOf(address: string): Source {
  const [text = ''] = address.split('%');
  if (!isIPv6(text)) return text === '' ? { name: '', block: '' } : ipv4(text);
  const octets = addressOctets(text);
  if (octets.subarray(0, 12).toHex() === mapped) return ipv4(octets.subarray(12).join('.'));
  return { name: network(text, 64), block: network(text, 48) };
}

const ipv4 = (address: string): Source => ({ name: address, block: network(address, 24) });
const network = (address: string, length: number): string => prefixText(networkOf({ address, length }));
