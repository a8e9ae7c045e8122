/** Faults of ARP and DHCP replies that a dissector has to see. */
import { ipv4, udp4 } from '../../../../vectors/generate/packets.ts';
import { isArpReply } from './emulator-questions.ts';

/** A DHCP reply with other octets after the IP and UDP headers, whose lengths and checksums are right. */
function around(reply: Uint8Array, message: Uint8Array): Uint8Array {
  const [source, destination] = [reply.subarray(26, 30).join('.'), reply.subarray(30, 34).join('.')];
  const payload = udp4(source, 67, destination, 68, message);
  return new Uint8Array([...reply.subarray(0, 14), ...ipv4({ source, destination, protocol: 17, payload })]);
}

/** Offset in a DHCP message of the option behind option 53, which stands first. */
const secondOption = 243;

/** Offset of option 54, whatever stands before it. */
function serverIdentifierIn(message: Uint8Array): number {
  let at = secondOption;
  while (message[at] !== 54 && message[at] !== undefined) at += 2 + message[at + 1]!;
  return at;
}

/** Ethernet header and ARP packet; octets beyond pad a short Ethernet packet. */
const arpLength = 42;

/** Each takes a whole reply. */
export const faultsOfReply: Readonly<Record<string, (reply: Uint8Array) => Uint8Array>> = {
  'a wrong IP checksum': (reply) => reply.with(24, reply[24]! ^ 1),
  'a wrong UDP checksum': (reply) => reply.with(40, reply[40]! ^ 1),
  'a UDP length beyond the datagram': (reply) => reply.with(38, reply[38]! + 1),
  'an IP length beyond the packet': (reply) => reply.with(16, reply[16]! + 1),
  'an option that is cut': (reply) => around(reply, reply.slice(42, 42 + secondOption + 4)),
  'a server identifier of 3 octets': (reply) => {
    const message = reply.slice(42);
    const at = serverIdentifierIn(message);
    return around(reply, new Uint8Array([...message.subarray(0, at + 1), 3, ...message.subarray(at + 4)]));
  },
  'no end of its fixed fields': (reply) => around(reply, reply.slice(42, 42 + 100)),
  'no last octet': (reply) => reply.slice(0, isArpReply(reply) ? arpLength - 1 : -1),
};
