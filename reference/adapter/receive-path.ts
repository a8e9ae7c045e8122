/** [EP] fig. 18: what becomes of a datagram that comes out of the tunnel, whose DATA frame was opened in 350 to 354. */
import { Misuse } from '../errors.ts';
import { datagramLength, destinationOf, etherTypeFor, sourceOf } from '../packets/datagram.ts';
import { ethernetHeaderLength } from '../packets/ethernet.ts';
import { finish, type Offload, upperLayerToFinish } from '../packets/offload.ts';
import type { Counters } from './counters.ts';
import { virtioHeaderLength, writeVirtioHeader } from './virtio-header.ts';

/**
 * What the peer at the other end of a tunnel may send.
 * @param source 4 or 16 octets
 * @param destination as many
 * @param datagram a whole one, which they are the addresses of
 */
export type PeerPolicy = (source: Uint8Array, destination: Uint8Array, datagram: Uint8Array) => boolean;

const LONGEST_DATAGRAM = 65_575;

/** Forms every Ethernet packet in the same octets, so that none is allocated: a packet is valid until the next one. */
export class ReceivePath {
  readonly #counters: Counters;
  readonly #offloads: boolean;
  /** What a device takes: a header if it offloads, and the frame. */
  readonly #octets = new Uint8Array(virtioHeaderLength + ethernetHeaderLength + LONGEST_DATAGRAM);
  readonly #slab = this.#octets.subarray(virtioHeaderLength);

  /** @param offloads whether the local stack takes datagrams that lack something, in frames behind a header that says what */
  constructor(counters: Counters, offloads = false) {
    this.#counters = counters;
    this.#offloads = offloads;
  }

  /**
   * The reserved physical addresses of the two adapters, which every frame carries.
   * @param local 6 octets: this adapter's
   * @param remote 6 octets: that of the adapter at the other end
   */
  setAddresses(local: Uint8Array, remote: Uint8Array): void {
    if (local.length !== 6 || remote.length !== 6) throw new Misuse('a physical address is 6 octets');
    this.#slab.set(local, 0);
    this.#slab.set(remote, 6);
  }

  /** What each frame to the local stack begins with: its own physical address and that of the other end, 12 octets. */
  get addresses(): Uint8Array {
    return this.#slab.slice(0, 12);
  }

  /**
   * Takes one datagram through the path.
   * @param indicate gives the frame to the local stack, 358; false when that did not take it
   * @param offload what the datagram lacks
   * @returns whether the local stack has it
   */
  receive(
    datagram: Uint8Array,
    permits: PeerPolicy,
    indicate: (frame: Uint8Array) => boolean,
    offload?: Offload,
  ): boolean {
    const { received, receiveDropped } = this.#counters;
    const etherType = etherTypeFor(datagram);
    if (etherType === undefined || datagramLength(datagram) !== datagram.length) {
      receiveDropped.malformed += 1;
      return false;
    }
    if (!permits(sourceOf(datagram), destinationOf(datagram), datagram)) {
      receiveDropped.policy += 1;
      return false;
    }
    if (offload !== undefined && upperLayerToFinish(datagram, offload.segmentSize) === undefined) {
      receiveDropped.malformed += 1;
      return false;
    }
    const whole = offload === undefined || this.#offloads ? [datagram] : finish(datagram, offload);
    // 358: the packet is indicated to the local stack as received.
    if (!whole.every((one) => indicate(this.#form(etherType, one, offload)))) {
      receiveDropped.refused += 1;
      return false;
    }
    received.frames += 1;
    received.octets += datagram.length;
    return true;
  }

  /** 356: an Ethernet packet is formed. */
  #form(etherType: number, datagram: Uint8Array, offload: Offload | undefined): Uint8Array {
    this.#slab[12] = etherType >> 8;
    this.#slab[13] = etherType & 0xff;
    this.#slab.set(datagram, ethernetHeaderLength);
    const length = ethernetHeaderLength + datagram.length;
    if (!this.#offloads) return this.#slab.subarray(0, length);
    writeVirtioHeader(this.#octets, datagram, offload);
    return this.#octets.subarray(0, virtioHeaderLength + length);
  }
}
