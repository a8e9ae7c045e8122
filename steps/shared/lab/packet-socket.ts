/** A raw socket on a device of a namespace: whole Ethernet frames out of it and into it, without the stack. */
import { readSync, writeSync } from 'node:fs';
import { patience } from './deadline.ts';
import { LabFailure } from './failure.ts';
import * as libc from './libc.ts';
import { Mailbox } from './mailbox.ts';
import { inNamespace } from './setns.ts';

/** A frame that the socket saw. `outgoing` ones were sent by the stack (or by this socket) through the device. */
export interface SeenFrame {
  readonly octets: Uint8Array;
}

export class PacketSocket implements AsyncDisposable {
  readonly frames = new Mailbox<SeenFrame>();
  readonly #fd: number;
  readonly #wake: number;
  readonly #loop: Promise<void>;
  #closing = false;

  private constructor(fd: number) {
    this.#fd = fd;
    this.#wake = libc.eventfd();
    this.#loop = this.#receive();
  }

  /**
   * @param namespace as `ip netns` knows it
   * @param device an existing device that is up; absent for all devices of the namespace, those to come included
   */
  static open(namespace: string, device?: string): PacketSocket {
    const fd = inNamespace(namespace, () => {
      const type = libc.SOCK_RAW | libc.SOCK_NONBLOCK | libc.SOCK_CLOEXEC;
      // Protocol 0 until bound: otherwise frames of every device of the namespace would queue up first.
      const made = libc.socket(libc.AF_PACKET, type, 0);
      libc.bind(made, linkLayerAddress(device === undefined ? 0 : libc.interfaceIndex(device)));
      return made;
    });
    return new PacketSocket(fd);
  }

  /** Sends one whole Ethernet frame. On a TAP, the program that holds the TAP reads it. */
  inject(frame: Uint8Array): void {
    const sent = libc.send(this.#fd, frame);
    if (sent !== frame.length) throw new LabFailure(`injected ${sent} of ${frame.length} octets`);
  }

  /** The next frame that nobody took yet and that is `wanted`. */
  async next(
    what: string,
    wanted: (frame: Uint8Array) => boolean = () => true,
    milliseconds = patience,
  ): Promise<Uint8Array> {
    const { octets } = await this.frames.take(milliseconds, what, (seen) => wanted(seen.octets));
    return octets;
  }

  /** Takes in what the kernel has queued by now, without waiting. @returns every frame that nobody took */
  settle(): readonly Uint8Array[] {
    const buffer = new Uint8Array(65_536 + 18);
    for (let count = this.#receiveOne(buffer); count !== undefined; count = this.#receiveOne(buffer)) {
      this.frames.put({ octets: buffer.slice(0, count) });
    }
    return this.frames.waiting.map(({ octets }) => octets);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    writeSync(this.#wake, new BigUint64Array([1n]));
    await this.#loop;
    this.frames.close(new LabFailure('the packet socket was closed'));
    libc.close(this.#fd);
    libc.close(this.#wake);
  }

  async #receive(): Promise<void> {
    const buffer = new Uint8Array(65_536 + 18);
    while (!this.#closing) {
      await libc.pollReadable([this.#fd, this.#wake]);
      for (;;) {
        const count = this.#closing ? undefined : this.#receiveOne(buffer);
        if (count === undefined) break;
        this.frames.put({ octets: buffer.slice(0, count) });
      }
    }
    readSync(this.#wake, new Uint8Array(8));
  }

  /** A device that goes down or away reports an error once: no more frames then, no failure of the lab. */
  #receiveOne(buffer: Uint8Array): number | undefined {
    try {
      return libc.recv(this.#fd, buffer);
    } catch (error) {
      if (error instanceof LabFailure && /ENETDOWN|ENXIO|ENODEV/.test(error.message)) return undefined;
      throw error;
    }
  }
}

/** struct sockaddr_ll of <linux/if_packet.h>: family, protocol (network order), interface index. */
function linkLayerAddress(index: number): Uint8Array {
  const octets = new Uint8Array(20);
  const view = new DataView(octets.buffer);
  view.setUint16(0, libc.AF_PACKET, true);
  view.setUint16(2, libc.ETH_P_ALL);
  view.setInt32(4, index, true);
  return octets;
}
