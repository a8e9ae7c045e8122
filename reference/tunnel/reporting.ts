/** What the three roles tell of their nodes in the same way. */

import type { Cause, SessionDescription } from '../nodes/effect.ts';
import { type Prefix, prefixText } from '../packets/prefix.ts';
import { suiteName, transformName } from '../wire/identifiers.ts';
import type { Clock } from './clock.ts';
import type { Report } from './connection.ts';
import type { Listener, TunnelEvent } from './events.ts';
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
}

/** Transitions, hints and keys go to log and trace; the rest is returned for the role to act on. */
export function record(effect: Report, who: string, { log, trace }: Pick<Surroundings, 'log' | 'trace'>): void {
  if (effect.type === 'transition') {
    const { from, event, to } = effect;
    log.debug(`${who}: ${from}, ${event} → ${to ?? 'refused'}`);
    trace.write({ node: who, from, event, to: to ?? null });
  } else if (effect.type === 'hint') {
    log.info(`${who}: ${effect.text}`);
    trace.write({ node: who, hint: effect.text });
  } else if (effect.type === 'key log') trace.key(effect.label, effect.octets);
}

/** What a tunnel client has on the virtual LAN. */
interface Own {
  readonly address: string;
  /** Its /64. */
  readonly prefix?: Prefix | undefined;
}

/** @param own where it is known */
export function authorizedEvent(session: SessionDescription, own?: Own): TunnelEvent {
  return {
    event: 'authorized',
    name: session.name,
    path: session.path,
    suite: suiteName(session.suite) ?? String(session.suite),
    transform: transformName(session.transform) ?? String(session.transform),
    handshakeHash: session.handshakeHash.toHex(),
    ...(own && { address: own.address }),
    ...(own?.prefix && { prefix: prefixText(own.prefix) }),
  };
}

export function endedEvent({ status, by, reason }: Cause, name?: string): TunnelEvent {
  return { event: 'ended', status: status ?? null, by, reason, ...(name !== undefined && { name }) };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
