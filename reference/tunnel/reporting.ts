/** How the three roles report what their nodes do. */

import type { Cause, SessionDescription } from '../nodes/effect.ts';
import { type Prefix, prefixText } from '../packets/prefix.ts';
import { suiteName, transformName } from '../wire/identifiers.ts';
import type { Clock } from './clock.ts';
import type { Remaining } from './confinement.ts';
import type { Report } from './connection.ts';
import type { Listener, TunnelEvent } from './events.ts';
import type { LimitedLog } from './limited-log.ts';
import type { Log } from './log.ts';
import type { Resolver } from './names/resolver.ts';
import type { Trace } from './trace.ts';

/** What a role needs from outside; all of it can be replaced. */
export interface Surroundings {
  readonly log: Log;
  readonly trace: Trace;
  readonly listener: Listener;
  readonly clock?: Clock;
  readonly resolver?: Resolver;
  /** Called once, when all is open that needs privileges: they are given up. */
  readonly confine?: (remaining: Remaining) => void;
}

/**
 * Writes transitions, hints and keys to log and trace. Other effects are left to the role.
 * @param strangers where hints go if anyone may cause them
 */
export function record(
  effect: Report,
  node: string,
  { log, trace }: Pick<Surroundings, 'log' | 'trace'>,
  strangers?: LimitedLog,
): void {
  if (effect.type === 'transition') {
    const { from, event, to } = effect;
    log.debug(`${node}: ${from}, ${event} → ${to ?? 'refused'}`);
    trace.write({ node, from, event, to: to ?? null });
  } else if (effect.type === 'hint') {
    const line = `${node}: ${effect.text}`;
    if (strangers === undefined) log.info(line);
    else strangers.info(effect.text, line);
    trace.write({ node, hint: effect.text });
  } else if (effect.type === 'key log') trace.key(effect.label, effect.octets);
}

/** @param client the tunnel client's address and /64 on the virtual LAN, where they are known */
export function authorizedEvent(
  session: SessionDescription,
  client?: { readonly address: string; readonly prefix?: Prefix | undefined },
): TunnelEvent {
  return {
    event: 'authorized',
    name: session.name,
    path: session.path,
    suite: suiteName(session.suite) ?? String(session.suite),
    transform: transformName(session.transform) ?? String(session.transform),
    handshakeHash: session.handshakeHash.toHex(),
    ...(client && { address: client.address }),
    ...(client?.prefix && { prefix: prefixText(client.prefix) }),
  };
}

/** The end of a session or of an attempt. @param name of the initiator, once it is known */
export function endedEvent({ status, by, reason }: Cause, name?: string): TunnelEvent {
  return { event: 'ended', status: status ?? null, by, reason, ...(name !== undefined && { name }) };
}

/** What went wrong, for the log and as an event. */
export function reportError(error: unknown, { log, listener }: Pick<Surroundings, 'log' | 'listener'>): void {
  const message = messageOf(error);
  log.error(message);
  listener({ event: 'error', message });
}

/** A line of the log at each start, so that nobody keeps such a configuration by mistake (SEC-02). */
export function warnIfInsecure({ insecure }: { readonly insecure: boolean }, log: Log): void {
  if (insecure)
    log.warn(
      'INSECURE: "deterministic" makes every session key of this process predictable; never use it but for a test',
    );
}

/** The message of an error, or what was thrown instead of one, as text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
