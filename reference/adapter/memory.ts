/** An adapter in memory: the code that holds the device is its local stack. */
import { Misuse } from '../errors.ts';
import type { Device } from './interface.ts';

/** Frames held in each direction; more are lost, as in a full transmit queue. */
const QUEUE_LENGTH = 500;

/**
 * A device without a kernel. Its holder puts in the frames that a local stack would send, and gets those that the adapter
 * indicates; frames are copied both ways. Octets and lengths are those of `Device`.
 */
export class MemoryDevice implements Device {
  readonly name: string;
  physicalAddress: Uint8Array = new Uint8Array(6);
  carrier = true;
  up = false;
  #mtu = 1500;
  #closed = false;
  readonly #captured: Uint8Array[] = [];
  readonly #indicated: Uint8Array[] = [];
  #waiting: ((open: boolean) => void) | undefined;
  #listening: ((frame: Uint8Array | undefined) => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get mtu(): number {
    return this.#mtu;
  }

  /**
   * What the local stack does to send: hands over a frame.
   * @returns false when the frame is lost: adapter down, no carrier, or queue full
   */
  send(frame: Uint8Array): boolean {
    if (this.#closed || !this.up || !this.carrier || this.#captured.length >= QUEUE_LENGTH) return false;
    this.#captured.push(frame.slice());
    this.#wake(true);
    return true;
  }

  /** What the local stack does to receive: waits for a frame indicated to it; undefined once the device is closed. */
  async receive(): Promise<Uint8Array | undefined> {
    if (this.#indicated.length > 0) return this.#indicated.shift();
    if (this.#closed) return undefined;
    return new Promise((resolve) => this.#listening.push(resolve));
  }

  async readable(): Promise<boolean> {
    if (this.#waiting) throw new Misuse('readable() is already waiting');
    if (this.#closed) return false;
    if (this.#captured.length > 0) return true;
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  read(): Uint8Array | undefined {
    return this.#closed ? undefined : this.#captured.shift();
  }

  write(frame: Uint8Array): boolean {
    if (this.#closed || !this.up || this.#indicated.length >= QUEUE_LENGTH) return false;
    const copy = frame.slice();
    const listener = this.#listening.shift();
    if (listener) listener(copy);
    else this.#indicated.push(copy);
    return true;
  }

  setPhysicalAddress(address: Uint8Array): void {
    this.physicalAddress = address.slice();
  }

  setMtu(octets: number): void {
    this.#mtu = octets;
  }

  setUp(up: boolean): void {
    this.up = up;
  }

  setCarrier(on: boolean): void {
    this.carrier = on;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#wake(false);
    for (const listener of this.#listening.splice(0)) listener(undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #wake(open: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(open);
  }
}
