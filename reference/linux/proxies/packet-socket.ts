/** A packet socket (packet(7)): whole Ethernet frames from and to a device, beside the local stack. */
import { write } from '../../libc/descriptors.ts';
import { DeviceFailure, SystemCallFailure } from '../../libc/failure.ts';
import type { Instruction } from '../../libc/filter-program.ts';
import { indexOf } from '../../libc/netdevice.ts';
import {
  attachFilter,
  bindToDevice,
  openPacketSocket,
  PACKET_MULTICAST,
  PACKET_OTHERHOST,
  receiveFrame,
  takeAllMulticast,
} from '../../libc/packet.ts';
import { Readiness } from '../../libc/poll.ts';

export interface PacketSocketOptions {
  /** Which frames the kernel hands over at all; by default all of the EtherType. */
  readonly filter?: readonly Instruction[] | undefined;
  /** The device takes every multicast, whether or not somebody here has joined the group, until the socket is closed. */
  readonly allMulticast?: boolean | undefined;
}

/** Non-blocking; frames are whole, from the destination address on and without checksum. Needs CAP_NET_RAW. */
export class PacketSocket {
  readonly #fd: number;
  readonly #readiness: Readiness;
  readonly #highestType: number;
  #closing: Promise<void> | undefined;

  /**
   * @param name of a device in the network namespace of the calling thread
   * @param etherType of the frames to receive; by default all, those to other stations among them
   * @throws DeviceFailure with the remedy
   */
  constructor(name: string, etherType?: number, { filter, allMulticast = false }: PacketSocketOptions = {}) {
    const index = indexOf(name);
    this.#highestType = etherType === undefined ? PACKET_OTHERHOST : PACKET_MULTICAST;
    this.#fd = opened(name);
    if (filter !== undefined) attachFilter(this.#fd, filter);
    bindToDevice(this.#fd, index, etherType);
    if (allMulticast) takeAllMulticast(this.#fd, index);
    this.#readiness = new Readiness(this.#fd);
  }

  /** @returns whether the device took the frame; one that is down takes none */
  send(frame: Uint8Array): boolean {
    try {
      return write(this.#fd, frame) === frame.length;
    } catch (error) {
      if (error instanceof SystemCallFailure && notTaken.has(error.code)) return false;
      throw error;
    }
  }

  /**
   * One call at a time.
   * @returns the next frame that came from the network, not what the stack sent; undefined once the socket is closed
   */
  async receive(): Promise<Uint8Array | undefined> {
    const octets = new Uint8Array(70_000);
    while (!this.#closing) {
      const frame = receiveFrame(this.#fd, octets);
      // That a device went down is reported once; frames come again when it is up again.
      if (frame === undefined) await this.#readiness.readable();
      else if (frame.packetType <= this.#highestType) return octets.slice(0, frame.length);
    }
    return undefined;
  }

  close(): Promise<void> {
    this.#closing ??= this.#readiness.close();
    return this.#closing;
  }
}

/** What a device answers with that is down or has gone, or has no room. */
const notTaken: ReadonlySet<string> = new Set(['ENETDOWN', 'ENXIO', 'ENODEV', 'ENOBUFS']);

function opened(name: string): number {
  try {
    return openPacketSocket();
  } catch (error) {
    if (!(error instanceof SystemCallFailure)) throw error;
    const remedy = error.code === 'EPERM' ? ': run as root, or give the process CAP_NET_RAW' : '';
    throw new DeviceFailure(`a packet socket on ${name} cannot be made (${error.code})${remedy}`, error.code);
  }
}
