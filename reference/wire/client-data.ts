/**
 * [EP] fig. 8, 162; fig. 23, 508: client data, `u16 n4` ‖ DHCP options (RFC 2132) ending in 255 ‖ `u16 n6` ‖ options of
 * neighbour discovery (RFC 4861 §4.6).
 */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16, viewOf } from '../octets.ts';
import { type DhcpOption, DhcpOptionCode, dhcpOptionAt, encodeDhcpOptions } from '../packets/dhcp-options.ts';
import { decodeNeighbourOptions, encodeNeighbourOptions, type NeighbourOption } from '../packets/neighbour-options.ts';

export interface ClientData {
  readonly dhcp: readonly DhcpOption[];
  readonly neighbour: readonly NeighbourOption[];
}

/** What a REQUEST sends: `0000 0000`. */
export const noClientData: ClientData = { dhcp: [], neighbour: [] };

/** @throws Misuse when an option does not fit */
export function encodeClientData({ dhcp, neighbour }: ClientData): Uint8Array {
  const end = dhcp.length > 0 ? [DhcpOptionCode.end] : [];
  return concat(
    ...counted(concat(encodeDhcpOptions(dhcp), Uint8Array.from(end))),
    ...counted(encodeNeighbourOptions(neighbour)),
  );
}

/** Octets that client data takes at the start of `octets`. @throws Malformed when it is cut */
export function clientDataLength(octets: Uint8Array): number {
  const end = endOfSection(octets, 0);
  return endOfSection(octets, end);
}

/** @throws Malformed unless the octets are the one valid encoding of client data */
export function decodeClientData(octets: Uint8Array): ClientData {
  const middle = endOfSection(octets, 0);
  const end = endOfSection(octets, middle);
  if (end !== octets.length) throw new Malformed(`client data: ${octets.length - end} octets after its end`);
  return naming('client data', () => ({
    dhcp: decodeDhcp(octets.subarray(2, middle)),
    neighbour: decodeNeighbourOptions(octets.subarray(middle + 2)),
  }));
}

/** Puts a name before the text of a Malformed that `decode` throws. @returns what `decode` returns */
export function naming<T>(name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof Malformed ? new Malformed(`${name}: ${error.message}`, error.status) : error;
  }
}

/** The offset after the section whose count stands at `offset`. */
function endOfSection(octets: Uint8Array, offset: number): number {
  if (octets.length < offset + 2) throw new Malformed('client data: cut before a length');
  const count = viewOf(octets).getUint16(offset);
  if (octets.length < offset + 2 + count) throw new Malformed(`client data: length ${count}, more than is left`);
  return offset + 2 + count;
}

function counted(section: Uint8Array): [count: Uint8Array, section: Uint8Array] {
  if (section.length > 0xffff) throw new Misuse(`client data: ${section.length} octets of options, at most 65535`);
  return [u16(section.length), section];
}

/** Stricter than a DHCP message: no pad, one end, nothing after it, and no end if there is no option. */
function decodeDhcp(octets: Uint8Array): DhcpOption[] {
  if (octets.length === 0) return [];
  const options: DhcpOption[] = [];
  let offset = 0;
  while (octets[offset] !== DhcpOptionCode.end) {
    if (octets[offset] === DhcpOptionCode.pad) throw new Malformed('a pad option (0)');
    const found = dhcpOptionAt(octets, offset);
    if (found === undefined)
      throw new Malformed(
        offset + 1 < octets.length
          ? `DHCP option ${octets[offset]} is longer than what is left`
          : 'DHCP options without an end (255)',
      );
    options.push(found.option);
    offset = found.end;
  }
  if (options.length === 0) throw new Malformed('an end option (255) alone');
  if (offset + 1 !== octets.length) throw new Malformed('octets after the end option (255)');
  return options;
}
