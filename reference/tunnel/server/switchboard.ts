/** One adapter, many tunnels: which tunnel a datagram goes to, and what may come out of a tunnel. */
import type { Prefix } from '../../packets/prefix.ts';
import { Network } from '../lan.ts';
import type { ClientAddresses, Table } from './table.ts';

/** What the operator allows, and who else there is. */
export interface Rules {
  /** Whether datagrams pass from one tunnel client, or a network behind it, to another. */
  readonly clientToClient?: boolean;
  /** Whether the server is a member of a group: nodes of its network, and tunnel clients of others, share the virtual LAN. */
  readonly shared?: boolean;
  /** What tunnel clients may send to beyond the virtual LAN; by default everything. */
  readonly reach?: readonly Prefix[] | undefined;
}

/** RFC 791 §3.1 and RFC 8200 §3: octets before an address, and up to the end of the header. */
const source4 = 12;
const destination4 = 16;
const header4 = 20;
const source6 = 8;
const destination6 = 24;
const header6 = 40;

/** The rules of ADP-08 to ADP-10, ADP-29, ADP-31 and ADP-39 over the addresses of confirmed sessions. */
export class Switchboard<Session> {
  readonly #four: Table<Session>;
  readonly #six: Table<Session> | undefined;
  readonly #rules: Rules;
  readonly #reach: readonly Network[] | undefined;

  /** @param six absent where the server has no IPv6: its datagrams go nowhere then */
  constructor(four: Table<Session>, six: Table<Session> | undefined, rules: Rules = {}) {
    this.#four = four;
    this.#six = six;
    this.#rules = rules;
    this.#reach = rules.reach?.map((prefix) => new Network(prefix));
  }

  add(session: Session, addresses: ClientAddresses): void {
    this.#four.add(session, addresses);
    this.#six?.add(session, addresses);
  }

  remove(session: Session): void {
    this.#four.remove(session);
    this.#six?.remove(session);
  }

  /** Whose datagram this is, by its destination address. From an address that no node has it is nobody's. */
  destination(datagram: Uint8Array): Session | undefined {
    const version = (datagram[0] ?? 0) >>> 4;
    if (version === 4 && datagram.length >= header4) return holderOf(this.#four, datagram, source4, destination4);
    if (version === 6 && datagram.length >= header6) return holderOf(this.#six, datagram, source6, destination6);
    return undefined;
  }

  /**
   * Whether this session holds the source address, and may send to the destination.
   * @param source 4 or 16 octets
   * @param destination as many
   */
  permits(session: Session, source: Uint8Array, destination: Uint8Array): boolean {
    const table = source.length === 4 ? this.#four : this.#six;
    if (table === undefined || !table.sendsFrom(session, source)) return false;
    const location = table.locate(destination);
    if (location === 'own') return true;
    const { clientToClient = false, shared = false } = this.#rules;
    const holder = table.holder(destination);
    if (holder !== undefined) return clientToClient && holder !== session;
    if (location === 'nobody') return false;
    if (shared && table.isOfGroup(destination)) return clientToClient;
    return location === 'other' ? this.#isInReach(destination) : shared;
  }

  #isInReach(destination: Uint8Array): boolean {
    const { length } = destination;
    return this.#reach?.some((network) => network.first.length === length && network.has(destination, 0)) ?? true;
  }
}

function holderOf<Session>(
  table: Table<Session> | undefined,
  datagram: Uint8Array,
  source: number,
  destination: number,
): Session | undefined {
  return table?.locate(datagram, source) === 'nobody' ? undefined : table?.holder(datagram, destination);
}
