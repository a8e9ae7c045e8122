/** DATA frames with flags 0 and 1, made by the vectors' own path, and judged by section 7.7 of docs/protocol.md alone. */
import assert from 'node:assert/strict';
import { viewOf } from '../../../reference/octets.ts';
import { cat, u32 } from '../../../vectors/generate/octets.ts';
import { checksum } from '../../../vectors/generate/packets.ts';
import { type Plain, seal } from '../../../vectors/generate/schedule.ts';
import { virtualLan } from '../lab/networks/virtual-lan.ts';
import { keysOf } from './bundle.ts';
import type { ScriptedEndPoint } from './session.ts';

/** A frame that says that its datagram lacks something. */
export const sealLacking = (
  peer: ScriptedEndPoint,
  datagram: Uint8Array,
  segmentSize: number,
  n: number,
  other: Partial<Plain> = {},
): Uint8Array => {
  const header = { flags: segmentSize === 0 ? 1 : 3, segmentSize };
  return seal('chacha20poly1305', keysOf(peer), [{ datagram, header, ...other, n }])[0]!;
};

const tcp = 6;
const udp = 17;

/** The parts of an IPv4 datagram of TCP or UDP; undefined for another. */
interface Parts {
  readonly pseudoHeader: Uint8Array;
  readonly upper: Uint8Array;
  readonly headers: number;
  readonly checksumAt: number;
}

function partsOf(datagram: Uint8Array): Parts | undefined {
  const protocol = datagram[9]!;
  if (datagram[0]! >> 4 !== 4 || (protocol !== tcp && protocol !== udp)) return undefined;
  const start = 4 * (datagram[0]! & 15);
  const upper = datagram.slice(start);
  const pseudoHeader = cat(datagram.slice(12, 20), u32(protocol), u32(upper.length));
  const headers = start + (protocol === tcp ? 4 * (upper[12]! >> 4) : 8);
  return { pseudoHeader, upper, headers, checksumAt: protocol === tcp ? 16 : 6 };
}

/** @throws AssertionError unless the IPv4 datagram is as long as it says, lacks nothing, and is no longer than the MTU */
export function assertWhole(datagram: Uint8Array, mtu: number, what: string): void {
  assertHeader(datagram, what);
  assert.ok(datagram.length <= mtu, `${what}: ${datagram.length} octets, more than the MTU`);
  const parts = partsOf(datagram);
  if (parts !== undefined) assert.equal(checksum(cat(parts.pseudoHeader, parts.upper)), 0, `${what}: checksum`);
}

function assertHeader(datagram: Uint8Array, what: string): void {
  assert.equal(checksum(datagram.slice(0, 4 * (datagram[0]! & 15))), 0, `${what}: IPv4 header checksum`);
  assert.equal(viewOf(datagram).getUint16(2), datagram.length, `${what}: total length`);
}

/**
 * The datagram of a DATA frame that is no bundle, judged: its checksums are right, or partial where flag 0 says so, and
 * neither it nor a segment of it is longer than the MTU.
 * @param options bits that were negotiated
 * @throws Nonconformance, or an AssertionError
 */
export function judgedDatagram(peer: ScriptedEndPoint, frame: Uint8Array, options: number): Uint8Array {
  const datagram = peer.session.opener.open(frame).slice();
  const [flags, segmentSize] = [viewOf(frame).getUint16(10), viewOf(frame).getUint16(12)];
  const what = `a frame with the header ${frame.subarray(0, 16).toHex()}`;
  assert.ok([0, 1, 3].includes(flags) && (flags & ~options) === 0, `${what}: flags`);
  const parts = partsOf(datagram);
  if (datagram.length === 0 || parts === undefined) {
    assert.equal(flags, 0, what);
    return datagram;
  }
  const { pseudoHeader, upper, headers, checksumAt } = parts;
  assertHeader(datagram, what);
  if (flags === 0) {
    assert.equal(checksum(cat(pseudoHeader, upper)), 0, `${what}: checksum of ${datagram.toHex()}`);
    // To UDP a field of 0 says that there is none.
    assert.ok(datagram[9] !== udp || viewOf(upper).getUint16(checksumAt) !== 0, `${what}: checksum 0`);
  } else
    assert.equal(
      viewOf(upper).getUint16(checksumAt),
      ~checksum(pseudoHeader) & 0xffff,
      `${what}: partial checksum of ${datagram.subarray(0, headers).toHex()}`,
    );
  if (flags === 3) {
    assert.equal(datagram[9], tcp, what);
    assert.ok(segmentSize >= 256 && segmentSize < datagram.length - headers, `${what}: segment size`);
  } else assert.equal(segmentSize, 0, `${what}: segment size`);
  const longest = flags === 3 ? headers + segmentSize : datagram.length;
  assert.ok(longest <= virtualLan.mtu, `${what}: ${longest} octets, more than the MTU`);
  return datagram;
}
