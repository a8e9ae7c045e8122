/** Faults of the neighbour discovery emulator's answers that a dissector has to see. */
import { cat, zeros } from '../../../../vectors/generate/octets.ts';
import { optionAt, summed } from './neighbour-packets.ts';

type Spoil = (advertisement: Uint8Array) => Uint8Array;

/** Offsets in an Ethernet packet. */
const hopLimit = 21;
const payloadLength = 19;
const code = 55;
const checksum = 57;
const targetOption = 78;

/** Spoils one octet and leaves the checksum right. */
const octetAt =
  (offset: (frame: Uint8Array) => number, octet: number): Spoil =>
  (frame) =>
    summed(frame.with(offset(frame), octet));

/** Gives an option another length and as many octets, zeros where there were none. Lengths count 8 octets. */
const resized =
  (type: number, units: number): Spoil =>
  (frame) => {
    const at = optionAt(frame, type);
    const [end, wanted] = [at + 8 * frame[at + 1]!, 8 * units];
    const value = cat(frame.subarray(at + 2, Math.min(end, at + wanted)), zeros(Math.max(0, at + wanted - end)));
    return summed(cat(frame.subarray(0, at), [type, units], value, frame.subarray(end)));
  };

const inOption = (type: number, offset: number) => (frame: Uint8Array) => optionAt(frame, type) + offset;

const anyAdvertisement: Readonly<Record<string, Spoil>> = {
  'a wrong ICMPv6 checksum': (frame) => frame.with(checksum, frame[checksum]! ^ 1),
  'a hop limit of 64': (frame) => frame.with(hopLimit, 64),
  'a code that is not 0': octetAt(() => code, 1),
  'an IPv6 length beyond the packet': (frame) => frame.with(payloadLength, frame[payloadLength]! + 1),
  'no last octet': (frame) => frame.slice(0, -1),
  'a last option that is cut': (frame) => summed(frame.slice(0, -4)),
};

export const faultsOfNeighbourAdvertisement: Readonly<Record<string, Spoil>> = {
  ...anyAdvertisement,
  'an option of length 0': octetAt(() => targetOption + 1, 0),
  'no end of its target': (frame) => summed(frame.slice(0, targetOption - 4)),
  'no option': (frame) => summed(frame.slice(0, targetOption)),
};

export const faultsOfRouterAdvertisement: Readonly<Record<string, Spoil>> = {
  ...anyAdvertisement,
  'no end of its fixed part': (frame) => summed(frame.slice(0, 54 + 12)),
  'an option of length 0': octetAt(inOption(5, 1), 0),
  'an option beyond its end': octetAt(inOption(25, 1), 255),
  'a Prefix Information of 24 octets': resized(3, 3),
  'a prefix of 129 bits': octetAt(inOption(3, 2), 129),
  'a prefix that is on-link': octetAt(inOption(3, 3), 0xc0),
  'a preferred lifetime that ends': octetAt(inOption(3, 8), 0),
  'an MTU option of 16 octets': resized(5, 2),
  'a Route Information without its prefix': resized(24, 1),
  'a route of 129 bits': octetAt(inOption(24, 2), 129),
  'a DNS server of 8 octets': resized(25, 4),
  'a domain whose label is too long': octetAt(inOption(31, 8), 60),
};
