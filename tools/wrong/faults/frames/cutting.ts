/** End points that cut TCP, or complete a checksum, otherwise than section 7.7 says. */
import { type Fault, inModule } from '../../fault.ts';

const file = 'reference/packets/offload.ts';

export const cutting: readonly Fault[] = [
  ...inModule(file, ['client', 'server'], {
    'offload-segments-with-one-identification': [
      'OFF-05',
      'Segments have the identification of the whole.',
      'view.setUint16(4, view.getUint16(4) + index);',
      '',
    ],
    'offload-segments-all-with-psh': [
      'OFF-05',
      'Each segment has FIN and PSH if the whole has them.',
      'if (from + segmentSize < datagram.length) octets[tcp + TCP_FLAGS]! &= ~(FIN | PSH);',
      '',
    ],
    'offload-segments-all-with-cwr': [
      'OFF-05',
      'Each segment has CWR if the whole has it.',
      'if (from > headers) octets[tcp + TCP_FLAGS]! &= ~CWR;',
      '',
    ],
  }),
  ...inModule(file, ['client'], {
    'offload-ipv6-segments-with-one-length': [
      'OFF-05',
      'Segments in IPv6 have the payload length of the whole.',
      'view.setUint16(4, octets.length - ipv6HeaderLength);',
      '',
    ],
    'offload-checksum-of-zero-sent': [
      'OFF-05',
      'A completed checksum that comes to 0 is written as 0, which says to UDP that there is none.',
      'checksum(datagram, start) || 0xffff',
      'checksum(datagram, start)',
    ],
  }),
];
