/** A datagram for the suite to send: whole, right, and of no consequence. */
import { ipv6Octets } from '../../../reference/packets/addresses.ts';
import { encodeIcmpv6 } from '../../../reference/packets/icmpv6.ts';
import { encodeIpv4, IpProtocol } from '../../../reference/packets/ipv4.ts';
import { encodeIpv6 } from '../../../reference/packets/ipv6.ts';

/**
 * An ICMP echo reply that nobody asked for (RFC 792, RFC 4443), which no stack answers: 28 octets, or 48 in IPv6.
 * @param source of either family, as the destination
 * @param mark makes it recognisable: its identification, 0 to 65535, or in IPv6 its flow label
 */
export function echoReply(source: string, destination: string, mark: number): Uint8Array {
  return source.includes(':') ? echoReply6(source, destination, mark) : echoReply4(source, destination, mark);
}

function echoReply6(from: string, to: string, mark: number): Uint8Array {
  const [source, destination] = [ipv6Octets(from), ipv6Octets(to)];
  const message = { type: 129, code: 0, body: Uint8Array.of(0, 0, 0, 0) };
  const payload = encodeIcmpv6(message, { source, destination });
  const fixed = { trafficClass: 0, flowLabel: mark, nextHeader: IpProtocol.icmpv6, hopLimit: 64 };
  return encodeIpv6({ ...fixed, source, destination, payload });
}

function echoReply4(source: string, destination: string, mark: number): Uint8Array {
  return encodeIpv4({
    typeOfService: 0,
    identification: mark,
    flags: 2,
    fragmentOffset: 0,
    timeToLive: 64,
    protocol: IpProtocol.icmp,
    source,
    destination,
    options: new Uint8Array(),
    payload: Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, 0, 0),
  });
}
