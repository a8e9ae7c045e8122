/** Reads a DHCP message by offsets, with no codec but its own, and judges a reply by a vector. */
import { differences } from './differences.ts';
import { checksum } from './generate/packets.ts';

const physical = (hex: string): string => hex.replaceAll(/(..)(?!$)/g, '$1:');

/** A message in an Ethernet packet, by the offsets of RFC 894, RFC 791, RFC 768 and RFC 2131. Values are hexadecimal. */
export function readDhcp(packet: Uint8Array) {
  const at = (offset: number, length: number): Uint8Array => packet.subarray(offset, offset + length);
  const number = (offset: number): number => (packet[offset] ?? 0) * 256 + (packet[offset + 1] ?? 0);
  const options: { code: number; value: string; parts: string[] }[] = [];
  for (let offset = 282; packet[offset] !== 255 && offset < packet.length; ) {
    const [code = 0, length = 0] = at(offset, 2);
    if (code === 0) {
      offset += 1;
      continue;
    }
    const value = at(offset + 2, length).toHex();
    const before = options.find((option) => option.code === code);
    if (before) {
      before.value += value;
      before.parts.push(value);
    } else options.push({ code, value, parts: [value] });
    offset += 2 + length;
  }
  const udp = at(34, number(38));
  const pseudo = Uint8Array.of(...at(26, 8), 0, 17, ...at(38, 2), ...udp);
  const fields = {
    ethernetDestination: physical(at(0, 6).toHex()),
    ethernetSource: physical(at(6, 6).toHex()),
    ipSource: at(26, 4).join('.'),
    ipDestination: at(30, 4).join('.'),
    sourcePort: number(34),
    destinationPort: number(36),
    op: packet[42],
    xid: at(46, 4).toHex(),
    flags: number(52),
    ciaddr: at(54, 4).join('.'),
    yiaddr: at(58, 4).join('.'),
    giaddr: at(66, 4).join('.'),
    chaddr: physical(at(70, 6).toHex()),
  };
  return { fields, options, sums: [checksum(at(14, 20)), checksum(pseudo)], bootpLength: udp.length - 8 };
}

// biome-ignore lint/suspicious/noExplicitAny: what the JSON Schema of the vectors holds
type Wanted = any;

/**
 * @param wanted `reply` of a vector
 * @returns a line for each field that differs; none where the reply is right
 */
export function faultsOf(packet: Uint8Array, wanted: Wanted): string[] {
  const { fields, options, sums, bootpLength } = readDhcp(packet);
  const { options: wantedOptions, absent, ...wantedFields } = wanted;
  const optionFaults = wantedOptions.map(({ code, value, parts }: Wanted) => {
    const found = options.find((option) => option.code === code);
    return [
      `option ${code}`,
      [
        [found?.value, parts && found?.parts],
        [value, parts],
      ],
    ];
  });
  return differences({
    fields: [fields, wantedFields],
    'checksums of IP and UDP': [sums, [0, 0]],
    '300 octets at least': [bootpLength >= 300, true],
    'first option': [options[0]?.code, 53],
    ...Object.fromEntries(optionFaults),
    'options that must not be there': [options.map(({ code }) => code).filter((code) => absent.includes(code)), []],
  });
}
