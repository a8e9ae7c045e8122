/**
 * Proxy ARP (RFC 1027) by this process, and gone with it: ARP is answered on a device for the addresses of tunnel
 * clients, with the device's own physical address, so that stations of that network send to this machine what is for them.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { answerArp } from '../emulators/arp.ts';
import { unlessMalformed } from '../emulators/unless-malformed.ts';
import { physicalOf } from '../libc/netdevice.ts';
import { ArpOperation, type ArpPacket, decodeArp, encodeArp } from '../packets/arp.ts';
import { broadcastPhysical, decodeEthernet, EtherType, encodeEthernet } from '../packets/ethernet.ts';
import { PacketSocket } from './packet-socket.ts';

/** RFC 5227 §1.1: ANNOUNCE_NUM and ANNOUNCE_INTERVAL, in milliseconds. */
const ANNOUNCEMENTS = 2;
const INTERVAL = 2_000;

interface Options {
  readonly device: string;
  /** Told of what keeps it from answering. */
  readonly failed: (error: unknown) => void;
  /** Another station announced an address: it is answered for there from now on. */
  readonly yielded?: (address: string, physical: Uint8Array) => void;
  readonly interval?: number;
}

export class ProxyArp {
  readonly #options: Options;
  readonly #socket: PacketSocket;
  readonly #running: Promise<void>;
  /** Addresses that are answered for, each with what ends its announcements. */
  readonly #addresses = new Map<string, AbortController>();

  /** @throws DeviceFailure when there is no such device, or it is no Ethernet */
  constructor(options: Options) {
    this.#options = options;
    physicalOf(options.device);
    this.#socket = new PacketSocket(options.device, EtherType.arp);
    this.#running = this.#run();
  }

  /** Answers for an IPv4 address from now on, and announces it (RFC 5227 §3); again, it is announced again. */
  add(address: string): void {
    this.#addresses.get(address)?.abort();
    const ending = new AbortController();
    this.#addresses.set(address, ending);
    this.#announce(address, ending.signal).catch((error: unknown) => {
      if (!ending.signal.aborted) this.#options.failed(error);
    });
  }

  remove(address: string): void {
    this.#addresses.get(address)?.abort();
    this.#addresses.delete(address);
  }

  async close(): Promise<void> {
    for (const address of [...this.#addresses.keys()]) this.remove(address);
    await this.#socket.close();
    await this.#running;
  }

  async #announce(address: string, signal: AbortSignal): Promise<void> {
    for (let count = 1; ; count += 1) {
      this.#socket.send(announcement(address, physicalOf(this.#options.device)));
      if (count === ANNOUNCEMENTS) return;
      await pause(this.#options.interval ?? INTERVAL, undefined, { signal, ref: false });
    }
  }

  async #run(): Promise<void> {
    for (let frame = await this.#socket.receive(); frame; frame = await this.#socket.receive())
      try {
        this.#take(frame);
      } catch (error) {
        this.#options.failed(error);
      }
  }

  #take(frame: Uint8Array): void {
    const physical = physicalOf(this.#options.device);
    const other = announced(frame);
    if (other !== undefined && this.#addresses.has(other.senderAddress) && !equal(other.senderPhysical, physical)) {
      this.remove(other.senderAddress);
      this.#options.yielded?.(other.senderAddress, other.senderPhysical);
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

const equal = (one: Uint8Array, other: Uint8Array): boolean => one.every((octet, index) => octet === other[index]);
