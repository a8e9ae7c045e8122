/** Devices of the lab's nodes, set up by the kernel's own calls: a program for each would take 3 ms. */
import { close } from '../../../reference/libc/descriptors.ts';
import { type DeviceRequest, deviceRequest } from '../../../reference/libc/netdevice.ts';
import { AF_INET, SOCK_DGRAM, socket } from '../../../reference/libc/sockets.ts';
import { ipv4Octets } from '../../../reference/packets/addresses.ts';
import { maskOctets } from '../../../reference/packets/prefix.ts';
import { inNamespace } from './setns.ts';

/** <net/if.h> */
const IFF_UP = 0x1;
/** Where an address begins in the `struct sockaddr_in` of a request: family and port stand before it. */
const addressAt = 4;

export interface Ipv4Device {
  readonly device: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** Gives a device of a namespace its address, and brings it up, and the loopback with it. @throws LabFailure */
export function bringUp(namespace: string, { device, address, prefixLength }: Ipv4Device): void {
  inNamespace(namespace, () => {
    const fd = socket(AF_INET, SOCK_DGRAM);
    const set = (request: DeviceRequest, octets: Uint8Array): void => {
      deviceRequest(fd, request, device, (value) => {
        value.setUint16(0, AF_INET, true);
        for (const [index, octet] of octets.entries()) value.setUint8(addressAt + index, octet);
      });
    };
    try {
      set('SIOCSIFADDR', ipv4Octets(address));
      set('SIOCSIFNETMASK', maskOctets(prefixLength, 4));
      for (const name of [device, 'lo']) {
        const flags = deviceRequest(fd, 'SIOCGIFFLAGS', name).getUint16(0, true);
        deviceRequest(fd, 'SIOCSIFFLAGS', name, (value) => value.setUint16(0, flags | IFF_UP, true));
      }
    } finally {
      close(fd);
    }
  });
}
