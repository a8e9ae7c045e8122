/**
 * On a network that several tunnel servers share: this machine answers for the tunnel clients that it has (RFC 1027), and
 * says so when it gets one. It is the process that does, not the kernel, so that nothing is answered for once it has died.
 */
import { answerArp } from '../emulators/arp.ts';
import { ArpOperation, encodeArp } from '../packets/arp.ts';
import { EtherType, encodeEthernet } from '../packets/ethernet.ts';
import { ArpSocket } from './arp-socket.ts';

/** RFC 5227 §1.1: ANNOUNCE_NUM, and ANNOUNCE_INTERVAL in milliseconds. */
const announcements = 2;
const interval = 2_000;

export class ProxyArp implements AsyncDisposable {
  readonly #socket: ArpSocket;
  /** The addresses that are answered for, and what is still to be announced of each. */
  readonly #held = new Map<string, NodeJS.Timeout | undefined>();

  /**
   * @param device Ethernet adapter on the shared network
   * @throws DeviceFailure
   */
  constructor(device: string, failed: (error: unknown) => void) {
    this.#socket = new ArpSocket(device, (frame) => this.#answer(frame), failed);
  }

  /** From now on packets for the address come here. */
  add(address: string): void {
    if (this.#held.has(address)) return;
    this.#held.set(address, undefined);
    this.#announce(address, announcements);
  }

  remove(address: string): void {
    clearTimeout(this.#held.get(address));
    this.#held.delete(address);
  }

  async close(): Promise<void> {
    for (const address of [...this.#held.keys()]) this.remove(address);
    await this.#socket.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #answer(frame: Uint8Array): void {
    const { physical } = this.#socket;
    const reply = answerArp(frame, (address) => (this.#held.has(address) ? physical : undefined));
    if (reply !== undefined) this.#socket.send(reply);
  }

  /** RFC 5227 §3: whoever knew the address under another physical address learns this one. */
  #announce(address: string, left: number): void {
    const { physical } = this.#socket;
    const payload = encodeArp({
      operation: ArpOperation.request,
      senderPhysical: physical,
      senderAddress: address,
      targetPhysical: new Uint8Array(6),
      targetAddress: address,
    });
    const destination = new Uint8Array(6).fill(0xff);
    this.#socket.send(encodeEthernet({ destination, source: physical, etherType: EtherType.arp, payload }));
    if (left > 1) this.#held.set(address, setTimeout(() => this.#announce(address, left - 1), interval).unref());
  }
}
