/** Tunnel servers that remember where datagrams went, or know more addresses than the text that nobody has (section 11). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SW = 'reference/tunnel/server/switchboard.ts';
const TB = 'reference/tunnel/server/table.ts';
const SA = 'reference/tunnel/server/server-adapter.ts';

// biome-ignore format: a table, one line for each change
export const switching: readonly Fault[] = ofSeveral({
  'once-nobody-always-nobody': ['ADP-10 ADP-25 ADP-28', 'server', 'What was for nobody once, since its client was not there, stays nobody’s.',
    [SW, '  destination(datagram: Uint8Array): Session | undefined {\n', '  destination(datagram: Uint8Array): Session | undefined {\n    const to = (datagram[0]! >>> 4 === 4 ? datagram.slice(16, 20) : datagram.slice(24, 40)).toHex();\n    if (this.nobody.has(to)) return undefined;\n    const found = this.find(datagram);\n    if (found === undefined) this.nobody.add(to);\n    return found;\n  }\n  readonly nobody = new Set<string>();\n  find(datagram: Uint8Array): Session | undefined {\n']],
  'once-behind-it-always-behind-it': ['ADP-31 ADP-24', 'server', 'A destination that was in the network behind a client stays there, though a longer one that has it is behind another by now.',
    [TB, '  /** The longest prefix first. */', '  readonly kept = new Map<string, Session>();\n  /** The longest prefix first. */'],
    [TB, '    for (const { network, session } of this.#networks) if (network.has(octets, offset)) return session;', '    const text = octets.slice(offset, offset + this.#lan.own.length).toHex();\n    const kept = this.kept.get(text);\n    if (kept !== undefined && this.#networks.some(({ session }) => session === kept)) return kept;\n    for (const { network, session } of this.#networks)\n      if (network.has(octets, offset)) {\n        this.kept.set(text, session);\n        return session;\n      }']],
  'addresses-for-documents-are-reserved': ['ADP-29 ADP-25 ADP-39', 'server', 'It drops datagrams for networks that documents and benchmarks use, such as 198.18.0.0/15, though they are in its client data.',
    [TB, '        first === 127 ||\n', '        first === 127 ||\n        (first === 198 && (second & 0xfe) === 18) ||\n        (first === 192 && second === 0 && octets[offset + 2] === 2) ||\n        (first === 198 && second === 51 && octets[offset + 2] === 100) ||\n        (first === 203 && second === 0 && octets[offset + 2] === 113) ||\n']],
  'addresses-for-documents-are-reserved-in-ipv6': ['ADP-29 ADP-28 ADP-39', 'server', 'It drops datagrams for 2001:db8::/32, though that is in its client data.',
    [TB, '    if (first === 0xff || (first', '    if (wordAt(octets, offset) === 0x2001_0db8) return true;\n    if (first === 0xff || (first']],
  'every-network-has-a-broadcast-address': ['ADP-29 ADP-25 ADP-39', 'server', 'Of the networks of its client data it takes the addresses that end in 255 for broadcast addresses.',
    [SW, 'network.has(destination, 0)', 'network.has(destination, 0) && !(length === 4 && destination[3] === 255)']],
  'segments-beyond-its-mtu': ['OFF-01', 'server', 'What is to be cut into segments beyond the MTU of its own adapter is dropped.',
    [SA, 'const delivered = this.#adapter', 'const delivered = offload !== undefined && offload.segmentSize > this.#config.adapter.mtu - 40 ? false : this.#adapter']],
});
