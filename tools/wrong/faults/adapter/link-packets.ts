/** Packets by which the nodes of a link configure each other, and which an adapter takes for others (ADP-37, ND-03). */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const upperLayer = faultsIn('reference/packets/upper-layer.ts');

export const linkPackets: readonly Fault[] = [
  upperLayer(
    'redirects-alone-of-icmp',
    'ADP-37',
    'client server',
    'Of ICMP it keeps redirects from its local stack, and not router discovery, types 9 and 10.',
    'new Set([5, 9, 10])',
    'new Set([5])',
  ),
  upperLayer(
    'router-solicitation-of-icmp-passes',
    'ADP-37',
    'client server',
    'Of ICMP router discovery it keeps advertisements from its local stack, and not solicitations, type 10.',
    'new Set([5, 9, 10])',
    'new Set([5, 9])',
  ),
  upperLayer(
    'authentication-header-in-units-of-eight',
    'ADP-37 ND-03',
    'client server',
    'It reads the length of an authentication header as that of other extension headers.',
    'return header === AUTHENTICATION ? 4 * (field + 2) : 8 * (field + 1);',
    'return 8 * (field + 1);',
  ),
  upperLayer(
    'authentication-header-unknown',
    'ADP-37 ND-03',
    'client server',
    'It looks behind every extension header but that of authentication.',
    'new Set([0, 43, FRAGMENT, AUTHENTICATION, 60])',
    'new Set([0, 43, FRAGMENT, 60])',
  ),
  upperLayer(
    'routing-header-unknown',
    'ADP-37 ND-03',
    'client server',
    'It looks behind every extension header but that of routing.',
    'new Set([0, 43, FRAGMENT, AUTHENTICATION, 60])',
    'new Set([0, FRAGMENT, AUTHENTICATION, 60])',
  ),
  upperLayer(
    'first-fragment-passes',
    'ADP-37',
    'client server',
    'What is in a first fragment passes in IPv6.',
    'if (header === FRAGMENT && (((octets[at + 2] ?? 0) << 8) | (octets[at + 3] ?? 0)) >= 8) return undefined;',
    'if (header === FRAGMENT) return undefined;',
  ),
  upperLayer(
    'first-ipv4-fragment-passes',
    'ADP-37',
    'client server',
    'What is in a first fragment passes in IPv4.',
    'if (fragmentOffset > 0) return undefined;',
    'if (fragmentOffset > 0 || ((octets[start + 6] ?? 0) & 0x20) !== 0) return undefined;',
  ),
];
