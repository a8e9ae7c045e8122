/** One tunnel conversation frame by frame, and the configuration that reproduces it. */
import { clientAddress, clientPhysical, serverAddress, serverPhysical } from './dhcp-packet.ts';
import { fixedSecrets, handshake, prologueOf } from './handshake-steps.ts';
import { freshness, type Lifetimes, lifetimes, tlv, usual, usualFreshness } from './key-exchange-data.ts';
import { neighbourOptions } from './neighbour-options.ts';
import { clientData, dhcpOptions } from './network.ts';
import { cat, fixed, hex, u16, zeros } from './octets.ts';
import { headerLength, opened, request, response } from './opened.ts';
import { checksum, ipv4 } from './packets.ts';
import { x25519Public } from './primitives.ts';
import { relayFrame } from './relay.ts';
import { isAead, keysOf, seal, type TransformName, transforms } from './schedule.ts';

export type Suite = 1 | 2;
const suiteNames = { 1: 'x25519', 2: 'hybrid' } as const;
const secrets = fixedSecrets('conversation');
const base64 = (key: Uint8Array): string => key.toBase64();

const direct = ['server.test'];
const greaseTransform = 0x0a0a;
const greaseTlv = { id: 0x1a1a, value: fixed('conversation grease', 7) };
const network = { routes: ['10.9.0.0/24'], dns: ['10.9.0.53'], domain: 'corp.test', mtu: 1400 };

/** RFC 792: an echo reply that nobody asked for, so that no stack answers it. */
export function echoReply(source: string, destination: string, length: number, sequence: number): Uint8Array {
  const message = (sum: number): Uint8Array =>
    cat([0, 0], u16(sum), u16(0x504e), u16(sequence), fixed(`conversation echo ${source} ${sequence}`, length - 28));
  const payload = cat(message(checksum(message(0))));
  return ipv4({ source, destination, protocol: 1, payload });
}

const datagrams = {
  initiator: [60, 61, 1400].map((length, index) => echoReply(clientAddress, serverAddress, length, index)),
  server: [84, 29, 1400].map((length, index) => echoReply(serverAddress, clientAddress, length, index)),
};

type Ends<T> = { readonly initiator: T; readonly server: T };

/** In what a conversation differs from the plainest one. */
export interface Variant {
  readonly comment: string;
  readonly path?: readonly string[];
  /** Octets of padding in each DATA frame; AEAD only. */
  readonly padding?: Ends<number>;
  /** Transforms that the initiator offers; the one that is used alone by default. */
  readonly offered?: readonly TransformName[];
  /** Bounds of either end. */
  readonly lifetimes?: Ends<Lifetimes>;
  /** Datagrams of either end; none is a keep-alive. */
  readonly datagrams?: Ends<readonly Uint8Array[]>;
  /** The server offers IPv6. */
  readonly ipv6?: boolean;
}
export const plainest: Variant = { comment: 'direct' };

/** Some where the transform allows any, none in the plainest conversations. */
const paddingOf = (suite: Suite, transform: TransformName, { padding }: Variant): Ends<number> =>
  padding ?? (suite === 2 && isAead(transform) ? { initiator: 5, server: 3 } : { initiator: 0, server: 0 });

const lan6 = 'fd00:8::';
/** The /64 of the client 10.8.0.10, and the virtual LAN's prefix. */
const offer6 = { prefix: 'fd00:8:0:a::', routes: [`${lan6}/48`], dns: [], search: [], mtu: network.mtu };
export const [client6, server6] = ['fd00:8:0:a::5', `${lan6}1`] as const;

