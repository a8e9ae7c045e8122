/** What is right in the usual case and wrong in a rare one. */
import { type Fault, inModule } from '../fault.ts';

export const rareCases: readonly Fault[] = [
  ...inModule('reference/wire/key-exchange-data.ts', ['client', 'server'], {
    'unknown-entry-without-value-refused': [
      'REQ-14',
      'An entry of key exchange data that is not known is refused where its value is empty.',
      'if (end > octets.length)',
      'if (end > octets.length || end === offset + entryHeaderLength)',
    ],
  }),
  ...inModule('reference/tunnel/server/policy.ts', ['server'], {
    'transforms-beyond-16-unread': [
      'RESP-07 ID-08',
      'Of the transforms of REQUEST the first 16 are looked at.',
      'request.transforms.find(',
      'request.transforms.slice(0, 16).find(',
    ],
  }),
  ...inModule('reference/machines/server.ts', ['server'], {
    'refusal-lost-at-end-of-stream': [
      'SRV-05 SRV-07',
      'While a refusal is delayed, the end of the stream closes the connection without one.',
      "['Close', ['network error'], ['disconnect'], 'Dying', 'binding']",
      "['Close', ['network error', 'end of stream'], ['disconnect'], 'Dying', 'binding']",
    ],
  }),
  ...inModule('reference/tunnel/names/group.ts', ['relay'], {
    'group-members-by-host-alone': [
      'PATH-11 PATH-12',
      'Members of a group on one host with several ports are taken for one.',
      'const key = ({ host, port }: GroupMember): string => `${host}:${port}`;',
      'const key = ({ host }: GroupMember): string => host;',
    ],
  }),
  ...inModule('reference/packets/checksum.ts', ['client'], {
    'checksum-without-odd-octet': [
      'DHCP-10',
      'The last octet of an odd number of them is left out of the checksum.',
      'if (even < octets.length) total += octets[even]! << 8;',
      '',
    ],
  }),
];
