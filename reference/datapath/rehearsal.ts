/**
 * The thread of the data path tries itself before others rely on it: with each cipher a datagram goes out and comes back,
 * over an adapter and a connection of the rehearsal's own, and its frame has to be the known one. Afterwards, whenever
 * nothing else is to be done, the datagram goes round again, thousands of times in all. The runtime compiles only what has
 * run often, so that the first datagrams of a tunnel would wait twice as long. While others wait for a processor it goes
 * round seldom: they need it more.
 */
import { virtioHeaderLength } from '../adapter/virtio-header.ts';
import { close, read, writeFrom } from '../libc/descriptors.ts';
import type { AeadName, Evp } from '../libc/evp.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { longestWait } from '../libc/poll.ts';
import { SOCK_NONBLOCK, SOCK_SEQPACKET, SOCK_STREAM, socketPair } from '../libc/sockets.ts';
import { equalOctets, setU16 } from '../octets.ts';
import { EtherType, ethernetHeaderLength } from '../packets/ethernet.ts';
import { dataHeaderLength } from '../wire/data.ts';
import type { Order } from './messages.ts';
import { lead, Slab } from './record.ts';
import type { Routes } from './routes.ts';
import { TunnelState } from './shared.ts';

/** A thread that nothing was lent to, with `rehearsalRoutes`. */
export interface Rehearsed {
  readonly obey: (order: Order) => void;
  /** Does what can be done at once. */
  readonly turn: () => void;
  readonly close: () => void;
}

/** A frame that is known. */
export const known = {
  key: new Uint8Array(32).fill(7),
  iv: new Uint8Array(12).fill(8),
  /** An echo request of 84 octets. */
  datagram: Uint8Array.fromHex(`4500005400000000400166770a08000a0a0800010800cdd200000001${'2a'.repeat(56)}`),
  tags: {
    'aes-256-gcm': '8f57a64597731440a0f243aff17cd7cb',
    'chacha20-poly1305': '6debfba5aa3cfd94644ceb6f082b8dfa',
  },
} as const;

type Contexts = Pick<Evp, 'context' | 'free'>;

const tunnel = 1;
export const rehearsalRoutes: Routes = {
  shared: false,
  destination: () => tunnel,
  policy: () => () => true,
  change: () => {},
};

const bounds = { frames: 2 ** 32, octets: 2 ** 40 };
/** Rounds until the runtime has compiled all, and has done so once more with what it learnt. */
const enough = 6_000;
/** Of these, those that are run before somebody else gets a turn: about a millisecond. */
const roundsInTurn = 10;
/** Milliseconds with a tunnel before the first turn: one that is not there for long is not worth it. */
const wait = 300;
/** Milliseconds without work before each turn: it takes some seconds in all, and a tenth of each. */
const pause = 10;
/** The same where others wait for a processor: a hundredth of each second, and some minutes. */
const longPause = 200;

export class Rehearsal {
  readonly #open: () => Rehearsed;
  readonly #evp: Contexts;
  readonly #now: () => number;
  readonly #isBusy: () => boolean;
  #stage: Stage | undefined;
  #begun = 0;
  #rounds = 0;
  #pause = pause;

  /**
   * @param now milliseconds since an arbitrary moment
   * @param isBusy whether others wait for a processor
   */
  constructor(open: () => Rehearsed, evp: Contexts, now: () => number, isBusy: () => boolean) {
    this.#open = open;
    this.#evp = evp;
    this.#now = now;
    this.#isBusy = isBusy;
  }

