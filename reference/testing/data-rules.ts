/** For tests: what each role lets through, as the nodes' form of the data path and as its thread have it. */
import fc from 'fast-check';
import type { PeerPolicy } from '../adapter/receive-path.ts';
import { concat, u16 } from '../octets.ts';
import { addressOctets } from '../packets/addresses.ts';
import { encodeIpv4 } from '../packets/ipv4.ts';
import { encodeIpv6 } from '../packets/ipv6.ts';
import { parsePrefix } from '../packets/prefix.ts';
import { type RoutesChange as ClientChange, onlyTunnel } from '../tunnel/client/data-path.ts';
import { Reception } from '../tunnel/client/reception.ts';
import { parseConfig } from '../tunnel/config/config.ts';
import type { RoutesData, RoutesChange as ServerChange } from '../tunnel/server/data-path.ts';
import { openTables } from '../tunnel/server/tables.ts';
import { toNetworkSettings } from '../wire/network-settings.ts';
import { clientData } from './memory-tunnel.ts';

export interface RoleRules {
  /** The role's module for the thread, what its routes begin with, and what they are told of the tunnel. */
  readonly thread: URL;
  readonly routes: unknown;
  readonly change: unknown;
  readonly permits: PeerPolicy;
  /** Whether a datagram of the local stack is for the tunnel. */
  readonly leaves: (datagram: Uint8Array) => boolean;
  /** Addresses between which the peer may send, of either family: sources, then destinations. */
  readonly permitted: readonly (readonly [readonly string[], readonly string[]])[];
}

function client(): RoleRules {
  const routes = ['192.0.2.0/24'].map((text) => ({ ...parsePrefix(text), gateway: '10.8.0.1' }));
  const routes6 = ['fd00:8::/48', '2001:db8::/32'].map(parsePrefix);
  const ipv6 = { prefix: 'fd00:8:0:a::', routes: routes6, dns: [], search: [], mtu: 1_400 };
  const settings = { ...toNetworkSettings(clientData), routes, ipv6 };
  const networks = ['192.168.7.0/24', 'fd00:7::/48'].map(parsePrefix);
  const change: ClientChange = [settings, networks, [parsePrefix('192.0.2.128/25')]];
  return {
    thread: new URL('../tunnel/client/data-thread.ts', import.meta.url),
    routes: undefined,
    change,
    permits: new Reception(...change).permits,
    leaves: () => true,
    permitted: [
      [
        ['10.8.0.1', '10.8.0.20', '192.0.2.5'],
        ['10.8.0.10', '192.168.7.5'],
      ],
      [
        ['fd00:8::1', '2001:db8::5'],
        ['fd00:8:0:a::5', 'fd00:7::5'],
      ],
    ],
  };
}

function server(): RoleRules {
  const key = new Uint8Array(32).fill(1).toBase64();
  const networks = ['192.168.7.0/24', 'fd00:7::/48'];
  const file = {
    role: 'server',
    names: ['server.test'],
    privateKey: key,
    initiators: [{ name: 'alice', publicKey: key, networks }],
    adapter: { address: '10.8.0.1/24', address6: 'fd00:8::1/48' },
    clientData: { pool: '10.8.0.10-10.8.0.99', routes: ['192.0.2.0/24', '2001:db8::/32'] },
  };
  const config = parseConfig('server', JSON.stringify(file), 'server.json', {});
  const { initiators, adapter, clientData: given, clientToClient } = config;
  const tables = { initiators, adapter, clientData: given, clientToClient };
  const prefix = parsePrefix('fd00:8:0:a::/64');
  const addresses = { address: '10.8.0.10', prefix, networks: networks.map(parsePrefix) };
  const { switchboard, permits } = openTables<number>(tables);
  switchboard.add(onlyTunnel, addresses);
  return {
    thread: new URL('../tunnel/server/data-thread.ts', import.meta.url),
    routes: { config: tables, tellsSources: false } satisfies RoutesData,
    change: { tunnel: onlyTunnel, addresses } satisfies ServerChange,
    permits: (...datagram) => permits(onlyTunnel, ...datagram),
    leaves: (datagram) => switchboard.destination(datagram) !== undefined,
    permitted: [
      [
        ['10.8.0.10', '192.168.7.5'],
        ['10.8.0.1', '192.0.2.5'],
      ],
      [
        ['fd00:8:0:a::5', 'fd00:7::5'],
        ['fd00:8::1', '2001:db8::5'],
      ],
    ],
  };
}

