/** IPv6 in the client data of a server with `adapter.address6`: section 6 of the protocol. */
import test from 'ava';
import { decodeKey, encodeKey } from '../../crypto/identity.ts';
import type { Grant } from '../../nodes/authority.ts';
import { encodeClientData } from '../../wire/client-data.ts';
import { Suite, Transform } from '../../wire/identifiers.ts';
import { fromNetworkSettings, toNetworkSettings } from '../../wire/network-settings.ts';
import { parseConfig } from '../config/config.ts';
import { Policy } from './policy.ts';

const keyOf = (octet: number) => encodeKey(new Uint8Array(32).fill(octet));
const names = ['alice', 'bob', 'carol'] as const;
type Name = (typeof names)[number];

function policy(changes: { adapter?: object; clientData?: object; initiators?: object[] } = {}): Policy {
  const file = {
    role: 'server',
    names: ['server.test'],
    privateKey: keyOf(9),
    initiators: names.map((name, index) => ({ name, publicKey: keyOf(index), networks: ['fd00:7::/48'] })),
    ...changes,
    adapter: { address: '10.8.0.1/24', address6: 'fd00:8::1/48', mtu: 1300, ...changes.adapter },
    clientData: { pool: '10.8.0.10-10.8.0.99', ...changes.clientData },
  };
  return new Policy(parseConfig('server', JSON.stringify(file), 'server.json', {}));
}

function settingsFor(subject: Policy, name: Name) {
  const peer = { source: '10.0.0.1', giveWay: () => {} };
  subject.opening(peer);
  const decision = subject.authorize(peer, {
    initiatorName: name,
    initiatorStatic: decodeKey(keyOf(names.indexOf(name))),
    destinationName: 'server.test',
    suite: Suite.x25519,
    transforms: [Transform.aes256gcm],
    lifetimes: { seconds: 3600, frames: 100n, octets: 2n ** 40n },
    freshness: 1n,
  });
  return toNetworkSettings((decision as Grant).clientData);
}

const addressesOf = (subject: Policy, name: Name) =>
  subject.addressesOf({
    name,
    path: ['server.test'],
    suite: 1,
    transform: 1,
    dataOptions: 0,
    handshakeHash: new Uint8Array(32),
    peerKey: decodeKey(keyOf(names.indexOf(name))),
  });

test('the /64 has the number of the IPv4 address, and belongs to no other name', (t) => {
  const subject = policy();
  t.deepEqual(
    names.map((name) => settingsFor(subject, name).ipv6?.prefix),
    ['fd00:8:0:a::', 'fd00:8:0:b::', 'fd00:8:0:c::'],
  );
  t.is(settingsFor(subject, 'alice').ipv6?.prefix, 'fd00:8:0:a::', 'the same again');
});

test('an address of its own numbers the /64 too, counted from the network’s first address', (t) => {
  const initiators = [{ name: 'alice', publicKey: keyOf(0), address: '10.8.33.2' }];
  const adapter = { address: '10.8.40.1/19', address6: 'fd00:8:0:8000::1/51' };
  const subject = policy({ adapter, initiators, clientData: { pool: undefined } });
  t.is(settingsFor(subject, 'alice').ipv6?.prefix, 'fd00:8:0:8102::');
});

test('routes and DNS servers are told by family; search list and MTU in both', (t) => {
  const clientData = {
    routes: ['10.9.0.0/24', 'fd00:9::/48', '::/0', 'fd00:6::1/128'],
    dns: ['fd00:9::53', '10.9.0.53', 'fd00:9::54'],
    search: ['corp.test'],
  };
  const { ipv6, ...four } = settingsFor(policy({ clientData }), 'alice');
  t.deepEqual(ipv6, {
    prefix: 'fd00:8:0:a::',
    routes: [
      { address: 'fd00:8::', length: 48 },
      { address: 'fd00:9::', length: 48 },
      { address: '::', length: 0 },
      { address: 'fd00:6::1', length: 128 },
    ],
    dns: ['fd00:9::53', 'fd00:9::54'],
    search: ['corp.test'],
    mtu: 1300,
  });
  t.like(four, { dns: ['10.9.0.53'], search: ['corp.test'], mtu: 1300 });
  t.deepEqual(four.routes, [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }]);
});

test('the route of the virtual LAN is there though the file names none', (t) => {
  t.deepEqual(settingsFor(policy(), 'bob').ipv6?.routes, [{ address: 'fd00:8::', length: 48 }]);
});

test('a route’s bits beyond its prefix are not sent', (t) => {
  const { ipv6 } = settingsFor(policy({ clientData: { routes: ['fd00:9::5/48'] } }), 'alice');
  t.deepEqual(ipv6?.routes[1], { address: 'fd00:9::', length: 48 });
});

test('an initiator holds its /64 and the networks behind it', (t) => {
  t.deepEqual(addressesOf(policy(), 'carol'), {
    address: '10.8.0.12',
    prefix: { address: 'fd00:8:0:c::', length: 64 },
    networks: [{ address: 'fd00:7::', length: 48 }],
  });
});

test('without address6 there is no IPv6', (t) => {
  const initiators = [{ name: 'alice', publicKey: keyOf(0) }];
  const subject = policy({ adapter: { address6: undefined }, initiators });
  t.is(settingsFor(subject, 'alice').ipv6, undefined);
  t.is(addressesOf(subject, 'alice')?.prefix, undefined);
});

/**
 * Of the 16384 octets of a RESPONSE the suite hybrid leaves 15218 to the opened frame: 14 of header, then blocks of 128,
 * which hold 24 of key exchange data and 2 of transforms besides.
 */
const mostClientData = 128 * Math.floor((15_218 - 14) / 128) - 26;

test('as much client data of both families as a file may have fits into one RESPONSE, and more is told', (t) => {
  const label = 'a'.repeat(63);
  const search = Array(16).fill(`${label}.${label}.${label}.${'a'.repeat(61)}`);
  const dns = Array.from({ length: 16 }, (_, index) => `fd00:9::${index + 1}`);
  const withRoutes = (count: number) => {
    const routes = Array.from({ length: count }, (_, index) => `fd00:9::${(index + 1).toString(16)}/128`);
    return policy({ clientData: { routes, dns, search, domain: search[0] } });
  };
  const most = Math.floor((14_500 - 16 * 16 - 2 * 16 * 255) / 24);
  const settings = settingsFor(withRoutes(most), 'alice');
  t.is(settings.ipv6?.routes.length, most + 1);
  t.true(encodeClientData(fromNetworkSettings(settings)).length <= mostClientData);
  t.throws(() => withRoutes(most + 1), {
    message:
      /^server\.json: clientData\.routes: take, with "dns" and "search", 145\d\d octets of at most 14500, .*: name fewer$/,
  });
});
