/** What the relay and the thread that copies for it say to each other. Numbers name pairs of connections. */
import type { Side } from '../../../nodes/effect.ts';
import type { Position } from '../../../nodes/flow.ts';

export type Order =
  /** Two sockets, now the thread's, and where in its frames each direction is. */
  | {
      readonly order: 'take';
      readonly pair: number;
      readonly fds: Readonly<Record<Side, number>>;
      readonly positions: Readonly<Record<Side, Position>>;
    }
  /** A frame of the relay's own, unless one is passing there. */
  | { readonly order: 'send'; readonly pair: number; readonly side: Side; readonly octets: Uint8Array }
  /** Shut down writing after all that is to go there; what comes from there passes no more. */
  | { readonly order: 'finish'; readonly pair: number; readonly side: Side }
  | { readonly order: 'disconnect'; readonly pair: number; readonly side: Side; readonly abort: boolean }
  /** Close everything and end. */
  | { readonly order: 'stop' };

/** Everything that came from that side before it has passed. */
export type Told = { readonly pair: number; readonly side: Side } & (
  | { readonly told: 'close frame' | 'refused' | 'end of stream' | 'disconnected' }
  | { readonly told: 'lost'; readonly reason: string }
);

/** Shared with the thread: octets passed from upstream and from downstream. */
export const countersLength = 2 * Float64Array.BYTES_PER_ELEMENT;