export const rulesOf = { client, server };

const others4 = ['10.8.0.0', '10.8.0.255', '192.0.2.200', '198.51.100.1', '224.0.0.1', '127.0.0.1', '169.254.1.1'];
const others6 = ['fd00:8:0:b::5', '2001:db9::1', 'fe80::1', 'ff02::1', '::1', '::'];

/** Octets all of which are the last of their number. */
export const filled = (length: number): Uint8Array => new Uint8Array(length).fill(length & 0xff);
const text = fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1_000, max: 6_000 }).map(filled));

/** What may be of those by which the nodes of a link configure each other: a type of ICMP or a port of UDP. */
const upper = fc
  .record({
    type: fc.constantFrom(0, 5, 8, 9, 10, 132, 133, 134, 136, 137, 138),
    port: fc.constantFrom(7, 67, 68, 546, 547),
    rest: text,
  })
  .map(({ type, port, rest }) => concat(Uint8Array.of(type, 0), u16(port), rest));
const payload = fc.oneof(upper, text);

const among = (usual: readonly string[], all: readonly string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.constantFrom(...all) });

/** Of the peer's datagrams: whatever a role has a rule for, also behind options and extension headers, and in fragments. */
export function datagramsOfPeer({ permitted }: RoleRules): fc.Arbitrary<Uint8Array> {
  const [[from4, to4], [from6, to6]] = permitted as readonly [RoleRules['permitted'][0], RoleRules['permitted'][0]];
  const all4 = [...from4, ...to4, ...others4];
  const all6 = [...from6, ...to6, ...others6];
  const four = fc
    .record({
      source: among(from4, all4),
      destination: among(to4, all4),
      protocol: fc.constantFrom(1, 6, 17),
      payload,
      form: fc.constantFrom('plain', 'plain', 'options', 'fragment'),
    })
    .map(({ payload: carried, form, ...header }) => {
      const octets = encodeIpv4({
        ...header,
        payload: form === 'options' ? concat(new Uint8Array(4), carried) : carried,
      });
      if (form === 'options') octets[0] = 0x46;
      if (form === 'fragment') octets[7] = 1;
      return octets;
    });
  const six = fc
    .record({
      source: among(from6, all6),
      destination: among(to6, all6),
      protocol: fc.constantFrom(6, 17, 58),
      payload,
      extended: fc.boolean(),
    })
    .map(({ source, destination, protocol, payload: carried, extended }) => {
      const fixed = { trafficClass: 0, flowLabel: 0, hopLimit: 64 };
      const options = Uint8Array.of(protocol, 0, 1, 4, 0, 0, 0, 0);
      return encodeIpv6({
        ...fixed,
        source: addressOctets(source),
        destination: addressOctets(destination),
        nextHeader: extended ? 0 : protocol,
        payload: extended ? concat(options, carried) : carried,
      });
    });
  return fc.oneof(four, six);
}

/** Of the local stack: none for an emulator. */
export function datagramsOfStack({ permitted }: RoleRules): fc.Arbitrary<Uint8Array> {
  const [[to4, from4], [to6, from6]] = permitted as readonly [RoleRules['permitted'][0], RoleRules['permitted'][0]];
  const four = fc
    .record({
      source: among(from4, others4),
      destination: among(to4, [...from4, ...others4]),
      protocol: fc.constantFrom(1, 6, 17),
      payload: text,
    })
    .map(encodeIpv4);
  const six = fc
    .record({ source: among(from6, others6), destination: among(to6, [...from6, ...others6]), payload: text })
    .map(({ source, destination, payload: carried }) => {
      const fixed = { trafficClass: 0, flowLabel: 0, nextHeader: 17, hopLimit: 64 };
      const [from, to] = [addressOctets(source), addressOctets(destination)];
      return encodeIpv6({ ...fixed, source: from, destination: to, payload: carried });
    });
  return fc.oneof(four, six);
}