/** The configuration of either end, as the project's neutral JSON has it. */
export function configuration(
  suite: Suite,
  transform: TransformName,
  variant: Variant,
): { client: object; server: object } {
  const hybrid = suite === 2;
  const { path = direct, offered = [transform], ipv6 = false } = variant;
  const padding = paddingOf(suite, transform, variant);
  const bounds = variant.lifetimes ?? { initiator: usual, server: usual };
  return {
    client: {
      role: 'client',
      name: 'alice',
      privateKey: base64(secrets.initiatorStatic),
      path,
      origin: 'origin.invalid',
      server: { publicKey: base64(x25519Public(secrets.serverStatic)), suite: suiteNames[suite] },
      transforms: offered,
      adapter: { name: 'pna0', configure: 'none' },
      lifetime: bounds.initiator,
      reconnect: false,
      deterministic: {
        x25519: [hex(secrets.initiatorEphemeral)],
        ...(hybrid ? { kemSeed: [hex(secrets.kemSeed)] } : {}),
        grease: {
          transform: { id: hex(u16(greaseTransform)), index: 0 },
          tlv: { id: hex(u16(greaseTlv.id)), value: hex(greaseTlv.value) },
        },
        padding: padding.initiator,
        freshness: usualFreshness,
      },
    },
    server: {
      role: 'server',
      listen: '0.0.0.0:3265',
      names: direct,
      privateKey: base64(secrets.serverStatic),
      initiators: [
        {
          name: 'alice',
          publicKey: base64(x25519Public(secrets.initiatorStatic)),
          suites: [suiteNames[suite]],
          address: clientAddress,
        },
      ],
      transforms: [transform],
      adapter: {
        name: 'pna0',
        address: `${serverAddress}/24`,
        ...(ipv6 ? { address6: `${server6}/48` } : {}),
        mtu: network.mtu,
        clientPhysical,
        serverPhysical,
      },
      clientData: { routes: network.routes, dns: network.dns, domain: network.domain, leaseSeconds: 3600 },
      lifetime: bounds.server,
      deterministic: {
        x25519: [hex(secrets.serverEphemeral)],
        ...(hybrid ? { kemMessage: [hex(secrets.kemMessage)] } : {}),
        padding: padding.server,
      },
    },
  };
}

export interface Step {
  readonly from: 'initiator' | 'server';
  readonly frame: string;
  readonly octets: Uint8Array;
  readonly datagram?: Uint8Array;
}

/** What either end tells of its own bounds, and what the server grants: the lower ones. */
function lower(one: Lifetimes, other: Lifetimes): Lifetimes {
  const least = (a: number | bigint, b: number | bigint): number | bigint => (a < b ? a : b);
  return {
    seconds: Math.min(one.seconds, other.seconds),
    frames: least(one.frames, other.frames),
    octets: least(one.octets, other.octets),
  };
}

/** All frames of a conversation in order, RELAY to the last DATA, and both frames of CLOSE that may follow. */
export function converse(suite: Suite, transform: TransformName, variant: Variant) {
  const { path = direct, offered = [transform], lifetimes: bounds = { initiator: usual, server: usual } } = variant;
  const relay = relayFrame('origin.invalid', path);
  const padding = paddingOf(suite, transform, variant);
  const sent = variant.datagrams ?? datagrams;
  const requestPayload = opened(request, {
    suite,
    keyExchangeData: cat(lifetimes(bounds.initiator), freshness(usualFreshness), tlv(greaseTlv.id, greaseTlv.value)),
    transforms: [greaseTransform, ...offered.map((name) => transforms[name])],
    destination: path.at(-1) ?? '',
    clientData: clientData([]),
    initiator: 'alice',
  });
  const responsePayload = opened(response, {
    suite,
    keyExchangeData: lifetimes(lower(bounds.initiator, bounds.server)),
    transforms: [transforms[transform]],
    clientData: clientData(dhcpOptions(network), variant.ipv6 ? neighbourOptions(offer6) : []),
  });
  const output = handshake({ ...secrets, suite, prologue: prologueOf(relay), requestPayload, responsePayload });
  const keys = {
    initiator: keysOf(output.initiatorKey, transform, output.handshakeHash),
    server: keysOf(output.serverKey, transform, output.handshakeHash),
  };
  const plain = {
    initiator: [zeros(0), ...sent.initiator],
    server: sent.server,
  };
  const data = (from: 'initiator' | 'server'): Step[] =>
    seal(
      transform,
      keys[from],
      plain[from].map((datagram) => (isAead(transform) ? { datagram, padding: padding[from] } : { datagram })),
    ).map((frame, index) => ({ from, frame: 'DATA', octets: frame, datagram: plain[from][index] ?? zeros(0) }));
  const [keepAlive, ...up] = data('initiator');
  const steps: Step[] = [
    { from: 'initiator', frame: 'RELAY', octets: relay },
    {
      from: 'initiator',
      frame: 'REQUEST',
      octets: cat(requestPayload.slice(0, headerLength(request)), output.request),
    },
    {
      from: 'server',
      frame: 'RESPONSE',
      octets: cat(responsePayload.slice(0, headerLength(response)), output.response),
    },
    ...(keepAlive ? [keepAlive] : []),
    ...up,
    ...data('server'),
  ];
  return { steps, keys, output, requestPayload, responsePayload, datagrams: sent };
}
