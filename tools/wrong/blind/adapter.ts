/** The pseudo network adapter: its paths, routes, and what the server lets through. */
import type { Fault } from '../fault.ts';
import { faultsIn } from '../faults/in-file.ts';

const datagram = faultsIn('reference/packets/datagram.ts');
const lan = faultsIn('reference/tunnel/lan.ts');

export const blindAdapter: readonly Fault[] = [
  datagram(
    'total-length-below-the-header-taken',
    'ADP-30',
    'client server',
    'It takes an IPv4 datagram whose total length is less than its header for a whole one, and sends so many octets.',
    'header >= 20 && total >= header && total <= available',
    'header >= 20 && total <= available',
  ),
  lan(
    'ipv6-prefixes-compared-in-32-bits',
    'ADP-31 ADP-08 ADP-10',
    'server',
    'Of IPv6 prefixes it compares the first 32 bits alone.',
    'return this.length <= 32 || sameStart(this.first, octets, this.length, offset);',
    'return true;',
  ),
];
