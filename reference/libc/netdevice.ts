/** Requests about network devices: netdevice(7), and those of a TAP. */
import { close } from './descriptors.ts';
import { DeviceFailure, SystemCallFailure } from './failure.ts';
import { checked, native } from './native.ts';
import { AF_INET, SOCK_DGRAM, socket } from './sockets.ts';

const nativeControl = native('int ioctl(int fd, ulong request, void *argument)');
const nativeControlBy = native('int ioctl(int fd, ulong request, ulong number)');

/** <linux/sockios.h>, <linux/if_tun.h>. */
const requests = {
  SIOCGIFFLAGS: 0x8913,
  SIOCSIFFLAGS: 0x8914,
  SIOCSIFADDR: 0x8916,
  SIOCSIFNETMASK: 0x891c,
  SIOCGIFMTU: 0x8921,
  SIOCSIFMTU: 0x8922,
  SIOCSIFHWADDR: 0x8924,
  SIOCGIFHWADDR: 0x8927,
  SIOCGIFINDEX: 0x8933,
  SIOCSIFTXQLEN: 0x8943,
  TUNSETIFF: 0x4004_54ca,
  TUNGETIFF: 0x8004_54d2,
  TUNSETOFFLOAD: 0x4004_54d0,
  TUNSETCARRIER: 0x4004_54e2,
} as const;
export type DeviceRequest = keyof typeof requests;

/** <linux/if_arp.h> */
export const ARPHRD_ETHER = 1;

/** <linux/if.h> */
export const IFF_UP = 0x1;

/** `struct ifreq`: 16 octets of name, then 24 of whatever the request is about. */
const IFREQ_LENGTH = 40;
const IFNAMSIZ = 16;

/** @param argument what the request takes, read and written in place */
export function ioctl(fd: number, request: DeviceRequest, argument: Uint8Array): void {
  checked(request, nativeControl(fd, requests[request], argument));
}

/** A request whose argument is a number. */
export function ioctlNumber(fd: number, request: DeviceRequest, number: number): void {
  checked(request, nativeControlBy(fd, requests[request], number));
}

/**
 * A request that takes a `struct ifreq`.
 * @param fill sets what follows the name in it
 * @returns what follows the name in it, as the kernel left it
 */
export function deviceRequest(
  fd: number,
  request: DeviceRequest,
  name: string,
  fill?: (value: DataView) => void,
): DataView<ArrayBuffer> {
  const octets = new Uint8Array(IFREQ_LENGTH);
  new TextEncoder().encodeInto(name, octets.subarray(0, IFNAMSIZ - 1));
  const value = new DataView(octets.buffer, IFNAMSIZ);
  fill?.(value);
  ioctl(fd, request, octets);
  return value;
}

/** The name before what deviceRequest() returned: the kernel's choice where the request left it open. */
export function nameBefore(value: DataView<ArrayBuffer>): string {
  const name = new Uint8Array(value.buffer, 0, IFNAMSIZ);
  return new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
}

/** @throws DeviceFailure when the network namespace of the calling thread has no such device */
export function indexOf(name: string): number {
  return ask(name, 'SIOCGIFINDEX').getInt32(0, true);
}

/** @returns 6 octets @throws DeviceFailure when there is no such device, or it is no Ethernet */
export function physicalOf(name: string): Uint8Array {
  const address = ask(name, 'SIOCGIFHWADDR');
  if (address.getUint16(0, true) !== ARPHRD_ETHER)
    throw new DeviceFailure(`${name} is no Ethernet device: "ip link show type ether" shows those there are`, 'EINVAL');
  return new Uint8Array(address.buffer, address.byteOffset + 2, 6).slice();
}

/** Whether there is such a device, administratively up. */
export function isUp(name: string): boolean {
  try {
    return (ask(name, 'SIOCGIFFLAGS').getUint16(0, true) & IFF_UP) !== 0;
  } catch (error) {
    if (error instanceof DeviceFailure) return false;
    throw error;
  }
}

function ask(name: string, request: DeviceRequest): DataView<ArrayBuffer> {
  const fd = socket(AF_INET, SOCK_DGRAM);
  try {
    return deviceRequest(fd, request, name);
  } catch (error) {
    if (error instanceof SystemCallFailure && error.code === 'ENODEV')
      throw new DeviceFailure(`there is no device ${name}: "ip link" shows those there are`, error.code);
    throw error;
  } finally {
    close(fd);
  }
}
