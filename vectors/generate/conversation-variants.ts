/** Conversations that differ from the plainest ones: paths, paddings, keep-alives, IPv6, bounds, several transforms. */
import { client6, echoReply, type Suite, server6, type Variant } from './conversation-run.ts';
import { clientAddress, serverAddress } from './dhcp-packet.ts';
import { usual } from './key-exchange-data.ts';
import { cat, fixed, u16, zeros } from './octets.ts';
import { icmp6 } from './packets.ts';
import type { TransformName } from './schedule.ts';

const up = (length: number, sequence: number): Uint8Array => echoReply(clientAddress, serverAddress, length, sequence);
const down = (length: number, sequence: number): Uint8Array =>
  echoReply(serverAddress, clientAddress, length, sequence);

/** RFC 4443 §4.2: an echo reply that nobody asked for. */
const echo6 = (source: string, destination: string, length: number, sequence: number): Uint8Array => {
  const data = fixed(`conversation echo ${source} ${sequence}`, length - 48);
  return icmp6({ source, destination, type: 129, body: cat(u16(0x504e), u16(sequence), data), hopLimit: 64 });
};

const oneRelay = ['relay-b.test', 'server.test'];
const twoRelays = ['relay-b.test', 'relay-c.test:4000', 'server.test'];
const padded: Variant = { comment: 'direct, padding of 255', padding: { initiator: 255, server: 255 } };
const keepAlives: Variant = {
  comment: 'direct, keep-alives between',
  datagrams: {
    initiator: [up(60, 0), zeros(0), zeros(0), up(61, 1)],
    server: [zeros(0), down(84, 0), zeros(0), down(29, 1)],
  },
};
const ipv6: Variant = {
  comment: 'direct, both families',
  ipv6: true,
  datagrams: {
    initiator: [echo6(client6, server6, 60, 0), up(60, 1), echo6(client6, server6, 1400, 2)],
    server: [echo6(server6, client6, 104, 0), down(84, 1), echo6(server6, client6, 49, 2)],
  },
};
const lowered: Variant = {
  comment: 'direct, bounds of which either end has the lower ones',
  lifetimes: {
    initiator: { seconds: 1800, frames: 1_000_000, octets: usual.octets },
    server: { seconds: 3600, frames: 50_000, octets: 1_000_000_000 },
  },
};

const many: Variant = {
  comment: 'direct, 20 datagrams each way',
  datagrams: {
    initiator: Array.from({ length: 20 }, (_, index) => up(28 + ((index * 53) % 400), index)),
    server: Array.from({ length: 20 }, (_, index) => down(28 + ((index * 71) % 400), index)),
  },
};

export const variants: readonly (readonly [Suite, TransformName, Variant])[] = [
  [2, 'aes256gcm', { comment: 'one relay', path: oneRelay }],
  [1, 'chacha20poly1305', { comment: 'two relays', path: twoRelays }],
  [1, 'chacha20poly1305', padded],
  [2, 'aes256gcm', padded],
  [1, 'chacha20poly1305', keepAlives],
  [2, 'aes256ctr-hmacsha256', keepAlives],
  [2, 'aes256cbc-hmacsha256', keepAlives],
  [1, 'chacha20poly1305', ipv6],
  [2, 'aes256ctr-hmacsha256', ipv6],
  [1, 'chacha20poly1305', lowered],
  [1, 'chacha20poly1305', { comment: 'direct, two transforms offered', offered: ['chacha20poly1305', 'aes256gcm'] }],
  [
    2,
    'aes256gcm',
    {
      comment: 'direct, the second of three transforms',
      offered: ['aes256ctr-hmacsha256', 'aes256gcm', 'chacha20poly1305'],
    },
  ],
  [1, 'aes256ctr-hmacsha256', many],
  [1, 'aes256cbc-hmacsha256', many],
];
