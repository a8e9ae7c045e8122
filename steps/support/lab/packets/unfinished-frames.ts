/** What a local stack sends when it leaves work to its adapter: frames behind a virtio header (packet(7), PACKET_VNET_HDR). */
import { close } from '../../../../reference/libc/descriptors.ts';
import { indexOf } from '../../../../reference/libc/netdevice.ts';
import { bindToDevice, openPacketSocket } from '../../../../reference/libc/packet.ts';
import { send, setsockopt } from '../../../../reference/libc/sockets.ts';
import { cat } from '../../../../vectors/generate/octets.ts';
import { kernelCall, LabFailure } from '../failure.ts';
import { inNamespace } from '../networks/setns.ts';

/** <linux/if_packet.h> */
const SOL_PACKET = 263;
const PACKET_VNET_HDR = 15;

/** <linux/virtio_net.h>: what is left to do. Offsets count from the Ethernet header. */
export interface Unfinished {
  /** VIRTIO_NET_HDR_GSO_*; 0 where there is nothing to cut. */
  readonly type: number;
  readonly headers: number;
  readonly segmentSize: number;
  /** Of what the checksum is of, and of its field from there. */
  readonly start: number;
  readonly field: number;
}

export const [gsoOfTcp4, gsoEcn] = [1, 0x80] as const;
const NEEDS_CHECKSUM = 1;
const ownOrder = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8);

/** The kernel does the work itself where the device does not take it. */
export function sendUnfinished(namespace: string, device: string, frame: Uint8Array, left: Unfinished): void {
  const numbers = [left.headers, left.segmentSize, left.start, left.field].map(ownOrder);
  const octets = cat([NEEDS_CHECKSUM, left.type], ...numbers, frame);
  const fd = inNamespace(namespace, () => {
    const made = openPacketSocket();
    const on = new Uint8Array(new Int32Array([1]).buffer);
    kernelCall(() => setsockopt(made, SOL_PACKET, PACKET_VNET_HDR, on, on.length));
    bindToDevice(made, indexOf(device), 0);
    return made;
  });
  try {
    const sent = kernelCall(() => send(fd, octets));
    if (sent !== octets.length) throw new LabFailure(`sent ${sent} of ${octets.length} octets`);
  } finally {
    close(fd);
  }
}
