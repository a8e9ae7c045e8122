/** What initiator and server agree on: freshness, keys, lifetimes, refusals, the client data of a name. */
import type { Fault } from '../fault.ts';
import { faultsIn } from './in-file.ts';

const policy = faultsIn('reference/tunnel/server/policy.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const acceptance = faultsIn('reference/tunnel/client/acceptance.ts');
const session = faultsIn('reference/nodes/session.ts');
const noise = faultsIn('reference/crypto/noise.ts');
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
  noise(
    'kem-keys-kept',
    'HS-10 HS-03',
    'client',
    'It makes its ML-KEM key pair once, and uses it for each connection.',
    'variables.e1 = this.#generateKem(this.#randomness.kemSeed());',
    'variables.e1 = structuredClone((globalThis.keptKem ??= this.#generateKem(this.#randomness.kemSeed())));',
  ),
  pool(
    'last-of-the-pool-unused',
    'SRV-19 SRV-04',
    'server',
    'The last address of the pool is given to nobody.',
    'if (next <= this.#last) numbers.set(name, next);',
    'if (next < this.#last) numbers.set(name, next);',
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
];
