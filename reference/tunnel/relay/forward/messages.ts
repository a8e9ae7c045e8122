/** Messages between the relay and the thread that copies for it. Splices have numbers. */
import type { Side } from '../../../nodes/effect.ts';
import type { Position } from '../../../nodes/flow.ts';

export type Order =
  /** Two sockets, now the thread's, and where in its frames each direction is. */
  | {
      readonly order: 'take';
      readonly splice: number;
      readonly fds: Readonly<Record<Side, number>>;
      readonly positions: Readonly<Record<Side, Position>>;
    }
  /** A frame of the relay's own, unless one is passing there. */
  | { readonly order: 'send'; readonly splice: number; readonly side: Side; readonly octets: Uint8Array }
  /** Shut down writing after all that is to go there; what comes from there passes no more. */
  | { readonly order: 'finish'; readonly splice: number; readonly side: Side }
  | { readonly order: 'disconnect'; readonly splice: number; readonly side: Side; readonly abort: boolean }
  /** Close everything and end. */
  | { readonly order: 'stop' };

/** What has happened on a side. Everything that came from that side before it has passed. */
export type SpliceEvent =
  | { readonly event: 'close frame' | 'refused' | 'end of stream' | 'disconnected' }
  | { readonly event: 'lost'; readonly reason: string };

/** The thread waits for orders from now on. */
export interface Started {
  readonly event: 'started';
}

export type SpliceReport = SpliceEvent & { readonly splice: number; readonly side: Side };

/** Shared with the thread: octets passed from upstream and from downstream. */
export const countersLength = 2 * Float64Array.BYTES_PER_ELEMENT;
