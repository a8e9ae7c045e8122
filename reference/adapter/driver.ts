/**
 * /dev/net/tun, the driver of every TAP. A descriptor of it is an adapter until it is closed, or until the adapter is
 * deleted: then the kernel lets go of it (drivers/net/tun.c, tun_detach_all), and it can become another adapter. So a
 * process that may not open the driver any more makes all its adapters of one descriptor, one after the other.
 */
import { close, O_CLOEXEC, O_NONBLOCK, O_RDWR, open, read } from '../libc/descriptors.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { addressOf, WOULD_BLOCK } from '../libc/native.ts';
import { deviceRequest, ioctl, ioctlNumber, nameBefore } from '../libc/netdevice.ts';
import { deleteLink } from '../libc/netlink.ts';
import { virtioHeaderLength } from './virtio-header.ts';

/** <linux/if_tun.h> */
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const IFF_PERSIST = 0x0800;
const IFF_VNET_HDR = 0x4000;
/** Checksums of TCP and UDP; TCP to be cut, in IPv4, in IPv6, and with CWR (RFC 3168). */
const [TUN_F_CSUM, TUN_F_TSO4, TUN_F_TSO6, TUN_F_TSO_ECN] = [0x01, 0x02, 0x04, 0x08];

const openDriver = (): number => open('/dev/net/tun', O_RDWR | O_NONBLOCK | O_CLOEXEC);

/** Opened in advance. Its adapters appear in the network namespace in which it was opened. */
let reserved: number | undefined;
let isLent = false;

/** For a process that is about to give up its privileges. @throws SystemCallFailure */
export function reserveDriver(): void {
  reserved ??= openDriver();
}

/** @returns a descriptor for one adapter, to be given to release() @throws SystemCallFailure */
export function takeDriver(): number {
  if (reserved === undefined || isLent) return openDriver();
  isLent = true;
  return reserved;
}

/**
 * Makes the adapter, or attaches to a persistent one.
 * @param name `%d` in it lets the kernel choose a number
 * @param offloads whether a header says before each frame what is left to do about it
 * @returns the adapter's name
 * @throws SystemCallFailure
 */
export function attach(fd: number, name: string, offloads = false): string {
  const flags = IFF_TAP | IFF_NO_PI | (offloads ? IFF_VNET_HDR : 0);
  if (attached(fd)?.name !== name)
    return nameBefore(deviceRequest(fd, 'TUNSETIFF', name, (value) => value.setUint16(0, flags, true)));
  discardWaiting(fd);
  setCarrier(fd, true);
  return name;
}

/**
 * The adapter is gone when this returns. One that somebody has made persistent stays without a carrier, as if the process
 * had ended. A reserved descriptor then stays attached to it: to close it would be the only way to detach it.
 * @param index the adapter's number: another adapter may have got its name
 */
export function release(fd: number, index: number | undefined): void {
  if (fd !== reserved) {
    close(fd);
    return;
  }
  isLent = false;
  if (attached(fd)?.isPersistent) setCarrier(fd, false);
  else if (index !== undefined) deleteLink(index);
  if (attached(fd)?.isPersistent !== false) return;
  // Somebody has moved the adapter to another network namespace: there its number means nothing.
  close(fd);
  reserved = undefined;
}

/** The local stack leaves checksums and the cutting of TCP to the adapter, or nothing. @throws SystemCallFailure */
export const setOffload = (fd: number, on: boolean): void =>
  ioctlNumber(fd, 'TUNSETOFFLOAD', on ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : 0);

/**
 * To the local stack a cable is plugged in, or pulled out: what configures itself begins anew. @throws SystemCallFailure
 */
export const setCarrier = (fd: number, on: boolean): void =>
  ioctl(fd, 'TUNSETCARRIER', new Uint8Array(new Int32Array([on ? 1 : 0]).buffer));

/** @returns the adapter that the descriptor is now */
function attached(fd: number): { readonly name: string; readonly isPersistent: boolean } | undefined {
  try {
    const answer = deviceRequest(fd, 'TUNGETIFF', '');
    return { name: nameBefore(answer), isPersistent: (answer.getUint16(0, true) & IFF_PERSIST) !== 0 };
  } catch (error) {
    if (error instanceof SystemCallFailure && error.code === 'EBADFD') return undefined;
    throw error;
  }
}

/** Frames from before. Of each only the first octets are read; the kernel drops the others. */
function discardWaiting(fd: number): void {
  // The kernel refuses to read less than its own header of a frame.
  const octets = new Uint8Array(virtioHeaderLength);
  while (read(fd, addressOf(octets), octets.length) !== WOULD_BLOCK);
}
