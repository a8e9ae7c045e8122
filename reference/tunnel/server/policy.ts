/** [EP] fig. 12, 223: the tunnel server's security policy, by the name of the initiator and its key. */
import type { Authority, AuthorizationRequest, Grant, Peer, Refusal } from '../../nodes/authority.ts';
import type { SessionDescription } from '../../nodes/effect.ts';
import { isIpv6 } from '../../packets/addresses.ts';
import type { ClientData } from '../../wire/client-data.ts';
import type { Ipv6Settings } from '../../wire/ipv6-settings.ts';
import type { Lifetimes } from '../../wire/key-exchange-data.ts';
import { fromNetworkSettings } from '../../wire/network-settings.ts';
import { Admission, type Admitted } from '../admission.ts';
import type { ServerFile } from '../config/schemas.ts';
import { Lan } from '../lan.ts';
import { AddressMap } from './address-map.ts';
import { Pool, type PoolConfig } from './pool.ts';
import type { ClientAddresses } from './table.ts';
import { type Place, Unconfirmed } from './unconfirmed.ts';

type PolicyConfig = PoolConfig & Pick<ServerFile, 'names' | 'transforms' | 'lifetime' | 'limits'>;
type Initiator = PolicyConfig['initiators'][number];

interface Connected {
  readonly admitted: Admitted;
  /** From when the REQUEST is granted until the session is confirmed. */
  unconfirmed?: Place;
}

/** Seconds. Clients renew at half of it, and some not more often than every few seconds. */
const shortestLease = 60;

const refusal = (reason: Refusal['reason']): Refusal => ({ type: 'refusal', reason });

/**
 * Who may connect, with which address, transform and lifetime, and what is in the client data (docs/protocol.md, sections 6,
 * 10.3 and 10.4). It decides and counts, and opens nothing but the shared map of addresses.
 */
export class Policy implements Authority {
  readonly #config: PolicyConfig;
  readonly #pool: Pool;
  readonly #failed: (error: unknown) => void;
  readonly #lan6: Lan | undefined;
  readonly #initiators = new Map<string, Initiator>();
  readonly #peers = new Map<Peer, Connected>();
  readonly #admission: Admission;
  readonly #unconfirmed: Unconfirmed;

  /** @param failed gets the reason when the map of addresses, which a group shares, could not be used */
  constructor(config: PolicyConfig, failed: (error: unknown) => void = () => {}) {
    this.#config = config;
    this.#pool = new Pool(config, (options) => new AddressMap(options));
    this.#admission = new Admission(config.limits);
    this.#failed = failed;
    this.#unconfirmed = new Unconfirmed(config.limits.halfOpenPerKey);
    this.#lan6 = config.adapter.address6 && new Lan(config.adapter.address6);
    for (const entry of config.initiators) this.#initiators.set(identifier(entry.name, entry.publicKey), entry);
  }

  opening(peer: Peer): boolean {
    const admitted = this.#admission.admit(peer.source, () => this.#displace(peer));
    if (admitted !== undefined) this.#peers.set(peer, { admitted });
    return admitted !== undefined;
  }

  authorize(peer: Peer, request: AuthorizationRequest): Grant | Refusal {
    const key = request.initiatorStatic.toHex();
    const entry = this.#initiators.get(identifier(request.initiatorName, request.initiatorStatic));
    if (entry === undefined) return refusal('not authorized');
    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');
    if (!this.#config.names.includes(request.destinationName)) return refusal('not authorized');
    const connected = this.#peers.get(peer);
    const take = this.#unconfirmed.placeFor(key, request.freshness);
    if (connected === undefined || take === undefined) return refusal('resource limit');
    const offered: readonly number[] = this.#config.transforms;
    const transform = request.transforms.find((wanted) => offered.includes(wanted));
    if (transform === undefined) return refusal('no common transform');
    const number = this.#numberOf(entry.name);
    if (typeof number !== 'number') return number;
    connected.unconfirmed = take(() => this.#displace(peer));
    connected.admitted.reached(connected.unconfirmed.fresh ? 'fresh' : 'stale');
    const granted = lower(this.#config.lifetime, request.lifetimes);
    return { type: 'grant', transform, lifetimes: granted, clientData: this.#clientData(number, granted.seconds) };
  }

  confirmed(peer: Peer): void {
    const connected = this.#peers.get(peer);
    connected?.admitted.opened();
    connected?.admitted.trusted();
    connected?.unconfirmed?.release();
  }

  ending(peer: Peer): void {
    const connected = this.#peers.get(peer);
    connected?.admitted.reached('ending');
    connected?.unconfirmed?.release();
  }

  ended(peer: Peer): void {
    this.#forget(peer);
  }

  #displace(peer: Peer): void {
    this.#forget(peer);
    peer.giveWay();
  }

  #forget(peer: Peer): void {
    this.ending(peer);
    this.#peers.get(peer)?.admitted.release();
    this.#peers.delete(peer);
  }

  /** The addresses of a session's client; undefined where there is none for its name. */
  addressesOf(session: SessionDescription): ClientAddresses | undefined {
    const entry = this.#initiators.get(identifier(session.name, session.peerKey));
    const number = this.#numberOf(session.name);
    if (typeof number !== 'number' || entry === undefined) return undefined;
    return {
      address: this.#pool.lan.nth(number).address,
      prefix: this.#lan6?.nth(number),
      networks: entry.networks,
    };
  }

  #numberOf(name: string): number | Refusal {
    try {
      return this.#pool.numberOf(name) ?? refusal('no address left');
    } catch (error) {
      this.#failed(error);
      return refusal('resource limit');
    }
  }

  /**
   * [EP] fig. 23: the address of each adapter, and the routes to the private network.
   * @param keySeconds the key's lifetime, and the lease's unless the file gives one: the next key brings the next lease
   */
  #clientData(number: number, keySeconds: number): ClientData {
    const { adapter, clientData } = this.#config;
    const { address: serverAddress, length: prefixLength } = adapter.address;
    const ipv6 = this.#ipv6(number);
    return fromNetworkSettings({
      address: this.#pool.lan.nth(number).address,
      prefixLength,
      serverAddress,
      leaseSeconds: clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease),
      routes: clientData.routes
        .filter(({ address }) => !isIpv6(address))
        .map((prefix) => ({ ...prefix, gateway: serverAddress })),
      dns: clientData.dns.filter((address) => !isIpv6(address)),
      ...(clientData.domain !== undefined && { domain: clientData.domain }),
      search: clientData.search,
      mtu: adapter.mtu,
      clientPhysical: adapter.clientPhysical,
      serverPhysical: adapter.serverPhysical,
      ...(ipv6 !== undefined && { ipv6 }),
    });
  }

  /** The /64 with the number of the address; undefined where the server has no IPv6. */
  #ipv6(number: number): Ipv6Settings | undefined {
    if (this.#lan6 === undefined) return undefined;
    const { adapter, clientData } = this.#config;
    const routes = clientData.routes.filter(({ address }) => isIpv6(address));
    return {
      prefix: this.#lan6.nth(number).address,
      routes: [this.#lan6.prefix, ...routes],
      dns: clientData.dns.filter(isIpv6),
      search: clientData.search,
      mtu: adapter.mtu,
    };
  }
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
const identifier = (name: string, key: Uint8Array): string => `${name}\0${key.toHex()}`;
