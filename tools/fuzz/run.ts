/** Draws packets, sends each through an adapter at either end, and stops at the first that fares wrongly. */
import fc from 'fast-check';
import { packet } from './arbitrary.ts';
import { Subject, type Tally } from './drive.ts';

export interface Outcome {
  /** What both adapters together did. */
  readonly tally: Tally;
  /** The smallest packet found that fares wrongly, and how. */
  readonly failure?: { readonly packet: Uint8Array; readonly fault: string } | undefined;
}

/** Sends one packet through an adapter at either end, made for it. @returns what is wrong, or undefined */
export async function tryPacket(octets: Uint8Array): Promise<string | undefined> {
  await using client = new Subject('client');
  await using server = new Subject('server');
  return (await client.send(octets)) ?? (await server.send(octets));
}

/** @param seed a 32-bit integer: the same one draws the same packets */
export async function fuzz(seed: number, count: number): Promise<Outcome> {
  await using client = new Subject('client');
  await using server = new Subject('server');
  const property = fc.asyncProperty(packet, async (octets) => {
    const fault = (await client.send(octets)) ?? (await server.send(octets));
    if (fault !== undefined) throw new Error(fault);
  });
  const { counterexample } = await fc.check(property, { seed, numRuns: count });
  const tally = Object.fromEntries(
    Object.entries(client.tally).map(([fate, number]) => [fate, number + server.tally[fate as keyof Tally]]),
  ) as Tally;
  if (counterexample === null) return { tally };
  const [octets] = counterexample;
  // Once more, in new adapters: this shows whether an earlier packet left something behind.
  const fault = (await tryPacket(octets)) ?? 'right when it is sent alone: an earlier packet left something behind';
  return { tally, failure: { packet: octets, fault } };
}
