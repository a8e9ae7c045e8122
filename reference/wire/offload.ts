/** [EP] fig. 9 with flags 0 and 1: what the header of a data frame says that its datagram lacks. */
import { leastSegmentSize, type Offload } from '../packets/offload.ts';
import type { DataHeader } from './data.ts';
import { DataOption } from './identifiers.ts';

/** Flags of a datagram that is to be cut. */
const segmented = DataOption.checksum | DataOption.segmentation;

/** The flags of the header: 0001, or 0003 where the datagram is still to be cut (docs/protocol.md, section 7.7). */
export const flagsOf = ({ segmentSize }: Offload): number => (segmentSize === 0 ? DataOption.checksum : segmented);

/**
 * @param dataOptions option bits that were negotiated
 * @returns undefined unless the header says in one of the two right ways that its datagram lacks something
 */
export function readOffload(
  { flags, segmentSize, datagramLength }: Pick<DataHeader, 'flags' | 'segmentSize' | 'datagramLength'>,
  dataOptions: number,
): Offload | undefined {
  const isPartial = flags === DataOption.checksum && segmentSize === 0 && datagramLength > 0;
  const isCut = flags === segmented && segmentSize >= leastSegmentSize && segmentSize < datagramLength;
  return (isPartial || isCut) && (flags & ~dataOptions) === 0 ? { segmentSize } : undefined;
}
