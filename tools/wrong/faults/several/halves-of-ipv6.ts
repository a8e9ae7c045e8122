/** Clients that look at a part of something, where it is of IPv6, or where the thread looks and not the readable path. */
import { type Fault, ofSeveral } from '../../fault.ts';

export const halvesOfIpv6: readonly Fault[] = ofSeveral({
  'solicited-address-by-its-last-octets': [
    'ND-05 ND-01',
    'client',
    'A solicitation for an address with the last three octets of the one of the server’s adapter is answered.',
    [
      'reference/emulators/resolution.ts',
      '(equalOctets(asked, linkLocal) ? physical : undefined)',
      '(asked[0] === 0xfe && equalOctets(asked.subarray(13), linkLocal.subarray(13)) ? physical : undefined)',
    ],
  ],
  'protocol-of-ipv6-by-its-high-octet': [
    'DATA-02 DATA-10',
    'client',
    'An IPv6 datagram may have any protocol from 8600 to 86ff.',
    [
      'reference/crypto/data-frame.ts',
      'const fitting = protocolOf(datagram) === protocol;',
      'const own = protocolOf(datagram);\n    const fitting = own === protocol || (own === 0x86dd && protocol >> 8 === 0x86);',
    ],
  ],
  'thread-protocol-by-its-high-octet': [
    'DATA-02 DATA-10',
    'client',
    'The thread compares the high octet of the protocol alone.',
    [
      'reference/datapath/record.ts',
      'if (u16At(octets, at + 6) !== protocol) return false;',
      'if (octets[at + 6] !== protocol >> 8) return false;',
    ],
  ],
  'thread-ignores-segment-size-of-plain-frames': [
    'DATA-06 DATA-10',
    'client',
    'The thread takes a frame without flags whatever its segment size is.',
    ['reference/datapath/record.ts', 'const lone = (flags | segmentSize) === 0;', 'const lone = flags === 0;'],
  ],
  'thread-segment-size-of-bundles-unread': [
    'BUN-03',
    'client',
    'The thread takes a bundle whatever its segment size is.',
    [
      'reference/datapath/record.ts',
      'const bundled = flags === DataOption.bundle && segmentSize === 0 && (dataOptions',
      'const bundled = flags === DataOption.bundle && (dataOptions',
    ],
  ],
  'lockdown-of-queries-by-udp-alone': [
    'LOCK-03',
    'client',
    'Under a lockdown DNS queries by TCP leave in clear.',
    ['reference/linux/lockdown.ts', 'meta l4proto { tcp, udp } th dport { 53, 853 }', 'udp dport { 53, 853 }'],
  ],
  'ipv6-datagram-without-payload-dropped': [
    'ADP-30 ADP-15 ADP-40',
    'client',
    'An IPv6 datagram of 40 octets, which has no payload, enters no tunnel.',
    [
      'reference/packets/datagram.ts',
      'return total <= available ? total : undefined;\n  }\n  return undefined;',
      'return total <= available && total > 40 ? total : undefined;\n  }\n  return undefined;',
    ],
  ],
  'former-prefix-of-two-before': [
    'ND-15',
    'client',
    'The former /64 that it withdraws is always the first one that it had.',
    [
      'reference/tunnel/client/client-adapter.ts',
      'clientActivation(this.#withMtu(settings), this.#open.settings?.ipv6?.prefix)',
      'clientActivation(this.#withMtu(settings), (globalThis.firstPrefix ??= this.#open.settings?.ipv6?.prefix))',
    ],
  ],
  'router-by-a-wide-route': [
    'ND-08 ADP-18',
    'client',
    'A route to a network of less than 16 bits makes it a default router.',
    [
      'reference/emulators/router.ts',
      'settings.routes.some(({ length }) => length === 0)',
      'settings.routes.some(({ length }) => length < 16)',
    ],
  ],
});
