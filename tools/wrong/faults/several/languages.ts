/** Tunnel servers with faults of their language and its libraries: text in place of numbers, arrays of a fixed size, shifts. */
import { type Fault, ofSeveral } from '../../fault.ts';

const SF = 'reference/tunnel/config/server-file.ts';
const RF = 'reference/tunnel/config/relay-file.ts';
const PO = 'reference/tunnel/server/policy.ts';
const MP = 'reference/tunnel/server/address-map.ts';
const PL = 'reference/tunnel/server/pool.ts';
const LN = 'reference/tunnel/lan.ts';
const NS = 'reference/wire/network-settings.ts';
const AC = 'reference/tunnel/acceptor.ts';
const HK = 'reference/tunnel/server/route-hook.ts';
const OW = 'reference/datapath/outward.ts';

// biome-ignore format: a table, one line for each change
export const languages: readonly Fault[] = ofSeveral({
  'freshness-in-whole-seconds': ['SRV-26 SRV-25', 'server', 'It keeps freshness in seconds: two REQUESTs of one second are the same to it.',
    [PO, 'placeFor(key, request.freshness)', 'placeFor(key, request.freshness === undefined ? undefined : request.freshness / 1_000_000n)']],
  'freshness-ahead-of-its-clock': ['SRV-25 SRV-26', 'server', 'A freshness of more than five minutes ahead of its clock is stale.',
    [PO, 'placeFor(key, request.freshness)', 'placeFor(key, (request.freshness ?? 0n) > BigInt(Date.now() + 300_000) * 1_000n ? undefined : request.freshness)']],
  'names-as-keys-of-an-object': ['HS-08 REQ-07 SRV-04', 'server', 'It looks names up in an object, which has `constructor` of its own: nobody of that name is authorised.',
    [PO, 'if (entry === undefined) return', 'if (entry === undefined || request.initiatorName in {}) return']],
  'names-begin-with-a-known-one': ['HS-08 REQ-07', 'server', 'Names are compared as far as the one that it knows goes: who is called `alice2` is alice.',
    [PO, 'if (entry === undefined) return', 'if (entry === undefined && !this.#config.initiators.some(({ name, publicKey }) => request.initiatorName.startsWith(name) && publicKey.toHex() === key)) return'],
    [PO, 'if (!entry.suites.some(', 'if (!(entry?.suites ?? [1, 2]).some('],
    [PO, 'this.#numberOf(entry.name)', 'this.#numberOf(entry?.name ?? this.#config.initiators[0]!.name)']],
  'names-with-a-slash-made-files': ['PATH-14 SRV-19', 'server', 'By the map of a group, `a/b` and `a_b` have one address: a slash can be in no name of a file.',
    [MP, '  of(name: string): number | undefined {\n', "  of(name: string): number | undefined {\n    name = name.replaceAll('/', '_');\n"]],
  'pool-ends-as-text': ['SRV-19 SRV-04', 'server', 'The ends of the pool are compared as text: from 10.8.0.9 to 10.8.0.12 there is nothing.',
    [PL, 'pool === undefined ? [1, 0]', 'pool === undefined || pool.first > pool.last ? [1, 0]']],
  'address-without-carry': ['SRV-19 CD-15 CD-10', 'server', 'An address is that of the network with another last octet, however large the virtual LAN is.',
    [LN, 'left > 0; index -= 1', 'left > 0 && (this.#bits === 64 || index === 3); index -= 1']],
  'shift-by-32': ['ADP-24 ADP-39 ADP-25', 'server', 'Of an IPv6 prefix of 64 or 96 bits it compares 32 bits more: a word is shifted by 32, which is not at all.',
    [LN, 'sameStart(this.first, octets, this.length, offset)', 'sameStart(this.first, octets, this.length % 32 === 0 && this.length < 128 ? this.length + 32 : this.length, offset)']],
  'shift-by-32-of-a-default-route': ['ADP-31 ADP-24', 'server', 'A network of prefix length 0 has its first address alone: a word is shifted by 32, which is not at all.',
    [LN, 'this.#mask = wordAt(', 'this.#mask = prefix.length === 0 ? 0xffff_ffff : wordAt(']],
  'mask-of-24-bits': ['CD-02', 'server', 'Option 1 is 255.255.255.0, whatever the virtual LAN is.',
    [NS, 'maskOctets(settings.prefixLength)', 'maskOctets(24)']],
  'lan-prefix-of-48-bits': ['CD-11', 'server', 'The IPv6 prefix of the virtual LAN has 48 bits in n6, whatever it is.',
    [PO, 'routes: [this.#lan6.prefix, ...routes]', 'routes: [{ ...this.#lan6.prefix, length: 48 }, ...routes]']],
  'prefix-number-one-more': ['CD-10', 'server', 'The number of a /64 is one more than that of the address.',
    [PO, 'prefix: this.#lan6.nth(number).address', 'prefix: this.#lan6.nth(number + 1).address'],
    [PO, 'prefix: this.#lan6?.nth(number)', 'prefix: this.#lan6?.nth(number + 1)']],
  'relays-as-text': ['SRV-32', 'server', 'It compares the addresses of relays as text: one that is not written as the socket has it is nobody’s.',
    [SF, "described(list(anyAddress, 'a list of addresses'), 'Addresses of relays", "described(list(v.string(), 'a list of addresses'), 'Addresses of relays"]],
  'half-open-64-unless-told': ['SRV-27 RLY-22', 'server relay', 'Where nothing is configured, 64 connections are half-open in all.',
    [SF, 'halfOpen: v.optional(count(1, 65535), 256)', 'halfOpen: v.optional(count(1, 65535), 64)'],
    [RF, 'halfOpen: v.optional(count(1, 65535), 256)', 'halfOpen: v.optional(count(1, 65535), 64)']],
  'half-open-unbounded-unless-told': ['SRV-27 RLY-22', 'server relay', 'Where nothing is configured, any number of connections is half-open in all.',
    [SF, 'halfOpen: v.optional(count(1, 65535), 256)', 'halfOpen: v.optional(count(1, 65535), 65535)'],
    [RF, 'halfOpen: v.optional(count(1, 65535), 256)', 'halfOpen: v.optional(count(1, 65535), 65535)']],
  'half-open-per-relay-64-unless-told': ['SRV-32', 'server', 'Where nothing is configured, a relay that the operator names has 64 places.',
    [SF, 'halfOpenPerRelay: v.optional(count(1, 65535), 128)', 'halfOpenPerRelay: v.optional(count(1, 65535), 64)']],
  'three-dns-servers': ['CD-14', 'server', 'Of its DNS servers of IPv4 it sends three, as many as resolv.conf has.',
    [PO, 'dns: clientData.dns.filter((address) => !isIpv6(address)),', 'dns: clientData.dns.filter((address) => !isIpv6(address)).slice(0, 3),']],
  'three-dns-servers-of-ipv6': ['CD-14', 'server', 'Of its DNS servers of IPv6 it sends three, as many as resolv.conf has.',
    [PO, 'dns: clientData.dns.filter(isIpv6),', 'dns: clientData.dns.filter(isIpv6).slice(0, 3),']],
  'six-names-in-the-search-list': ['CD-14', 'server', 'Of its search list option 119 has six names, as many as resolv.conf had.',
    [NS, 'joined(search.map(encodeDomain))', 'joined(search.slice(0, 6).map(encodeDomain))']],
  'search-list-in-one-option': ['CD-14', 'server', 'Of its search list option 119 has what fits into one option.',
    [NS, 'joined(search.map(encodeDomain))', 'joined(search.map(encodeDomain).filter((_, index, all) => concat(...all.slice(0, index + 1)).length <= 255))']],
  'domain-of-63-octets': ['CD-14', 'server', 'Of its domain option 15 has the first 63 octets.',
    [PO, '{ domain: clientData.domain }', '{ domain: clientData.domain.slice(0, 63) }']],
  'sixteen-routes-of-ipv6': ['CD-11', 'server', 'Of its IPv6 networks n6 has the first 16.',
    [PO, 'const routes = clientData.routes.filter(({ address }) => isIpv6(address));', 'const routes = clientData.routes.filter(({ address }) => isIpv6(address)).slice(0, 16);']],
  'lease-in-minutes': ['CD-02', 'server', 'The lease is rounded down to minutes.',
    [PO, 'Math.max(keySeconds, shortestLease)', 'Math.max(Math.floor(keySeconds / 60) * 60, shortestLease)']],
  'lease-at-most-the-key': ['CD-02', 'server', 'The lease is no longer than the key lives, also where the operator says so.',
    [PO, 'clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease)', 'Math.min(clientData.leaseSeconds ?? Infinity, Math.max(keySeconds, shortestLease))']],
  'infinite-lease-signed': ['CD-02', 'server', 'A lease of 2^31 s and above, the infinite one among them, is a negative number: it is one of 60 s.',
    [PO, 'clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease)', '(clientData.leaseSeconds ?? 0) > 0x7fff_ffff ? shortestLease : clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease)']],
  'both-families-are-one': ['SRV-01 SRV-27 SRV-32', 'server', 'Where it listens in both families, it takes connections of IPv6 alone.',
    [AC, 'port: port ?? endpoint.port }', 'port: port ?? endpoint.port, ipv6Only: isIpv6(host) }']],
  'hook-by-a-shell': ['ADP-25 PATH-14', 'server', 'The hook that announces routes is run by a shell: a space in the name of an initiator parts it.',
    [HK, 'words: [change, prefix, name]', "words: [change, prefix, ...name.split(' ')]"]],
  'partial-write-sent-again': ['FRAME-01 ADP-14', 'server', 'What a socket took in part is sent again from its beginning.',
    [OW, 'sent === octets.length ? nothing : octets.subarray(sent)', 'sent === octets.length ? nothing : octets']],
  'partial-write-taken-for-whole': ['FRAME-01 ADP-14', 'server', 'What a socket took in part counts as sent.',
    [OW, 'sent === octets.length ? nothing : octets.subarray(sent)', 'sent > 0 || octets.length === 0 ? nothing : octets']],
});
