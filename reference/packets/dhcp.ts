/** DHCP messages (RFC 2131 fig. 1, RFC 2132, RFC 3396). */
import { Malformed, Misuse } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { ipv4Octets, ipv4Text } from './addresses.ts';

export const dhcpPort = { server: 67, client: 68 } as const;
export const DhcpOperation = { request: 1, reply: 2 } as const;

/** The broadcast bit of `flags` (RFC 2131 fig. 2). */
export const broadcastFlag = 0x8000;

/** One option as it is sent. */
export interface DhcpOptionField {
  /** 1 to 254. */
  readonly code: number;
  /** 0 to 255 octets. */
  readonly value: Uint8Array;
}

export interface DhcpMessage {
  readonly operation: number;
  readonly hardwareType: number;
  readonly hops: number;
  readonly transactionId: number;
  readonly seconds: number;
  readonly flags: number;
  /** Dotted quads. */
  readonly clientAddress: string;
  readonly yourAddress: string;
  readonly serverAddress: string;
  readonly relayAddress: string;
  /** `chaddr` up to its length, 0 to 16 octets. */
  readonly clientHardware: Uint8Array;
  /** Value by code; what came in pieces is joined in order (RFC 3396 §7). */
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** What a message to be sent consists of: its options in the order wanted, long ones already in pieces. */
export type DhcpReply = Omit<DhcpMessage, 'options'> & { readonly options: readonly DhcpOptionField[] };

/** Octets before the options, the magic cookie included. */
export const dhcpFixedLength = 240;

/** BOOTP's least: 300 octets from `op` on (RFC 1542 §2.1); shorter messages are padded. */
export const dhcpMinimumLength = 300;

const magicCookie = 0x63825363;
const option = { pad: 0, overload: 52, end: 255 } as const;

/** @throws Malformed when cut, without the magic cookie, or with an option that runs over */
export function decodeDhcp(octets: Uint8Array): DhcpMessage {
  if (octets.length < dhcpFixedLength)
    throw new Malformed(`DHCP: ${octets.length} octets, at least ${dhcpFixedLength}`);
  const view = viewOf(octets);
  const hardwareLength = octets[2]!;
  if (hardwareLength > 16) throw new Malformed(`DHCP: hardware address of ${hardwareLength} octets`);
  if (view.getUint32(236) !== magicCookie) throw new Malformed('DHCP: no magic cookie');
  return {
    operation: octets[0]!,
    hardwareType: octets[1]!,
    hops: octets[3]!,
    transactionId: view.getUint32(4),
    seconds: view.getUint16(8),
    flags: view.getUint16(10),
    clientAddress: ipv4Text(octets.subarray(12, 16)),
    yourAddress: ipv4Text(octets.subarray(16, 20)),
    serverAddress: ipv4Text(octets.subarray(20, 24)),
    relayAddress: ipv4Text(octets.subarray(24, 28)),
    clientHardware: octets.slice(28, 28 + hardwareLength),
    options: decodeOptions(octets),
  };
}

/** Pads to 300 octets. @throws Misuse when a field does not fit */
export function encodeDhcp(message: DhcpReply): Uint8Array {
  const { clientHardware } = message;
  if (clientHardware.length > 16) throw new Misuse('DHCP: a hardware address has at most 16 octets');
  const options = message.options.map(({ code, value }) => {
    if (code <= option.pad || code >= option.end || value.length > 255)
      throw new Misuse(`DHCP option ${code}: does not fit`);
    return concat(Uint8Array.of(code, value.length), value);
  });
  const tail = concat(...options, Uint8Array.of(option.end));
  const octets = new Uint8Array(Math.max(dhcpMinimumLength, dhcpFixedLength + tail.length));
  const view = viewOf(octets);
  octets.set([message.operation, message.hardwareType, clientHardware.length, message.hops]);
  view.setUint32(4, message.transactionId);
  view.setUint16(8, message.seconds);
  view.setUint16(10, message.flags);
  octets.set(ipv4Octets(message.clientAddress), 12);
  octets.set(ipv4Octets(message.yourAddress), 16);
  octets.set(ipv4Octets(message.serverAddress), 20);
  octets.set(ipv4Octets(message.relayAddress), 24);
  octets.set(clientHardware, 28);
  view.setUint32(236, magicCookie);
  octets.set(tail, dhcpFixedLength);
  return octets;
}

/** RFC 2131 §4.1: the options field, then `file` and `sname` where option 52 says so. */
function decodeOptions(octets: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>();
  gather(octets.subarray(dhcpFixedLength), options);
  const value = options.get(option.overload);
  const overload = value?.[0] ?? 0;
  if (value !== undefined && (value.length !== 1 || overload < 1 || overload > 3)) {
    throw new Malformed(`DHCP option ${option.overload}: 1, 2 or 3 in one octet`);
  }
  if ((overload & 1) !== 0) gather(octets.subarray(108, 236), options);
  if ((overload & 2) !== 0) gather(octets.subarray(44, 108), options);
  return options;
}

function gather(field: Uint8Array, options: Map<number, Uint8Array>): void {
  for (let offset = 0; offset < field.length; ) {
    const code = field[offset]!;
    if (code === option.end) return;
    if (code === option.pad) {
      offset += 1;
      continue;
    }
    const end = offset + 2 + (field[offset + 1] ?? 0);
    if (end > field.length) throw new Malformed(`DHCP option ${code}: cut`);
    const value = field.slice(offset + 2, end);
    const before = options.get(code);
    options.set(code, before === undefined ? value : concat(before, value));
    offset = end;
  }
}
