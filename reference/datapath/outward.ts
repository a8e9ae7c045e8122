/** [EP] fig. 17 in place: from the adapter to the sockets. `adapter/transmit-path.ts` is the readable twin. */
import type { LentDevice } from '../adapter/adapter.ts';
import { FRAME_LENGTH } from '../adapter/interface.ts';
import {
  completeLeft,
  finishLeft,
  type Left,
  offloadOf,
  readVirtioHeader,
  virtioHeaderLength,
} from '../adapter/virtio-header.ts';
import { read } from '../libc/descriptors.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { WOULD_BLOCK } from '../libc/native.ts';
import { send } from '../libc/sockets.ts';
import { u16At } from '../octets.ts';
import { datagramLength } from '../packets/datagram.ts';
import { dhcpPort } from '../packets/dhcp.ts';
import { isDiscovery } from '../packets/discovery.ts';
import { EtherType, ethernetHeaderLength, etherTypeOf } from '../packets/ethernet.ts';
import { IpProtocol } from '../packets/ipv4.ts';
import { cheapToComplete, type Offload } from '../packets/offload.ts';
import { longestBundle } from '../wire/bundle.ts';
import { Flow } from './flow.ts';
import type { LentTunnel } from './lent-tunnel.ts';
import { allows, lead, Slab, sealRecord, type Unsealed } from './record.ts';
import type { Routes } from './routes.ts';
import type { SharedCounts } from './shared.ts';

/** Frames that are read before the others get a turn, and octets that are sent at once. */
const framesInTurn = 64;
const sendAtOnce = 256 * 1024;
/** The last frame may be one that has to be cut: each segment has headers and a frame of its own. */
const slabLength = sendAtOnce + 3 * (lead + FRAME_LENGTH);

/** Where a frame is read, behind the adapter's header: its datagram comes to lie where one is sealed, in a frame at `at`. */
const frameAt = (at: number): number => at + lead - ethernetHeaderLength;

export interface OutwardPorts {
  /** A tunnel that the thread has. */
  readonly tunnelOf: (id: number) => LentTunnel | undefined;
  /** Whether it has none: then all that the local stack sends is for somebody else to read. */
  readonly idle: () => boolean;
  /** A frame for the readable path, with the adapter's header before it; the octets are valid until this returns. */
  readonly pass: (frame: Uint8Array) => void;
  /** The tunnel is not the thread's any more. `failure`: the name of errno */
  readonly giveBack: (tunnel: LentTunnel, failure?: string) => void;
  /** Its socket takes no more for now. */
  readonly full: (tunnel: LentTunnel) => void;
  readonly now: () => number;
}

const nothing = new Uint8Array(0);

/** Frames for one tunnel, one after the other in the slab. */
interface Run {
  readonly tunnel: LentTunnel;
  readonly from: number;
  /** The last of them, unless it is sealed. */
  last: Unsealed | undefined;
}

export class Outward {
  readonly #routes: Routes;
  readonly #counts: SharedCounts;
  readonly #ports: OutwardPorts;
  readonly #slab = new Slab(slabLength);
  /** While there is one tunnel: it waits for its socket with octets that lie in the slab. */
  #waiting: LentTunnel | undefined;
  /** The readable path has a datagram that may be for a tunnel of this thread: what follows must not overtake it. */
  #held = false;
  #run: Run | undefined;
  #at = 0;
  /** Addresses of the last datagram, and the tunnel that such are for. */
  readonly #flow = new Flow();
  #flowsTo: number | undefined;

  constructor(routes: Routes, counts: SharedCounts, ports: OutwardPorts) {
    this.#routes = routes;
    this.#counts = counts;
    this.#ports = ports;
  }

  /** Whether the local stack has to wait: so it does if there is one tunnel and its connection is full. */
  get waits(): boolean {
    return this.#waiting !== undefined || this.#held || this.#ports.idle();
  }

  /** The readable path has had all frames. */
  goOn(): void {
    this.#held = false;
  }

