/**
 * What a local stack leaves to its adapter: to complete the checksum of TCP or UDP, and to cut a long TCP datagram into
 * segments. The length, the header and the addresses of such a datagram are right; its checksum field holds the sum of the
 * pseudo-header (RFC 768, RFC 9293 §3.1), folded and not complemented, as <linux/virtio_net.h> has it.
 */
import { setU16, u16At, viewOf } from '../octets.ts';
import { checksum, upperLayerChecksum } from './checksum.ts';
import { datagramLength, destinationOf, sourceOf } from './datagram.ts';
import { IpProtocol } from './ipv4.ts';
import { udpHeaderLength } from './udp.ts';

/** What a datagram lacks. */
export interface Offload {
  /** Octets of TCP payload in each segment but the last, which may have fewer; 0: the datagram lacks its checksum alone. */
  readonly segmentSize: number;
}

/** With less, a datagram of 64 KB would become hundreds of segments. */
export const leastSegmentSize = 256;

/** Octets of a datagram whose checksum costs less than a frame of its own, where frames take several. */
export const cheapToComplete = 2_048;

/** Offsets in a datagram. */
export interface UpperLayer {
  /** IANA's number. */
  readonly protocol: number;
  readonly start: number;
  /** Of the checksum field. */
  readonly checksum: number;
  /** Where the headers end. */
  readonly payload: number;
}

const ipv6HeaderLength = 40;
const tcpHeaderLength = 20;
/** Octets from the beginning of the header to the checksum field. */
const checksumIn = { [IpProtocol.tcp]: 16, [IpProtocol.udp]: 6 } as const;
const TCP_SEQUENCE = 4;
const TCP_DATA_OFFSET = 12;
const TCP_FLAGS = 13;
const [FIN, PSH, CWR] = [0x01, 0x08, 0x80];

/**
 * @param segmentSize 0, or `leastSegmentSize` and more
 * @returns undefined unless the datagram can lack this: a whole one, no fragment, of TCP or UDP right behind the IP header,
 *   with a header that is whole; a segment size needs TCP and a payload that is longer
 */
export function upperLayerToFinish(datagram: Uint8Array, segmentSize: number): UpperLayer | undefined {
  const upper = upperLayerOf(datagram);
  if (segmentSize === 0 || upper === undefined) return upper;
  const isLong = upper.protocol === IpProtocol.tcp && datagram.length - upper.payload > segmentSize;
  return isLong && segmentSize >= leastSegmentSize ? upper : undefined;
}

function upperLayerOf(datagram: Uint8Array): UpperLayer | undefined {
  if (datagramLength(datagram) !== datagram.length) return undefined;
  const six = datagram[0]! >> 4 === 6;
  const start = six ? ipv6HeaderLength : 4 * (datagram[0]! & 15);
  const isFragment = !six && (u16At(datagram, 6) & 0x3fff) !== 0;
  const protocol = datagram[six ? 6 : 9]!;
  const end = isFragment ? undefined : upperHeaderEnd(datagram, protocol, start);
  if (end === undefined) return undefined;
  return { protocol, start, checksum: start + checksumIn[protocol as keyof typeof checksumIn], payload: end };
}

/** Where the header of TCP or UDP ends; undefined for another one, and where it is not whole. */
function upperHeaderEnd(datagram: Uint8Array, protocol: number, start: number): number | undefined {
  const length = datagram.length - start;
  if (protocol === IpProtocol.udp)
    return length >= udpHeaderLength && u16At(datagram, start + 4) === length ? start + udpHeaderLength : undefined;
  if (protocol !== IpProtocol.tcp) return undefined;
  // Of a datagram that ends before it this is 0.
  const header = 4 * (datagram[start + TCP_DATA_OFFSET]! >> 4);
  return header >= tcpHeaderLength && header <= length ? start + header : undefined;
}

/**
 * Does what the sender of a datagram left.
 * @returns new datagrams that lack nothing; none where the datagram cannot lack this
 */
