/** [EP] fig. 16, 288 on Linux: a TAP, which the local stack takes for an Ethernet adapter. */
import { Misuse } from '../errors.ts';
import { DeviceFailure } from '../libc/failure.ts';
import * as libc from '../libc/libc.ts';
import type { Device } from './interface.ts';

/** <linux/if_tun.h>, <linux/sockios.h>, <linux/if.h>, <linux/if_arp.h>. */
const TUNSETIFF = 0x4004_54ca;
const TUNSETCARRIER = 0x4004_54e2;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCGIFMTU = 0x8921;
const SIOCSIFMTU = 0x8922;
const SIOCSIFHWADDR = 0x8924;
const SIOCSIFTXQLEN = 0x8943;
const IFF_UP = 0x1;
const ARPHRD_ETHER = 1;

/** `struct ifreq`: 16 octets of name, then 24 of whatever the request is about. */
const IFREQ_LENGTH = 40;
const IFNAMSIZ = 16;

/** The longest frame: an Ethernet header with room for a VLAN tag, and the longest IP datagram. */
const FRAME_LENGTH = 18 + 65_535;

/** Octets kept free before a frame that was read, so that a tunnel header can be put there in place. */
export const HEADROOM = 256;

export interface TapOptions {
  /** 1 to 15 octets; `%d` in it lets the kernel choose a number. */
  readonly name: string;
  /** Frames the kernel queues before it drops; a full ring drops rather than pausing the sender. */
  readonly queueLength?: number;
}

