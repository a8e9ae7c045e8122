/** packet(7): sockets for whole Ethernet frames of a device. */
import { viewOf } from '../octets.ts';
import { type Instruction, withProgram } from './filter-program.ts';
import { native } from './native.ts';
import { bind, SOCK_NONBLOCK, SOCK_RAW, setsockopt, socket } from './sockets.ts';

const nativeReceiveFrom = native(
  'int64_t recvfrom(int fd, void *octets, size_t length, int flags, void *address, void *addressLength)',
);

/** <linux/if_packet.h>, <linux/if_ether.h>, <asm/socket.h> */
const AF_PACKET = 17;
const ETH_P_ALL = 0x0003;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SOL_PACKET = 263;
const PACKET_ADD_MEMBERSHIP = 1;
const PACKET_MR_ALLMULTI = 2;

/** Up to this one, packet types are of frames for this machine: PACKET_HOST, PACKET_BROADCAST, PACKET_MULTICAST. */
export const PACKET_MULTICAST = 2;
/** What others sent each other; above it is what this machine sent. */
export const PACKET_OTHERHOST = 3;

/** `struct sockaddr_ll`: family u16, protocol u16 (network order), index u32, hardware type u16, packet type u8, address. */
const ADDRESS_LENGTH = 20;

/** Of protocol 0, which gets nothing, until it is bound: otherwise frames of every device would queue up first. */
export function openPacketSocket(): number {
  return socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK);
}

/** @param index of the device, 0 for all of the namespace @param etherType by default all */
export function bindToDevice(fd: number, index: number, etherType = ETH_P_ALL): void {
  const address = new Uint8Array(ADDRESS_LENGTH);
  const view = viewOf(address);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, etherType, false);
  view.setInt32(4, index, true);
  bind(fd, address, address.length);
}

/**
 * From now on the kernel hands over only frames that the program accepts (SO_ATTACH_FILTER, bpf). @throws SystemCallFailure
 */
export function attachFilter(fd: number, filter: readonly Instruction[]): void {
  withProgram(filter, (program) => setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, program.length));
}

/** Until the socket is closed the device takes every multicast. `struct packet_mreq`. */
export function takeAllMulticast(fd: number, index: number): void {
  const octets = new Uint8Array(16);
  const view = viewOf(octets);
  view.setInt32(0, index, true);
  view.setUint16(4, PACKET_MR_ALLMULTI, true);
  setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, octets, octets.length);
}

/** @returns undefined when no frame is there, or when the device went down, which the kernel reports once */
export function receiveFrame(fd: number, octets: Uint8Array): { length: number; packetType: number } | undefined {
  const address = new Uint8Array(ADDRESS_LENGTH);
  const addressLength = new Uint8Array(new Uint32Array([ADDRESS_LENGTH]).buffer);
  const length = Number(nativeReceiveFrom(fd, octets, octets.length, 0, address, addressLength));
  return length < 0 ? undefined : { length, packetType: address[10]! };
}
