/** The DHCP conversation on a device, read by offsets and not by the reference's codec. */
import { readDhcp } from '../../../../vectors/dhcp-reply.ts';
import type { Packet } from './pcap.ts';

const types = ['', 'DISCOVER', 'OFFER', 'REQUEST', 'DECLINE', 'ACK', 'NAK', 'RELEASE', 'INFORM'];

export interface DhcpMessage extends ReturnType<typeof readDhcp> {
  /** The Ethernet packet. */
  readonly octets: Uint8Array;
  /** Number of the packet, as Wireshark counts. */
  readonly packet: number;
  /** Option 53 in words. */
  readonly type: string;
}

/** Every datagram between the ports 67 and 68, in order. */
export function dhcpMessages(packets: readonly Packet[]): DhcpMessage[] {
  return packets.filter(({ octets }) => isDhcp(octets)).map(({ octets, number }) => messageIn(octets, number));
}

/** UDP between ports 67 and 68 in an IPv4 packet without options. @param octets an Ethernet frame */
export function isDhcp(octets: Uint8Array): boolean {
  const isUdp = octets[12] === 8 && octets[13] === 0 && octets[14] === 0x45 && octets[23] === 17;
  const [source, destination] = [(octets[34]! << 8) | octets[35]!, (octets[36]! << 8) | octets[37]!];
  return isUdp && ((source === 68 && destination === 67) || (source === 67 && destination === 68));
}

/** @param octets an Ethernet frame that `isDhcp` @param packet its number in the capture, from 1 */
export function messageIn(octets: Uint8Array, packet = 0): DhcpMessage {
  const message = readDhcp(octets);
  const type = types[Number.parseInt(optionOf(message, 53) ?? '0', 16)] ?? '';
  return { ...message, octets, packet, type };
}

/** Hexadecimal. */
export function optionOf({ options }: Pick<DhcpMessage, 'options'>, code: number): string | undefined {
  return options.find((option) => option.code === code)?.value;
}

/** The state that a REQUEST was sent from, by what it holds: RFC 2131 §4.3.2 and table 4. */
export function stateOf(request: DhcpMessage): string {
  const { ciaddr, ipDestination } = request.fields;
  const [requested, server] = [optionOf(request, 50) !== undefined, optionOf(request, 54) !== undefined];
  if (ciaddr === '0.0.0.0' && requested) return server ? 'SELECTING' : 'INIT-REBOOT';
  if (ciaddr === '0.0.0.0' || requested || server) return 'no state of RFC 2131';
  return ipDestination === '255.255.255.255' ? 'REBINDING' : 'RENEWING';
}
