/** [EP] fig. 9, 170 to 186: the DATA header as the transforms need it, in place, without an intermediate object. */

/** Octets before the digest. */
export const headerLength = 16;

export interface HeaderFields {
  readonly length: number;
  readonly protocol: number;
  readonly datagramLength: number;
  readonly paddingLength: number;
  readonly digestLength: number;
}

/** Writes 16 octets at the start of `frame`; flags and segment size are zero. */
export function writeHeader(frame: Uint8Array, fields: HeaderFields): void {
  const view = new DataView(frame.buffer, frame.byteOffset, headerLength);
  view.setUint32(0, fields.length); // 170
  view.setUint8(4, 4); // 172: DATA
  view.setUint8(5, 1); // 174
  view.setUint16(6, fields.protocol); // 176
  view.setUint16(8, fields.datagramLength); // 178
  view.setUint16(10, 0); // 180: flags
  view.setUint16(12, 0); // 182: segment size
  view.setUint8(14, fields.paddingLength); // 184
  view.setUint8(15, fields.digestLength); // 186
}

/** Reads the header of a frame, or nothing unless each of its fields is the one value this frame allows. */
export function readHeader(frame: Uint8Array, digestLength: number): HeaderFields | undefined {
  if (frame.length < headerLength + digestLength) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, headerLength);
  const fields: HeaderFields = {
    length: view.getUint32(0),
    protocol: view.getUint16(6),
    datagramLength: view.getUint16(8),
    paddingLength: view.getUint8(14),
    digestLength: view.getUint8(15),
  };
  const canonical =
    fields.length === frame.length &&
    view.getUint8(4) === 4 &&
    view.getUint8(5) === 1 &&
    view.getUint16(10) === 0 &&
    view.getUint16(12) === 0 &&
    fields.digestLength === digestLength &&
    headerLength + digestLength + fields.datagramLength + fields.paddingLength === frame.length;
  return canonical ? fields : undefined;
}

/** EtherType of a datagram by its first nibble, 0 for a keep-alive, nothing for what is no IP datagram. */
export function etherType(datagram: Uint8Array): number | undefined {
  if (datagram.length === 0) return 0x0000;
  const version = datagram[0]! >> 4;
  return version === 4 ? 0x0800 : version === 6 ? 0x86dd : undefined;
}
