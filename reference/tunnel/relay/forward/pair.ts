/** Two connections of which each passes what comes from the other ([EP] fig. 13, 242), and how both end. */

import { CallFailure, EPOLLIN, EPOLLOUT, type Epoll, endWriting, receive } from '../../../libc/epoll.ts';
import { close } from '../../../libc/libc.ts';
import type { Side } from '../../../nodes/effect.ts';
import type { Position } from '../../../nodes/flow.ts';
import { Direction, type Slab } from './direction.ts';
import type { Told } from './messages.ts';

const sides = ['upstream', 'downstream'] as const;
const other: Readonly<Record<Side, Side>> = { upstream: 'downstream', downstream: 'upstream' };

/** One connection: a descriptor, and what is to become of it. */
interface End {
  readonly fd: number;
  /** What comes from here passes to the other side. */
  readonly direction: Direction;
  /** `passing` until nothing more passes; `waiting` for an order; `discarding` what still comes; `ended`: no more comes. */
  reading: 'passing' | 'waiting' | 'discarding' | 'ended';
  /** What is to happen once everything for this side has been sent. */
  next: 'shut down' | 'close' | undefined;
  closed: boolean;
}

export interface PairPorts {
  readonly epoll: Epoll;
  readonly slab: Slab;
  readonly tell: (told: Told) => void;
}

export class Pair {
  readonly fds: readonly number[];
  readonly #id: number;
  readonly #ports: PairPorts;
  readonly #ends: Readonly<Record<Side, End>>;

  constructor(
    id: number,
    fds: Readonly<Record<Side, number>>,
    positions: Readonly<Record<Side, Position>>,
    ports: PairPorts,
  ) {
    this.#id = id;
    this.#ports = ports;
    this.fds = [fds.upstream, fds.downstream];
    const end = (side: Side): End => ({
      fd: fds[side],
      direction: new Direction(fds[side], fds[other[side]], positions[side], ports.slab),
      reading: 'passing',
      next: undefined,
      closed: false,
    });
    this.#ends = { upstream: end('upstream'), downstream: end('downstream') };
    this.#arm();
  }

  /** Whether both connections are closed. */
  get over(): boolean {
    return sides.every((side) => this.#ends[side].closed);
  }

  /** Octets that came from a side and passed. */
  passed(side: Side): number {
    return this.#ends[side].direction.passed;
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
    const towards = this.#ends[other[side]].direction;
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
    if (abort) this.#ends[other[side]].direction.drop();
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
      this.#attempt(side, () => end.direction.run());
      this.#settle(side);
    } else if (end.reading === 'discarding') this.#attempt(side, () => this.#discard(side));
  }

  #discard(side: Side): void {
    const end = this.#ends[side];
    const { address, octets } = this.#ports.slab;
    if (receive(end.fd, address, octets.length) !== 0) return;
    end.reading = 'ended';
    this.#tell(side, 'end of stream');
  }

  /** Sends what waits from a side; when nothing does any more, what was to follow follows. */
  #settle(from: Side): void {
    const { direction } = this.#ends[from];
    const to = this.#ends[other[from]];
    if (!to.closed) this.#attempt(from, () => direction.flush());
    if (direction.blocked && !to.closed) return;
    const end = this.#ends[from];
    if (direction.last !== undefined && end.reading === 'passing') {
      end.reading = direction.last === 'end of stream' ? 'ended' : 'waiting';
      this.#tell(from, direction.last);
    }
    if (to.closed || to.next === undefined) return;
    const { next } = to;
    to.next = undefined;
    if (next === 'shut down') this.#attempt(from, () => this.#shutDown(from, to.fd));
    else {
      this.#close(other[from]);
      this.#tell(other[from], 'disconnected');
    }
  }

  #shutDown(from: Side, fd: number): void {
    const { direction } = this.#ends[from];
    direction.sending = true;
    endWriting(fd);
    direction.sending = false;
  }

  /** @param from whose direction is at work: its receiver may be the one that fails */
  #attempt(from: Side, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      const { direction } = this.#ends[from];
      this.#lost(direction.sending ? other[from] : from, error.message);
      direction.sending = false;
    }
  }

  #lost(side: Side, reason: string): void {
    if (this.#ends[side].closed) return;
    this.#close(side);
    this.#ports.tell({ pair: this.#id, side, told: 'lost', reason });
  }

  #close(side: Side): void {
    const end = this.#ends[side];
    end.closed = true;
    end.reading = 'ended';
    this.#ends[other[side]].direction.drop();
    this.#ports.epoll.set(end.fd, 0);
    close(end.fd);
  }

  #tell(side: Side, told: 'close frame' | 'refused' | 'end of stream' | 'disconnected'): void {
    this.#ports.tell({ pair: this.#id, side, told });
  }

  /** A side is read from while what it says can be sent on, and waited for where something is to be sent to it. */
  #arm(): void {
    for (const side of sides) {
      const end = this.#ends[side];
      if (end.closed) continue;
      const reads = end.reading === 'discarding' || (end.reading === 'passing' && !end.direction.blocked);
      const writes = this.#ends[other[side]].direction.blocked;
      this.#ports.epoll.set(end.fd, (reads ? EPOLLIN : 0) | (writes ? EPOLLOUT : 0));
    }
  }
}
