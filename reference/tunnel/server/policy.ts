/** [EP] fig. 12, 223: the tunnel server's security policy, by the name of the initiator and its key. */

import { decodeKey, encodeKey } from '../../crypto/identity.ts';
import type { Authority, AuthorizationRequest, Grant, Peer, Refusal } from '../../nodes/authority.ts';
import type { SessionDescription } from '../../nodes/effect.ts';
import { isIpv6 } from '../../packets/addresses.ts';
import { parsePrefix } from '../../packets/prefix.ts';
import type { ClientData } from '../../wire/client-data.ts';
import { Suite, Transform } from '../../wire/identifiers.ts';
import type { Ipv6Settings } from '../../wire/ipv6-settings.ts';
import type { Lifetimes } from '../../wire/key-exchange-data.ts';
import { fromNetworkSettings } from '../../wire/network-settings.ts';
import { lifetimes } from '../config/lifetimes.ts';
import type { ServerFile } from '../config/schemas.ts';
import { Lan6 } from '../lan6.ts';
import { Tally } from '../limits.ts';
import { type Addresses, addressesOf, hostNumber } from './pool.ts';
import type { Holding } from './table.ts';

type PolicyConfig = Pick<
  ServerFile,
  'names' | 'initiators' | 'transforms' | 'lifetime' | 'limits' | 'adapter' | 'clientData' | 'addressMap'
>;
type Initiator = PolicyConfig['initiators'][number];

interface HalfOpen {
  readonly source: string;
  /** Base64, once a REQUEST was granted. */
  key?: string;
  confirmed: boolean;
}

/** Seconds. Clients renew at half of it, and some not more often than every few seconds. */
const shortestLease = 60;

const refusal = (reason: Refusal['reason']): Refusal => ({ type: 'refusal', reason });

export class Policy implements Authority {
  readonly #config: PolicyConfig;
  readonly #addresses: Addresses;
  readonly #failed: (error: unknown) => void;
  readonly #lan6: Lan6 | undefined;
  readonly #initiators = new Map<string, Initiator>();
  readonly #peers = new Map<Peer, HalfOpen>();
  readonly #bySource = new Tally();
  readonly #byKey = new Tally();

  /** @param failed told why the map of addresses, which others share, could not be used. */
  constructor(config: PolicyConfig, failed: (error: unknown) => void = () => {}) {
    this.#config = config;
    this.#addresses = addressesOf(config);
    this.#failed = failed;
    if (config.adapter.address6 !== undefined) this.#lan6 = new Lan6(parsePrefix(config.adapter.address6));
    for (const entry of config.initiators) this.#initiators.set(identifier(entry.name, entry.publicKey), entry);
  }

  opening(peer: Peer): boolean {
    const { halfOpen, halfOpenPerSource } = this.#config.limits;
    const free = this.#bySource.total < halfOpen && this.#bySource.of(peer.source) < halfOpenPerSource;
    if (!free) return false;
    this.#peers.set(peer, { source: peer.source, confirmed: false });
    this.#bySource.add(peer.source);
    return true;
  }

