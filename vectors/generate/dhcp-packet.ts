/** RFC 2131 and RFC 2132: DHCP packets from Ethernet header to last option, by hand. */

import { cat, type Part, u8, u16, u32, zeros } from './octets.ts';
import { address, broadcast, ethernet, ipv4, physical, udp4 } from './packets.ts';

export const clientAddress = '10.8.0.10';
export const serverAddress = '10.8.0.1';
export const clientPhysical = '06:50:4e:41:43:00';
export const serverPhysical = '06:50:4e:41:53:00';

/** RFC 2132 §2: code, length, value. */
export const option = (code: number, value: Part): Uint8Array => cat(u8(code), u8(cat(value).length), value);
/** The value of options 51, 58 and 59: u32. */
export const seconds = (value: number): Uint8Array => u32(value);

/** RFC 3442: prefix length, as many octets of the destination as it covers, gateway. */
export function classlessRoute(prefix: string, gateway: string): Uint8Array {
  const [destination = '', length = '0'] = prefix.split('/');
  return cat(u8(Number(length)), address(destination).slice(0, Math.ceil(Number(length) / 8)), address(gateway));
}

export interface Message {
  readonly op: number;
  readonly xid: number;
  readonly secs?: number;
  readonly flags?: number;
  readonly ciaddr?: string;
  readonly yiaddr?: string;
  readonly siaddr?: string;
  readonly giaddr?: string;
  readonly hops?: number;
  readonly chaddr?: string;
  readonly cookie?: number;
  /** Each is a whole option; 255 follows. */
  readonly options: readonly Uint8Array[];
  readonly sname?: Uint8Array;
  readonly file?: Uint8Array;
}

/** RFC 2131 §2, padded with zeros to 300 octets. */
function bootp(message: Message): Uint8Array {
  const fixedLength = (part: Uint8Array, length: number): Uint8Array => cat(part, zeros(length - part.length));
  const ip = (text: string | undefined): Uint8Array => address(text ?? '0.0.0.0');
  const all = cat(
    [message.op, 1, 6, message.hops ?? 0],
    u32(message.xid),
    u16(message.secs ?? 0),
    u16(message.flags ?? 0),
    ip(message.ciaddr),
    ip(message.yiaddr),
    ip(message.siaddr),
    ip(message.giaddr),
    fixedLength(physical(message.chaddr ?? clientPhysical), 16),
    fixedLength(message.sname ?? zeros(0), 64),
    fixedLength(message.file ?? zeros(0), 128),
    u32(message.cookie ?? 0x63825363),
    ...message.options,
    [255],
  );
  return cat(all, zeros(Math.max(0, 300 - all.length)));
}

export interface Envelope {
  readonly from?: string;
  readonly to?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly sourcePort?: number;
  readonly destinationPort?: number;
  readonly fragment?: number;
  /** UDP checksum in place of the right one. */
  readonly checksum?: number;
}

/** What a client sends: broadcast unless the envelope says otherwise. */
export function clientPacket(message: Message, envelope: Envelope = {}): Uint8Array {
  const source = envelope.source ?? '0.0.0.0';
  const destination = envelope.destination ?? '255.255.255.255';
  const { sourcePort = 68, destinationPort = 67 } = envelope;
  const payload = udp4(source, sourcePort, destination, destinationPort, bootp(message), envelope.checksum);
  return ethernet(
    envelope.to === undefined ? broadcast : physical(envelope.to),
    physical(envelope.from ?? clientPhysical),
    0x0800,
    ipv4({ source, destination, protocol: 17, payload, ...(envelope.fragment ? { fragment: envelope.fragment } : {}) }),
  );
}

/** What the emulator sends, of the server's adapter to the client's. */
export function serverPacket(message: Message, to: string, destination: string, port = 68): Uint8Array {
  const payload = udp4(serverAddress, 67, destination, port, bootp(message));
  return ethernet(
    physical(to),
    physical(serverPhysical),
    0x0800,
    ipv4({ source: serverAddress, destination, protocol: 17, payload }),
  );
}
