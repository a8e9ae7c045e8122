/** A datagram for the suite to send: whole, right, and of no consequence. */
import { cat, u16, zeros } from '../../../../vectors/generate/octets.ts';
import { icmp6, ipv4 } from '../../../../vectors/generate/packets.ts';

const dontFragment = 0x4000;

/**
 * An ICMP echo reply that nobody asked for (RFC 792, RFC 4443), which no stack answers: 28 octets, or 48 in IPv6.
 * @param source of either family, as the destination
 * @param mark makes it recognisable: the datagram's identification, 0 to 65535, or in IPv6 the message's
 */
export function echoReply(source: string, destination: string, mark: number): Uint8Array {
  if (source.includes(':'))
    return icmp6({ source, destination, type: 129, body: cat(u16(mark), zeros(2)), hopLimit: 64 });
  const payload = Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, 0, 0);
  return ipv4({ source, destination, protocol: 1, identification: mark, fragment: dontFragment, payload });
}