export class Tap implements Device {
  readonly name: string;
  readonly #fd: number;
  readonly #control: number;
  readonly #stop: number;
  readonly #slab = new Uint8Array(HEADROOM + FRAME_LENGTH);
  readonly #slabAddress = libc.addressOf(this.#slab);
  #mtu: number;
  #polling: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Makes the adapter, or attaches to a persistent one of that name. It appears in the network namespace of the calling
   * thread, and goes away with the process.
   * @throws DeviceFailure with the remedy: EBUSY, EPERM, EACCES, ENOENT …
   */
  constructor(options: TapOptions) {
    if (!/^[^\s/:]{1,15}$/.test(options.name)) throw new Misuse(`"${options.name}" is no name for an adapter`);
    using guard = new DisposableStack();
    const own = (fd: number): number => {
      guard.defer(() => libc.close(fd));
      return fd;
    };
    try {
      this.#fd = own(libc.open('/dev/net/tun', libc.O_RDWR | libc.O_NONBLOCK | libc.O_CLOEXEC));
      const request = ifreq(options.name);
      new DataView(request.buffer).setUint16(IFNAMSIZ, IFF_TAP | IFF_NO_PI, true);
      libc.ioctl(this.#fd, 'TUNSETIFF', TUNSETIFF, request);
      this.name = nameOf(request);
      this.#control = own(libc.socket(libc.AF_INET, libc.SOCK_DGRAM | libc.SOCK_CLOEXEC));
      this.#stop = own(libc.eventfd());
      this.#mtu = this.#ask(SIOCGIFMTU, 'SIOCGIFMTU').getInt32(IFNAMSIZ, true);
      if (options.queueLength !== undefined) {
        const length = options.queueLength;
        this.#set(SIOCSIFTXQLEN, 'SIOCSIFTXQLEN', (view) => view.setInt32(IFNAMSIZ, length, true));
      }
    } catch (error) {
      throw explained(error, options.name);
    }
    guard.move();
  }

  get mtu(): number {
    return this.#mtu;
  }

  async readable(): Promise<boolean> {
    if (this.#closing) return false;
    if (this.#polling) throw new Misuse('readable() is already waiting');
    const polling = libc.pollReadable([this.#fd, this.#stop]);
    this.#polling = polling;
    try {
      // An adapter that has gone polls as readable: reading tells.
      const [, stop = 0] = await polling;
      return stop === 0;
    } finally {
      this.#polling = undefined;
    }
  }

  read(): Uint8Array | undefined {
    if (this.#closing) return undefined;
    const count = this.#guarded(() => libc.read(this.#fd, this.#slabAddress + HEADROOM, FRAME_LENGTH));
    return count === libc.WOULD_BLOCK ? undefined : this.#slab.subarray(HEADROOM, HEADROOM + count);
  }

  write(frame: Uint8Array): boolean {
    if (this.#closing) return false;
    try {
      return libc.write(this.#fd, frame) === frame.length;
    } catch (error) {
      if (error instanceof libc.SystemCallFailure && LOST.has(error.code)) return false;
      throw explained(error, this.name);
    }
  }

  setPhysicalAddress(address: Uint8Array): void {
    if (address.length !== 6 || (address[0]! & 1) === 1) throw new Misuse('a physical address is 6 octets, unicast');
    this.#set(SIOCSIFHWADDR, 'SIOCSIFHWADDR', (view) => {
      view.setUint16(IFNAMSIZ, ARPHRD_ETHER, true);
      address.forEach((octet, index) => {
        view.setUint8(IFNAMSIZ + 2 + index, octet);
      });
    });
  }

  setMtu(octets: number): void {
    this.#set(SIOCSIFMTU, 'SIOCSIFMTU', (view) => view.setInt32(IFNAMSIZ, octets, true));
    this.#mtu = octets;
  }

  setUp(up: boolean): void {
    const flags = this.#ask(SIOCGIFFLAGS, 'SIOCGIFFLAGS').getUint16(IFNAMSIZ, true);
    this.#set(SIOCSIFFLAGS, 'SIOCSIFFLAGS', (view) =>
      view.setUint16(IFNAMSIZ, up ? flags | IFF_UP : flags & ~IFF_UP, true),
    );
  }

  setCarrier(on: boolean): void {
    const state = new Uint8Array(new Int32Array([on ? 1 : 0]).buffer);
    this.#guarded(() => libc.ioctl(this.#fd, 'TUNSETCARRIER', TUNSETCARRIER, state));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The descriptors are closed only after the waiting thread has let go of them: their numbers are reused at once. */
  async #close(): Promise<void> {
    libc.signal(this.#stop);
    await this.#polling?.catch(() => undefined);
    for (const fd of [this.#fd, this.#control, this.#stop]) libc.close(fd);
  }

  #ask(request: number, name: string): DataView {
    return this.#set(request, name, () => undefined);
  }

  #set(request: number, name: string, fill: (view: DataView) => void): DataView {
    if (this.#closing) throw new Misuse('the adapter is closed');
    const octets = ifreq(this.name);
    const view = new DataView(octets.buffer);
    fill(view);
    this.#guarded(() => libc.ioctl(this.#control, name, request, octets));
    return view;
  }

  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw explained(error, this.name);
    }
  }
}

/** What write() answers with when the stack does not take a frame: down, without buffers, or too long for it. */
const LOST: ReadonlySet<string> = new Set(['EIO', 'ENOBUFS', 'ENOMEM', 'EINVAL', 'EMSGSIZE']);

function ifreq(name: string): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(IFREQ_LENGTH);
  new TextEncoder().encodeInto(name, octets.subarray(0, IFNAMSIZ - 1));
  return octets;
}

function nameOf(request: Uint8Array): string {
  return new TextDecoder().decode(request.subarray(0, request.indexOf(0)));
}

function gone(name: string): DeviceFailure {
  return new DeviceFailure(
    `adapter ${name} is gone: it was removed while in use; connect again to make it anew`,
    'EBADFD',
  );
}

const PRIVILEGE =
  'run as root, or give the process CAP_NET_ADMIN (systemd: AmbientCapabilities=CAP_NET_ADMIN; container: --cap-add NET_ADMIN)';
const DRIVER = 'load the driver (modprobe tun); in a container, pass the device in (--device /dev/net/tun)';

function explained(error: unknown, name: string): unknown {
  if (!(error instanceof libc.SystemCallFailure)) return error;
  const { call, code } = error;
  const opening = call.startsWith('open');
  const failure = (why: string): DeviceFailure => new DeviceFailure(`adapter ${name}: ${why}`, code);
  if (code === 'EBADFD' || code === 'EBADF') return gone(name);
  if (opening && (code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO'))
    return failure(`/dev/net/tun is missing: ${DRIVER}`);
  if (code === 'EPERM' || code === 'EACCES') return failure(`no permission (${call}): ${PRIVILEGE}`);
  if (code === 'EBUSY')
    return failure(
      call === 'TUNSETIFF'
        ? 'the name is in use by another process: choose another adapter.name, or end that process'
        : `the kernel says it is busy (${call})`,
    );
  if (code === 'EINVAL' && call === 'TUNSETIFF')
    return failure('the name belongs to an interface that is no TAP: choose another adapter.name');
  if (code === 'EINVAL' && call === 'SIOCSIFMTU')
    return failure('the kernel refuses this MTU: 68 to 65,521 are possible');
  return failure(`${call} failed with ${code}`);
}
