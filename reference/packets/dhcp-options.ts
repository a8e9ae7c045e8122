/**
 * DHCP options (RFC 2132): code, length, value. A field of options is read in two ways, each where it belongs. In a DHCP
 * message (`dhcp.ts`) there may be pads, the end may be missing, and octets may follow it. Client data
 * (`wire/client-data.ts`) has exactly one valid encoding. What one option is stands here.
 */
import { Malformed, Misuse } from '../errors.ts';
import { concat, pieces } from '../octets.ts';
import { ipv4Text } from './addresses.ts';

/** RFC 2132, 3397, 3442, 4039; 249 is what Microsoft's clients asked for before 121 existed. */
export const DhcpOptionCode = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  domainNameServer: 6,
  domainName: 15,
  interfaceMtu: 26,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverIdentifier: 54,
  parameterRequestList: 55,
  maximumMessageSize: 57,
  clientIdentifier: 61,
  rapidCommit: 80,
  domainSearch: 119,
  classlessRoutes: 121,
  classlessRoutesMicrosoft: 249,
  end: 255,
} as const;

/** One option as it is sent; a long value is several options of one code (RFC 3396). */
export interface DhcpOption {
  /** 1 to 254. */
  readonly code: number;
  /** 0 to 255 octets. */
  readonly value: Uint8Array;
}

/** Octets of value that one option holds. */
export const longestDhcpValue = 255;

/** The options of one code that hold a value: none for undefined, several for more than 255 octets (RFC 3396 §5). */
export function dhcpOptions(code: number, value: Uint8Array | undefined): DhcpOption[] {
  if (value === undefined) return [];
  const values = value.length === 0 ? [value] : pieces(value, longestDhcpValue);
  return values.map((piece) => ({ code, value: piece }));
}

/** Value by code; the options of one code are joined in order (RFC 3396 §7). */
export function joinDhcpOptions(options: readonly DhcpOption[]): ReadonlyMap<number, Uint8Array> {
  const groups = Map.groupBy(options, ({ code }) => code);
  return new Map([...groups].map(([code, parts]) => [code, concat(...parts.map(({ value }) => value))]));
}

/** The options one after the other, without an end. @throws Misuse when one does not fit */
export function encodeDhcpOptions(options: readonly DhcpOption[]): Uint8Array {
  const encoded = options.map(({ code, value }) => {
    if (code <= DhcpOptionCode.pad || code >= DhcpOptionCode.end || value.length > longestDhcpValue)
      throw new Misuse(`DHCP option ${code}: does not fit`);
    return concat(Uint8Array.of(code, value.length), value);
  });
  return concat(...encoded);
}

interface Found {
  readonly option: DhcpOption;
  /** The offset after it. */
  readonly end: number;
}

/** The option at an offset, of a code other than pad and end; undefined when it is cut. */
export function dhcpOptionAt(field: Uint8Array, offset: number): Found | undefined {
  const [code, length] = field.subarray(offset, offset + 2);
  if (code === undefined || length === undefined) return undefined;
  const end = offset + 2 + length;
  return end > field.length ? undefined : { option: { code, value: field.slice(offset + 2, end) }, end };
}

/** The value of an option that holds one address, as a dotted quad. @throws Malformed when it has not 4 octets */
export function decodeDhcpAddress(value: Uint8Array): string {
  if (value.length !== 4) throw new Malformed(`${value.length} octets, not 4`);
  return ipv4Text(value);
}
