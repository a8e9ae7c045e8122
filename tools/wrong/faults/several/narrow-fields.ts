/** Integers that are read, kept or compared in too few bits. */
import { type Fault, inModule } from '../../fault.ts';

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
  ...inModule('reference/wire/frame-start.ts', ['client', 'server'], {
    'frame-length-signed': [
      'FRAME-10',
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
      'ADP-10 CD-10',
      'Addresses of a large virtual LAN are told apart by their last octet.',
      'number = number * 256 + (octets[offset + index]! & ~maskAt(index, length));',
      'number = octets[offset + index]! & ~maskAt(index, length);',
    ],
  }),
  ...inModule('reference/nodes/session.ts', ['client', 'server'], {
    'lifetime-in-milliseconds-of-32-bits': [
      'INI-09 SRV-20',
      'The seconds of a key are kept as milliseconds in 32 bits.',
      'this.duration = lifetimes.seconds * 10 * percent;',
      'this.duration = (lifetimes.seconds * 10 * percent) >>> 0;',
    ],
  }),
  ...inModule('reference/wire/key-exchange-data.ts', ['client', 'server'], {
    'lifetime-seconds-signed': [
      'RESP-11 REQ-12 INI-09',
      'The seconds of a lifetime are read as a signed integer.',
      'seconds: view.getUint32(0)',
      'seconds: view.getInt32(0)',
    ],
  }),
  {
    id: 'forwarded-length-of-24-bits',
    breaks: ['RLY-03'],
    roles: ['relay'],
    does: 'A relay reads the low 24 bits of a length.',
    file: 'reference/nodes/flow.ts',
    change: ['viewOf(this.#start).getUint32(0)', 'viewOf(this.#start).getUint32(0) & 0xff_ffff'],
  },
  ...inModule('reference/tunnel/lan.ts', ['server'], {
    'prefix-number-of-8-bits': [
      'CD-10',
      'The number of a /64 has 8 bits.',
      'left = number; left > 0;',
      'left = this.#bits === 64 ? number % 256 : number; left > 0;',
    ],
    'network-of-64-bits-at-most': [
      'ADP-31 ADP-24',
      'Of the prefix of an IPv6 network behind a client 64 bits are compared.',
      'sameStart(this.first, octets, this.length, offset)',
      'sameStart(this.first, octets, Math.min(this.length, 64), offset)',
    ],
  }),
  ...inModule('reference/tunnel/relay/forward/pump.ts', ['relay'], {
    'tunnels-numbered-in-8-bits': [
      'RLY-06',
      'A relay gives every 256th tunnel the same number.',
      'this.#splices += 1;',
      'this.#splices = (this.#splices + 1) % 256;',
    ],
  }),
  ...inModule('reference/packets/checksum.ts', ['client'], {
    'checksum-folded-once': [
      'DHCP-10',
      'The carry of the internet checksum is added once.',
      'while (folded > 0xffff)',
      'if (folded > 0xffff)',
    ],
  }),
  ...inModule('reference/emulators/dhcp.ts', ['client'], {
    'longest-message-little-endian': [
      'DHCP-19',
      'Option 57 is read with the low octet first.',
      'viewOf(value).getUint16(0)',
      'viewOf(value).getUint16(0, true)',
    ],
  }),
  ...inModule('reference/tunnel/client/stack-settings.ts', ['client'], {
    'routes-beyond-64-left-out': [
      'ADP-11',
      'Of the routes of the client data 64 are installed.',
      'return [...routes, ',
      'return [...routes.slice(0, 64), ',
    ],
  }),
  ...inModule('reference/wire/ipv6-settings.ts', ['client', 'server'], {
    'route-information-of-64-bits': [
      'CD-11',
      'Of the prefix of a route of more than 64 bits, 64 are told.',
      'network.subarray(0, 8 * Math.ceil(length / 64))',
      'network.subarray(0, length > 0 ? 8 : 0)',
    ],
  }),
];
