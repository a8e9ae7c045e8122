/** What passes at both adapters, what an adapter keeps of a former connection, which routes and rules it leaves. */
import type { Fault } from '../fault.ts';
import { faultsIn } from './in-file.ts';

const datagram = faultsIn('reference/packets/datagram.ts');
const lan = faultsIn('reference/tunnel/lan.ts');
const client = faultsIn('reference/tunnel/client/client.ts');
const receivePath = faultsIn('reference/adapter/receive-path.ts');
const serverAdapter = faultsIn('reference/tunnel/server/server-adapter.ts');

export const reach: readonly Fault[] = [
  datagram(
    'total-length-below-the-header-taken',
    'ADP-30',
    'client server',
    'It takes an IPv4 datagram whose total length is less than its header for a whole one, and sends so many octets.',
    'header >= 20 && total >= header && total <= available',
    'header >= 20 && total <= available',
  ),
  lan(
    'ipv6-prefixes-compared-in-32-bits',
    'ADP-31 ADP-08 ADP-10',
    'server',
    'Of IPv6 prefixes it compares the first 32 bits alone.',
    'return this.length <= 32 || sameStart(this.first, octets, this.length, offset);',
    'return true;',
  ),
  client(
    'first-hop-of-the-first-connection',
    'ADP-13',
    'client',
    'The pinned first hop stays that of its first connection when a later one goes to another address.',
    'this.#firstHop = connection.remoteAddress;',
    'this.#firstHop ??= connection.remoteAddress;',
  ),
  client(
    'first-address-pinned-before-connecting',
    'ADP-13',
    'client',
    'Before it connects again it pins the first address of the first node alone: the tunnel draws the others.',
    'endpoints.map(({ address }) => address)',
    'endpoints.slice(0, 1).map(({ address }) => address)',
  ),
  receivePath(
    'ethertype-of-the-first-datagram',
    'ADP-05 ADP-28',
    'client server',
    'The low octet of the EtherType stays that of the first datagram of IPv6 that came.',
    'this.#slab[13] = etherType & 0xff;',
    'this.#slab[13] ||= etherType & 0xff;',
  ),
  serverAdapter(
    'first-network-behind-a-client-alone',
    'ADP-24',
    'server',
    'It routes the first of the networks behind a client alone.',
    'networks.map((network) =>',
    'networks.slice(0, 1).map((network) =>',
  ),
];
