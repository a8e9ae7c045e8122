/**
 * [EP] fig. 17: what becomes of a packet that the local stack sends through the adapter. Here the way of a datagram begins.
 *
 * Out. 320: the local stack sends an Ethernet frame through the TAP device (`tap.ts`); `adapter.ts` reads it and calls
 * `transmit`, here. 324 to 332: ARP, DHCP and neighbour discovery are answered by `emulators/`, and the reply goes back to
 * the device. 322: of any other frame the Ethernet header is removed. The IP datagram goes to the tunnel application: at a
 * server `tunnel/server/switchboard.ts` chooses the client's tunnel connection. `tunnel/connection.ts` gives the datagram
 * to its node, whose session (`nodes/conversation.ts`, `nodes/session.ts`) seals it. 336, 334: the sealer
 * (`crypto/data-frame.ts`) writes the header of a DATA frame (`wire/data.ts`) and encrypts the datagram into the frame.
 * 338: the node returns the frame as an effect, and the connection writes it to the socket
 * (`tunnel/transport-connection.ts`).
 *
 * In. 350: the socket's octets go through the connection to the node, whose deframer (`wire/deframer.ts`) cuts frames out
 * of the stream. 352, 354: the session's opener (`crypto/data-frame.ts`) judges the header, decrypts and verifies. The
 * node returns the datagram as an effect, and the connection hands it to the adapter: `receive-path.ts` asks whether this
 * peer may send it; 356: puts an Ethernet header before it; 358: writes it to the device.
 *
 * Relays see none of this: `tunnel/relay/` passes the frames on as they are.
 */
import { datagramLength, etherTypeFor } from '../packets/datagram.ts';
import { ethernetHeaderLength, etherTypeOf } from '../packets/ethernet.ts';
import type { Offload } from '../packets/offload.ts';
import type { Counters } from './counters.ts';
import { finishLeft, type Left, offloadOf } from './virtio-header.ts';

/** One server emulator: which frames are for it, and its reply to one of them, or none. */
export interface Emulator {
  concerns(frame: Uint8Array): boolean;
  answer(frame: Uint8Array): Uint8Array | undefined;
}

/** [EP] fig. 16, 304 and 306. What ARP does in IPv4, neighbour discovery does in IPv6. */
export interface Emulators {
  readonly arp: Emulator;
  readonly dhcp: Emulator;
  readonly neighbour: Emulator;
}

/** In the order of fig. 17. */
const emulatorNames = ['arp', 'dhcp', 'neighbour'] as const satisfies readonly (keyof Emulators)[];

export interface TransmitPorts {
  /** 328: indicates a frame to the local stack. */
  indicate(frame: Uint8Array): boolean;
  /**
   * 334 to 338: seals the datagram, puts it into a DATA frame and sends that. The octets are valid until it returns.
   * @param offload what the datagram lacks
   * @returns false when there is no tunnel for it
   */
  tunnel(datagram: Uint8Array, offload?: Offload): boolean;
}

/**
 * Takes one captured frame through the path.
 * @param left what the local stack left to do about a datagram in it
 * @param emulators undefined while the adapter has no addresses: then nothing is answered and nothing leaves
 */
export function transmit(
  frame: Uint8Array,
  emulators: Emulators | undefined,
  ports: TransmitPorts,
  counters: Counters,
  left?: Left,
): void {
  const dropped = counters.transmitDropped;
  // 320: the packet is passed to the adapter. 322: its Ethernet header is processed…
  const etherType = etherTypeOf(frame);
  if (!emulators) {
    dropped.noTunnel += 1;
    return;
  }
  // 324, 326: an ARP packet is for the ARP server emulator; 330, 332: a DHCP request for the DHCP server emulator.
  for (const name of emulatorNames) {
    if (!emulators[name].concerns(frame)) continue;
    const reply = emulators[name].answer(frame);
    // 328: the reply is passed to the virtual adapter interface.
    if (reply && ports.indicate(reply)) counters.answered[name] += 1;
    else dropped.unanswered += 1;
    return;
  }
  // …322: and removed, with the padding that a short frame carries after its datagram.
  const payload = frame.subarray(ethernetHeaderLength);
  if (etherType !== etherTypeFor(payload)) {
    dropped.notIp += 1;
    return;
  }
  const length = datagramLength(payload);
  if (length === undefined) {
    dropped.malformed += 1;
    return;
  }
  // 334, 336, 338: sealed, encapsulated and sent.
  if (enter(ports, payload.subarray(0, length), left)) {
    counters.transmitted.frames += 1;
    counters.transmitted.octets += length;
  } else dropped.noTunnel += 1;
}

/** @returns whether there is a tunnel for it */
function enter(ports: TransmitPorts, datagram: Uint8Array, left: Left | undefined): boolean {
  if (left === undefined) return ports.tunnel(datagram);
  const offload = offloadOf(left, datagram);
  if (offload !== undefined) return ports.tunnel(datagram, offload);
  const whole = finishLeft(left, datagram);
  return whole.length > 0 && whole.every((one) => ports.tunnel(one));
}
