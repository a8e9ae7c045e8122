/** What a DHCP client asks for and what it gets: RFC 2131 §4.3, with one client and one address. */
import { unspecifiedIpv4 } from '../packets/addresses.ts';

/** RFC 2132 §9.6. */
export const MessageType = {
  DISCOVER: 1,
  OFFER: 2,
  REQUEST: 3,
  DECLINE: 4,
  ACK: 5,
  NAK: 6,
  RELEASE: 7,
  INFORM: 8,
} as const;

/** What the decision depends on in a client's message. Addresses are dotted quads. */
export interface Wish {
  readonly messageType: number;
  readonly ciaddr: string;
  /** Option 50. */
  readonly requested?: string | undefined;
  /** Option 54. */
  readonly serverIdentifier?: string | undefined;
  /** Option 80. */
  readonly rapidCommit: boolean;
}

export type Decision = 'OFFER' | 'ACK' | 'NAK' | 'configuration only' | undefined;

/**
 * @param address the client's, as the server assigned it
 * @param serverAddress the server adapter's, which is the server identifier
 */
export function decide(wish: Wish, address: string, serverAddress: string): Decision {
  const { requested, serverIdentifier, ciaddr } = wish;
  switch (wish.messageType) {
    case MessageType.DISCOVER:
      return wish.rapidCommit ? 'ACK' : 'OFFER';
    case MessageType.INFORM:
      return 'configuration only';
    case MessageType.REQUEST: {
      // SELECTING names the server that it chose; INIT-REBOOT names an address; RENEWING and REBINDING use one.
      if (serverIdentifier !== undefined && serverIdentifier !== serverAddress) return undefined;
      const wanted = ciaddr === unspecifiedIpv4 ? requested : ciaddr;
      if (wanted === undefined) return undefined;
      return wanted === address ? 'ACK' : 'NAK';
    }
    // DECLINE and RELEASE ask for nothing and change nothing: the tunnel server alone gives the address.
    default:
      return undefined;
  }
}
