/** UDP (RFC 768). */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16, viewOf } from '../octets.ts';
import { type PseudoHeader, upperLayerChecksum } from './checksum.ts';
import { IpProtocol } from './ipv4.ts';

interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** A view of the octets after the header. */
  readonly payload: Uint8Array;
}

export const udpHeaderLength = 8;

const ipv4AddressLength = 4;

/**
 * @param pseudo for verifying the checksum; absent: it is not judged (a stack that offloads leaves it partial)
 * @throws Malformed when cut, inconsistent or with a wrong checksum; 0 means that there is none (RFC 768), which IPv6
 *   rules out (RFC 8200 §8.1)
 */
export function decodeUdp(octets: Uint8Array, pseudo?: PseudoHeader): UdpDatagram {
  if (octets.length < udpHeaderLength) throw new Malformed(`UDP: ${octets.length} octets, at least 8`);
  const view = viewOf(octets);
  const length = view.getUint16(4);
  if (length < udpHeaderLength || length > octets.length) throw new Malformed(`UDP: length ${length}`);
  const datagram = octets.subarray(0, length);
  const absent = view.getUint16(6) === 0 && pseudo?.source.length === ipv4AddressLength;
  if (pseudo !== undefined && !absent && upperLayerChecksum(pseudo, IpProtocol.udp, datagram) !== 0) {
    throw new Malformed('UDP: checksum');
  }
  return {
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    payload: datagram.subarray(udpHeaderLength),
  };
}

/** Computes length and checksum; a computed 0 is sent as all ones. */
export function encodeUdp({ sourcePort, destinationPort, payload }: UdpDatagram, pseudo: PseudoHeader): Uint8Array {
  const length = udpHeaderLength + payload.length;
  if (length > 0xffff) throw new Misuse(`UDP: ${payload.length} octets do not fit`);
  const octets = concat(u16(sourcePort, destinationPort, length, 0), payload);
  viewOf(octets).setUint16(6, upperLayerChecksum(pseudo, IpProtocol.udp, octets) || 0xffff);
  return octets;
}
