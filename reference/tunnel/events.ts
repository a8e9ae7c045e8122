/** What a running role reports to the program that started it. On stdout each event is one JSON line. */

import type { Role } from './config/schemas.ts';
import type { ClientStatistics, RelayStatistics, ServerStatistics } from './statistics.ts';

export type TunnelEvent =
  | { readonly event: 'ready'; readonly role: Role; readonly port?: number }
  | {
      /** The qualities of a tunnel connection: who, along which path, and how it is protected. */
      readonly event: 'authorized';
      readonly name: string;
      readonly path: readonly string[];
      readonly suite: string;
      readonly transform: string;
      /** Hexadecimal; equal at both end points, and different for each tunnel connection. */
      readonly handshakeHash: string;
      /** The tunnel client's address on the virtual LAN. */
      readonly address?: string;
      /** Its /64, where there is IPv6. */
      readonly prefix?: string;
    }
  | { readonly event: 'confirmed'; readonly name: string }
  | { readonly event: 'adapter'; readonly name: string }
  | {
      readonly event: 'ended';
      /** Of the CLOSE frame ([EP] fig. 10, 193); null when there was none. */
      readonly status: number | null;
      readonly by: 'peer' | 'self' | 'network';
      readonly reason: string;
      readonly name?: string;
    }
  | ClientStatistics
  | ServerStatistics
  | RelayStatistics
  | { readonly event: 'error'; readonly message: string };

/** A running role. */
export interface Service {
  /** Resolves once it listens or has begun; rejects when it can't. */
  start(): Promise<void>;
  /** The user's commands of the state machines ([EP] fig. 11, 204; fig. 12, 226). */
  command(command: 'connect' | 'end session', name?: string): void;
  /** What it has done so far. */
  statistics(): TunnelEvent;
  /** Nobody can give commands any more: a service without a session is finished now. */
  noMoreCommands?(): void;
  /**
   * Ends every session with a CLOSE and removes what was made; resolves when all is gone.
   * @param byUser the user asked for it: then nothing stays, not even what is there to outlive the process
   */
  stop(byUser?: boolean): Promise<void>;
  /** Resolves when the service ends by itself: `done` if it ended as it should. */
  readonly finished: Promise<'done' | 'failed'>;
}

export type Listener = (event: TunnelEvent) => void;
