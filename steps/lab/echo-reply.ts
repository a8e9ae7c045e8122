/** A datagram for the suite to send: whole, right, and of no consequence. */
import { encodeIpv4, IpProtocol } from '../../reference/packets/ipv4.ts';

/**
 * An ICMP echo reply that nobody asked for (RFC 792), which no stack answers: 28 octets.
 * @param mark makes it recognisable: its identification, 0 to 65535
 */
export function echoReply(source: string, destination: string, mark: number): Uint8Array {
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