  /** Milliseconds for which the thread waits for work before `goOn`. */
  get patience(): number {
    if (this.#stage === undefined) return longestWait;
    return this.#rounds > 0 ? this.#pause : Math.max(pause, Math.ceil(this.#begun + wait - this.#now()));
  }

  /**
   * Tries each cipher, once for all.
   * @param offloads whether a header is before each frame of the adapter
   * @throws Error for a cipher that does not do what it should
   */
  begin(offloads: boolean): void {
    if (this.#stage !== undefined || this.#rounds > 0) return;
    this.#begun = this.#now();
    try {
      this.#stage = new Stage(this.#open(), this.#evp, offloads);
      for (const aead of ['chacha20-poly1305', 'aes-256-gcm'] as const) {
        this.#stage.setCipher(aead);
        const tag = this.#stage.round().slice(dataHeaderLength, lead).toHex();
        if (tag !== known.tags[aead]) throw new Error(`${aead} of this runtime does not seal as it should`);
      }
    } catch (error) {
      if (!(error instanceof SystemCallFailure)) throw error;
      // There are no descriptors left for it: tunnels need them more.
      this.#end();
    }
  }

  /** @throws Error if the datagram does not come back */
  goOn(): void {
    if (this.#stage === undefined) return;
    for (let count = 0; count < roundsInTurn; count++) this.#stage.round();
    this.#rounds += roundsInTurn;
    this.#pause = this.#isBusy() ? longPause : pause;
    if (this.#rounds >= enough) this.#end();
  }

  #end(): void {
    this.#rounds = enough;
    this.#stage?.close();
    this.#stage = undefined;
  }
}

/** Where the datagram goes round: from the stack's end of an adapter to the peer's end of a connection, and back. */
class Stage {
  readonly #thread: Rehearsed;
  readonly #evp: Contexts;
  readonly #adapter = socketPair(SOCK_SEQPACKET | SOCK_NONBLOCK);
  /** What the local stack writes, and has to read. */
  readonly #packet: Slab;
  readonly #slab = new Slab(256);
  #peer = -1;
  #contexts: readonly number[] = [];

  constructor(thread: Rehearsed, evp: Contexts, offloads: boolean) {
    this.#thread = thread;
    this.#evp = evp;
    const header = (offloads ? virtioHeaderLength : 0) + ethernetHeaderLength;
    this.#packet = new Slab(header + known.datagram.length);
    setU16(this.#packet.octets, header - 2, EtherType.ipv4);
    this.#packet.octets.set(known.datagram, header);
    thread.obey({ order: 'adapter', fd: this.#adapter[0], addresses: new Uint8Array(12), offloads });
  }

  /** From now on this cipher seals and opens, and the next frame is the known one. */
  setCipher(aead: AeadName): void {
    this.#endTunnel();
    const [fd, peer] = socketPair(SOCK_STREAM | SOCK_NONBLOCK);
    const { sent, received, buffer: state } = new TunnelState();
    for (const direction of [sent, received]) direction.begin(known.iv, 0, 0);
    const contexts = {
      seal: this.#evp.context(aead, known.key, true),
      open: this.#evp.context(aead, known.key, false),
    };
    this.#peer = peer;
    this.#contexts = Object.values(contexts);
    const unread = new Uint8Array(0);
    this.#thread.obey({ order: 'take', tunnel, fd, state, contexts, bounds, dataOptions: 0, unread });
  }

  /** @returns the frame, valid until the next call. @throws Error if the datagram does not come back */
  round(): Uint8Array {
    const [packet, slab] = [this.#packet, this.#slab];
    const [, stack] = this.#adapter;
    writeFrom(stack, packet.address, packet.octets.length);
    this.#thread.turn();
    const length = read(this.#peer, slab.address, slab.octets.length);
    if (length < 0) throw new Error('a datagram does not leave');
    writeFrom(this.#peer, slab.address, length);
    this.#thread.turn();
    const left = slab.octets.length - length;
    const octets = slab.octets.subarray(length, length + Math.max(0, read(stack, slab.address + length, left)));
    if (!equalOctets(octets, packet.octets)) throw new Error('a datagram does not come back as it was');
    return slab.octets.subarray(0, length);
  }

  close(): void {
    this.#endTunnel();
    this.#thread.obey({ order: 'return adapter' });
    this.#thread.close();
    for (const fd of this.#adapter) close(fd);
  }

  #endTunnel(): void {
    if (this.#peer < 0) return;
    this.#thread.obey({ order: 'return', tunnel });
    close(this.#peer);
    this.#peer = -1;
    for (const context of this.#contexts) this.#evp.free(context);
  }
}
