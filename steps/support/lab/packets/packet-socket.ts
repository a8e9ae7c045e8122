/** A raw socket on a device of a namespace: whole Ethernet frames out of it, what the stack sent among them, and into it. */
import { SystemCallFailure } from '../../../../reference/libc/failure.ts';
import { addressOf, WOULD_BLOCK } from '../../../../reference/libc/native.ts';
import { indexOf } from '../../../../reference/libc/netdevice.ts';
import { bindToDevice, openPacketSocket } from '../../../../reference/libc/packet.ts';
import { Readiness } from '../../../../reference/libc/poll.ts';
import { receive, send } from '../../../../reference/libc/sockets.ts';
import { patience } from '../deadlines/deadline.ts';
import { Mailbox } from '../deadlines/mailbox.ts';
import { kernelCall, LabFailure } from '../failure.ts';
import { inNamespace } from '../networks/setns.ts';

/** Frames are kept from the opening on, in the order in which the kernel gave them, until somebody takes them. */
export class PacketSocket implements AsyncDisposable {
  readonly #frames = new Mailbox<Uint8Array>();
  readonly #fd: number;
  readonly #readiness: Readiness;
  readonly #buffer = new Uint8Array(65_536 + 18);
  readonly #loop: Promise<void>;
  #closing = false;

  private constructor(fd: number) {
    this.#fd = fd;
    this.#readiness = kernelCall(() => new Readiness(fd));
    this.#loop = this.#receive();
  }

  /**
   * @param namespace as `ip netns` knows it
   * @param device an existing device that is up; absent for all devices of the namespace, those to come included
   */
  static open(namespace: string, device?: string): PacketSocket {
    const fd = inNamespace(namespace, () => {
      const made = openPacketSocket();
      bindToDevice(made, device === undefined ? 0 : indexOf(device));
      return made;
    });
    return new PacketSocket(fd);
  }

  /** Sends one whole Ethernet frame. On a TAP, the program that holds the TAP reads it. */
  inject(frame: Uint8Array): void {
    const sent = kernelCall(() => send(this.#fd, frame));
    if (sent !== frame.length) throw new LabFailure(`injected ${sent} of ${frame.length} octets`);
  }

  /** The next frame that nobody took yet and that is `wanted`. */
  next(what: string, wanted?: (frame: Uint8Array) => boolean, milliseconds = patience): Promise<Uint8Array> {
    return this.#frames.take(milliseconds, what, wanted);
  }

  /** Takes in what the kernel has queued by now, without waiting. @returns every frame that nobody took */
  settle(): readonly Uint8Array[] {
    this.#receiveAll();
    return [...this.#frames.waiting];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    await this.#readiness.close();
    await this.#loop;
    this.#frames.close(new LabFailure('the packet socket was closed'));
  }

  async #receive(): Promise<void> {
    while (await this.#readiness.readable()) if (!this.#closing) this.#receiveAll();
  }

  #receiveAll(): void {
    for (let count = this.#receiveOne(); count !== WOULD_BLOCK; count = this.#receiveOne())
      this.#frames.put(this.#buffer.slice(0, count));
  }

  /** A device that goes down or away reports an error once: no more frames then, no failure of the lab. */
  #receiveOne(): number {
    try {
      return receive(this.#fd, addressOf(this.#buffer), this.#buffer.length);
    } catch (error) {
      if (!(error instanceof SystemCallFailure)) throw error;
      if (['ENETDOWN', 'ENXIO', 'ENODEV'].includes(error.code)) return WOULD_BLOCK;
      throw new LabFailure(error.message);
    }
  }
}
