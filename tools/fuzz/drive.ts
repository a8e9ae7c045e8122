/** Puts packets through an adapter in memory, one at a time, and compares what became of each with the oracle. */
import { setImmediate as turn } from 'node:timers/promises';
import { Adapter } from '../../reference/adapter/adapter.ts';
import { MemoryDevice } from '../../reference/adapter/memory.ts';
import { activationOf, type Place } from './lan.ts';
import { type Fate, fateOf, u16 } from './oracle.ts';
import { faultOf } from './replies.ts';

/** A datagram sent after each packet: once it is in the tunnel, all that becomes of the packet has happened. */
const mark = '4500001c464d00004001209d0a08000a0a0800010000ffff00000000';
const markFrame = Uint8Array.fromHex(`06504e41530006504e4143000800${mark}`);
/** Turns of the event loop within which it must get there. */
const patience = 10;

/** How many packets came to each fate. */
export type Tally = Record<Fate, number>;

/** An adapter in memory at one end of the tunnel. Disposed of, it closes the adapter. */
export class Subject implements AsyncDisposable {
  readonly tally: Tally = { arp: 0, dhcp: 0, neighbour: 0, tunnel: 0, nothing: 0 };
  readonly #place: Place;
  readonly #tunnelled: Uint8Array[] = [];
  readonly #replies: Uint8Array[] = [];
  #device: MemoryDevice;
  #adapter: Adapter;
  #marked = false;
  #failure: unknown;

  constructor(place: Place) {
    this.#place = place;
    [this.#device, this.#adapter] = this.#start();
  }

  /** @returns what is wrong with what became of a packet, or undefined */
  async send(packet: Uint8Array): Promise<string | undefined> {
    this.#tunnelled.length = 0;
    this.#replies.length = 0;
    this.#marked = false;
    this.#device.send(packet);
    this.#device.send(markFrame);
    for (let turns = 0; !this.#marked && this.#failure === undefined && turns < patience; turns++) await turn();
    if (this.#failure !== undefined || !this.#marked) return this.#restart();
    for (const _ of this.#replies) await this.#device.receive();
    const fate = fateOf(packet, this.#place);
    this.tally[fate] += 1;
    const fault = this.#judge(packet, fate);
    return fault && `at the ${this.#place}: ${fault}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#adapter.close();
  }

  #start(): [MemoryDevice, Adapter] {
    const device = new MemoryDevice(this.#place);
    const write = device.write.bind(device);
    device.write = (frame) => {
      this.#replies.push(frame.slice());
      return write(frame);
    };
    const adapter = new Adapter({
      device,
      tunnel: (datagram) => {
        if (datagram.length === mark.length / 2 && datagram.toHex() === mark) this.#marked = true;
        else this.#tunnelled.push(datagram.slice());
        return true;
      },
      failed: (error) => {
        this.#failure = error;
      },
    });
    adapter.activate(activationOf(this.#place));
    return [device, adapter];
  }

  /** With a new adapter, since the old one is at its end. @returns what that was */
  async #restart(): Promise<string> {
    const failure = this.#failure;
    await this.#adapter.close();
    this.#failure = undefined;
    [this.#device, this.#adapter] = this.#start();
    if (failure === undefined) return `at the ${this.#place}: the datagram after it does not enter the tunnel`;
    return `at the ${this.#place}: crash: ${failure instanceof Error ? failure.stack : failure}`;
  }

  #judge(packet: Uint8Array, fate: Fate): string | undefined {
    const wanted = fate === 'tunnel' ? '0,1' : fate === 'nothing' ? '0,0' : '1,0';
    const [replies, tunnelled] = [this.#replies, this.#tunnelled];
    if (`${replies.length},${tunnelled.length}` !== wanted) {
      const happened = [
        ...replies.map((octets) => `reply ${octets.toHex()}`),
        ...tunnelled.map(() => 'it enters the tunnel'),
      ];
      const due = fate === 'tunnel' || fate === 'nothing' ? fate : `a reply of ${fate}`;
      return `${happened.join(', ') || 'nothing'}, where ${due} was due`;
    }
    if (replies[0]) return faultOf(replies[0], packet, fate, this.#place);
    if (tunnelled[0] === undefined) return undefined;
    const whole = packet.subarray(14);
    const length = whole[0]! >> 4 === 4 ? u16(whole, 2) : 40 + u16(whole, 4);
    const right = tunnelled[0].toHex() === whole.subarray(0, length).toHex();
    return right ? undefined : `another datagram in the tunnel: ${tunnelled[0].toHex()}`;
  }
}
