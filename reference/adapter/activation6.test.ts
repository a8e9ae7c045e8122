/** Neighbour and router discovery at both ends: section 14 of the protocol, ND-01, ND-07, ND-08, ND-11 and ND-13. */
import test from 'ava';
import { ipv6Octets } from '../packets/addresses.ts';
import { encodeEthernet } from '../packets/ethernet.ts';
import { encodeIcmpv6 } from '../packets/icmpv6.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { encodeIpv6 } from '../packets/ipv6.ts';
import { clientActivation, serverActivation } from './activation.ts';
import type { Activation } from './adapter.ts';

const clientPhysical = Uint8Array.fromHex('06504e414300');
const serverPhysical = Uint8Array.fromHex('06504e415300');
const settings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [],
  dns: [],
  search: [],
  clientPhysical,
  serverPhysical,
};
const ipv6 = { prefix: 'fd00:8:0:a::', routes: [{ address: '::', length: 0 }], dns: [], search: [] };

/** What the stack of an adapter with this physical address sends to a group. */
function said(physical: Uint8Array, type: number, body: Uint8Array): Uint8Array {
  const addresses = { source: linkLocalOf(physical), destination: ipv6Octets('ff02::2') };
  const payload = encodeIpv6({
    ...addresses,
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: 58,
    hopLimit: 255,
    payload: encodeIcmpv6({ type, code: 0, body }, addresses),
  });
  return encodeEthernet({
    destination: Uint8Array.of(0x33, 0x33, 0, 0, 0, 2),
    source: physical,
    etherType: 0x86dd,
    payload,
  });
}

/** The physical address that a neighbour advertisement for the target names. */
function resolved({ emulators, localPhysical }: Activation, target: string): string | undefined {
  const frame = said(localPhysical, 135, Uint8Array.of(0, 0, 0, 0, ...ipv6Octets(target)));
  const answer = emulators.neighbour.answer(frame);
  return answer?.slice(-6).toHex();
}
const asked = ({ emulators, localPhysical }: Activation) =>
  emulators.neighbour.answer(said(localPhysical, 133, new Uint8Array(4)));

test('at a client the server’s link-local address is resolved, and no other', (t) => {
  const activation = clientActivation({ ...settings, ipv6 });
  t.is(resolved(activation, 'fe80::450:4eff:fe41:5300'), '06504e415300');
  for (const target of ['fe80::450:4eff:fe41:4300', 'fd00:8:0:a::1', 'fd00:8::1', '::', 'ff02::1'])
    t.is(resolved(activation, target), undefined, target);
});

test('at a client with IPv6 there is a router: it answers, and is advertised before its lifetime ends', (t) => {
  const activation = clientActivation({ ...settings, ipv6 });
  const answer = asked(activation);
  t.is(answer?.[54], 134);
  t.is(answer?.subarray(0, 6).toHex(), clientPhysical.toHex(), 'to whom asked');
  const { frame, seconds } = activation.advertisement ?? { frame: new Uint8Array(70), seconds: 0 };
  t.is(frame[54], 134);
  t.is(frame.subarray(38, 54).toHex(), ipv6Octets('ff02::1').toHex());
  const lifetime = (frame[60]! << 8) | frame[61]!;
  t.true(seconds > 0 && 2 * seconds < lifetime, 'one that is lost does no harm');
});

test('at a client without IPv6 there is none, though its link resolves', (t) => {
  const activation = clientActivation(settings);
  t.is(asked(activation), undefined);
  t.is(activation.advertisement, undefined);
  t.is(resolved(activation, 'fe80::450:4eff:fe41:5300'), '06504e415300');
});

test('at the server what is behind a client has the client adapter’s reserved address, and nothing else', (t) => {
  const activation = serverActivation({
    clientPhysical,
    serverPhysical,
    isClient: () => false,
    isBehindClient: (address) => address.subarray(0, 8).toHex() === 'fd0000080000000a',
  });
  for (const target of ['fd00:8:0:a::', 'fd00:8:0:a:450:4eff:fe41:4300', 'fe80::450:4eff:fe41:4300'])
    t.is(resolved(activation, target), '06504e414300', target);
  for (const target of ['fd00:8:0:b::1', 'fd00:8::1', 'fe80::450:4eff:fe41:5300', 'fe80::1'])
    t.is(resolved(activation, target), undefined, target);
  t.is(asked(activation), undefined, 'the server’s stack has no router there');
  t.is(activation.advertisement, undefined);
});
