/** For tests: datagrams as a local stack hands them to an adapter that takes work off it. */
import fc from 'fast-check';
import { concat, u16, u32, viewOf } from '../octets.ts';
import { addressOctets } from '../packets/addresses.ts';
import { checksum } from '../packets/checksum.ts';
import { IpProtocol } from '../packets/ipv4.ts';

export interface Unfinished {
  readonly source: string;
  readonly destination: string;
  readonly protocol: typeof IpProtocol.tcp | typeof IpProtocol.udp;
  /** Octets of options behind the header of IPv4, and behind that of TCP: multiples of 4. */
  readonly ipOptions?: number;
  readonly tcpOptions?: number;
  readonly identification?: number;
  readonly sequence?: number;
  readonly tcpFlags?: number;
  readonly timeToLive?: number;
  readonly payload: Uint8Array;
}

const zeros = (length: number): Uint8Array => new Uint8Array(length);
const noOperation = (length: number): Uint8Array => zeros(length).fill(1);

/** A whole datagram whose checksum field holds the sum of the pseudo-header. */
export function unfinished(made: Unfinished): Uint8Array {
  const { source, destination, protocol, payload, ipOptions = 0 } = made;
  const addresses = concat(addressOctets(source), addressOctets(destination));
  const header = upperHeader(made);
  const length = header.length + payload.length;
  const sum = ~checksum(concat(addresses, u16(protocol, length >>> 16, length & 0xffff))) & 0xffff;
  viewOf(header).setUint16(protocol === IpProtocol.tcp ? 16 : 6, sum);
  const { identification = 0, timeToLive = 64 } = made;
  const addressesAndOptions = concat(addresses, noOperation(ipOptions));
  if (addresses.length === 32)
    return concat(u32(6 << 28), u16(length), Uint8Array.of(protocol, timeToLive), addresses, header, payload);
  const ip = concat(
    Uint8Array.of(0x45 + ipOptions / 4, 0),
    u16(20 + ipOptions + length, identification, 0),
    Uint8Array.of(timeToLive, protocol, 0, 0),
    addressesAndOptions,
  );
  viewOf(ip).setUint16(10, checksum(ip));
  return concat(ip, header, payload);
}

function upperHeader({ protocol, payload, tcpOptions = 0, sequence = 1, tcpFlags = 0x10 }: Unfinished): Uint8Array {
  if (protocol === IpProtocol.udp) return u16(4000, 5000, 8 + payload.length, 0);
  const lengthAndFlags = Uint8Array.of((5 + tcpOptions / 4) << 4, tcpFlags);
  const ports = u16(4000, 5000);
  return concat(ports, u32(sequence), u32(7), lengthAndFlags, u16(1024, 0, 0), noOperation(tcpOptions));
}

const quads = (max: number) => fc.integer({ min: 0, max }).map((count) => 4 * count);

/** Any of TCP or UDP; the payload has up to so many octets. */
export const unfinishedParts = (
  longest: number,
  four = ['10.1.0.2', '10.2.0.2'],
  six = ['fd00:1::2', 'fd00:2::2'],
): fc.Arbitrary<Unfinished> =>
  fc
    .record({
      addresses: fc.constantFrom(four, six),
      protocol: fc.constantFrom(IpProtocol.tcp, IpProtocol.udp),
      ipOptions: quads(10),
      tcpOptions: quads(10),
      identification: fc.integer({ min: 0, max: 0xffff }),
      sequence: fc.integer({ min: 0, max: 0xffff_ffff }),
      tcpFlags: fc.integer({ min: 0, max: 255 }),
      length: fc.integer({ min: 0, max: longest }),
      fill: fc.integer({ min: 0, max: 0xffff }),
    })
    .map(({ addresses: [source = '', destination = ''], length, fill, ...parts }) => ({
      ...parts,
      source,
      destination,
      payload: Uint8Array.from({ length }, (_, index) => (index * fill + (index >> 8)) & 0xff),
    }));
