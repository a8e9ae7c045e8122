/** A tunnel that the thread has: its socket, its ciphers, and what waits for the socket or for the rest of a frame. */
import { close } from '../libc/descriptors.ts';
import type { Evp } from '../libc/evp.ts';
import type { Offload } from '../packets/offload.ts';
import { DataOption } from '../wire/identifiers.ts';
import { flagsOf } from '../wire/offload.ts';
import { Flow } from './flow.ts';
import type { Loan, Returned } from './messages.ts';
import { type Cipher, cipherOf } from './record.ts';
import { type Direction, type SharedCounts, TunnelState } from './shared.ts';

const empty = new Uint8Array(0);

export class LentTunnel {
  readonly id: number;
  readonly fd: number;
  readonly counts: SharedCounts;
  readonly seal: Cipher;
  readonly open: Cipher;
  /** Addresses between which its peer may send. */
  readonly permitted = new Flow();
  /** Option bits that were negotiated. */
  readonly dataOptions: number;
  /** What was sealed and could not be sent yet. */
  unsent: Uint8Array = empty;
  /** Octets of a frame that is not whole, unless they are in the slab of `Inward`. */
  unread: Uint8Array;
  lastSent: number | undefined;
  lastReceived: number | undefined;
  readonly #bounds: Loan['bounds'];

  constructor({ tunnel, fd, state: buffer, contexts, bounds, dataOptions, unread }: Loan, evp: Evp) {
    const state = new TunnelState(buffer);
    this.id = tunnel;
    this.fd = fd;
    this.counts = state.counts;
    this.seal = cipherOf(evp, contexts.seal, state.sent);
    this.open = cipherOf(evp, contexts.open, state.received);
    this.dataOptions = dataOptions;
    this.unread = unread;
    this.#bounds = bounds;
  }

  /** Whether frames of several datagrams were negotiated. */
  get bundles(): boolean {
    return (this.dataOptions & DataOption.bundle) !== 0;
  }

  /** Whether the peer takes datagrams that lack this. */
  takes(offload: Offload): boolean {
    return (flagsOf(offload) & ~this.dataOptions) === 0;
  }

  get full(): boolean {
    return this.unsent.length > 0;
  }

  /** Whether a bound of the key with which this end seals is reached: frames, or octets through the cipher. */
  get sealUsedUp(): boolean {
    return isReached(this.#bounds, this.seal.direction);
  }

  /** The same of the key with which the peer seals. */
  get openUsedUp(): boolean {
    return isReached(this.#bounds, this.open.direction);
  }

  /** The descriptor is closed: whoever gets the tunnel back has another one of the same socket. */
  giveBack(now: number, failure?: string): Returned {
    close(this.fd);
    const ago = (moment: number | undefined): number | undefined => (moment === undefined ? undefined : now - moment);
    return {
      tunnel: this.id,
      unread: this.unread.slice(),
      unsent: this.unsent.slice(),
      sentAgo: ago(this.lastSent),
      receivedAgo: ago(this.lastReceived),
      failure,
    };
  }
}

const isReached = ({ frames, octets }: Loan['bounds'], direction: Direction): boolean =>
  direction.frames >= frames || direction.octets >= octets;
