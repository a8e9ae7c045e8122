/** RFC 826: ARP packets, by hand. */
import type { Test } from './model.ts';
import { cat, u16, zeros } from './octets.ts';
import { address } from './packets.ts';

interface Arp {
  readonly operation: number;
  readonly senderPhysical: Uint8Array;
  readonly sender: string;
  readonly targetPhysical?: Uint8Array;
  readonly target: string;
}

/** RFC 826, Ethernet and IPv4. */
export const arp = ({ operation, senderPhysical, sender, targetPhysical, target }: Arp): Uint8Array =>
  cat(
    u16(1),
    u16(0x0800),
    [6, 4],
    u16(operation),
    senderPhysical,
    address(sender),
    targetPhysical ?? zeros(6),
    address(target),
  );

/** A question of the client in an Ethernet packet. */
export type Ask = (target: string, sender?: string, to?: Uint8Array) => Uint8Array;
/** A test of a question that is answered. */
export type Answered = (comment: string, target: string, request: Uint8Array, sender?: string) => Test;