export function finish(datagram: Uint8Array, { segmentSize }: Offload): Uint8Array[] {
  const upper = upperLayerToFinish(datagram, segmentSize);
  if (upper === undefined) return [];
  return segmentSize === 0 ? [complete(datagram, upper)] : segment(datagram, upper.start, segmentSize);
}

/**
 * Completes a checksum of ones' complement, whose field holds the sum of what is not among the octets.
 * @param start where the octets begin that it is of, which end with the datagram
 * @returns a new datagram
 */
export function complete(datagram: Uint8Array, layer: Pick<UpperLayer, 'start' | 'checksum'>): Uint8Array {
  const octets = datagram.slice();
  completeInPlace(octets, layer);
  return octets;
}

/** As `complete`, in the datagram itself. */
export function completeInPlace(
  datagram: Uint8Array,
  { start, checksum: field }: Pick<UpperLayer, 'start' | 'checksum'>,
): void {
  // To UDP a field of 0 says that there is no checksum; to TCP both zeros mean the same.
  setU16(datagram, field, checksum(datagram, start) || 0xffff);
}

/** Whether a datagram has what `segment` needs: it is whole, and so is a TCP header at `tcp`, behind the IP header. */
export function canBeSegmented(datagram: Uint8Array, tcp: number): boolean {
  if (datagramLength(datagram) !== datagram.length) return false;
  const ipHeader = datagram[0]! >> 4 === 6 ? ipv6HeaderLength : 4 * (datagram[0]! & 15);
  return tcp >= ipHeader && upperHeaderEnd(datagram, IpProtocol.tcp, tcp) !== undefined;
}

/**
 * Cuts a TCP datagram. Segments have the headers of the whole; FIN and PSH are the last one's, CWR is the first one's.
 * @param datagram that can be segmented
 * @param tcp where the TCP header begins
 * @param segmentSize at least 1
 * @returns new datagrams
 */
export function segment(datagram: Uint8Array, tcp: number, segmentSize: number): Uint8Array[] {
  const headers = tcp + 4 * (datagram[tcp + TCP_DATA_OFFSET]! >> 4);
  const whole = viewOf(datagram);
  const segments: Uint8Array[] = [];
  for (let from = headers; from < datagram.length; from += segmentSize) {
    const octets = new Uint8Array(headers + Math.min(segmentSize, datagram.length - from));
    octets.set(datagram.subarray(0, headers));
    octets.set(datagram.subarray(from, from + segmentSize), headers);
    const view = viewOf(octets);
    view.setUint32(tcp + TCP_SEQUENCE, whole.getUint32(tcp + TCP_SEQUENCE) + from - headers);
    if (from > headers) octets[tcp + TCP_FLAGS]! &= ~CWR;
    if (from + segmentSize < datagram.length) octets[tcp + TCP_FLAGS]! &= ~(FIN | PSH);
    finishIpHeader(view, segments.length);
    view.setUint16(tcp + checksumIn[IpProtocol.tcp], 0);
    view.setUint16(tcp + checksumIn[IpProtocol.tcp], tcpChecksum(octets, tcp));
    segments.push(octets);
  }
  return segments;
}

/** Length, and in IPv4 identification and checksum. @param index of the segment */
function finishIpHeader(view: DataView, index: number): void {
  const octets = new Uint8Array(view.buffer);
  if (octets[0]! >> 4 === 6) {
    view.setUint16(4, octets.length - ipv6HeaderLength);
    return;
  }
  view.setUint16(2, octets.length);
  view.setUint16(4, view.getUint16(4) + index);
  view.setUint16(10, 0);
  view.setUint16(10, checksum(octets.subarray(0, 4 * (octets[0]! & 15))));
}

function tcpChecksum(octets: Uint8Array, tcp: number): number {
  const pseudo = { source: sourceOf(octets), destination: destinationOf(octets) };
  return upperLayerChecksum(pseudo, IpProtocol.tcp, octets.subarray(tcp));
}
