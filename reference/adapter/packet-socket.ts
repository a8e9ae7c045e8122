/** For tests: a packet socket (packet(7)), which stands where the local stack stands, on the other side of an adapter. */
import koffi from 'koffi';
import * as libc from './libc.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_ALL = 0x0003;
const PACKET_OUTGOING = 4;
const SIOCGIFINDEX = 0x8933;

const native = koffi.load('libc.so.6');
const recvfrom = native.func(
  'int64_t recvfrom(int fd, void *octets, size_t length, int flags, void *address, void *addressLength)',
);

export class PacketSocket {
  readonly #fd: number;

  /** @param name of an interface in the network namespace of the calling thread */
  constructor(name: string) {
    const bigEndian = ((ETH_P_ALL & 0xff) << 8) | (ETH_P_ALL >> 8);
    this.#fd = libc.socket(AF_PACKET, SOCK_RAW | libc.SOCK_CLOEXEC | libc.O_NONBLOCK, bigEndian);
    const request = new Uint8Array(40);
    new TextEncoder().encodeInto(name, request);
    libc.ioctl(this.#fd, 'SIOCGIFINDEX', SIOCGIFINDEX, request);
    const address = new Uint8Array(20);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_PACKET, true);
    view.setUint16(2, ETH_P_ALL, false);
    view.setInt32(4, new DataView(request.buffer).getInt32(16, true), true);
    libc.bind(this.#fd, address);
  }

  send(frame: Uint8Array): boolean {
    return libc.write(this.#fd, frame) === frame.length;
  }

  /** @returns the next frame that was received from the adapter, not what the stack sent to it */
  async receive(): Promise<Uint8Array> {
    const octets = new Uint8Array(70_000);
    const address = new Uint8Array(20);
    while (true) {
      const length = new Uint8Array(new Uint32Array([address.length]).buffer);
      const count = Number(recvfrom(this.#fd, octets, octets.length, 0, address, length));
      if (count >= 0 && address[10] !== PACKET_OUTGOING) return octets.slice(0, count);
      if (count < 0) await libc.pollReadable([this.#fd]);
    }
  }

  close(): void {
    libc.close(this.#fd);
  }
}
