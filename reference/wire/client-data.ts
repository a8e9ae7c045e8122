/**
 * [EP] fig. 8, 162; fig. 23, 508: client data, `u16 n4` ‖ DHCP options (RFC 2132) ending in 255 ‖ `u16 n6` ‖ options of
 * neighbour discovery (RFC 4861 §4.6).
 */
import { Malformed, Misuse } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';

/** One option as it lies on the wire; a long one is several of the same code (RFC 3396). */
export interface DhcpOption {
  /** 1 to 254. */
  readonly code: number;
  /** 0 to 255 octets. */
  readonly value: Uint8Array;
}

/** One option of neighbour discovery. */
export interface NeighbourOption {
  readonly type: number;
  /** What follows type and length: 8 n - 2 octets. */
  readonly value: Uint8Array;
}

export interface ClientData {
  readonly dhcp: readonly DhcpOption[];
  readonly neighbour: readonly NeighbourOption[];
}

/** What a REQUEST sends: `0000 0000`. */
export const noClientData: ClientData = { dhcp: [], neighbour: [] };

const endOption = 255;
const padOption = 0;

/** @throws Misuse when an option does not fit */
export function encodeClientData({ dhcp, neighbour }: ClientData): Uint8Array {
  const four = dhcp.map(({ code, value }) => {
    if (code <= padOption || code >= endOption || value.length > 255)
      throw new Misuse(`DHCP option ${code}: does not fit`);
    return concat(Uint8Array.of(code, value.length), value);
  });
  if (four.length > 0) four.push(Uint8Array.of(endOption));
  const six = neighbour.map(({ type, value }) => {
    const units = (value.length + 2) / 8;
    if (!Number.isInteger(units) || units < 1 || units > 255)
      throw new Misuse(`neighbour option ${type}: does not fit`);
    return concat(Uint8Array.of(type, units), value);
  });
  return concat(counted(four), counted(six));
}

/** Octets that client data takes at the start of `octets`. @throws Malformed when it is cut */
export function clientDataLength(octets: Uint8Array): number {
  const four = readCount(octets, 0);
  return four + readCount(octets, four);
}

/** @throws Malformed unless the octets are the one valid encoding of client data */
export function decodeClientData(octets: Uint8Array): ClientData {
  const four = readCount(octets, 0);
  const end = four + readCount(octets, four);
  if (end !== octets.length) throw new Malformed(`client data: ${octets.length - end} octets after its end`);
  return { dhcp: decodeDhcp(octets.subarray(2, four)), neighbour: decodeNeighbour(octets.subarray(four + 2)) };
}

/** The value of a DHCP option, its instances joined in order (RFC 3396); undefined when it is absent. */
export function dhcpOption({ dhcp }: Pick<ClientData, 'dhcp'>, code: number): Uint8Array | undefined {
  const values = dhcp.filter((option) => option.code === code).map(({ value }) => value);
  return values.length === 0 ? undefined : concat(...values);
}

/** Options of one code for a value of any length: 255 octets each (RFC 3396 §5). */
export function splitDhcpOption(code: number, value: Uint8Array): DhcpOption[] {
  const options: DhcpOption[] = [];
  let offset = 0;
  do {
    options.push({ code, value: value.slice(offset, offset + 255) });
    offset += 255;
  } while (offset < value.length);
  return options;
}

/** Offset after the section whose count stands at `offset`. */
function readCount(octets: Uint8Array, offset: number): number {
  if (octets.length < offset + 2) throw new Malformed('client data: cut before a length');
  const count = viewOf(octets).getUint16(offset);
  if (octets.length < offset + 2 + count) throw new Malformed(`client data: length ${count}, more than is left`);
  return 2 + count;
}

function counted(parts: readonly Uint8Array[]): Uint8Array {
  const joined = concat(...parts);
  if (joined.length > 0xffff) throw new Misuse(`client data: ${joined.length} octets of options, at most 65535`);
  const count = new Uint8Array(2);
  viewOf(count).setUint16(0, joined.length);
  return concat(count, joined);
}

function decodeDhcp(octets: Uint8Array): DhcpOption[] {
  if (octets.length === 0) return [];
  const options: DhcpOption[] = [];
  let offset = 0;
  while (octets[offset] !== endOption) {
    const code = octets[offset];
    const length = octets[offset + 1];
    if (code === undefined || length === undefined)
      throw new Malformed('client data: DHCP options without an end (255)');
    if (code === padOption) throw new Malformed('client data: a pad option (0)');
    const end = offset + 2 + length;
    if (end > octets.length) throw new Malformed(`client data: DHCP option ${code} is longer than what is left`);
    options.push({ code, value: octets.slice(offset + 2, end) });
    offset = end;
  }
  if (options.length === 0) throw new Malformed('client data: an end option (255) alone');
  if (offset + 1 !== octets.length) throw new Malformed('client data: octets after the end option (255)');
  return options;
}

function decodeNeighbour(octets: Uint8Array): NeighbourOption[] {
  const options: NeighbourOption[] = [];
  for (let offset = 0; offset < octets.length; ) {
    const type = octets[offset]!;
    const units = octets[offset + 1] ?? 0;
    const end = offset + 8 * units;
    if (units === 0 || end > octets.length) throw new Malformed(`client data: neighbour option ${type}: wrong length`);
    options.push({ type, value: octets.slice(offset + 2, end) });
    offset = end;
  }
  return options;
}
