/** A tunnel relay that is up to no good ([EP] fig. 5, a): it alters what it forwards. */
import { LabFailure } from '../lab/failure.ts';
import type { ScriptedConnection } from './scripted.ts';

/**
 * Forwards RELAY with one bit of the first octet of `text` in it flipped, then every frame of both directions as it came.
 * Resolves when RELAY is on its way; the rest goes on until either connection ends.
 */
export async function relayAltered(
  upstream: ScriptedConnection,
  downstream: ScriptedConnection,
  text: string,
): Promise<void> {
  const { octets } = await upstream.next('a RELAY frame');
  const at = Buffer.from(octets).indexOf(text);
  if (at < 0) throw new LabFailure(`RELAY has no ${JSON.stringify(text)} that could be altered`);
  await downstream.send(octets.with(at, (octets[at] ?? 0) ^ 1));
  void pass(upstream, downstream);
  void pass(downstream, upstream);
}

async function pass(from: ScriptedConnection, to: ScriptedConnection): Promise<void> {
  try {
    for (;;) await to.send((await from.next()).octets);
  } catch {
    // No more frames: the end of one connection is that of the other.
    to.finish();
  }
}
