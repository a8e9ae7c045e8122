/** DATA frames at their bounds, and datagrams in forms that are rare ([EP] fig. 9). */
import { type Fault, ofSeveral } from '../../fault.ts';

const CV = 'reference/nodes/conversation.ts';
const OF = 'reference/packets/offload.ts';
const DF = 'reference/crypto/data-frame.ts';
const BU = 'reference/wire/bundle.ts';

// biome-ignore format: a table, one line for each change
export const formsOfData: readonly Fault[] = ofSeveral({
  'length-data-131071': ['FRAME-07 BUN-01', 'client server', 'DATA of 131,072 octets is refused.',
    ['reference/wire/frame-start.ts', 'DATA: { min: 16, max: 131_072 }', 'DATA: { min: 16, max: 131_071 }']],
  'bundle-of-4096-at-most': ['BUN-01', 'client server', 'A bundle of more than 4,096 datagrams is refused.',
    [BU, 'return datagrams.length < leastOfBundle ? undefined', 'return datagrams.length < leastOfBundle || datagrams.length > 4_096 ? undefined']],
  'bundle-protocol-always-ipv4': ['BUN-06', 'client server', 'The protocol of a bundle that it sends is IPv4.',
    [DF, 'encodeDataHeader({ protocol,', 'encodeDataHeader({ protocol: flags === DataOption.bundle ? 0x0800 : protocol,']],
  'thread-bundle-protocol-always-ipv4': ['BUN-06', 'client server', 'The protocol of a bundle that the thread sends is IPv4.',
    ['reference/datapath/record.ts', '  setU16(octets, at + 6, octets[at + lead]! >> 4 === 4 ?', '  setU16(octets, at + 6, bundled || octets[at + lead]! >> 4 === 4 ?']],
  'empty-last-segment': ['OFF-05', 'client server', 'What is cut into segments of one length is followed by one without payload.',
    [OF, 'for (let from = headers; from < datagram.length; from += segmentSize)', 'for (let from = headers; from <= datagram.length; from += segmentSize)']],
  'ipv6-segments-of-whole-length': ['OFF-05', 'server', 'In IPv6 segments have the payload length of the whole.',
    [OF, '    view.setUint16(4, octets.length - ipv6HeaderLength);\n', '']],
  'udp-checksum-0': ['OFF-05', 'server', 'A checksum of UDP that comes out as 0 is sent as 0.',
    [OF, ' || 0xffff', '']],
  'unfinished-ipv6-dropped': ['OFF-05 OFF-06', 'server', 'What lacks something in IPv6 is dropped where the peer wants it whole.',
    [OF, '  if (upper === undefined) return [];', '  if (upper === undefined || datagram[0]! >> 4 === 6) return [];']],
  'unfinished-udp-as-it-is': ['OFF-05 OFF-06', 'server', 'The partial checksum of UDP is not completed.',
    [OF, 'return segmentSize === 0 ? [complete(datagram, upper)]', 'return segmentSize === 0 ? [upper.protocol === 17 ? datagram : complete(datagram, upper)]']],
  'thread-stalled-unnoticed': ['FRAME-15', 'server', 'A frame that stalls while the thread has the tunnel stays begun without end.',
    [CV, "    if (!this.#deframer.partial) this.#machine.after(timers.stalledFrame, 'stalledFrame');", "    if (timers === undefined) this.#machine.after(0, 'stalledFrame');"]],
}).map((fault) => (fault.id === 'thread-stalled-unnoticed' ? { ...fault, dataPath: 'fast' } : fault));
