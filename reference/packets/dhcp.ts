/** DHCP messages (RFC 2131 fig. 1, RFC 2132, RFC 3396). */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16, u32, viewOf } from '../octets.ts';
import { ipv4Octets, ipv4Text } from './addresses.ts';
import { type DhcpOption, DhcpOptionCode, dhcpOptionAt, encodeDhcpOptions, joinDhcpOptions } from './dhcp-options.ts';

export const dhcpPort = { server: 67, client: 68 } as const;
export const DhcpOperation = { request: 1, reply: 2 } as const;

/** The broadcast bit of `flags` (RFC 2131 fig. 2). */
export const broadcastFlag = 0x8000;

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

/** A message to be sent: its options are in the order of sending, and long values are already several options. */
export type DhcpReply = Omit<DhcpMessage, 'options'> & { readonly options: readonly DhcpOption[] };

/** Octets before the options, the magic cookie included. */
export const dhcpFixedLength = 240;

/** BOOTP's minimum: 300 octets from `op` on (RFC 1542 §2.1); shorter messages are padded. */
const dhcpMinimumLength = 300;

/** Octets of `sname` and of `file`. */
const serverNameLength = 64;
const fileLength = 128;

const magicCookie = 0x63825363;

/** @throws Malformed when cut, without the magic cookie, or with an option that runs over */
export function decodeDhcp(octets: Uint8Array): DhcpMessage {
  if (octets.length < dhcpFixedLength)
    throw new Malformed(`DHCP: ${octets.length} octets, at least ${dhcpFixedLength}`);
  const view = viewOf(octets);
  const hardwareLength = octets[2]!;
  if (hardwareLength > 16) throw new Malformed(`DHCP: hardware address of ${hardwareLength} octets, at most 16`);
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
  const options = concat(encodeDhcpOptions(message.options), Uint8Array.of(DhcpOptionCode.end));
  return concat(
    Uint8Array.of(message.operation, message.hardwareType, clientHardware.length, message.hops),
    u32(message.transactionId),
    u16(message.seconds, message.flags),
    ipv4Octets(message.clientAddress),
    ipv4Octets(message.yourAddress),
    ipv4Octets(message.serverAddress),
    ipv4Octets(message.relayAddress),
    clientHardware,
    new Uint8Array(16 - clientHardware.length + serverNameLength + fileLength),
    u32(magicCookie),
    options,
    new Uint8Array(Math.max(0, dhcpMinimumLength - dhcpFixedLength - options.length)),
  );
}

/** RFC 2131 §4.1: the options field, then `file` and `sname` where option 52 says so. */
function decodeOptions(octets: Uint8Array): ReadonlyMap<number, Uint8Array> {
  const options = readField(octets.subarray(dhcpFixedLength));
  const value = joinDhcpOptions(options).get(DhcpOptionCode.overload);
  const overload = value?.[0] ?? 0;
  if (value !== undefined && (value.length !== 1 || overload < 1 || overload > 3)) {
    throw new Malformed(`DHCP option ${DhcpOptionCode.overload}: 1, 2 or 3 in one octet`);
  }
  if ((overload & 1) !== 0) options.push(...readField(octets.subarray(108, 236)));
  if ((overload & 2) !== 0) options.push(...readField(octets.subarray(44, 108)));
  return joinDhcpOptions(options);
}

/** Pads are skipped, the end may be missing, and what follows it is not read. */
function readField(field: Uint8Array): DhcpOption[] {
  const options: DhcpOption[] = [];
  for (let offset = 0; offset < field.length && field[offset] !== DhcpOptionCode.end; ) {
    if (field[offset] === DhcpOptionCode.pad) {
      offset += 1;
      continue;
    }
    const found = dhcpOptionAt(field, offset);
    if (found === undefined) throw new Malformed(`DHCP option ${field[offset]}: cut`);
    options.push(found.option);
    offset = found.end;
  }
  return options;
}