  /** Reads from the adapter, seals and sends. @throws SystemCallFailure of the adapter */
  run({ fd, offloads }: LentDevice): void {
    const before = offloads ? virtioHeaderLength : 0;
    this.#at = 0;
    try {
      for (let count = 0; count < framesInTurn && !this.waits && this.#at < sendAtOnce; count += 1) {
        const from = frameAt(this.#at);
        const length = read(fd, this.#slab.address + from - before, before + FRAME_LENGTH);
        if (length === WOULD_BLOCK) break;
        this.#frame(from, length - before, offloads);
      }
    } finally {
      this.#send();
    }
  }

  /** Sends what waits. */
  flush(tunnel: LentTunnel): void {
    if (tunnel.full) this.#deliver(tunnel, tunnel.unsent);
  }

  /** Nothing of this tunnel's stays in the slab. */
  release(tunnel: LentTunnel): void {
    tunnel.unsent = tunnel.unsent.slice();
    if (this.#waiting === tunnel) this.#waiting = undefined;
    if (this.#run?.tunnel === tunnel) this.#run = undefined;
  }

  /**
   * What is whose may have changed. There may be several tunnels now, where the one that waits must not delay the others; or
   * one again, which waits.
   * @param tunnels that the thread has
   */
  share(tunnels: Iterable<LentTunnel>): void {
    this.#flow.forget();
    if (!this.#routes.shared) this.#waiting ??= [...tunnels].find(({ full }) => full);
    else if (this.#waiting !== undefined) this.release(this.#waiting);
  }

  /** @param offloads whether the adapter's header, which says what the local stack left to do, is before the frame */
  #frame(from: number, frameLength: number, offloads: boolean): void {
    const { octets } = this.#slab;
    const length = plainDatagramLength(octets, from, from + frameLength);
    if (length === undefined) {
      const frame = this.#slab.part(from, frameLength);
      this.#held = isDatagram(frame);
      this.#ports.pass(frame);
      return;
    }
    const at = from + ethernetHeaderLength;
    const datagram = this.#slab.part(at, length);
    const id = this.#destination(datagram);
    if (id === undefined) {
      this.#counts.add('noTunnel');
      return;
    }
    const left = offloads ? readVirtioHeader(octets, from - virtioHeaderLength) : undefined;
    if (left === undefined) this.#datagram(id, length, length);
    else this.#unfinished(id, datagram, left);
  }

  #destination(datagram: Uint8Array): number | undefined {
    if (this.#flow.has(datagram, 0)) return this.#flowsTo;
    const id = this.#routes.destination(datagram);
    if (this.#flow.keep(datagram, 0)) this.#flowsTo = id;
    return id;
  }

  /** Most often it is that of the frame before. */
  #tunnelOf(id: number): LentTunnel | undefined {
    return this.#run?.tunnel.id === id ? this.#run.tunnel : this.#ports.tunnelOf(id);
  }

  /** A datagram that lacks something goes as it is to a peer that takes it so; for any other the work is done here. */
  #unfinished(id: number, datagram: Uint8Array, left: Left): void {
    const { length } = datagram;
    const tunnel = this.#tunnelOf(id);
    const offload = offloadOf(left, datagram);
    // A short datagram that is complete can share a frame.
    const isShort = tunnel?.bundles === true && length <= cheapToComplete && left.segmentSize === 0;
    const isTaken = offload !== undefined && tunnel?.takes(offload) === true && !isShort;
    if (isTaken || tunnel === undefined) this.#datagram(id, length, length, offload);
    else this.#finish(id, datagram, left);
  }

  /** Each datagram takes the place of a frame that was read. */
  #finish(id: number, datagram: Uint8Array, left: Left): void {
    const { octets } = this.#slab;
    if (completeLeft(left, datagram)) {
      this.#clearHeader();
      this.#datagram(id, datagram.length, datagram.length);
      return;
    }
    const header = octets.slice(frameAt(this.#at), frameAt(this.#at) + ethernetHeaderLength);
    let counted = datagram.length;
    const whole = finishLeft(left, datagram);
    if (whole.length === 0) this.#counts.add('noTunnel');
    for (const one of whole) {
      const from = frameAt(this.#at);
      if (from + ethernetHeaderLength + one.length > octets.length) {
        this.#counts.add('noTunnel');
        return;
      }
      this.#clearHeader();
      octets.set(header, from);
      octets.set(one, from + ethernetHeaderLength);
      this.#datagram(id, one.length, counted);
      counted = 0;
    }
  }

  /** Nothing is left to do about the frame that was read. */
  #clearHeader(): void {
    const end = frameAt(this.#at);
    // `fill` takes longer for so few.
    for (let at = end - virtioHeaderLength; at < end; at += 1) this.#slab.octets[at] = 0;
  }

  /**
   * The datagram of the frame that was read.
   * @param id of the tunnel that it is for
   * @param length its octets
   * @param counted as many, or those of all that was cut if it is the first segment, and 0 for the others
   * @param offload what it lacks
   */
  #datagram(id: number, length: number, counted: number, offload?: Offload): void {
    if (this.#run?.tunnel.id !== id) this.#send();
    else if (offload === undefined && this.#joins(this.#run, length, counted)) return;
    else this.#seal(this.#run);
    const tunnel = this.#tunnelOf(id);
    if (tunnel === undefined) this.#pass(length);
    else if (tunnel.full) {
      tunnel.counts.add('full');
      this.#counts.add('noTunnel');
    } else if (!allows(tunnel.seal, length)) {
      this.#held = true;
      this.#pass(length);
    } else this.#begin(tunnel, length, counted, offload);
  }

  /** The datagram of the frame that was read is for the readable path. */
  #pass(length: number): void {
    this.#ports.pass(this.#slab.part(frameAt(this.#at), ethernetHeaderLength + length));
  }

  /** The datagram that was read has a frame of its own, as far as is known now. */
  #begin(tunnel: LentTunnel, length: number, counted: number, offload: Offload | undefined): void {
    const last = { at: this.#at, length, count: 1, offload };
    this.#run = { tunnel, from: this.#run?.from ?? this.#at, last };
    this.#take(tunnel, lead + length, counted);
  }

  /** The datagram that was read shares the frame of those before it, if it may. */
  #joins(run: Run, length: number, counted: number): boolean {
    const { tunnel, last } = run;
    if (!tunnel.bundles || last === undefined || last.offload !== undefined) return false;
    const together = last.length + length;
    if (together > longestBundle || !allows(tunnel.seal, together)) return false;
    const from = this.#at + lead;
    this.#slab.octets.copyWithin(this.#at, from, from + length);
    run.last = { at: last.at, length: together, count: last.count + 1 };
    this.#take(tunnel, length, counted);
    return true;
  }

  #take(tunnel: LentTunnel, room: number, counted: number): void {
    this.#at += room;
    if (counted === 0) return;
    this.#counts.pass('transmitted', counted);
    tunnel.counts.pass('transmitted', counted);
  }

  /** Nothing joins the last frame of a run any more. If that was the last one of the key, the tunnel goes back. */
  #seal(run: Run): void {
    if (run.last === undefined) return;
    // Should this fail, nothing of the run may leave.
    this.#run = undefined;
    sealRecord(run.tunnel.seal, this.#slab, run.last);
    run.last = undefined;
    if (run.tunnel.sealUsedUp) this.#sendSealed(run);
    else this.#run = run;
  }

  /** Sends the frames of one tunnel. */
  #send(): void {
    if (this.#run !== undefined) this.#seal(this.#run);
    if (this.#run !== undefined) this.#sendSealed(this.#run);
  }

  #sendSealed({ tunnel, from }: Run): void {
    this.#run = undefined;
    tunnel.lastSent = this.#ports.now();
    this.#deliver(tunnel, this.#slab.part(from, this.#at - from));
    if (tunnel.sealUsedUp && this.#ports.tunnelOf(tunnel.id) === tunnel) this.#ports.giveBack(tunnel);
  }

  #deliver(tunnel: LentTunnel, octets: Uint8Array): void {
    let failure: string | undefined;
    let sent = 0;
    try {
      while (sent < octets.length) {
        const count = send(tunnel.fd, sent === 0 ? octets : octets.subarray(sent));
        if (count === WOULD_BLOCK) break;
        sent += count;
      }
    } catch (error) {
      if (!(error instanceof SystemCallFailure)) throw error;
      failure = error.code;
    }
    this.#keep(tunnel, sent === octets.length ? nothing : octets.subarray(sent));
    if (failure !== undefined) this.#ports.giveBack(tunnel, failure);
  }

  /** With several tunnels the slab is needed for the others. */
  #keep(tunnel: LentTunnel, rest: Uint8Array): void {
    tunnel.unsent = this.#routes.shared && rest.buffer === this.#slab.octets.buffer ? rest.slice() : rest;
    const waits = tunnel.full && !this.#routes.shared;
    if (waits && this.#waiting === undefined) this.#counts.add('pauses');
    if (waits) this.#waiting = tunnel;
    else if (this.#waiting === tunnel) this.#waiting = undefined;
    if (tunnel.full) this.#ports.full(tunnel);
  }
}

/**
 * Octets of the datagram in a frame that goes to a tunnel or nowhere, without what may be behind it. Undefined for what may be
 * an emulator's, and for what is no whole datagram: the readable path knows what becomes of it.
 */
function plainDatagramLength(octets: Uint8Array, from: number, end: number): number | undefined {
  const at = from + ethernetHeaderLength;
  if (end <= at) return undefined;
  const etherType = u16At(octets, at - 2);
  const version = octets[at]! >> 4;
  const isIpv4 = etherType === EtherType.ipv4 && version === 4;
  const isIpv6 = etherType === EtherType.ipv6 && version === 6;
  if (!isIpv4 && !isIpv6) return undefined;
  const forEmulator = isIpv4 ? mayBeDhcp(octets, at, end) : mayBeDiscovery(octets, from, end);
  return forEmulator ? undefined : datagramLength(octets, at, end);
}

/** Whether the readable path may find that a frame is for no emulator, but for a tunnel. */
const isDatagram = (frame: Uint8Array): boolean =>
  etherTypeOf(frame) === EtherType.ipv4 && mayBeDhcp(frame, ethernetHeaderLength, frame.length);

/** @param at where an IPv4 datagram is. @param end of its frame */
function mayBeDhcp(octets: Uint8Array, at: number, end: number): boolean {
  if (octets[at + 9] !== IpProtocol.udp) return false;
  const ports = at + (octets[at]! & 0x0f) * 4;
  return ports + 4 <= end && u16At(octets, ports + 2) === dhcpPort.server;
}

/** A frame of IPv6. */
const mayBeDiscovery = (octets: Uint8Array, from: number, end: number): boolean =>
  octets[from + ethernetHeaderLength + 6] !== IpProtocol.tcp && isDiscovery(octets.subarray(from, end));