  authorize(peer: Peer, request: AuthorizationRequest): Grant | Refusal {
    const key = encodeKey(request.initiatorStatic);
    const entry = this.#initiators.get(identifier(request.initiatorName, key));
    if (entry === undefined) return refusal('not authorized');
    if (!entry.suites.some((name) => Suite[name] === request.suite)) return refusal('not authorized');
    if (!this.#config.names.includes(request.destinationName)) return refusal('not authorized');
    const halfOpen = this.#peers.get(peer);
    if (halfOpen === undefined || this.#byKey.of(key) >= this.#config.limits.halfOpenPerKey)
      return refusal('resource limit');
    const offered: readonly number[] = this.#config.transforms.map((name) => Transform[name]);
    const transform = request.transforms.find((wanted) => offered.includes(wanted));
    if (transform === undefined) return refusal('no common transform');
    const address = this.#addressOf(entry.name);
    if (typeof address !== 'string') return address;
    halfOpen.key = key;
    this.#byKey.add(key);
    const granted = lower(lifetimes(this.#config), request.lifetimes);
    return { type: 'grant', transform, lifetimes: granted, clientData: this.#clientData(address, granted.seconds) };
  }

  confirmed(peer: Peer, _session: SessionDescription): void {
    const halfOpen = this.#peers.get(peer);
    if (halfOpen === undefined || halfOpen.confirmed) return;
    halfOpen.confirmed = true;
    this.#release(halfOpen);
  }

  ended(peer: Peer): void {
    const halfOpen = this.#peers.get(peer);
    if (halfOpen === undefined) return;
    this.#peers.delete(peer);
    if (!halfOpen.confirmed) this.#release(halfOpen);
  }

  /** What an authorised initiator may use as a source; undefined for one without an address. */
  holding(session: SessionDescription): Holding | undefined {
    const address = this.#addressOf(session.name);
    const entry = this.#initiators.get(identifier(session.name, encodeKey(session.peerKey)));
    return typeof address !== 'string' || entry === undefined
      ? undefined
      : {
          address,
          prefix: this.#lan6?.subnet(hostNumber(address, this.#config)),
          networks: entry.networks.map(parsePrefix),
        };
  }

  #release({ source, key }: HalfOpen): void {
    this.#bySource.remove(source);
    if (key !== undefined) this.#byKey.remove(key);
  }

  #addressOf(name: string): string | Refusal {
    try {
      return this.#addresses.of(name) ?? refusal('no address left');
    } catch (error) {
      this.#failed(error);
      return refusal('resource limit');
    }
  }

  /**
   * [EP] fig. 23: the address of each adapter, and the routes to the private network.
   * @param keySeconds a lease is as long as the key unless the file says otherwise: the next key brings the next lease
   */
  #clientData(address: string, keySeconds: number): ClientData {
    const { adapter, clientData } = this.#config;
    const lan = parsePrefix(adapter.address);
    const ipv6 = this.#ipv6(address);
    return fromNetworkSettings({
      address,
      prefixLength: lan.length,
      serverAddress: lan.address,
      leaseSeconds: clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease),
      routes: clientData.routes.filter(isIpv4).map((text) => ({ ...parsePrefix(text), gateway: lan.address })),
      dns: clientData.dns.filter(isIpv4),
      ...(clientData.domain !== undefined && { domain: clientData.domain }),
      search: clientData.search,
      mtu: adapter.mtu,
      clientPhysical: physical(adapter.clientPhysical),
      serverPhysical: physical(adapter.serverPhysical),
      ...(ipv6 !== undefined && { ipv6 }),
    });
  }

  /** The /64 with the number of the address; undefined where the server has no IPv6. */
  #ipv6(address: string): Ipv6Settings | undefined {
    if (this.#lan6 === undefined) return undefined;
    const { adapter, clientData } = this.#config;
    const routes = clientData.routes.filter(isIpv6).map(parsePrefix);
    return {
      prefix: this.#lan6.subnet(hostNumber(address, this.#config)).address,
      routes: [this.#lan6.prefix, ...routes],
      dns: clientData.dns.filter(isIpv6),
      search: clientData.search,
      mtu: adapter.mtu,
    };
  }
}

const isIpv4 = (text: string): boolean => !isIpv6(text);

/** `06:50:…` → 6 octets. */
export function physical(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(':', ''));
}

function lower(own: Lifetimes, asked: Lifetimes | undefined): Lifetimes {
  if (asked === undefined) return own;
  return {
    seconds: Math.min(own.seconds, asked.seconds),
    frames: own.frames < asked.frames ? own.frames : asked.frames,
    octets: own.octets < asked.octets ? own.octets : asked.octets,
  };
}

/** Names have no NUL, so a name and a key make one string in one way only. */
function identifier(name: string, key: string): string {
  return `${name}\0${encodeKey(decodeKey(key))}`;
}
