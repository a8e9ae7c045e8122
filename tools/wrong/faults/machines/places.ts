/** Who has a place among the half-open connections: sources, network blocks, and who gives way. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const admission = faultsIn('reference/tunnel/admission.ts');
const acceptor = faultsIn('reference/tunnel/acceptor.ts');
const unconfirmed = faultsIn('reference/tunnel/server/unconfirmed.ts');
const sources = faultsIn('reference/tunnel/sources.ts');

export const places: readonly Fault[] = [
  admission(
    'places-of-unanswered-connections-kept',
    'RLY-13',
    'relay',
    'A connection that ends before the next node has answered keeps its place among all connections.',
    "this.#opened(entry);\n    if (entry.state === 'open')",
    "const wasOpen = entry.state === 'open';\n    this.#opened(entry);\n    if (wasOpen)",
  ),
  acceptor(
    'source-is-a-network',
    'SRV-27 RLY-22',
    'server relay',
    'It takes all addresses of a /24 for one source.',
    "const source = socket.remoteAddress ?? '';",
    "const source = (socket.remoteAddress ?? '').replace(/\\.\\d+$/, '.0');",
  ),
  admission(
    'places-given-back-twice',
    'SRV-27 RLY-22',
    'server relay',
    'A connection that was half-open gives its place back a second time when it ends.',
    "if (entry.state !== 'half-open') return;",
    "if (entry.state === 'over') return;",
  ),
  unconfirmed(
    'freshness-signed',
    'REQ-18 SRV-26',
    'server',
    'It takes a freshness of 2^63 and above for a negative number.',
    'const value = freshness ?? -1n;',
    'const value = BigInt.asIntN(64, freshness ?? -1n);',
  ),
  unconfirmed(
    'freshness-in-a-double',
    'SRV-25 SRV-26',
    'server',
    'It keeps freshness in a double: of values above 2^53 the last bits are lost.',
    'const value = freshness ?? -1n;',
    'const value = BigInt(Number(freshness ?? -1n));',
  ),
  unconfirmed(
    'freshness-forgotten-with-the-session',
    'SRV-25 SRV-26',
    'server',
    'It forgets the greatest freshness of a key once none of its connections is half-open.',
    'release: () => sessions.delete(session)',
    'release: () => {\n          sessions.delete(session);\n          if (sessions.size === 0) this.#keys.delete(key);\n        }',
  ),
  sources(
    'source-is-a-24',
    'RLY-22 RLY-13 SRV-27',
    'relay server',
    'An IPv4 /24 is one source to it.',
    'const ipv4 = (address: string): Source => ({ name: address, block',
    'const ipv4 = (address: string): Source => ({ name: network(address, 24), block',
  ),
  sources(
    'source-is-an-ipv6-address',
    'RLY-22 RLY-13 SRV-27',
    'relay',
    'In IPv6 each address is a source.',
    'return { name: network(text, 64), block: network(text, 48) };',
    'return { name: text, block: network(text, 48) };',
  ),
  sources(
    'source-is-a-48',
    'RLY-22 RLY-13 SRV-27',
    'relay',
    'An IPv6 /48 is one source to it.',
    'return { name: network(text, 64), block: network(text, 48) };',
    'return { name: network(text, 48), block: network(text, 48) };',
  ),
  sources(
    'mapped-sources-are-one',
    'RLY-22 RLY-13 SRV-27',
    'relay server',
    'All IPv4 addresses inside IPv6 are one source to it.',
    "if (octets.subarray(0, 12).toHex() === mapped) return ipv4(octets.subarray(12).join('.'));",
    '',
  ),
  sources(
    'block-is-a-64',
    'SRV-29 RLY-23',
    'server relay',
    'In IPv6 a /64 is a network block of its own.',
    'block: network(text, 48) };',
    'block: network(text, 64) };',
  ),
  sources(
    'block-is-an-ipv4-address',
    'SRV-29 RLY-23',
    'server relay',
    'In IPv4 each address is a network block of its own.',
    'block: network(address, 24) });',
    'block: address });',
  ),
  admission(
    'stale-gives-way-before-opening',
    'SRV-28',
    'server',
    'What is stale gives way before what has sent no REQUEST.',
    "['ending', 'opening', 'forwarded', 'stale', 'fresh']",
    "['ending', 'stale', 'opening', 'forwarded', 'fresh']",
  ),
  admission(
    'first-block-gives-way',
    'SRV-29 RLY-23',
    'server relay',
    'Of those whose REQUEST is not whole it takes one of the network block that came first.',
    'if (block.length > fullest.length) fullest = block;',
    'if (fullest.length === 0) fullest = block;',
  ),
];
