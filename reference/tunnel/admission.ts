/**
 * How many connections a node has at once, and which of them gives way to a newcomer (docs/protocol.md, section 10.3): one
 * that lasts would otherwise keep all others out.
 */
import { randomOctets } from '../crypto/primitives.ts';
import { wordAt } from '../octets.ts';
import { Tally } from './limits.ts';
import { type Source, sourceOf } from './sources.ts';

/**
 * How far a connection has come, those that give way first before the others. Then the first one that never gives way.
 * `ending`: refused, or over. `opening`: its REQUEST is not whole. `forwarded`: of a relay, not answered yet. `stale`: its
 * REQUEST may be a replay.
 */
const stages = ['ending', 'opening', 'forwarded', 'stale', 'fresh'] as const;
type Stage = (typeof stages)[number];
const yielding = stages.slice(0, -1);
/** Where its own source has too many: a path that leads back to a relay again and again comes to an end. */
const yieldingToOwn = yielding.filter((stage) => stage !== 'forwarded');

/** A connection that was let in. Half-open at first, in the stage `opening`. */
export interface Admitted {
  readonly reached: (stage: Stage) => void;
  /** No longer half-open: the next node has answered a relay, or a session of a server is confirmed. */
  readonly opened: () => void;
  /** Its initiator is who it says: its source keeps a share of the places. */
  readonly trusted: () => void;
  /** The connection has ended. */
  readonly release: () => void;
}

interface Limits {
  readonly halfOpen: number;
  readonly halfOpenPerSource: number;
  /** Of a server: addresses of relays, each of which has `halfOpenPerRelay` places. */
  readonly relays?: readonly string[];
  readonly halfOpenPerRelay?: number;
  /** Of a relay. */
  readonly connections?: number;
  readonly connectionsPerSource?: number;
}

interface Entry extends Source {
  stage: Stage;
  state: 'half-open' | 'open' | 'over';
  readonly giveWay: () => void;
}

/** Sources that are remembered because a session came from there. */
const trustedAtMost = 4_096;
/** The part of all half-open places that they keep. */
const share = 1 / 4;

/**
 * Counts connections by source, network block and kind, as `Limits` has them. Knows no socket: who gives way is called.
 */
export class Admission {
  readonly #limits: Limits;
  readonly #random: (below: number) => number;
  readonly #all = new Tally();
  readonly #halfOpen = new Tally();
  /** Those that are half-open or ending: what can give way. */
  readonly #passing = new Set<Entry>();
  readonly #trusted = new Set<string>();
  readonly #relays: ReadonlySet<string>;

  /** @param random a whole number from 0 up, below its argument */
  constructor(limits: Limits, random: (below: number) => number = anyBelow) {
    this.#limits = limits;
    this.#random = random;
    this.#relays = new Set(limits.relays?.map((address) => whole(address).name));
  }

  get connections(): number {
    return this.#all.total;
  }

  get halfOpen(): number {
    return this.#halfOpen.total;
  }

  /**
   * @param address where it comes from
   * @param giveWay is called when another takes its place; it counts towards no limit any more
   * @returns undefined beyond a limit, where none can give way: then it counts towards none.
   */
  admit(address: string, giveWay: () => void): Admitted | undefined {
    const source = this.#sourceOf(address);
    if (!this.#makeRoom(source)) return undefined;
    const entry: Entry = { ...source, stage: 'opening', state: 'half-open', giveWay };
    this.#all.add(entry.name);
    this.#halfOpen.add(entry.name);
    this.#passing.add(entry);
    return {
      reached: (stage) => {
        entry.stage = stage;
        if (stage === 'ending' && entry.state !== 'over') this.#passing.add(entry);
      },
      opened: () => this.#opened(entry),
      trusted: () => this.#trust(entry.name),
      release: () => this.#release(entry),
    };
  }

  #sourceOf(address: string): Source {
    const exact = whole(address);
    return this.#relays.has(exact.name) ? exact : sourceOf(address);
  }

  /** For each limit that is reached one gives way. @returns false if none can */
  #makeRoom({ name }: Source): boolean {
    const { connections = Infinity, connectionsPerSource = Infinity, halfOpen, halfOpenPerSource } = this.#limits;
    const ofSource = this.#relays.has(name) ? (this.#limits.halfOpenPerRelay ?? halfOpenPerSource) : halfOpenPerSource;
    const [all, half] = [this.#all, this.#halfOpen];
    const fromThere = (entry: Entry): boolean => entry.name === name;
    const isHalfOpen = (entry: Entry): boolean => entry.state === 'half-open';
    return (
      (all.of(name) < connectionsPerSource || this.#displace(fromThere, yieldingToOwn)) &&
      (half.of(name) < ofSource || this.#displace((entry) => fromThere(entry) && isHalfOpen(entry), yieldingToOwn)) &&
      (all.total < connections || this.#displace(this.#unlessKept())) &&
      (half.total < halfOpen || this.#displace(this.#unlessKept(isHalfOpen)))
    );
  }

  #displace(inScope: (entry: Entry) => boolean, order: readonly Stage[] = yielding): boolean {
    const entry = this.#choose([...this.#passing].filter(inScope), order);
    if (entry === undefined) return false;
    this.#release(entry);
    entry.giveWay();
    return true;
  }

  /** Any one of the network block that has the most of those that come first. */
  #choose(entries: readonly Entry[], order: readonly Stage[]): Entry | undefined {
    for (const stage of order) {
      const blocks = Map.groupBy(
        entries.filter((entry) => entry.stage === stage),
        ({ block }) => block,
      );
      let fullest: readonly Entry[] = [];
      for (const block of blocks.values()) if (block.length > fullest.length) fullest = block;
      if (fullest.length > 0) return fullest[this.#random(fullest.length)];
    }
    return undefined;
  }

  /** Leaves out those of trusted sources, while these do not use more than their share. */
  #unlessKept(inScope: (entry: Entry) => boolean = () => true): (entry: Entry) => boolean {
    const isTrusted = ({ name, stage }: Entry): boolean => stage !== 'ending' && this.#trusted.has(name);
    if ([...this.#passing].filter(isTrusted).length > this.#limits.halfOpen * share) return inScope;
    return (entry) => inScope(entry) && !isTrusted(entry);
  }

  #trust(name: string): void {
    this.#trusted.delete(name);
    this.#trusted.add(name);
    const [oldest] = this.#trusted;
    if (this.#trusted.size > trustedAtMost && oldest !== undefined) this.#trusted.delete(oldest);
  }

  #opened(entry: Entry): void {
    if (entry.state !== 'half-open') return;
    entry.state = 'open';
    this.#halfOpen.remove(entry.name);
    if (entry.stage !== 'ending') this.#passing.delete(entry);
  }

  #release(entry: Entry): void {
    this.#opened(entry);
    if (entry.state === 'open') this.#all.remove(entry.name);
    entry.state = 'over';
    this.#passing.delete(entry);
  }
}

const anyBelow = (bound: number): number => wordAt(randomOctets(4), 0) % bound;

/** A relay that the operator names is a source and a block of its own. */
function whole(address: string): Source {
  const name = address.replace(/^::ffff:(?=[\d.]+$)/, '');
  return { name, block: name };
}
