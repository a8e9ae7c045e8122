/** Devices of the lab's nodes, set up by the kernel's own calls: a program for each would take 3 ms. */
import { close } from '../../../../reference/libc/descriptors.ts';
import { type DeviceRequest, deviceRequest } from '../../../../reference/libc/netdevice.ts';
import { AF_INET, SOCK_DGRAM, socket } from '../../../../reference/libc/sockets.ts';
import { ipv4Octets } from '../../../../reference/packets/addresses.ts';
import { maskOctets } from '../../../../reference/packets/prefix.ts';
import { inNamespace } from './setns.ts';

/** <net/if.h> */
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;
/** Where an address begins in the `struct sockaddr_in` of a request: family and port stand before it. */
const addressAt = 4;

export interface Ipv4Device {
  readonly device: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** Gives a device of a namespace its address, and brings it up, and the loopback with it. @throws LabFailure */
export function bringUp(namespace: string, { device, address, prefixLength }: Ipv4Device): void {
  asking(namespace, (fd) => {
    const set = (request: DeviceRequest, octets: Uint8Array): void => {
      deviceRequest(fd, request, device, (value) => {
        value.setUint16(0, AF_INET, true);
        for (const [index, octet] of octets.entries()) value.setUint8(addressAt + index, octet);
      });
    };
    set('SIOCSIFADDR', ipv4Octets(address));
    set('SIOCSIFNETMASK', maskOctets(prefixLength, 4));
    for (const name of [device, 'lo']) {
      const flags = flagsOf(fd, name);
      deviceRequest(fd, 'SIOCSIFFLAGS', name, (value) => value.setUint16(0, flags | IFF_UP, true));
    }
  });
}

/** Whether it sends and receives: a little later than it is up, and than the other end of its cable. */
export function isRunning(namespace: string, device: string): boolean {
  return asking(namespace, (fd) => (flagsOf(fd, device) & IFF_RUNNING) !== 0);
}

const flagsOf = (fd: number, device: string): number => deviceRequest(fd, 'SIOCGIFFLAGS', device).getUint16(0, true);

/** With a socket of the namespace, which such requests need. */
function asking<T>(namespace: string, act: (fd: number) => T): T {
  return inNamespace(namespace, () => {
    const fd = socket(AF_INET, SOCK_DGRAM);
    try {
      return act(fd);
    } finally {
      close(fd);
    }
  });
}
