/** Why a connection ends, and which event the fault of a frame is at every node. */
import { Malformed, Unexpected } from '../errors.ts';
import { Status, statusName } from '../wire/identifiers.ts';

/** `status` is what the CLOSE frame said, sent or received. */
export interface Cause {
  readonly status?: number;
  readonly by: 'peer' | 'self' | 'network';
  readonly reason: string;
}

/** The peer sent a CLOSE. @param status of that frame, 16 bits */
export const byPeer = (status: number): Cause => ({ status, by: 'peer', reason: statusName(status) });
/** This node sent a CLOSE, or ended without one. @param reason for the user, by default the name of the status */
export const bySelf = (status: number, reason = statusName(status)): Cause => ({ status, by: 'self', reason });
/** The connection failed, and no CLOSE said why. @param reason for the user */
export const byNetwork = (reason: string): Cause => ({ by: 'network', reason });

/** What a frame did wrong, as an event of the machine. */
export interface Fault<E extends string> {
  readonly event: E;
  readonly cause: Cause;
}

/** The fault of a frame that is malformed or not expected. @throws any other error */
export function faultOf(error: unknown): Fault<'protocol error' | 'unsupported version'> {
  if (error instanceof Malformed && error.status === Status.unsupportedVersion)
    return { event: 'unsupported version', cause: bySelf(error.status) };
  if (error instanceof Malformed || error instanceof Unexpected)
    return { event: 'protocol error', cause: bySelf(Status.protocolError, error.message) };
  throw error;
}
