/** A splice: two connections, each of which passes what comes from the other ([EP] fig. 13, 242), and how both end. */

import { close } from '../../../libc/descriptors.ts';
import { EPOLLIN, EPOLLOUT, type Epoll } from '../../../libc/epoll.ts';
import { SystemCallFailure } from '../../../libc/failure.ts';
import { endWriting, receive } from '../../../libc/sockets.ts';
import { other, type Side, sides } from '../../../nodes/effect.ts';
import type { Position } from '../../../nodes/flow.ts';
import type { SpliceEvent, SpliceReport } from './messages.ts';
import { OneWayCopy, type Slab } from './one-way-copy.ts';

/** One connection: a descriptor, and what is to become of it. */
interface End {
  readonly fd: number;
  /** What comes from here passes to the other side. */
  readonly copy: OneWayCopy;
  /** `passing` until nothing more passes; `waiting` for an order; `discarding` what still comes; `ended`: no more comes. */
  reading: 'passing' | 'waiting' | 'discarding' | 'ended';
  /** What is to happen once everything for this side has been sent. */
  next: 'shut down' | 'close' | undefined;
  closed: boolean;
}

export interface SplicePorts {
  readonly epoll: Epoll;
  readonly slab: Slab;
  /** Octets that came from upstream and passed, and from downstream, of all splices. */
  readonly passed: Float64Array;
  readonly report: (report: SpliceReport) => void;
}

/**
 * A tunnel connection in Forward, both directions, on the thread that forwards. Each input ends with the events of epoll(7)
 * that it waits for next; what became of a side goes to `report`.
 */
export class Splice {
  readonly id: number;
  readonly fds: readonly number[];
  readonly #ports: SplicePorts;
  readonly #ends: Readonly<Record<Side, End>>;

  constructor(
    id: number,
    fds: Readonly<Record<Side, number>>,
    positions: Readonly<Record<Side, Position>>,
    ports: SplicePorts,
  ) {
    this.id = id;
    this.#ports = ports;
    this.fds = [fds.upstream, fds.downstream];
    const end = (side: Side, index: 0 | 1): End => ({
      fd: fds[side],
      copy: new OneWayCopy(fds[side], fds[other[side]], positions[side], ports.slab, (octets) => {
        ports.passed[index]! += octets;
      }),
      reading: 'passing',
      next: undefined,
      closed: false,
    });
    this.#ends = { upstream: end('upstream', 0), downstream: end('downstream', 1) };
    this.#arm();
  }

  /** Whether both connections are closed. */
  get over(): boolean {
    return sides.every((side) => this.#ends[side].closed);
  }

  /** A descriptor can be read from, written to, or has failed. */
  ready(fd: number, events: number): void {
    const side = this.#ends.upstream.fd === fd ? 'upstream' : 'downstream';
    if ((events & ~EPOLLIN) !== 0) this.#settle(other[side]);
    if ((events & ~EPOLLOUT) !== 0) this.#read(side);
    this.#arm();
  }

  /** A frame of the relay's own never goes into the middle of another. */
  send(side: Side, octets: Uint8Array): void {
    const towards = this.#ends[other[side]].copy;
    if (this.#ends[side].closed || towards.within) return;
    towards.append(octets);
    this.#settle(other[side]);
    this.#arm();
  }

  finish(side: Side): void {
    const end = this.#ends[side];
    if (end.closed) return;
    end.next = 'shut down';
    if (end.reading !== 'ended') end.reading = 'discarding';
    this.#settle(other[side]);
    this.#arm();
  }

  disconnect(side: Side, abort: boolean): void {
    const end = this.#ends[side];
    if (end.closed) return;
    if (abort) this.#ends[other[side]].copy.drop();
    end.next = 'close';
    end.reading = 'ended';
    this.#settle(other[side]);
    this.#arm();
  }

  /** Closes both at once. */
  close(): void {
    for (const side of sides) if (!this.#ends[side].closed) this.#close(side);
  }

  #read(side: Side): void {
    const end = this.#ends[side];
    if (end.closed) return;
    if (end.reading === 'passing') {
      this.#attempt(side, () => end.copy.run());
      this.#settle(side);
    } else if (end.reading === 'discarding') this.#attempt(side, () => this.#discard(side));
  }

  #discard(side: Side): void {
    const end = this.#ends[side];
    const { address, octets } = this.#ports.slab;
    if (receive(end.fd, address, octets.length) !== 0) return;
    end.reading = 'ended';
    this.#report(side, { event: 'end of stream' });
  }

  /** Sends what waits from a side; when nothing does any more, what was to follow follows. */
  #settle(from: Side): void {
    const { copy } = this.#ends[from];
    const to = this.#ends[other[from]];
    if (!to.closed) this.#attempt(from, () => copy.flush());
    if (copy.blocked && !to.closed) return;
    const end = this.#ends[from];
    if (copy.end !== undefined && end.reading === 'passing') {
      end.reading = copy.end === 'end of stream' ? 'ended' : 'waiting';
      this.#report(from, { event: copy.end });
    }
    if (to.closed || to.next === undefined) return;
    const { next } = to;
    to.next = undefined;
    if (next === 'shut down') this.#attempt(from, () => this.#shutDown(from, to.fd));
    else {
      this.#close(other[from]);
      this.#report(other[from], { event: 'disconnected' });
    }
  }

  #shutDown(from: Side, fd: number): void {
    const { copy } = this.#ends[from];
    copy.sending = true;
    endWriting(fd);
    copy.sending = false;
  }

  /** @param from whose copy is at work: its receiver may be the one that fails */
  #attempt(from: Side, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SystemCallFailure)) throw error;
      const { copy } = this.#ends[from];
      this.#lost(copy.sending ? other[from] : from, error.code);
      copy.sending = false;
    }
  }

  #lost(side: Side, reason: string): void {
    if (this.#ends[side].closed) return;
    this.#close(side);
    this.#report(side, { event: 'lost', reason });
  }

  #close(side: Side): void {
    const end = this.#ends[side];
    end.closed = true;
    end.reading = 'ended';
    this.#ends[other[side]].copy.abandon();
    this.#ports.epoll.set(end.fd, 0);
    close(end.fd);
  }

  #report(side: Side, event: SpliceEvent): void {
    this.#ports.report({ splice: this.id, side, ...event });
  }

  /** A side is read from while its octets can be sent on, and waited for where something is to be sent to it. */
  #arm(): void {
    for (const side of sides) {
      const end = this.#ends[side];
      if (end.closed) continue;
      const reads = end.reading === 'discarding' || (end.reading === 'passing' && !end.copy.blocked);
      const writes = this.#ends[other[side]].copy.blocked;
      this.#ports.epoll.set(end.fd, (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0));
    }
  }
}
