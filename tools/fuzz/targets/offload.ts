/** Datagrams that lack something (docs/protocol.md, section 7.7), beside a header of a device that says so, in any octets. */
import {
  finishLeft,
  offloadOf,
  readVirtioHeader,
  virtioHeaderLength,
  writeVirtioHeader,
} from '../../../reference/adapter/virtio-header.ts';
import { concat, viewOf } from '../../../reference/octets.ts';
import { finish, upperLayerToFinish } from '../../../reference/packets/offload.ts';
import { cat, u32 } from '../../../vectors/generate/octets.ts';
import { checksum } from '../../../vectors/generate/packets.ts';
import { load } from '../../../vectors/load.ts';
import { same, type Target } from './target.ts';

/** Offsets and lengths in a datagram, by the text alone. */
interface Parts {
  readonly isFour: boolean;
  /** Where TCP or UDP begins, its checksum field, and the payload. */
  readonly start: number;
  readonly field: number;
  readonly payload: number;
  /** The pseudo-header without the length. */
  readonly addresses: Uint8Array;
  readonly protocol: number;
}

const [tcp, udp] = [6, 17];
const [FIN, PSH, CWR] = [0x01, 0x08, 0x80];

/** @returns undefined for a datagram that cannot lack this */
function partsOf(datagram: Uint8Array, segmentSize: number): Parts | undefined {
  const isFour = datagram[0]! >> 4 === 4;
  if ((!isFour && datagram[0]! >> 4 !== 6) || datagram.length < (isFour ? 20 : 40)) return undefined;
  const view = viewOf(datagram);
  const start = isFour ? 4 * (datagram[0]! & 15) : 40;
  const length = isFour ? view.getUint16(2) : 40 + view.getUint16(4);
  const isFragment = isFour && (view.getUint16(6) & 0x3fff) !== 0;
  const protocol = datagram[isFour ? 9 : 6]!;
  const left = datagram.length - start;
  const addresses = datagram.slice(isFour ? 12 : 8, isFour ? 20 : 40);
  if (length !== datagram.length || start < 20 || isFragment) return undefined;
  const found = { isFour, start, addresses, protocol };
  if (protocol === udp && segmentSize === 0 && left >= 8 && view.getUint16(start + 4) === left)
    return { ...found, field: start + 6, payload: start + 8 };
  if (protocol !== tcp || left < 20) return undefined;
  const header = 4 * (datagram[start + 12]! >> 4);
  const isLong = segmentSize === 0 || (segmentSize >= 256 && left - header > segmentSize);
  return header >= 20 && header <= left && isLong
    ? { ...found, field: start + 16, payload: start + header }
    : undefined;
}

const pseudoHeader = ({ addresses, protocol }: Parts, length: number): Uint8Array =>
  cat(addresses, u32(length), u32(protocol));

/** With the field that a stack leaves: the sum of the pseudo-header. */
function partial(datagram: Uint8Array, parts: Parts): Uint8Array {
  const made = datagram.slice();
  viewOf(made).setUint16(parts.field, ~checksum(pseudoHeader(parts, datagram.length - parts.start)) & 0xffff);
  return made;
}

function judgeSum(datagram: Uint8Array, parts: Parts): void {
  const upper = datagram.slice(parts.start);
  same('the sum of TCP or UDP', checksum(cat(pseudoHeader(parts, upper.length), upper)), 0);
  if (parts.protocol === udp) same('no checksum', viewOf(datagram).getUint16(parts.field) === 0, false);
}

/** The fields that are a segment's own are taken from the whole: then both have the same headers. */
function judgeSegment(segment: Uint8Array, whole: Uint8Array, index: number, size: number, parts: Parts): void {
  const { isFour, start, payload } = parts;
  const [own, all] = [viewOf(segment), viewOf(whole)];
  const from = payload + index * size;
  const isLast = from + size >= whole.length;
  same('its length', segment.length, payload + Math.min(size, whole.length - from));
  same('its length in the header', isFour ? own.getUint16(2) : own.getUint16(4) + 40, segment.length);
  if (isFour) same('its identification', own.getUint16(4), (all.getUint16(4) + index) % 65_536);
  if (isFour) same('the sum of its header', checksum(segment.slice(0, start)), 0);
  same('its sequence number', own.getUint32(start + 4), (all.getUint32(start + 4) + index * size) % 2 ** 32);
  const flags = whole[start + 13]! & (index === 0 ? 0xff : 0xff - CWR) & (isLast ? 0xff : 0xff - FIN - PSH);
  same('its flags', segment[start + 13], flags);
  judgeSum(segment, parts);
  const headers = segment.slice(0, payload);
  const ownFields = isFour ? [2, 3, 4, 5, 10, 11] : [4, 5];
  for (const at of [...ownFields, ...[4, 5, 6, 7, 13, 16, 17].map((one) => start + one)]) headers[at] = whole[at]!;
  same('the rest of its headers', headers, whole.slice(0, payload));
}

function judge(octets: Uint8Array, segmentSize: number): void {
  const parts = partsOf(octets, segmentSize);
  const header = new Uint8Array(virtioHeaderLength).fill(0xff);
  same('taken', upperLayerToFinish(octets, segmentSize) !== undefined, parts !== undefined);
  same('told', writeVirtioHeader(header, octets, { segmentSize }), parts !== undefined);
  const datagram = parts === undefined ? octets : partial(octets, parts);
  const before = datagram.slice();
  const whole = finish(datagram, { segmentSize });
  same('what was to be finished', datagram, before);
  if (parts === undefined) {
    same('made of it', whole, []);
    return;
  }
  const left = readVirtioHeader(header);
  same('read again', left && offloadOf(left, datagram), { segmentSize });
  same('finished by the header', left && finishLeft(left, datagram), whole);
  if (segmentSize > 0) {
    for (const [index, segment] of whole.entries()) judgeSegment(segment, datagram, index, segmentSize, parts);
    const payload = concat(...whole.map((segment) => segment.subarray(parts.payload)));
    same('the payload', payload, datagram.slice(parts.payload));
    return;
  }
  const [done, ...more] = whole;
  same('more', more, []);
  judgeSum(done!, parts);
  done!.set(datagram.subarray(parts.field, parts.field + 2), parts.field);
  same('all else', done, datagram);
}

/** A header of a device, and the datagram of a vector behind it. */
function seeds(): Uint8Array[] {
  const [group] = load('offload');
  const tests = group?.tests.filter(({ result, datagram }) => result === 'valid' && datagram !== '') ?? [];
  return tests.map(({ datagram, segmentSize }) => {
    const octets = Uint8Array.fromHex(datagram);
    const header = new Uint8Array(virtioHeaderLength);
    if (!writeVirtioHeader(header, octets, { segmentSize })) header[0] = 0;
    return concat(header, octets);
  });
}

export const offloadTarget: Target = {
  name: 'offload',
  does: 'datagrams whose checksum or cutting a local stack, or a peer, has left',
  covers: ['reference/packets/offload.ts', 'reference/adapter/virtio-header.ts'],
  longest: 3_000,
  seeds,
  run: (input) => {
    if (input.length < virtioHeaderLength) return;
    const datagram = input.slice(virtioHeaderLength);
    const left = readVirtioHeader(input);
    const whole = left && finishLeft(left, datagram);
    const offload = left && offloadOf(left, datagram);
    if (offload !== undefined) same('finished by either', finish(datagram, offload), whole);
    for (const segmentSize of [0, viewOf(input).getUint16(4, true)]) judge(datagram, segmentSize);
  },
};
