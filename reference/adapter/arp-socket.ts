/** ARP on an ordinary Ethernet adapter, by a packet socket (packet(7)) that ends with its process. */

import { DeviceFailure } from './interface.ts';
import * as libc from './libc.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ARP = 0x0806;
const SIOCGIFHWADDR = 0x8927;
const SIOCGIFINDEX = 0x8933;
/** <net/if.h>: name 16, then a union of 24. */
const requestLength = 40;
const nameLength = 16;
const longestFrame = 2048;

export class ArpSocket implements AsyncDisposable {
  /** The adapter's own physical address, 6 octets. */
  readonly physical: Uint8Array;
  readonly #fd: number;
  readonly #stop: number;
  readonly #running: Promise<void>;
  #closed = false;

  /**
   * @param device in the network namespace of the calling thread
   * @param received gets each Ethernet frame with ARP that the adapter receives; its octets are valid until it returns
   * @param failed the adapter has gone
   * @throws DeviceFailure when there is no such adapter, or the process may not
   */
  constructor(device: string, received: (frame: Uint8Array) => void, failed: (error: unknown) => void) {
    try {
      this.#fd = libc.socket(AF_PACKET, SOCK_RAW | libc.SOCK_CLOEXEC | libc.O_NONBLOCK, bigEndian(ETH_P_ARP));
    } catch (error) {
      throw explained(device, error);
    }
    try {
      this.physical = request(this.#fd, 'SIOCGIFHWADDR', SIOCGIFHWADDR, device).slice(nameLength + 2, nameLength + 8);
      libc.bind(this.#fd, addressOf(request(this.#fd, 'SIOCGIFINDEX', SIOCGIFINDEX, device)));
    } catch (error) {
      libc.close(this.#fd);
      throw explained(device, error);
    }
    this.#stop = libc.eventfd();
    this.#running = this.#run(received).catch(failed);
  }

  /** @returns whether the adapter took it */
  send(frame: Uint8Array): boolean {
    try {
      return !this.#closed && libc.write(this.#fd, frame) === frame.length;
    } catch (error) {
      // Down for the moment: whoever asks in vain asks again.
      if (error instanceof libc.SystemCallFailure) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#closed) libc.signal(this.#stop);
    this.#closed = true;
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(received: (frame: Uint8Array) => void): Promise<void> {
    const slab = new Uint8Array(longestFrame);
    const address = libc.addressOf(slab);
    try {
      while (true) {
        const [, stop = 0] = await libc.pollReadable([this.#fd, this.#stop]);
        if (stop !== 0) return;
        for (let count = this.#read(address); count !== libc.WOULD_BLOCK; count = this.#read(address))
          received(slab.subarray(0, count));
      }
    } finally {
      this.#closed = true;
      libc.close(this.#fd);
      libc.close(this.#stop);
    }
  }

  /** An adapter that goes down says so once, and may come up again. */
  #read(address: number): number {
    try {
      return libc.read(this.#fd, address, longestFrame);
    } catch (error) {
      if (error instanceof libc.SystemCallFailure && error.code === 'ENETDOWN') return libc.WOULD_BLOCK;
      throw error;
    }
  }
}

const bigEndian = (value: number): number => ((value & 0xff) << 8) | (value >> 8);

/** `struct ifreq` as the kernel answers it. */
function request(fd: number, name: string, number: number, device: string): Uint8Array {
  const octets = new Uint8Array(requestLength);
  new TextEncoder().encodeInto(device.slice(0, nameLength - 1), octets);
  libc.ioctl(fd, name, number, octets);
  return octets;
}

/** `struct sockaddr_ll` of the adapter whose index was asked for. */
function addressOf(answer: Uint8Array): Uint8Array {
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_ARP, false);
  view.setInt32(4, new DataView(answer.buffer).getInt32(nameLength, true), true);
  return address;
}

function explained(device: string, error: unknown): unknown {
  if (!(error instanceof libc.SystemCallFailure)) return error;
  const { code, message } = error;
  if (code === 'ENODEV') return new DeviceFailure(`there is no adapter ${device}: name one that "ip link" shows`, code);
  if (code === 'EPERM')
    return new DeviceFailure(`ARP on ${device}: run as root, or give the process CAP_NET_RAW`, code);
  return new DeviceFailure(`ARP on ${device}: ${message}`, code);
}
