/** Opens a REQUEST token by token as section 5.4 of the protocol has it, to answer it wrongly: the server's side alone. */
import { type HandshakeInput, handshake, type Received } from './handshake-steps.ts';
import { fixed, zeros } from './octets.ts';
import { aeadOpen, x25519Public } from './primitives.ts';

/**
 * @param message the Noise message of the REQUEST, of an initiator that is right
 * @returns what is in it. Throws where it does not open.
 */
export function openRequest(
  message: Uint8Array,
  { suite, prologue, serverStatic }: Pick<HandshakeInput, 'suite' | 'prologue' | 'serverStatic'>,
): Received & { readonly payload: Uint8Array } {
  const initiatorEphemeral = message.slice(0, 32);
  /** A run with what is known so far has the h before the next token in its trace. */
  const known = { encapsulationKey: zeros(1184), initiatorStatic: x25519Public(fixed('nobody yet')) };
  const run = (): ReturnType<typeof handshake>['trace'] =>
    handshake({
      suite,
      prologue,
      serverStatic,
      initiatorStatic: fixed('not read'),
      initiatorEphemeral: fixed('not read'),
      serverEphemeral: fixed('not read'),
      kemSeed: fixed('not read', 64),
      kemMessage: fixed('not read'),
      requestPayload: zeros(0),
      responsePayload: zeros(0),
      requestOnly: true,
      received: { initiatorEphemeral, ...known },
    }).trace;
  const open = (after: string, n: number, from: number, to: number): Uint8Array => {
    const state = run().find((step) => step.after === after);
    if (state === undefined) throw new Error(`no token ${after}`);
    const nonce = zeros(12);
    nonce[4] = n;
    return aeadOpen(state.k, nonce, state.h, message.slice(from, to));
  };
  const s = suite === 2 ? 32 + 1200 : 32;
  if (suite === 2) known.encapsulationKey = open('-> es', 0, 32, s);
  known.initiatorStatic = open(suite === 2 ? '-> e1' : '-> es', suite === 2 ? 1 : 0, s, s + 48);
  const payload = open('-> ss', 0, s + 48, message.length);
  return { initiatorEphemeral, ...known, payload };
}
