/** What initiator and server agree on: freshness, keys, lifetimes, refusals, the client data of a name. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const policy = faultsIn('reference/tunnel/server/policy.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const acceptance = faultsIn('reference/tunnel/client/acceptance.ts');
const session = faultsIn('reference/nodes/session.ts');
const freshness = faultsIn('reference/tunnel/client/freshness.ts');
const noise = faultsIn('reference/crypto/noise.ts');
const reserved = faultsIn('reference/packets/reserved.ts');
const pool = faultsIn('reference/tunnel/server/pool.ts');

const refuse = "if (typeof verdict === 'number') this.#refuse('request refused', verdict);";
const atOnce = (status: string): string =>
  `if (verdict === Status.${status}) this.#refuse('protocol error', verdict);\n    else ${refuse}`;

export const exchange: readonly Fault[] = [
  policy(
    'suites-of-the-first-initiator',
    'HS-07',
    'server',
    'The suites of the first initiator in its policy hold for all.',
    'entry.suites.some(',
    'this.#config.initiators[0].suites.some(',
  ),
  serverNode(
    'relay-frame-of-the-latest-connection',
    'HS-01 SRV-24',
    'server',
    'All connections share one place for the RELAY frame: a REQUEST is judged by the one that came last to anybody.',
    'this.#relay = { octets: octets.slice(), path };',
    'globalThis.latestRelay = { octets: octets.slice(), path };',
    [
      {
        file: 'reference/nodes/server.ts',
        change: [
          'const { octets: relay, path } = this.#relay;',
          'const { octets: relay, path } = globalThis.latestRelay;',
        ],
      },
    ],
  ),
  initiatorNode(
    'early-close-with-the-server-key',
    'CLOSE-02 RESP-04',
    'client',
    "Its CLOSE that refuses a RESPONSE has a digest by the server's `close` key.",
    'deriveDirection(secrets.initiatorKey.slice(), transform',
    'deriveDirection(secrets.serverKey.slice(), transform',
  ),
  policy(
    'lease-of-the-own-lifetime',
    'CD-02',
    'server',
    'The lease time is its own bound of seconds, also where the key was granted for less.',
    'Math.max(keySeconds, shortestLease)',
    'Math.max(this.#config.lifetime.seconds, shortestLease)',
  ),
  acceptance(
    'route-wider-than-a-connected-subnet-refused',
    'ADP-11 CD-07',
    'client',
    'It refuses a route that holds a subnet that it is connected to.',
    'connected.find((own) => contains(own, prefix))',
    'connected.find((own) => contains(own, prefix) || (prefix.length > 0 && contains(prefix, own)))',
  ),
  session(
    'close-counts-no-keep-alives',
    'KEY-02 CLOSE-02',
    'server',
    'The counter in the digest of its CLOSE leaves its empty DATA frames out.',
    'return others.length === 0 ? this.#sealer.seal(datagram) : this.#sealer.sealBundle(datagrams);',
    'const frame = this.#sealer.seal(datagram);\n    if (datagram.length > 0) this.carried = (this.carried ?? 0) + 1;\n    return frame;',
    [
      {
        file: 'reference/nodes/session.ts',
        change: [
          'keyedClose(this.#own.close, status, this.#sealer.frames)',
          'keyedClose(this.#own.close, status, this.carried ?? 0)',
        ],
      },
    ],
  ),
  policy(
    'limit-of-a-key-told-to-any-name',
    'SRV-06 SRV-08',
    'server',
    'It tells *resource limit* of a static key also to whoever brings that key with a wrong name.',
    "if (entry === undefined) return refusal('not authorized');",
    "if (entry === undefined)\n      return refusal(this.#unconfirmed.placeFor(key, request.freshness) ? 'not authorized' : 'resource limit');",
  ),
  policy(
    'half-open-per-name',
    'SRV-26 SRV-25',
    'server',
    'It keeps the greatest freshness, and the half-open connections, for each name, where the key counts.',
    'const key = request.initiatorStatic.toHex();',
    'const key = request.initiatorName;',
  ),
  policy(
    'lease-of-the-key-whatever-the-operator-says',
    'CD-02',
    'server',
    'The lease time is as long as the key lives, also where the operator says otherwise.',
    'leaseSeconds: clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease),',
    'leaseSeconds: Math.max(keySeconds, shortestLease),',
  ),
  freshness(
    'freshness-of-the-clock-alone',
    'REQ-18',
    'client',
    'Each REQUEST has the time of day, also where that is not above the last one.',
    'last = time > last ? time : last < largest ? last + 1n : largest;',
    'last = time;',
  ),
  noise(
    'kem-keys-kept',
    'HS-10 HS-03',
    'client',
    'It makes its ML-KEM key pair once, and uses it for each connection.',
    'variables.e1 = this.#generateKem(this.#randomness.kemSeed());',
    'variables.e1 = structuredClone((globalThis.keptKem ??= this.#generateKem(this.#randomness.kemSeed())));',
  ),
  policy(
    'lease-below-a-minute',
    'CD-02',
    'server',
    'The lease of a key that lives less than 60 s is as short.',
    'clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease)',
    'clientData.leaseSeconds ?? keySeconds',
  ),
  pool(
    'last-of-the-pool-unused',
    'SRV-19 SRV-04',
    'server',
    'The last address of the pool is given to nobody.',
    'if (next <= this.#last) numbers.set(name, next);',
    'if (next < this.#last) numbers.set(name, next);',
  ),
  pool(
    'pool-gives-fixed-addresses',
    'SRV-19 CD-10',
    'server',
    'An address of the pool that is fixed for one name is given to another, too.',
    'return this.hasClient(number) && !this.#fixedNumbers.has(number);',
    'return this.hasClient(number);',
  ),
  pool(
    'pool-gives-own-address',
    'CD-15 SRV-19',
    'server',
    'The address of the server in the pool is given to a client.',
    'if (!this.lan.isHost(number) || number === this.#own) return false;',
    'if (!this.lan.isHost(number)) return false;',
  ),
  pool(
    'map-gives-what-is-not-free',
    'SRV-19 CD-15',
    'server',
    'By the map of a group, names get addresses of the pool that are fixed for others, or the server’s own.',
    'const free = (one: number): boolean => this.#isFree(one);',
    'const free = (one: number): boolean => one >= this.#first;',
  ),
  pool(
    'pool-gives-the-ends-of-the-lan',
    'CD-15',
    'server',
    'The first and the last address of the virtual LAN are given to clients where the pool holds them.',
    'if (!this.lan.isHost(number) || number === this.#own) return false;',
    'if (number === this.#own) return false;',
  ),
  serverNode(
    'no-common-transform-at-once',
    'SRV-07 SRV-08',
    'server',
    'No common transform is answered at once.',
    refuse,
    atOnce('noCommonTransform'),
  ),
  serverNode(
    'no-address-left-at-once',
    'SRV-07 SRV-08',
    'server',
    'No address left is answered at once.',
    refuse,
    atOnce('noAddressLeft'),
  ),
  serverNode(
    'stale-refused-at-once',
    'SRV-26 SRV-07',
    'server',
    'A stale REQUEST without a place is answered at once.',
    refuse,
    atOnce('resourceLimit'),
  ),
  initiatorNode(
    'own-lifetimes-kept',
    'INI-09 RESP-11',
    'client',
    'It renews its keys by the bounds that it asked for, not by those of the RESPONSE.',
    'const { lifetimes, options: dataOptions } = keyExchangeData;\n    this.#conversation.key(',
    'const { lifetimes, options: dataOptions } = { ...keyExchangeData, lifetimes: this.#options.lifetimes };\n    this.#conversation.key(',
  ),
  acceptance(
    'ipv6-mtu-unjudged',
    'CD-08 ND-09',
    'client',
    'It judges the MTU of option 26 alone: that of the IPv6 part is advertised whatever it is.',
    'return { ...others, ...judgement.lists(offered, options) };',
    'return { ...others, ...judgement.lists(offered, options), ...(offered.mtu !== undefined && { mtu: offered.mtu }) };',
  ),
  acceptance(
    'virtual-lan-may-be-a-connected-subnet',
    'ADP-20 CD-07',
    'client',
    'A virtual LAN that is a subnet of its machine, or inside one, is accepted.',
    'return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected);',
    "return faultOfHost(own.address) ?? (own.address.includes(':') ? faultOfSubnet(own, this.#connected) : undefined);",
  ),
  acceptance(
    'prefix-may-be-a-connected-subnet',
    'CD-16',
    'client',
    'A /64 that is a subnet of its machine, or inside one, is accepted.',
    'return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected);',
    "return faultOfHost(own.address) ?? (own.address.includes(':') ? undefined : faultOfSubnet(own, this.#connected));",
  ),
  reserved(
    'unspecified-is-one-address',
    'CD-07 ADP-29 ADP-36',
    'client',
    'Of 0.0.0.0/8 it knows 0.0.0.0.',
    "'0.0.0.0/8'",
    "'0.0.0.0/32'",
  ),
  acceptance(
    'dns-server-on-loopback',
    'CD-17',
    'client',
    'It accepts DNS servers at loopback, link-local and multicast addresses.',
    'return faultOfHost(server);',
    'return undefined;',
  ),
  acceptance(
    'ipv6-dns-server-on-loopback',
    'CD-17',
    'client',
    'It judges the addresses of DNS servers in IPv4 alone.',
    'return faultOfHost(server);',
    "return (server.includes(':') ? undefined : faultOfHost(server));",
  ),
  acceptance(
    'ipv4-dns-server-on-loopback',
    'CD-17',
    'client',
    'It judges the addresses of DNS servers in IPv6 alone.',
    'return faultOfHost(server);',
    "return (server.includes(':') ? faultOfHost(server) : undefined);",
  ),
  acceptance(
    'dns-server-on-the-link',
    'CD-17',
    'client',
    'It accepts DNS servers at link-local addresses.',
    'return faultOfHost(server);',
    "return (kindOf(server) === 'link-local' ? undefined : faultOfHost(server));",
  ),
  acceptance(
    'prefix-alone-may-not-be-a-connected-subnet',
    'CD-16',
    'client',
    'A /64 inside a subnet of its machine is accepted.',
    'return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected);',
    "const connected = own.address.includes(':') ? this.#connected.filter(({ length }) => length === 64) : this.#connected;\n    return faultOfHost(own.address) ?? faultOfSubnet(own, connected);",
  ),
  acceptance(
    'prefix-wider-than-a-connected-subnet-refused',
    'CD-16',
    'client',
    'It refuses a /64 that holds a smaller subnet of its machine.',
    'return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected);',
    "const inside = this.#connected.find((subnet) => own.address.includes(':') && contains(own, subnet));\n    return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected) ?? (inside && 'it holds a connected subnet');",
  ),
  acceptance(
    'prefix-of-the-link-accepted',
    'CD-16',
    'client',
    'It accepts a /64 of link-local, multicast or unspecified addresses.',
    'return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected);',
    "return (own.address.includes(':') ? undefined : faultOfHost(own.address)) ?? faultOfSubnet(own, this.#connected);",
  ),
];
