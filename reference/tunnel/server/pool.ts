/** Addresses of the virtual LAN belong to names, so that replayed requests cannot use up the pool (SRV-19). */
import { ipv4Octets } from '../../packets/addresses.ts';
import type { ServerFile } from '../config/schemas.ts';
import { Lan } from '../lan.ts';
import type { AddressMap } from './address-map.ts';

export type PoolConfig = Pick<ServerFile, 'initiators' | 'adapter' | 'clientData' | 'addressMap'>;
type OpenMap = (...given: ConstructorParameters<typeof AddressMap>) => Pick<AddressMap, 'of'>;

/** Addresses are numbers in here: those of the virtual LAN. */
export class Pool {
  readonly lan: Lan;
  readonly #own: number;
  /** Of the names whose entry has an address. */
  readonly #fixed = new Map<string, number>();
  readonly #fixedNumbers: ReadonlySet<number>;
  /** Both ends are in the pool; without a pool there is nothing between them. */
  readonly #first: number;
  readonly #last: number;
  readonly #numberOf: (name: string) => number | undefined;

  /** @param openMap who only asks `hasClient` needs none: its code takes 5 ms to load */
  constructor({ initiators, adapter, clientData, addressMap }: PoolConfig, openMap?: OpenMap) {
    this.lan = new Lan(adapter.address);
    const number = (address: string): number => this.lan.numberOf(ipv4Octets(address))!;
    this.#own = number(adapter.address.address);
    for (const { name, address } of initiators) if (address !== undefined) this.#fixed.set(name, number(address));
    this.#fixedNumbers = new Set(this.#fixed.values());
    const { pool } = clientData;
    [this.#first, this.#last] = pool === undefined ? [1, 0] : [number(pool.first), number(pool.last)];
    if (addressMap === undefined || pool === undefined || openMap === undefined) {
      const numbers = this.#inOrder(initiators.map(({ name }) => name));
      this.#numberOf = (name) => numbers.get(name);
    } else {
      const free = (one: number): boolean => this.#isFree(one);
      const map = openMap({ folder: addressMap, lan: this.lan, first: this.#first, last: this.#last, free });
      this.#numberOf = (name) => map.of(name);
    }
  }

  /**
   * The number that belongs to a name: the fixed one, or one of the pool by the map that a group shares, if there is one;
   * else by the order in which the names stand.
   * @returns undefined when none is left for it
   * @throws Error when the map cannot be read or written
   */
  numberOf(name: string): number | undefined {
    return this.#fixed.get(name) ?? this.#numberOf(name);
  }

  /** Whether a number can be that of any tunnel client: its own, or one of the pool. */
  hasClient(number: number): boolean {
    if (!this.lan.isHost(number) || number === this.#own) return false;
    return (number >= this.#first && number <= this.#last) || this.#fixedNumbers.has(number);
  }

  /** The same after each restart. */
  #inOrder(names: readonly string[]): Map<string, number> {
    const numbers = new Map<string, number>();
    let next = this.#first;
    for (const name of names) {
      if (this.#fixed.has(name) || numbers.has(name)) continue;
      while (next <= this.#last && !this.#isFree(next)) next += 1;
      if (next <= this.#last) numbers.set(name, next);
      next += 1;
    }
    return numbers;
  }

  /** Whether somebody may get a number of the pool. */
  #isFree(number: number): boolean {
    return this.hasClient(number) && !this.#fixedNumbers.has(number);
  }
}
