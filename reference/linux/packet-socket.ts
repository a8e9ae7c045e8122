/** A packet socket (packet(7)): whole Ethernet frames from and to a device, beside the local stack. */
import koffi from 'koffi';
import { DeviceFailure } from '../libc/failure.ts';
import * as libc from '../libc/libc.ts';
import { indexOf } from '../libc/netdevice.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_MR_ALLMULTI = 2;
const ETH_P_ALL = 0x0003;
/** For this machine, alone or among others: not what others sent each other, nor what this one sent. */
const OURS: ReadonlySet<number | undefined> = new Set([0, 1, 2]);

const native = koffi.load('libc.so.6');
const recvfrom = native.func(
  'int64_t recvfrom(int fd, void *octets, size_t length, int flags, void *address, void *addressLength)',
);

/** One instruction of a classic BPF program: code, offset to jump when true, when false, operand. */
export type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, operand: number];

export interface PacketSocketOptions {
  /** Which frames the kernel hands over at all; by default all of the EtherType. */
  readonly filter?: readonly Instruction[] | undefined;
  /** The device takes every multicast, whether or not somebody here has joined the group, until the socket is closed. */
  readonly allMulticast?: boolean | undefined;
}

export class PacketSocket {
  readonly #fd: number;
  readonly #stop: number;
  readonly #promiscuous: boolean;
  #polling: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param name of a device in the network namespace of the calling thread
   * @param etherType of the frames to receive; by default all, those to other stations among them
   * @throws DeviceFailure with the remedy
   */
  constructor(name: string, etherType?: number, { filter, allMulticast = false }: PacketSocketOptions = {}) {
    const index = indexOf(name);
    const protocol = etherType ?? ETH_P_ALL;
    this.#promiscuous = etherType === undefined;
    // Protocol 0 until bound: otherwise frames of every device would queue up first.
    this.#fd = opened(name);
    if (filter !== undefined) attach(this.#fd, filter);
    const address = new Uint8Array(20);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_PACKET, true);
    view.setUint16(2, protocol, false);
    view.setInt32(4, index, true);
    libc.bind(this.#fd, address);
    if (allMulticast) takeAllMulticast(this.#fd, index);
    this.#stop = libc.eventfd();
  }

  /** @returns whether the device took the frame; one that is down takes none */
  send(frame: Uint8Array): boolean {
    try {
      return libc.write(this.#fd, frame) === frame.length;
    } catch (error) {
      if (error instanceof libc.SystemCallFailure && LOST.has(error.code)) return false;
      throw error;
    }
  }

  /**
   * One call at a time.
   * @returns the next frame that came from the network, not what the stack sent; undefined once the socket is closed
   */
  async receive(): Promise<Uint8Array | undefined> {
    const octets = new Uint8Array(70_000);
    const address = new Uint8Array(20);
    while (!this.#closing) {
      const length = new Uint8Array(new Uint32Array([address.length]).buffer);
      const count = Number(recvfrom(this.#fd, octets, octets.length, 0, address, length));
      if (count >= 0 && this.#isFor(address[10])) return octets.slice(0, count);
      if (count >= 0) continue;
      // A device that goes down says so once; frames come again when it is up again.
      this.#polling = libc.pollReadable([this.#fd, this.#stop]);
      await this.#polling;
      this.#polling = undefined;
    }
    return undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #isFor(kind: number | undefined): boolean {
    return OURS.has(kind) || (this.#promiscuous && kind === PACKET_OTHERHOST);
  }

  /** The descriptors are closed only after the waiting thread has let go of them: their numbers are reused at once. */
  async #close(): Promise<void> {
    libc.signal(this.#stop);
    await this.#polling?.catch(() => undefined);
    for (const fd of [this.#fd, this.#stop]) libc.close(fd);
  }
}

const PACKET_OTHERHOST = 3;
/** What a device answers with that is down or has gone, or has no room. */
const LOST: ReadonlySet<string> = new Set(['ENETDOWN', 'ENXIO', 'ENODEV', 'ENOBUFS']);

function opened(name: string): number {
  try {
    return libc.socket(AF_PACKET, SOCK_RAW | libc.SOCK_CLOEXEC | libc.O_NONBLOCK);
  } catch (error) {
    if (!(error instanceof libc.SystemCallFailure)) throw error;
    const remedy = error.code === 'EPERM' ? ': run as root, or give the process CAP_NET_RAW' : '';
    throw new DeviceFailure(`a packet socket on ${name} cannot be made (${error.code})${remedy}`, error.code);
  }
}

/** `struct sock_fprog`, and the `struct sock_filter`s that it points to. */
function attach(fd: number, filter: readonly Instruction[]): void {
  const program = new Uint8Array(8 * filter.length);
  const instructions = new DataView(program.buffer);
  filter.forEach(([code, whenTrue, whenFalse, operand], index) => {
    instructions.setUint16(8 * index, code, true);
    program.set([whenTrue, whenFalse], 8 * index + 2);
    instructions.setUint32(8 * index + 4, operand, true);
  });
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  view.setUint16(0, filter.length, true);
  view.setBigUint64(8, BigInt(libc.addressOf(program)), true);
  libc.setsockopt(fd, 'SO_ATTACH_FILTER', SOL_SOCKET, SO_ATTACH_FILTER, octets);
}

/** `struct packet_mreq`. */
function takeAllMulticast(fd: number, index: number): void {
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  view.setInt32(0, index, true);
  view.setUint16(4, PACKET_MR_ALLMULTI, true);
  libc.setsockopt(fd, 'PACKET_ADD_MEMBERSHIP', SOL_PACKET, PACKET_ADD_MEMBERSHIP, octets);
}
