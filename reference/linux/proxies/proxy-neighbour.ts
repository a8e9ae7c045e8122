/**
 * ProxyArp's counterpart in IPv6 (RFC 4861 §7.2.8), by this process, and gone with it: neighbour solicitations are
 * answered on a device for every address in the /64s of tunnel clients, with the device's own physical address.
 */

import { unlessMalformed } from '../../emulators/unless-malformed.ts';
import { Misuse } from '../../errors.ts';
import type { Instruction } from '../../libc/filter-program.ts';
import { equalOctets } from '../../octets.ts';
import { ipv6Octets } from '../../packets/addresses.ts';
import { allNodes, allNodesPhysical, isUnspecified } from '../../packets/discovery.ts';
import { EtherType } from '../../packets/ethernet.ts';
import { Icmpv6Type } from '../../packets/icmpv6.ts';
import { linkLocalOf } from '../../packets/interface-identifier.ts';
import { IpProtocol } from '../../packets/ipv4.ts';
import { decodeNeighbour, encodeNeighbour, NeighbourFlag } from '../../packets/neighbour.ts';
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import { type ProxyOptions, ProxySocket } from './proxy-socket.ts';

/** RFC 4861 §10: MAX_NEIGHBOR_ADVERTISEMENT, and RETRANS_TIMER in milliseconds. */
const announcements = { count: 3, interval: 1_000 };
/** Addresses of one /64 that are announced: no client makes this machine flood the network. */
const LIMIT = 16;
/**
 * A proxy's answer is without Override (§7.2.8). A station without an entry takes it all the same. One that has an entry
 * changes it at an announcement, which has Override.
 */
const ANSWER = NeighbourFlag.router | NeighbourFlag.solicited;
const ANNOUNCEMENT = NeighbourFlag.router | NeighbourFlag.override;

interface Options extends ProxyOptions {
  /** Another router announced an address in a /64, and answers for all of it from now on. */
  readonly yielded?: (prefix: Prefix, physical: Uint8Array) => void;
}

/** A /64 that is answered for. */
interface Proxied {
  readonly prefix: Prefix;
  /** Addresses that are announced, in hexadecimal. */
  readonly announced: Set<string>;
  /** Ends the announcements. */
  readonly ending: AbortController;
}

/** The /64s of one device. One whose address another station announces is no longer answered for: `yielded` gets it. */
export class ProxyNeighbour {
  readonly #yielded: Options['yielded'];
  readonly #socket: ProxySocket;
  /** By the 8 octets of the /64, in hexadecimal. */
  readonly #own = new Map<string, Proxied>();

  /** @throws DeviceFailure when there is no such device, or it is no Ethernet */
  constructor(options: Options) {
    this.#yielded = options.yielded;
    this.#socket = new ProxySocket(options, {
      etherType: EtherType.ipv6,
      filter: FILTER,
      allMulticast: true,
      take: (frame) => this.#take(frame),
    });
  }

  /**
   * Answers for a /64 from now on; again, what was announced is announced again. Its first address, which is no
   * station's (RFC 4291 §2.6.1), is announced at once: it tells the member of the group that had the /64 to yield.
   */
  add(prefix: Prefix): void {
    const key = keyOf(prefix);
    const before = this.#own.get(key);
    before?.ending.abort();
    const own = { prefix, announced: before?.announced ?? new Set<string>(), ending: new AbortController() };
    this.#own.set(key, own);
    for (const address of [key.padEnd(32, '0'), ...own.announced]) this.#announce(address, own.ending.signal);
  }

  remove(prefix: Prefix): void {
    const key = keyOf(prefix);
    this.#own.get(key)?.ending.abort();
    this.#own.delete(key);
  }

  /**
   * Announces an address that is in use, if it is in one of the /64s and new there (RFC 4861 §7.2.6): stations that had
   * it from another member send here from now on.
   * @param address 16 octets, which are not kept
   */
  seen(address: Uint8Array): void {
    const text = address.toHex();
    const own = this.#own.get(text.slice(0, 16));
    if (own === undefined || own.announced.has(text) || own.announced.size === LIMIT) return;
    own.announced.add(text);
    this.#announce(text, own.ending.signal);
  }

  async close(): Promise<void> {
    for (const { prefix } of [...this.#own.values()]) this.remove(prefix);
    await this.#socket.close();
  }

  #announce(address: string, signal: AbortSignal): void {
    const to = { destination: allNodes, physical: allNodesPhysical };
    const target = Uint8Array.fromHex(address);
    this.#socket.announce(announcements, signal, (physical) => advertisement(target, ANNOUNCEMENT, physical, to));
  }

  #take(frame: Uint8Array): void {
    const message = unlessMalformed(() => decodeNeighbour(frame));
    if (message === undefined) return;
    const { type, physical, source, target, flags } = message;
    const own = this.#own.get(target.toHex().slice(0, 16));
    if (own === undefined || equalOctets(physical.source, this.#socket.physical)) return;
    if (type === Icmpv6Type.neighbourAdvertisement) {
      if ((flags & (ANSWER | ANNOUNCEMENT)) !== ANNOUNCEMENT) return;
      this.remove(own.prefix);
      this.#yielded?.(own.prefix, physical.source);
    } else if (!isUnspecified(source)) {
      const to = { destination: source, physical: physical.source };
      this.#socket.send(advertisement(target, ANSWER, this.#socket.physical, to));
    }
  }
}

/** @param physical of the device, which answers for the target */
function advertisement(
  target: Uint8Array,
  flags: number,
  physical: Uint8Array,
  to: { readonly destination: Uint8Array; readonly physical: Uint8Array },
): Uint8Array {
  return encodeNeighbour({
    type: Icmpv6Type.neighbourAdvertisement,
    physical: { source: physical, destination: to.physical },
    source: linkLocalOf(physical),
    destination: to.destination,
    target,
    flags,
    option: physical,
  });
}

/** The 8 octets of a /64, in hexadecimal. */
function keyOf(prefix: Prefix): string {
  if (prefix.length !== 64) throw new Misuse(`${prefixText(prefix)} is no /64`);
  return ipv6Octets(prefix.address).toHex().slice(0, 16);
}

/** BPF: load an octet of the frame; jump if it is equal; return so many octets. */
const [LOAD, IF, RETURN] = [0x30, 0x15, 0x06];
/** Neighbour solicitations and advertisements alone: most IPv6 of the network is for the clients, not for this process. */
const FILTER: readonly Instruction[] = [
  [LOAD, 0, 0, 20],
  [IF, 0, 4, IpProtocol.icmpv6],
  [LOAD, 0, 0, 54],
  [IF, 1, 0, Icmpv6Type.neighbourSolicitation],
  [IF, 0, 1, Icmpv6Type.neighbourAdvertisement],
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
];
