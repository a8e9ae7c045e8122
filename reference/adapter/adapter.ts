/** [EP] figs. 15 and 16, 280: the pseudo network adapter, which is a device, two paths and the emulators. */
import { setImmediate as turn } from 'node:timers/promises';
import { concat } from '../octets.ts';
import type { Offload } from '../packets/offload.ts';
import { type Counters, zeroCounters } from './counters.ts';
import type { Device } from './interface.ts';
import { type PeerPolicy, ReceivePath } from './receive-path.ts';
import { type Emulators, type TransmitPorts, transmit } from './transmit-path.ts';
import { readVirtioHeader, virtioHeaderLength } from './virtio-header.ts';

/** What an adapter gets when the tunnel is up ([EP] fig. 23, 508 and 510). */
export interface Activation {
  readonly emulators: Emulators;
  /** The reserved physical address of this adapter, 6 octets. */
  readonly localPhysical: Uint8Array;
  /** That of the adapter at the other end, 6 octets. */
  readonly remotePhysical: Uint8Array;
  readonly mtu?: number | undefined;
  /** A router advertisement to all nodes, as an Ethernet frame, and how often it is repeated; absent without a router. */
  readonly advertisement?: { readonly frame: Uint8Array; readonly seconds: number };
}

/** A device that somebody else reads and writes. */
export interface LentDevice {
  readonly fd: number;
  /** What each frame to the local stack begins with, 12 octets: its physical address, and that of the other end. */
  readonly addresses: Uint8Array;
  /** Whether a header (`virtio-header.ts`) is before each frame. */
  readonly offloads: boolean;
}

interface AdapterOptions {
  readonly device: Device;
  /**
   * Hands a datagram from the local stack to the tunnel; its octets are valid until it returns.
   * @param offload what it lacks
   * @returns false when there is no tunnel for it
   */
  readonly tunnel: (datagram: Uint8Array, offload?: Offload) => boolean;
  /** The device failed: nothing is read from it any more. */
  readonly failed: (error: unknown) => void;
}

/** Frames read before the event loop gets a turn. Without this limit a busy stack could block the process. */
const BATCH = 64;

/**
 * One adapter with its paths: reads Ethernet frames of the device and gives datagrams to the tunnel (fig. 17), takes
 * datagrams of the tunnel and writes frames (fig. 18). Owns the device: to dispose of the adapter closes it. A fault of the
 * device goes to `failed` of the options once, and ends the reading.
 */
