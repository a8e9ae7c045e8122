/** What of a datagram's addresses decides is shown by features/adapter/client-policy.feature; here are the lengths. */
import test from 'ava';
import { addressOctets } from '../../packets/addresses.ts';
import { parsePrefix } from '../../packets/prefix.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import { Reception } from './reception.ts';

const settings: NetworkSettings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 60,
  routes: ['10.0.0.0/8', '10.20.5.0/24'].map((text) => ({ ...parsePrefix(text), gateway: '10.8.0.1' })),
  dns: [],
  search: [],
  clientPhysical: Uint8Array.of(2, 0, 0, 0, 0, 1),
  serverPhysical: Uint8Array.of(2, 0, 0, 0, 0, 2),
};

/** UDP to port 7, as far as it is looked at. */
const datagram = Uint8Array.of(0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, ...new Uint8Array(8), 0, 9, 0, 7, 0, 8, 0, 0);

function permits(from: string, to = '10.8.0.10', networks: readonly string[] = [], connected: readonly string[] = []) {
  const reception = new Reception(settings, networks.map(parsePrefix), connected.map(parsePrefix));
  return reception.permits(addressOctets(from), addressOctets(to), datagram);
}

test('the longest prefix decides where a source is', (t) => {
  t.true(permits('10.20.4.1'));
  t.false(permits('10.20.4.1', '10.8.0.10', ['10.20.0.0/16']));
  t.true(permits('10.20.5.1', '10.8.0.10', ['10.20.0.0/16']));
  t.false(permits('10.20.5.1', '10.8.0.10', ['10.20.5.0/24']));
  t.false(permits('10.77.0.5', '10.8.0.10', [], ['10.77.0.0/24']));
  t.true(permits('10.78.0.5', '10.8.0.10', [], ['10.77.0.0/24']));
});

test('the ends of the virtual LAN are nobody', (t) => {
  t.false(permits('10.8.0.0'));
  t.false(permits('10.8.0.255'));
  t.true(permits('10.8.0.254'));
});

test('a client without IPv6 gets none', (t) => {
  t.false(permits('fd00:8::1', 'fd00:8:0:a::1'));
  t.false(permits('fd00:8::1', 'fd00:20::1', ['fd00:20::/64']));
});
