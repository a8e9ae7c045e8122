/** Bundles ([EP] fig. 9 with flag 3) made by the vectors' own path, and read by section 7.6 of docs/protocol.md alone. */
import assert from 'node:assert/strict';
import { concat, viewOf } from '../../../reference/octets.ts';
import { bundleHeader } from '../../../vectors/generate/bundles.ts';
import { type Keys, type Plain, seal } from '../../../vectors/generate/schedule.ts';
import type { ScriptedEndPoint } from './session.ts';

const bundle = 0x0008;

/** Keys of what the peer sends. */
export const keysOf = ({ session }: ScriptedEndPoint): Keys => session.sending;

/** A frame with these datagrams, as a bundle but for what is changed, sealed by the vectors' own path. */
export function sealBundle(
  peer: ScriptedEndPoint,
  datagrams: readonly Uint8Array[],
  n: number,
  { header, ...others }: Partial<Plain> = {},
): Uint8Array {
  const plain = { datagram: concat(...datagrams), header: { ...bundleHeader, ...header }, ...others, n };
  return seal('chacha20poly1305', keysOf(peer), [plain])[0]!;
}

/** What a DATA frame holds, judged by section 7.6 alone. @throws Nonconformance for a bundle that is none */
export function datagramsOf(
  peer: ScriptedEndPoint,
  frame: Uint8Array,
): { datagrams: readonly Uint8Array[]; isBundle: boolean } {
  const opened = peer.session.opener.openAll(frame);
  const view = viewOf(frame);
  const flags = view.getUint16(10);
  const octets = concat(...opened);
  const header = `the header of ${frame.subarray(0, 16).toHex()}`;
  if (flags === 0) return { datagrams: opened, isBundle: false };
  assert.equal(flags, bundle, header);
  assert.equal(view.getUint16(8), 0, header);
  assert.equal(view.getUint16(12), 0, header);
  assert.equal(view.getUint16(6), octets[0]! >> 4 === 4 ? 0x0800 : 0x86dd, header);
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = octets[at]! >> 4 === 4 ? viewOf(octets).getUint16(at + 2) : 40 + viewOf(octets).getUint16(at + 4);
    datagrams.push(octets.slice(at, at + length));
    at += length;
  }
  assert.ok(datagrams.length >= 2, 'a bundle of one datagram');
  return { datagrams, isBundle: true };
}
