/** A device that is one end of a pipe for frames: it has a descriptor, as a TAP has, and needs neither root nor a stack. */
import type { Device } from '../adapter/interface.ts';
import { close, read, writeFrom } from '../libc/descriptors.ts';
import { addressOf, WOULD_BLOCK } from '../libc/native.ts';
import { Readiness } from '../libc/poll.ts';
import { SOCK_NONBLOCK, SOCK_SEQPACKET, socketPair } from '../libc/sockets.ts';

const longest = 200_000;

/** One end: keeps the boundaries of frames. */
class End {
  readonly fd: number;
  readonly #slab = new Uint8Array(longest);
  readonly #address = addressOf(this.#slab);

  constructor(fd: number) {
    this.fd = fd;
  }

  read(): Uint8Array | undefined {
    const count = read(this.fd, this.#address, longest);
    return count === WOULD_BLOCK ? undefined : this.#slab.subarray(0, count);
  }

  /** @returns false when the pipe is full */
  write(frame: Uint8Array): boolean {
    return writeFrom(this.fd, addressOf(frame), frame.length) === frame.length;
  }
}

class PipeDevice extends End implements Device {
  readonly name = 'pipe0';
  readonly mtu = 65_000;
  readonly #readiness = new Readiness(this.fd);

  get descriptor(): number {
    return this.fd;
  }

  readable(): Promise<boolean> {
    return this.#readiness.readable();
  }

  setPhysicalAddress(): void {}
  setMtu(): void {}
  setUp(): void {}
  setCarrier(): void {}

  close(): Promise<void> {
    return this.#readiness.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The device, and the local stack's end of it, which the caller closes. */
export function framePipe(): { readonly device: Device; readonly stack: End & { close(): void } } {
  const [near, far] = socketPair(SOCK_SEQPACKET | SOCK_NONBLOCK);
  const stack = new End(far);
  return { device: new PipeDevice(near), stack: Object.assign(stack, { close: () => void close(far) }) };
}
