/** Counts of what passed through an adapter, and of what was dropped, by reason. */

/** Frames from the local stack that go nowhere ([EP] fig. 17). */
export const transmitDrops = {
  notIp: 'neither ARP nor IP',
  malformed: 'no whole IP datagram',
  unanswered: 'a request for an emulator, which it leaves unanswered',
  noTunnel: 'no tunnel takes the datagram',
} as const;

/** Datagrams from the tunnel that the local stack does not get ([EP] fig. 18). */
export const receiveDrops = {
  malformed: 'not exactly one IP datagram, or not of the kind that its DATA frame says',
  policy: 'a source or destination that this peer may not use',
  refused: 'the local stack did not take it',
} as const;

type TransmitDrop = keyof typeof transmitDrops;
type ReceiveDrop = keyof typeof receiveDrops;

export interface Counters {
  /** Datagrams and their octets handed to the tunnel. */
  readonly transmitted: { frames: number; octets: number };
  /** Datagrams and their octets that the local stack got. */
  readonly received: { frames: number; octets: number };
  /** Frames that an emulator answered with. */
  readonly answered: { arp: number; dhcp: number; neighbour: number };
  /** Router advertisements without a solicitation. */
  advertised: number;
  readonly transmitDropped: Record<TransmitDrop, number>;
  readonly receiveDropped: Record<ReceiveDrop, number>;
  /** How often reading from the adapter stopped because the tunnel was full. */
  pauses: number;
}

/** Counts of an adapter that nothing has passed. */
export function zeroCounters(): Counters {
  return {
    transmitted: { frames: 0, octets: 0 },
    received: { frames: 0, octets: 0 },
    answered: { arp: 0, dhcp: 0, neighbour: 0 },
    advertised: 0,
    transmitDropped: { notIp: 0, malformed: 0, unanswered: 0, noTunnel: 0 },
    receiveDropped: { malformed: 0, policy: 0, refused: 0 },
    pauses: 0,
  };
}
