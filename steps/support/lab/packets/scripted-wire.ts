/**
 * A wire that does to a tunnel connection what it is told to do: a listener that connects onward and passes octets both ways.
 * It reads where frames begin, and nothing else. Below TCP nothing can be scripted that TCP doesn't mend.
 */

import type { Server, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Capture } from '../captures/capture.ts';
import { connectInside, listenInside, written } from './traffic.ts';

/** `forth` is away from whoever connects. */
export type Way = 'forth' | 'back';

/** What becomes of a connection at the place. */
export const harms = [
  /** Both sides get the end of the stream. */
  'ends',
  'is reset',
  /** This way ends; the other goes on. */
  'half-closes',
  /** Nothing more passes this way, and nobody is told. */
  'falls silent one way',
  'falls silent both ways',
  /** Octets and ends of both ways come this much later: when another connection has taken its place. */
  'stands still for 4 s',
  'flips a bit',
  'loses an octet',
  'repeats an octet',
] as const;
export type Harm = (typeof harms)[number];

/** An octet of a frame, both counted from 0; where it is shorter, of the next one that has it: empty frames may come at any time. */
export interface Place {
  readonly way: Way;
  readonly frame: number;
  readonly octet: number;
}

/**
 * How octets pass that no harm befalls: as they come, one by one at first and then in small pieces, or some time later. What
 * is late one way comes behind answers to what was sent after it.
 */
export const manners = ['at once', 'singly', 'late', 'late forth', 'late back'] as const;
export type Manner = (typeof manners)[number];

/** What a connection suffers, and where. */
export interface Blow {
  readonly does: Harm;
  readonly at: Place;
}

export interface Script {
  readonly manner?: Manner;
  /** What has to keep up with octets that pass one by one. */
  readonly capture?: Pick<Capture, 'keepUp' | 'length'>;
  /** The first one is for the first connection, and so on; nothing befalls those behind them. */
  readonly blows?: readonly Blow[];
}

/** Octets that pass one by one, and the length of the pieces after them. */
const single = 4_096;
const piece = 777;
/** So many of them pass in a row: a capture has room for 250 packets that nobody has read yet. */
const inARow = 64;
/** What a packet of one octet takes in a pcap file: its record's header, Ethernet, IPv4 and TCP with time stamps. */
const captured = 16 + 14 + 20 + 32 + 1;
/** Milliseconds by which octets are late, and for which a wire stands still. */
const lateness = 30;
const standstill = 4_000;

/** Finds a place in a stream of frames, each of which begins with its length (u32). */
class Finder {
  #frame = 0;
  #offset = 0;
  #length = 0;

