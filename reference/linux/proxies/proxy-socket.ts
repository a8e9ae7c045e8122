/** What proxy ARP and its IPv6 counterpart both do on a device: they take frames one by one, and announce addresses. */
import { setTimeout as pause } from 'node:timers/promises';
import { physicalOf } from '../../libc/netdevice.ts';
import { PacketSocket, type PacketSocketOptions } from './packet-socket.ts';

export interface ProxyOptions {
  readonly device: string;
  /** Gets what keeps it from answering. */
  readonly failed: (error: unknown) => void;
  /** Milliseconds between announcements. */
  readonly interval?: number;
}

interface Frames extends PacketSocketOptions {
  readonly etherType: number;
  readonly take: (frame: Uint8Array) => void;
}

/** The socket of one device. It throws only when it is made: what goes wrong later goes to `failed`. */
export class ProxySocket {
  readonly #options: ProxyOptions;
  readonly #socket: PacketSocket;
  readonly #running: Promise<void>;

  /** @throws DeviceFailure when there is no such device, or it is no Ethernet */
  constructor(options: ProxyOptions, { etherType, take, ...socketOptions }: Frames) {
    this.#options = options;
    physicalOf(options.device);
    this.#socket = new PacketSocket(options.device, etherType, socketOptions);
    this.#running = this.#run(take);
  }

  /** Of the device, 6 octets: it may change. */
  get physical(): Uint8Array {
    return physicalOf(this.#options.device);
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  /**
   * Sends announcements until there have been enough, or the signal.
   * @param announcement made anew each time, with the physical address of the device
   */
  announce(
    { count, interval }: { readonly count: number; readonly interval: number },
    signal: AbortSignal,
    announcement: (physical: Uint8Array) => Uint8Array,
  ): void {
    const { failed, interval: milliseconds = interval } = this.#options;
    const repeat = async (): Promise<void> => {
      for (let sent = 1; ; sent += 1) {
        this.send(announcement(this.physical));
        if (sent === count) return;
        await pause(milliseconds, undefined, { signal, ref: false });
      }
    };
    repeat().catch((error: unknown) => {
      if (!signal.aborted) failed(error);
    });
  }

  async close(): Promise<void> {
    await this.#socket.close();
    await this.#running;
  }

  async #run(take: Frames['take']): Promise<void> {
    for (let frame = await this.#socket.receive(); frame; frame = await this.#socket.receive())
      try {
        take(frame);
      } catch (error) {
        this.#options.failed(error);
      }
  }
}
