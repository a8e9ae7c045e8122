/** What the kernel knows of a network device: netdevice(7). */
import { DeviceFailure } from './failure.ts';
import * as libc from './libc.ts';

const SIOCGIFINDEX = 0x8933;
const SIOCGIFHWADDR = 0x8927;
const ARPHRD_ETHER = 1;
const IFREQ_LENGTH = 40;
const IFNAMSIZ = 16;

/** @throws DeviceFailure when the network namespace of the calling thread has no such device */
export function indexOf(name: string): number {
  return asked(name, 'SIOCGIFINDEX', SIOCGIFINDEX).getInt32(IFNAMSIZ, true);
}

/** @returns 6 octets @throws DeviceFailure when there is no such device, or it is no Ethernet */
export function physicalOf(name: string): Uint8Array {
  const answer = asked(name, 'SIOCGIFHWADDR', SIOCGIFHWADDR);
  if (answer.getUint16(IFNAMSIZ, true) !== ARPHRD_ETHER)
    throw new DeviceFailure(`${name} is no Ethernet device: "ip link show type ether" shows those there are`, 'EINVAL');
  return new Uint8Array(answer.buffer, IFNAMSIZ + 2, 6).slice();
}

function asked(name: string, call: string, request: number): DataView {
  const octets = new Uint8Array(IFREQ_LENGTH);
  new TextEncoder().encodeInto(name, octets.subarray(0, IFNAMSIZ - 1));
  const fd = libc.socket(libc.AF_INET, libc.SOCK_DGRAM | libc.SOCK_CLOEXEC);
  try {
    libc.ioctl(fd, call, request, octets);
  } catch (error) {
    if (error instanceof libc.SystemCallFailure && error.code === 'ENODEV')
      throw new DeviceFailure(`there is no device ${name}: "ip link" shows those there are`, error.code);
    throw error;
  } finally {
    libc.close(fd);
  }
  return new DataView(octets.buffer);
}
