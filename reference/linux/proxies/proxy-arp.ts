/**
 * Proxy ARP (RFC 1027) by this process, and gone with it: ARP is answered on a device for the addresses of tunnel
 * clients, with the device's own physical address, so that stations of that network send to this machine what is for them.
 */
import { answerArp } from '../../emulators/arp.ts';
import { unlessMalformed } from '../../emulators/unless-malformed.ts';
import { equalOctets } from '../../octets.ts';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../../packets/arp.ts';
import { broadcastPhysical, decodeEthernet, EtherType, encodeEthernet } from '../../packets/ethernet.ts';
import { type ProxyOptions, ProxySocket } from './proxy-socket.ts';

/** RFC 5227 §1.1: ANNOUNCE_NUM and ANNOUNCE_INTERVAL, in milliseconds. */
const announcements = { count: 2, interval: 2_000 };

interface Options extends ProxyOptions {
  /** Another station announced an address, and answers for it from now on. */
  readonly yielded?: (address: string, physical: Uint8Array) => void;
}

/** The addresses of one device. One that another station announces is no longer answered for: `yielded` gets it. */
export class ProxyArp {
  readonly #yielded: Options['yielded'];
  readonly #socket: ProxySocket;
  /** Addresses that are answered for, each with what ends its announcements. */
  readonly #addresses = new Map<string, AbortController>();

  /** @throws DeviceFailure when there is no such device, or it is no Ethernet */
  constructor(options: Options) {
    this.#yielded = options.yielded;
    this.#socket = new ProxySocket(options, { etherType: EtherType.arp, take: (frame) => this.#take(frame) });
  }

  /** Answers for an IPv4 address from now on, and announces it (RFC 5227 §3); again, it is announced again. */
  add(address: string): void {
    this.#addresses.get(address)?.abort();
    const ending = new AbortController();
    this.#addresses.set(address, ending);
    this.#socket.announce(announcements, ending.signal, (physical) => announcement(address, physical));
  }

  remove(address: string): void {
    this.#addresses.get(address)?.abort();
    this.#addresses.delete(address);
  }

  async close(): Promise<void> {
    for (const address of [...this.#addresses.keys()]) this.remove(address);
    await this.#socket.close();
  }

  #take(frame: Uint8Array): void {
    const { physical } = this.#socket;
    const other = announced(frame);
    if (other && this.#addresses.has(other.senderAddress) && !equalOctets(other.senderPhysical, physical)) {
      this.remove(other.senderAddress);
      this.#yielded?.(other.senderAddress, other.senderPhysical);
    }
    const reply = answerArp(frame, (asked) => (this.#addresses.has(asked) ? physical : undefined));
    if (reply !== undefined) this.#socket.send(reply);
  }
}

/** RFC 5227 §3: a request in which sender and target are one address. */
function announced(frame: Uint8Array): ArpPacket | undefined {
  const packet = unlessMalformed(() => decodeArp(decodeEthernet(frame).payload));
  return packet?.operation === ArpOperation.request && packet.senderAddress === packet.targetAddress
    ? packet
    : undefined;
}

function announcement(address: string, physical: Uint8Array): Uint8Array {
  const packet = {
    operation: ArpOperation.request,
    senderPhysical: physical,
    senderAddress: address,
    targetPhysical: new Uint8Array(6),
    targetAddress: address,
  };
  return encodeEthernet({
    destination: broadcastPhysical,
    source: physical,
    etherType: EtherType.arp,
    payload: encodeArp(packet),
  });
}
