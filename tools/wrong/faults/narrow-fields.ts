/** Integers that are read, kept or compared in too few bits. */
import { type Fault, inModule } from '../fault.ts';

export const narrowFields: readonly Fault[] = [
  ...inModule('reference/nodes/initiator.ts', ['client'], {
    'back-off-of-32-bits': [
      'INI-16',
      'The bound of the back-off is doubled in 32 bits: after some failures it begins anew.',
      'timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30)',
      'timers.backOffMin << (this.#failures + 1)',
    ],
  }),
  ...inModule('reference/crypto/close.ts', ['client', 'server'], {
    'close-counter-of-16-bits': [
      'CLOSE-02',
      'The counter in the digest of CLOSE has the low 16 bits of n alone.',
      'BigInt(n));\n  return hmacSha256',
      'BigInt(n) & 0xffffn);\n  return hmacSha256',
    ],
  }),
  ...inModule('reference/nodes/exchange.ts', ['client'], {
    'response-frames-of-32-bits': [
      'RESP-05',
      'Of the frames that RESPONSE allows the low 32 bits are compared.',
      'lifetimes.frames <= proposed',
      'BigInt.asUintN(32, lifetimes.frames) <= proposed',
    ],
  }),
  ...inModule('reference/wire/frame.ts', ['client', 'server'], {
    'frame-length-signed': [
      'FRAME-10 FRAME-08',
      'The length of a frame is read as a signed integer: above 2^31 it is below 6.',
      'const { length, type, version } = start.decode(octets);',
      'const { type, version, ...others } = start.decode(octets);\n  const length = others.length | 0;',
    ],
  }),
  ...inModule('reference/nodes/flow.ts', ['relay'], {
    'forwarded-length-signed': [
      'RLY-03',
      'A relay reads lengths as signed integers, and refuses a frame of 2^31 octets.',
      'viewOf(this.#start).getUint32(0)',
      'viewOf(this.#start).getInt32(0)',
    ],
  }),
  {
    id: 'relay-index-of-8-bits',
    breaks: ['RELAY-06'],
    roles: ['server', 'relay'],
    does: 'Of an index of RELAY the low octet is compared.',
    file: 'reference/wire/relay.ts',
    change: ['if (index !== expected)', 'if (((index ^ expected) & 0xff) !== 0)'],
    more: [
      {
        file: 'reference/wire/relay.ts',
        change: ['const name = readName(buffer, index, field)', 'const name = readName(buffer, expected, field)'],
      },
    ],
  },
  ...inModule('reference/wire/close.ts', ['client', 'server'], {
    'close-status-of-8-bits': [
      'ID-06',
      'Of the status of a CLOSE the low octet is compared with 0.',
      'if (status === 0) throw new Malformed',
      'if ((status & 0xff) === 0) throw new Malformed',
    ],
  }),
  ...inModule('reference/tunnel/lan.ts', ['server'], {
    'lan-number-of-8-bits': [
      'ADP-10 ADP-08 CD-10 SRV-19',
      'Addresses of a large virtual LAN are told apart by their last octet.',
      'number = number * 256 + (octets[offset + index]! & ~maskAt(index, length));',
      'number = octets[offset + index]! & ~maskAt(index, length);',
    ],
  }),
];
