/** A device that takes no work off the local stack, as plain network cards do: what leaves on it is complete, and cut. */
import { close } from '../../../../reference/libc/descriptors.ts';
import { addressOf, systemCall } from '../../../../reference/libc/native.ts';
import { AF_INET, SOCK_DGRAM, socket } from '../../../../reference/libc/sockets.ts';
import { inNamespace } from './setns.ts';

const control = systemCall<[fd: number, request: number, argument: Uint8Array]>(
  'int ioctl(int fd, ulong request, void *argument)',
);

/** <linux/sockios.h> */
const SIOCETHTOOL = 0x8946;
/** <linux/ethtool.h>: checksums that are sent, scattered octets, segments of TCP. */
const settings = { ETHTOOL_STXCSUM: 0x17, ETHTOOL_SSG: 0x19, ETHTOOL_STSO: 0x1f } as const;

/** @param namespace as `ip netns` knows it. @throws LabFailure */
export function makePlain(namespace: string, device: string): void {
  inNamespace(namespace, () => {
    const fd = socket(AF_INET, SOCK_DGRAM);
    try {
      for (const setting of Object.values(settings)) {
        // `struct ethtool_value`: the command, and 0 for off. `struct ifreq`: a name of 16 octets, and where that lies.
        const value = new Uint8Array(new Uint32Array([setting, 0]).buffer);
        const request = new Uint8Array(40);
        new TextEncoder().encodeInto(device, request);
        new DataView(request.buffer).setBigUint64(16, BigInt(addressOf(value)), true);
        control(fd, SIOCETHTOOL, request);
      }
    } finally {
      close(fd);
    }
  });
}
