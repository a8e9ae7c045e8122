/** [EP] fig. 16, 288, and fig. 22, 482, on Linux: a TAP, which the local stack takes for an Ethernet adapter. */
import { Misuse } from '../errors.ts';
import { close, read, write } from '../libc/descriptors.ts';
import { DeviceFailure, SystemCallFailure } from '../libc/failure.ts';
import { addressOf, WOULD_BLOCK } from '../libc/native.ts';
import { ARPHRD_ETHER, type DeviceRequest, deviceRequest, IFF_UP } from '../libc/netdevice.ts';
import { Readiness } from '../libc/poll.ts';
import { AF_INET, SOCK_DGRAM, socket } from '../libc/sockets.ts';
import { attach, release, reserveDriver, setCarrier, setOffload, takeDriver } from './driver.ts';
import { type Device, FRAME_LENGTH, notTaken } from './interface.ts';
import { virtioHeaderLength } from './virtio-header.ts';

/** For a process that is about to give up its privileges: it can make adapters afterwards. @throws DeviceFailure */
export function reserveTap(): void {
  try {
    reserveDriver();
  } catch (error) {
    throw explained(error, 'of the tunnel');
  }
}

interface TapOptions {
  /** 1 to 15 octets; `%d` in it lets the kernel choose a number. */
  readonly name: string;
  /** Frames the kernel queues before it drops; a full ring drops rather than pausing the sender. */
  readonly queueLength?: number;
  /** Whether the local stack leaves checksums, and the cutting of TCP, to whoever reads the frames. */
  readonly offloads?: boolean;
}

/**
 * A TAP by its descriptor. With `offloads` a header of 10 octets (`virtio-header.ts`) is before each frame, and a frame may
 * lack what that says. A frame has at most `FRAME_LENGTH` octets.
 */
export class Tap implements Device {
  readonly name: string;
  readonly offloads: boolean;
  readonly #fd: number;
  readonly #control: number;
  readonly #readiness: Readiness;
  readonly #slab = new Uint8Array(virtioHeaderLength + FRAME_LENGTH);
  readonly #slabAddress = addressOf(this.#slab);
  #index: number | undefined;
  #mtu: number;
  #closing: Promise<void> | undefined;

  /**
   * Makes the adapter, or attaches to a persistent one of that name. It appears in the network namespace of the calling
   * thread, and goes away with the process.
   * @throws DeviceFailure with the remedy: EBUSY, EPERM, EACCES, ENOENT …
   */
  constructor(options: TapOptions) {
    if (!/^[^\s/:]{1,15}$/.test(options.name)) throw new Misuse(`"${options.name}" is no name for an adapter`);
    using guard = new DisposableStack();
    try {
      this.#control = socket(AF_INET, SOCK_DGRAM);
      guard.defer(() => close(this.#control));
      const fd = takeDriver();
      this.#fd = fd;
      guard.defer(() => release(fd, this.#index));
      this.offloads = options.offloads === true;
      this.name = attach(fd, options.name, this.offloads);
      // A persistent adapter would keep what its last user said.
      setOffload(fd, this.offloads);
      this.#index = this.#request('SIOCGIFINDEX').getInt32(0, true);
      this.#mtu = this.#request('SIOCGIFMTU').getInt32(0, true);
      const { queueLength } = options;
      if (queueLength !== undefined) this.#request('SIOCSIFTXQLEN', (value) => value.setInt32(0, queueLength, true));
      this.#readiness = new Readiness(fd, () => release(fd, this.#index));
    } catch (error) {
      throw explained(error, options.name);
    }
    guard.move();
  }

  get descriptor(): number | undefined {
    return this.#closing ? undefined : this.#fd;
  }

  get mtu(): number {
    return this.#mtu;
  }

  readable(): Promise<boolean> {
    return this.#readiness.readable();
  }

  read(): Uint8Array | undefined {
    if (this.#closing) return undefined;
    const count = this.#guarded(() => read(this.#fd, this.#slabAddress, this.#slab.length));
    return count === WOULD_BLOCK ? undefined : this.#slab.subarray(0, count);
  }

  write(frame: Uint8Array): boolean {
    if (this.#closing) return false;
    try {
      return write(this.#fd, frame) === frame.length;
    } catch (error) {
      if (error instanceof SystemCallFailure && notTaken.has(error.code)) return false;
      throw explained(error, this.name);
    }
  }

  setPhysicalAddress(address: Uint8Array): void {
    if (address.length !== 6 || (address[0]! & 1) === 1) throw new Misuse('a physical address is 6 octets, unicast');
    this.#request('SIOCSIFHWADDR', (value) => {
      value.setUint16(0, ARPHRD_ETHER, true);
      address.forEach((octet, index) => {
        value.setUint8(2 + index, octet);
      });
    });
  }

  setMtu(octets: number): void {
    this.#request('SIOCSIFMTU', (value) => value.setInt32(0, octets, true));
    this.#mtu = octets;
  }

  setUp(up: boolean): void {
    const flags = this.#request('SIOCGIFFLAGS').getUint16(0, true);
    this.#request('SIOCSIFFLAGS', (value) => value.setUint16(0, up ? flags | IFF_UP : flags & ~IFF_UP, true));
  }

  setCarrier(on: boolean): void {
    this.#guarded(() => setCarrier(this.#fd, on));
  }

  setOffload(on: boolean): void {
    this.#guarded(() => setOffload(this.#fd, on && this.offloads));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#readiness.close();
    close(this.#control);
  }

  #request(request: DeviceRequest, fill?: (value: DataView) => void): DataView {
    if (this.#closing) throw new Misuse('the adapter is closed');
    return this.#guarded(() => deviceRequest(this.#control, request, this.name, fill));
  }

  #guarded<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw explained(error, this.name);
    }
  }
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
  if (!(error instanceof SystemCallFailure)) return error;
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