export class Adapter implements AsyncDisposable {
  readonly counters: Counters = zeroCounters();
  readonly #device: Device;
  readonly #options: AdapterOptions;
  readonly #receivePath: ReceivePath;
  readonly #ports: TransmitPorts;
  /** Gives the local stack a frame that lacks nothing. */
  readonly #indicate = (frame: Uint8Array): boolean =>
    this.#write(this.#device.offloads ? concat(new Uint8Array(virtioHeaderLength), frame) : frame);
  /** @param octets a frame, and what the device has before each */
  readonly #write = (octets: Uint8Array): boolean => {
    try {
      return this.#device.write(octets);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  };
  readonly #running: Promise<void>;
  #emulators: Emulators | undefined;
  #advertising: NodeJS.Timeout | undefined;
  #closed = false;
  #failed = false;
  #paused = false;
  #lent = false;
  #resumed: PromiseWithResolvers<void> | undefined;

  /** Takes the device over: it is closed with the adapter. Reading begins at once. */
  constructor(options: AdapterOptions) {
    this.#device = options.device;
    this.#options = options;
    this.#receivePath = new ReceivePath(this.counters, options.device.offloads);
    this.#ports = { indicate: this.#indicate, tunnel: options.tunnel };
    this.#running = this.#run();
  }

  get name(): string {
    return this.#device.name;
  }

  /**
   * Brings the adapter up with the reserved addresses and starts the emulators.
   * @param renew the client data has changed: the carrier goes off and on, so that the stack's DHCP client starts again
   */
  activate(activation: Activation, renew = false): void {
    if (renew) this.#device.setCarrier(false);
    this.#device.setPhysicalAddress(activation.localPhysical);
    if (activation.mtu !== undefined) this.#device.setMtu(activation.mtu);
    this.#receivePath.setAddresses(activation.localPhysical, activation.remotePhysical);
    this.#emulators = activation.emulators;
    if (renew) this.#device.setCarrier(true);
    this.#device.setUp(true);
    this.#advertise(activation.advertisement);
  }

  /** Whether the local stack leaves work that a peer takes: what none takes so the stack itself does best. */
  setOffload(on: boolean): void {
    if (this.#device.offloads && !this.#closed) this.#device.setOffload?.(on);
  }

  /** Stops reading from the device while the tunnel is full: the local stack's own queue fills and slows its senders. */
  pause(): void {
    if (this.#paused || this.#lent) return;
    this.#paused = true;
    this.counters.pauses += 1;
  }

  resume(): void {
    this.#paused = false;
    this.#wake();
  }

  /**
   * Lends the device to somebody who reads and writes frames in this adapter's place, and hands those for the emulators to
   * `capture`. Replies and advertisements are written here as before.
   * @returns undefined where it has no descriptor
   */
  lend(): LentDevice | undefined {
    const { descriptor: fd } = this.#device;
    if (fd === undefined || this.#closed || this.#failed) return undefined;
    this.#lent = true;
    return { fd, addresses: this.#receivePath.addresses, offloads: this.#device.offloads === true };
  }

  /** Nobody else reads from the device any more. */
  takeBack(): void {
    this.#lent = false;
    this.#wake();
  }

  /** Takes octets of the device through the transmit path that somebody else has read: one frame. */
  capture(octets: Uint8Array): void {
    if (!this.#closed) this.#transmit(octets);
  }

  /**
   * Takes a datagram that came out of a tunnel through the receive path.
   * @param datagram a whole IP datagram
   * @param permits what the peer at the other end of that tunnel may send
   * @param offload what the datagram lacks
   * @returns whether the local stack took it; if it did not, a counter says why
   */
  deliver(datagram: Uint8Array, permits: PeerPolicy, offload?: Offload): boolean {
    if (this.#closed) return false;
    return this.#receivePath.receive(datagram, permits, this.#write, offload);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#advertising);
    this.#wake();
    await this.#device.close();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Sends the router advertisement without a solicitation (RFC 4861 §6.2.4): at once, then at each interval. */
  #advertise(advertisement: Activation['advertisement']): void {
    clearInterval(this.#advertising);
    if (advertisement === undefined) return;
    const advertise = (): void => {
      if (this.#indicate(advertisement.frame)) this.counters.advertised += 1;
    };
    advertise();
    this.#advertising = setInterval(advertise, advertisement.seconds * 1000).unref();
  }

  /** Whether it is not for this adapter to read from the device now. */
  get #waits(): boolean {
    return (this.#paused || this.#lent) && !this.#closed;
  }

  #wake(): void {
    if (this.#waits) return;
    this.#resumed?.resolve();
    this.#resumed = undefined;
  }

  async #run(): Promise<void> {
    try {
      while (await this.#device.readable()) await this.#drain();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#closed || this.#failed) return;
    this.#failed = true;
    this.#options.failed(error);
  }

  #transmit(octets: Uint8Array): void {
    const { offloads } = this.#device;
    const frame = offloads ? octets.subarray(virtioHeaderLength) : octets;
    const left = offloads ? readVirtioHeader(octets) : undefined;
    transmit(frame, this.#emulators, this.#ports, this.counters, left);
  }

  async #drain(): Promise<void> {
    for (let count = 1; ; count += 1) {
      while (this.#waits) {
        this.#resumed ??= Promise.withResolvers();
        await this.#resumed.promise;
      }
      const frame = this.#device.read();
      if (!frame) return;
      this.#transmit(frame);
      if (count % BATCH === 0) await turn();
    }
  }
}
