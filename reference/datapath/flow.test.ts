/** Addresses that are kept: octet by octet what a comparison of the whole headers says. */
import test from 'ava';
import fc from 'fast-check';
import { destinationOf, sourceOf } from '../packets/datagram.ts';
import { IpProtocol } from '../packets/ipv4.ts';
import { Flow } from './flow.ts';

/** Octets before a datagram, which are not its own. */
const before = 3;

interface Header {
  readonly version: 4 | 6;
  readonly protocol: number;
  /** Of both addresses, which may differ from zeros in one octet. */
  readonly changed: number;
  readonly octet: number;
}

const headers = fc.record<Header>({
  version: fc.constantFrom(4, 6),
  protocol: fc.constantFrom(IpProtocol.tcp, IpProtocol.udp),
  changed: fc.nat(31),
  octet: fc.nat(1),
});

function datagramOf({ version, protocol, changed, octet }: Header): Uint8Array {
  const datagram = new Uint8Array(version === 4 ? 20 : 40);
  datagram[0] = version << 4;
  datagram[version === 4 ? 9 : 6] = protocol;
  const [first, length] = version === 4 ? [12, 8] : [8, 32];
  datagram[first + (changed % length)] = octet;
  return datagram;
}

const addressesOf = (datagram: Uint8Array): string =>
  `${sourceOf(datagram).toHex()} ${destinationOf(datagram).toHex()}`;
const isTcp = (header: Header): boolean => header.protocol === IpProtocol.tcp;

test('it has datagrams of TCP between the addresses that were kept last, and no others', (t) => {
  fc.assert(
    fc.property(fc.array(headers, { minLength: 1, maxLength: 3 }), headers, (kept, next) => {
      const flow = new Flow();
      for (const header of kept) t.is(flow.keep(datagramOf(header), 0), isTcp(header));
      const last = kept.filter(isTcp).at(-1);
      const same = last !== undefined && addressesOf(datagramOf(last)) === addressesOf(datagramOf(next));
      const octets = new Uint8Array(before + 40);
      octets.set(datagramOf(next), before);
      t.is(flow.has(octets, before), same && isTcp(next));
      flow.forget();
      t.false(flow.has(octets, before));
    }),
  );
});
