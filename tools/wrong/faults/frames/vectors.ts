/** Faults on one side of a bound, or in one octet of many, that the vectors of names, DATA frames, ARP and RESPONSE find. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const names = faultsIn('reference/wire/names.ts');
const opening = faultsIn('reference/crypto/data-frame.ts');
const answers = faultsIn('reference/nodes/exchange.ts');
const resolving = faultsIn('reference/emulators/resolution.ts');

const padded = '    const padded = isZero(plaintext.subarray(datagramLength));';

export const vectorFaults: readonly Fault[] = [
  names(
    'names-dotted-quads-judged',
    'RELAY-05',
    'server relay',
    'A name of four numbers is refused where one of them is above 255.',
    "  if (host.startsWith('.')",
    "  if (/^\\d+(\\.\\d+){3}$/.test(host) && host.split('.').some((each) => Number(each) > 255)) return 'is no address';\n  if (host.startsWith('.')",
  ),
  opening(
    'padding-within-unread',
    'DATA-05',
    'client server',
    'Of the padding only the first and the last octet are compared with zero.',
    padded,
    '    const rest = plaintext.subarray(datagramLength);\n    const padded = isZero(rest.subarray(0, 1)) && isZero(rest.subarray(-1));',
  ),
  opening(
    'padding-beyond-128-unread',
    'DATA-05',
    'client server',
    'Of the padding only the first 128 octets are compared with zero.',
    padded,
    '    const padded = isZero(plaintext.subarray(datagramLength, datagramLength + 128));',
  ),
  opening(
    'data-flags-low-octet-alone',
    'DATA-06',
    'client server',
    'Of the flags of DATA only the lower octet has to be 0.',
    '    (bundled || flags === 0) &&',
    '    (bundled || (flags & 0xff) === 0) &&',
  ),
  answers(
    'response-frames-within-octets',
    'RESP-05',
    'client',
    'The bound of RESPONSE in frames is compared with that of REQUEST in octets.',
    'lifetimes.frames <= proposed.lifetimes.frames',
    'lifetimes.frames <= proposed.lifetimes.octets',
  ),
  answers(
    'response-options-named-ones-alone',
    'RESP-09',
    'client',
    'Option bits of RESPONSE that have no name are taken.',
    'if ((options & ~proposed.dataOptions) !== 0 ||',
    'if ((options & 0x1f & ~proposed.dataOptions) !== 0 ||',
  ),
  resolving(
    'arp-virtual-lan-of-24-bits',
    'ARP-01',
    'client',
    'A virtual LAN larger than a /24 is taken for the /24 of the client.',
    '  const lan = { address, length: prefixLength };',
    '  const lan = { address, length: Math.max(24, prefixLength) };',
  ),
];
