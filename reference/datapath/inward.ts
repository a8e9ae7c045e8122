/** [EP] fig. 18 in place: from a socket to the adapter. `adapter/receive-path.ts` is the readable twin. */
import type { LentDevice } from '../adapter/adapter.ts';
import { notTaken } from '../adapter/interface.ts';
import { virtioHeaderLength, writeVirtioHeader } from '../adapter/virtio-header.ts';
import { writeFrom } from '../libc/descriptors.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { WOULD_BLOCK } from '../libc/native.ts';
import { receive } from '../libc/sockets.ts';
import { setU16, u16At, wordAt } from '../octets.ts';
import { datagramLength, destinationOf, sourceOf } from '../packets/datagram.ts';
import { EtherType, ethernetHeaderLength } from '../packets/ethernet.ts';
import type { Offload } from '../packets/offload.ts';
import { lengthInBundle } from '../wire/bundle.ts';
import { bounds, frameStartLength } from '../wire/frame-start.ts';
import { FrameType, protocolVersion } from '../wire/identifiers.ts';
import type { LentTunnel } from './lent-tunnel.ts';
import { lead, openRecord, Slab, startOf } from './record.ts';
import type { Routes } from './routes.ts';
import type { SharedCounts } from './shared.ts';

/** Octets that are read at once, at least, and what the longest frame needs besides. */
const readAtLeast = 128 * 1024;
const slabLength = bounds.DATA.max + 3 * readAtLeast;

/** Octets of both physical addresses of a frame. */
const addressesLength = 12;

/** Type and version of a DATA frame, octets 4 and 5. */
const dataStart = (FrameType.DATA << 8) | protocolVersion;

/** What became of what could be read: the tunnel goes on, or somebody else has to read what comes next. */
type Outcome = 'goes on' | 'give back';

export class Inward {
  readonly #routes: Routes;
  readonly #counts: SharedCounts;
  readonly #slab = new Slab(slabLength);
  /** Whose octets are in the slab, and where. */
  #owner: LentTunnel | undefined;
  #start = 0;
  #end = 0;

  constructor(routes: Routes, counts: SharedCounts) {
    this.#routes = routes;
    this.#counts = counts;
  }

  /** Reads once, and takes all whole frames. @throws SystemCallFailure of the adapter; of the socket if `receiving` */
  run(tunnel: LentTunnel, adapter: LentDevice, now: number): Outcome {
    this.#own(tunnel);
    if (this.#slab.octets.length - this.#end < readAtLeast) {
      this.#slab.octets.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    this.receiving = true;
    const count = receive(tunnel.fd, this.#slab.address + this.#end, this.#slab.octets.length - this.#end);
    this.receiving = false;
    if (count === WOULD_BLOCK) return 'goes on';
    if (count === 0) return 'give back';
    tunnel.lastReceived = now;
    this.#end += count;
    return this.#take(tunnel, adapter);
  }

  /** During run(): whether it is the socket that failed. */
  receiving = false;

  /** Puts what is in the slab back to its tunnel. */
  release(): void {
    if (this.#owner !== undefined) this.#owner.unread = this.#slab.octets.slice(this.#start, this.#end);
    this.#owner = undefined;
    this.#start = 0;
    this.#end = 0;
  }

  #own(tunnel: LentTunnel): void {
    if (this.#owner === tunnel) return;
    this.release();
    this.#owner = tunnel;
    this.#slab.octets.set(tunnel.unread);
    this.#end = tunnel.unread.length;
  }

  #take(tunnel: LentTunnel, adapter: LentDevice): Outcome {
    while (this.#end - this.#start >= lead) {
      const start = startOf(this.#slab, this.#start, tunnel.dataOptions);
      if (start === undefined) return 'give back';
      if (this.#end - this.#start < start.length) return 'goes on';
      if (!openRecord(tunnel.open, this.#slab, this.#start, start)) return 'give back';
      const at = this.#start + lead;
      this.#start += start.length;
      if (start.bundled) this.#deliverEach(tunnel, adapter, at, at + start.datagramLength);
      else if (start.datagramLength > 0) this.#deliver(tunnel, adapter, at, start.datagramLength, start.offload);
      if (tunnel.openUsedUp) return 'give back';
    }
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
      return 'goes on';
    }
    return this.#mayBeData() ? 'goes on' : 'give back';
  }

  /** Whether what is left, less than header and tag, can be the beginning of a DATA frame that has both. */
  #mayBeData(): boolean {
    if (this.#end - this.#start < frameStartLength) return true;
    const { octets } = this.#slab;
    const length = wordAt(octets, this.#start);
    return u16At(octets, this.#start + 4) === dataStart && length >= lead && length <= bounds.DATA.max;
  }

  /** The datagrams of a bundle. The Ethernet header of each takes the place of octets that were delivered before. */
  #deliverEach(tunnel: LentTunnel, adapter: LentDevice, at: number, end: number): void {
    for (let from = at; from < end; ) {
      const length = lengthInBundle(this.#slab.octets, from, end)!;
      this.#deliver(tunnel, adapter, from, length, undefined);
      from += length;
    }
  }

  /** 356: an Ethernet packet is formed. 358: it is indicated to the local stack as received. */
  #deliver(tunnel: LentTunnel, adapter: LentDevice, at: number, length: number, offload: Offload | undefined): void {
    const { octets, address } = this.#slab;
    if (datagramLength(octets, at, at + length) !== length) {
      this.#counts.add('malformed');
      return;
    }
    const datagram = this.#slab.part(at, length);
    if (!tunnel.permitted.has(octets, at) && !this.#permits(tunnel, datagram)) {
      this.#counts.add('policy');
      tunnel.counts.add('policy');
      return;
    }
    const from = at - ethernetHeaderLength;
    // All that stands before the datagram takes the place of the header and the tag, which are not needed any more.
    const before = adapter.offloads ? virtioHeaderLength : 0;
    if (before > 0 && !writeVirtioHeader(octets, datagram, offload, from - before)) {
      this.#counts.add('malformed');
      return;
    }
    const { addresses } = adapter;
    // `set` takes longer for so few.
    for (let index = 0; index < addressesLength; index += 1) octets[from + index] = addresses[index]!;
    setU16(octets, at - 2, octets[at]! >> 4 === 4 ? EtherType.ipv4 : EtherType.ipv6);
    if (!indicate(adapter.fd, address + from - before, before + ethernetHeaderLength + length)) {
      this.#counts.add('refused');
      return;
    }
    this.#counts.pass('received', length);
    tunnel.counts.pass('received', length);
  }

  /** Whether the peer may send this. */
  #permits(tunnel: LentTunnel, datagram: Uint8Array): boolean {
    const permits = this.#routes.policy(tunnel.id);
    if (permits?.(sourceOf(datagram), destinationOf(datagram), datagram) !== true) return false;
    tunnel.permitted.keep(datagram, 0);
    return true;
  }
}

/** @returns whether the local stack took it */
function indicate(fd: number, address: number, length: number): boolean {
  try {
    return writeFrom(fd, address, length) === length;
  } catch (error) {
    if (error instanceof SystemCallFailure && notTaken.has(error.code)) return false;
    throw error;
  }
}
