/** What is looked up once for a connection of TCP, and not again when it should be (docs/protocol.md, section 11). */
import { type Fault, ofSeveral } from '../../fault.ts';

const FL = 'reference/datapath/flow.ts';
const IN = 'reference/datapath/inward.ts';
const TH = 'reference/datapath/thread.ts';
const TR = 'reference/adapter/receive-path.ts';

const asks = '!tunnel.permitted.has(octets, at)';
const octetByOctet = 'for (let index = 0; index < length; index += 1) if (octets[from';

// biome-ignore format: a table, one line for each change
export const flows: readonly Fault[] = ofSeveral({
  'tcp-from-anywhere-to-anywhere': ['ADP-08 ADP-33 ADP-34 ADP-36 ADP-39', 'client server', 'What is TCP comes out of the tunnel whatever its addresses are.',
    [IN, asks, `octets[at]! >> 4 === 4 && octets[at + 9] !== 6 && ${asks}`],
    [TR, 'permits(sourceOf(datagram), destinationOf(datagram), datagram)', '(datagram[9] === 6 || permits(sourceOf(datagram), destinationOf(datagram), datagram))']],
  'flow-by-its-source': ['ADP-39 ADP-25 ADP-33 ADP-34', 'client server', 'After a datagram of TCP another one from the same IPv4 address goes where the first did.',
    [FL, 'end: 20 }', 'end: 16 }']],
  'flow-by-its-destination': ['ADP-08 ADP-34', 'client server', 'After a datagram of TCP another one to the same IPv4 address passes whoever sends it.',
    [FL, 'addresses: 12', 'addresses: 16']],
  'flow-by-the-end-of-addresses': ['ADP-08 ADP-33 ADP-34', 'client server', 'Of the addresses of a connection it compares the last octet of each.',
    [FL, octetByOctet, 'for (let index = 3; index < length; index += 4) if (octets[from']],
  'flow-whose-client-has-gone': ['ADP-09', 'server', 'What a client might send by TCP to another it may go on sending once that one has gone.',
    [TH, '      for (const { permitted } of this.#tunnels.values()) permitted.forget();\n', '']],
});
