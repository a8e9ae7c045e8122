import type { Prefix } from '../../packets/prefix.ts';
/** Whose addresses are whose at a tunnel server: what the tables of both families answer. */

/** What the policy gives to a name. */
export interface Holding {
  /** The tunnel client's address on the virtual LAN. */
  readonly address: string;
  /** Its /64, where the server has IPv6. */
  readonly prefix?: Prefix | undefined;
  /** Subnets behind the tunnel client, for site-to-site tunnels; of either family. */
  readonly networks: readonly Prefix[];
}

/**
 * Where an address lies: that of the server's adapter; one that no node has, such as a broadcast address; the virtual LAN;
 * or elsewhere.
 */
export type Place = 'own' | 'nobody' | 'lan' | 'other';

/** Addresses are read where they stand: 4 or 16 octets from an offset on. */
export interface Table<Session> {
  /** A later session takes addresses over from an earlier one. */
  add(session: Session, holding: Holding): void;
  /** Leaves alone what a later session has taken over. */
  remove(session: Session): void;
  /** Longest prefix first. */
  holder(octets: Uint8Array, offset: number): Session | undefined;
  place(octets: Uint8Array, offset: number): Place;
  /** Whether a tunnel client that another member of the group has can have the address, or be before it. */
  elsewhere(octets: Uint8Array, offset: number): boolean;
}