  /** @returns how many octets of the chunk are before the place; undefined where it is not in the chunk */
  find(chunk: Uint8Array, { frame, octet }: Place): number | undefined {
    for (const [index, value] of chunk.entries()) {
      if (this.#frame >= frame && this.#offset === octet) return index;
      if (this.#offset < 4) this.#length = this.#length * 256 + value;
      this.#offset += 1;
      if (this.#offset < 4 || this.#offset !== this.#length) continue;
      this.#frame += 1;
      this.#offset = 0;
      this.#length = 0;
    }
    return undefined;
  }
}

interface Passage {
  readonly near: Socket;
  readonly far: Socket;
  readonly silent: Set<Way>;
  /** Until then nothing passes. */
  still: Promise<void>;
  /** What is still to come, and where. */
  blow: Blow | undefined;
  readonly finder: Finder;
}

/** `done` says whether the script did what it is for: a scenario whose harm never came shows nothing. */
export class ScriptedWire implements AsyncDisposable {
  readonly #script: Script;
  readonly #sockets = new Set<Socket>();
  readonly #onward: () => Socket;
  #server: Server | undefined;
  #passed = 0;
  /** Connections so far. */
  connections = 0;
  /** How many of the blows have fallen. */
  fallen = 0;

  private constructor(script: Script, onward: () => Socket) {
    this.#script = script;
    this.#onward = onward;
  }

  /** @param namespace where it listens and connects from @param onward the address that it connects to, at the same port */
  static async open(namespace: string, port: number, onward: string, script: Script): Promise<ScriptedWire> {
    const wire = new ScriptedWire(script, () => connectInside(namespace, onward, port));
    const { server } = await listenInside(namespace, port, (near) => wire.#accept(near));
    wire.#server = server;
    return wire;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server?.close();
  }

  #accept(near: Socket): void {
    const blow = this.#script.blows?.[this.connections];
    this.connections += 1;
    const far = this.#onward();
    const passage: Passage = {
      near,
      far,
      silent: new Set(),
      still: Promise.resolve(),
      blow,
      finder: new Finder(),
    };
    for (const [way, from, to] of [
      ['forth', near, far],
      ['back', far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk: Uint8Array) => {
        from.pause();
        // Whoever has gone is told to nobody else on a wire that has fallen silent.
        void this.#carry(passage, way, chunk, to)
          .catch(() => from.resetAndDestroy())
          .finally(() => from.resume());
      });
      const afterwards = (act: () => void) => void passage.still.then(() => passage.silent.has(way) || act());
      from.once('end', () => afterwards(() => to.end()));
      from.once('error', () => afterwards(() => to.resetAndDestroy()));
      from.once('close', () => this.#sockets.delete(from));
    }
  }

  async #carry(passage: Passage, way: Way, chunk: Uint8Array, to: Socket): Promise<void> {
    const { blow, finder } = passage;
    const at = blow?.at.way === way ? finder.find(chunk, blow.at) : undefined;
    if (blow === undefined || at === undefined) {
      await this.#write(passage, way, chunk, to);
      return;
    }
    passage.blow = undefined;
    await this.#write(passage, way, chunk.subarray(0, at), to);
    this.fallen += 1;
    await this.#write(passage, way, this.#harm(passage, way, blow.does, chunk.subarray(at)), to);
  }

  /** @param octets from the place on @returns what passes of it */
  #harm(passage: Passage, way: Way, does: Harm, octets: Uint8Array): Uint8Array {
    const { near, far, silent } = passage;
    const nothing = new Uint8Array(0);
    const ways: readonly Way[] = does === 'falls silent both ways' || does === 'ends' ? ['forth', 'back'] : [way];
    switch (does) {
      case 'is reset':
        for (const socket of [near, far]) socket.resetAndDestroy();
        return nothing;
      case 'ends':
      case 'half-closes':
        for (const one of ways) (one === 'forth' ? far : near).end();
        for (const one of ways) silent.add(one);
        return nothing;
      case 'falls silent one way':
      case 'falls silent both ways':
        for (const one of ways) silent.add(one);
        return nothing;
      case 'stands still for 4 s':
        passage.still = pause(standstill);
        return octets;
      case 'flips a bit':
        return octets.map((octet, index) => (index === 0 ? octet ^ 0x10 : octet));
      case 'loses an octet':
        return octets.subarray(1);
      case 'repeats an octet':
        return new Uint8Array([octets[0] ?? 0, ...octets]);
      default:
        return does satisfies never;
    }
  }

  async #write(passage: Passage, way: Way, octets: Uint8Array, to: Socket): Promise<void> {
    const { manner = 'at once', capture } = this.#script;
    if (manner === 'late' || manner === `late ${way}`) await pause(lateness);
    await passage.still;
    let from = capture?.length ?? 0;
    for (let at = 0; at < octets.length; ) {
      if (passage.silent.has(way)) return;
      const length = manner === 'singly' ? (this.#passed < single ? 1 : piece) : octets.length;
      await written(to, octets.subarray(at, at + length));
      at += length;
      this.#passed += length;
      if (length === 1 && this.#passed % inARow === 0) {
        await capture?.keepUp(inARow * captured, from);
        from = capture?.length ?? 0;
      }
    }
  }
}
