/**
 * What ProxyArp is in IPv4 (RFC 4861 §7.2.8), by this process, and gone with it: neighbour solicitations are answered on
 * a device for every address in the /64s of tunnel clients, with the device's own physical address.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { unlessMalformed } from '../emulators/unless-malformed.ts';
import { Misuse } from '../errors.ts';
import { physicalOf } from '../libc/netdevice.ts';
import { ipv6Octets } from '../packets/addresses.ts';
import { allNodes, allNodesPhysical, isUnspecified } from '../packets/discovery.ts';
import { EtherType } from '../packets/ethernet.ts';
import { Icmpv6Type } from '../packets/icmpv6.ts';
import { linkLocalOf } from '../packets/interface-identifier.ts';
import { IpProtocol } from '../packets/ipv4.ts';
import { decodeNeighbour, encodeNeighbour, NeighbourFlag, type NeighbourMessage } from '../packets/neighbour.ts';
import { type Prefix, prefixText } from '../packets/prefix.ts';
import { type Instruction, PacketSocket } from './packet-socket.ts';

/** RFC 4861 §10: MAX_NEIGHBOR_ADVERTISEMENT, and RETRANS_TIMER in milliseconds. */
const ANNOUNCEMENTS = 3;
const INTERVAL = 1_000;
/** Addresses of one /64 that are announced: no client makes this machine flood the network. */
const LIMIT = 16;
/**
 * A proxy leaves out Override in what it was asked for (§7.2.8): who has no entry takes the answer all the same, and who
 * has one was told to change it by an announcement, which overrides.
 */
const ANSWER = NeighbourFlag.router | NeighbourFlag.solicited;
const ANNOUNCEMENT = NeighbourFlag.router | NeighbourFlag.override;

interface Options {
  readonly device: string;
  /** Told of what keeps it from answering. */
  readonly failed: (error: unknown) => void;
  /** Another router announced an address in a /64: all of that is answered for there from now on. */
  readonly yielded?: (prefix: Prefix, physical: Uint8Array) => void;
  readonly interval?: number;
}

interface Own {
  readonly prefix: Prefix;
  /** Addresses that are announced, in hexadecimal. */
  readonly announced: Set<string>;
  /** Ends the announcements. */
  readonly ending: AbortController;
}

export class ProxyNeighbour {
  readonly #options: Options;
  readonly #socket: PacketSocket;
  readonly #running: Promise<void>;
  /** By the 8 octets of the /64, in hexadecimal. */
  readonly #own = new Map<string, Own>();

  /** @throws DeviceFailure when there is no such device, or it is no Ethernet */
  constructor(options: Options) {
    this.#options = options;
    physicalOf(options.device);
    this.#socket = new PacketSocket(options.device, EtherType.ipv6, { filter: FILTER, allMulticast: true });
    this.#running = this.#run();
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
    await this.#running;
  }

  #announce(address: string, signal: AbortSignal): void {
    this.#repeat(Uint8Array.fromHex(address), signal).catch((error: unknown) => {
      if (!signal.aborted) this.#options.failed(error);
    });
  }

  async #repeat(target: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let count = 1; ; count += 1) {
      this.#advertise(target, ANNOUNCEMENT, allNodes, allNodesPhysical);
      if (count === ANNOUNCEMENTS) return;
      await pause(this.#options.interval ?? INTERVAL, undefined, { signal, ref: false });
    }
  }

  #advertise(target: Uint8Array, flags: number, destination: Uint8Array, to: Uint8Array): void {
    const physical = physicalOf(this.#options.device);
    this.#socket.send(
      encodeNeighbour({
        type: Icmpv6Type.neighbourAdvertisement,
        physical: { source: physical, destination: to },
        source: linkLocalOf(physical),
        destination,
        target,
        flags,
        option: physical,
      }),
    );
  }

  async #run(): Promise<void> {
    for (let frame = await this.#socket.receive(); frame; frame = await this.#socket.receive())
      try {
        const message = unlessMalformed(() => decodeNeighbour(frame));
        if (message !== undefined) this.#take(message);
      } catch (error) {
        this.#options.failed(error);
      }
  }

  #take(message: NeighbourMessage): void {
    const { type, physical, source, target, flags } = message;
    const own = this.#own.get(target.toHex().slice(0, 16));
    if (own === undefined || physical.source.toHex() === physicalOf(this.#options.device).toHex()) return;
    if (type === Icmpv6Type.neighbourAdvertisement) {
      if ((flags & (ANSWER | ANNOUNCEMENT)) !== ANNOUNCEMENT) return;
      this.remove(own.prefix);
      this.#options.yielded?.(own.prefix, physical.source);
    } else if (!isUnspecified(source)) this.#advertise(target, ANSWER, source, physical.source);
  }
}

/** The 8 octets of a /64, in hexadecimal. */
function keyOf(prefix: Prefix): string {
  if (prefix.length !== 64) throw new Misuse(`${prefixText(prefix)} is no /64`);
  return ipv6Octets(prefix.address).toHex().slice(0, 16);
}

/** BPF: load an octet of the frame; jump if it is equal; return so many octets. */
const [LOAD, IF, RETURN] = [0x30, 0x15, 0x06];
/** Neighbour solicitations and advertisements alone: most IPv6 of the network is for the clients, and none of our business. */
const FILTER: readonly Instruction[] = [
  [LOAD, 0, 0, 20],
  [IF, 0, 4, IpProtocol.icmpv6],
  [LOAD, 0, 0, 54],
  [IF, 1, 0, Icmpv6Type.neighbourSolicitation],
  [IF, 0, 1, Icmpv6Type.neighbourAdvertisement],
  [RETURN, 0, 0, 0xffff],
  [RETURN, 0, 0, 0],
];
