/** The lower tester's sockets: raw octets out, frames in, inside a namespace of the lab, with deadlines. */
import type { Server, Socket } from 'node:net';
import { Deframer } from '../../../reference/wire/deframer.ts';
import type { FrameTypeName } from '../../../reference/wire/identifiers.ts';
import { differing } from '../lab/captures/difference.ts';
import { patience, within } from '../lab/deadlines/deadline.ts';
import { Mailbox } from '../lab/deadlines/mailbox.ts';
import { LabFailure, Nonconformance } from '../lab/failure.ts';
import { connected, connectInside, listenInside, type Whereabouts, written } from '../lab/packets/traffic.ts';

/** A frame that the peer sent. */
export interface ReceivedFrame {
  readonly type: FrameTypeName;
  readonly octets: Uint8Array;
  /** Milliseconds of performance.now() at its last octet. */
  readonly at: number;
}

/** How the peer's half of the connection ended. */
export type Ending = 'end of stream' | 'reset';

/**
 * Frames are cut by the reference's deframer; what it can't cut can be read as octets. Waiting ends with Nonconformance.
 */
export class ScriptedConnection implements AsyncDisposable {
  readonly socket: Socket;
  /** Frames that nobody took yet. */
  readonly frames = new Mailbox<ReceivedFrame>();
  /** Frames that the peer sent after a CLOSE of its own, which nothing may follow (fig. 10). */
  readonly behindClose: ReceivedFrame[] = [];
  readonly #ended = Promise.withResolvers<Ending>();
  readonly #deframer = new Deframer();
  readonly #received: Uint8Array[] = [];
  #more = Promise.withResolvers<void>();
  #count = 0;
  #isOver = false;
  #isClosed = false;
  /** Whether it is in Authorized, where the peer may send DATA at any time. */
  carriesData = false;
  /** When octets were last handed to the kernel, by `performance.now()`: none of them left before. */
  lastSent = 0;

  /** @param socket connected, or connecting */
  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(new Uint8Array(chunk)));
    socket.once('end', () => this.#over('end of stream'));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      this.#over(error.code === 'ECONNRESET' ? 'reset' : 'end of stream'),
    );
    socket.once('close', () => this.#over('end of stream'));
  }

  /**
   * Connects from inside a namespace.
   * @param from one of its addresses; the kernel chooses one by default
   * @throws Nonconformance when nobody accepts in time
   */
  static async connect(
    namespace: Whereabouts,
    address: string,
    port: number,
    from?: string,
  ): Promise<ScriptedConnection> {
    const socket = connectInside(namespace, address, port, from);
    await connected(socket, `${address}:${port}`);
    return new ScriptedConnection(socket);
  }

  /** The address at this end: of several listeners it tells which one accepted. */
  get localAddress(): string {
    return (this.socket.localAddress ?? '').replace('::ffff:', '');
  }

  /** Everything received so far. */
  get received(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#received));
  }

  /** Hands octets to the kernel, in pieces of these sizes each in a write of its own if given; the rest follows as one. */
  async send(octets: Uint8Array, ...sizes: number[]): Promise<void> {
    let at = 0;
    for (const size of [...sizes, Number.POSITIVE_INFINITY]) {
      const piece = octets.subarray(at, at + size);
      if (piece.length === 0) continue;
      at += piece.length;
      this.lastSent = performance.now();
      await written(this.socket, piece);
    }
  }

  /** The next frame. @throws Nonconformance when the connection ends first, or something comes that is no frame */
  next(what = 'a frame', milliseconds = patience): Promise<ReceivedFrame> {
    return this.frames.take(milliseconds, what, undefined, () => this.#situation());
  }

  /** Waits until at least `count` octets have come in all, whole frames or not. */
  async octets(count: number, milliseconds = patience): Promise<Uint8Array> {
    const enough = async () => {
      while (this.#count < count) await this.#more.promise;
    };
    await within(milliseconds, `${count} octets`, enough(), () => this.#situation());
    return this.received;
  }

  /** Waits until the peer has ended its half. Frames before the end stay to be taken. */
  ended(milliseconds = patience): Promise<Ending> {
    return within(milliseconds, 'the end of the stream', this.#ended.promise, () => this.#situation());
  }

  /** Whether the peer's half has ended. */
  get over(): boolean {
    return this.#isOver;
  }

  /** Asserts that the peer ends its half without another frame; in Authorized, without one but DATA before any CLOSE. */
  async endedWithoutFrame(milliseconds = patience): Promise<Ending> {
    const ending = await this.ended(milliseconds);
    const frame = this.frames.waiting.find(({ type }) => type !== 'DATA' || !this.carriesData || this.#isClosed);
    if (frame !== undefined)
      throw differing(`a frame came before the end: type ${frame.type}, ${frame.octets.toHex()}`, {
        received: frame.octets.toHex(),
      });
    return ending;
  }

  /** Ends this half: FIN after everything sent. */
  finish(): void {
    this.socket.end();
  }

  /** Ends the connection with RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Stops reading, so that the peer's sending meets a closed window. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.socket.destroyed) this.socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    this.#received.push(chunk);
    this.#count += chunk.length;
    this.#more.resolve();
    this.#more = Promise.withResolvers<void>();
    try {
      this.#deframer.push(chunk);
      for (let next = this.#deframer.next(); next !== undefined; next = this.#deframer.next()) {
        const frame = { type: next.type, octets: next.octets.slice(), at: performance.now() };
        if (this.#isClosed) this.behindClose.push(frame);
        this.#isClosed ||= frame.type === 'CLOSE';
        this.frames.put(frame);
      }
    } catch (error) {
      this.frames.close(new Nonconformance(`sent what is no frame: ${(error as Error).message}; ${this.#situation()}`));
    }
  }

  #over(ending: Ending): void {
    this.#isOver = true;
    this.#ended.resolve(ending);
    this.frames.close(new Nonconformance(`the peer ended the connection (${ending}); ${this.#situation()}`));
  }

  #situation(): string {
    const { received } = this;
    const shown = received.subarray(0, 64).toHex();
    return `received ${received.length} octets${received.length === 0 ? '' : `: ${shown}${received.length > 64 ? '…' : ''}`}`;
  }
}

/** The first bound of the back-off (`backOffMin` doubled), and the one at which a scenario stops to wait, in milliseconds. */
const backOffBounds = { first: 2_000, last: 32_000 };

/** Within what an initiator of the default timers connects again after so many failures, and one attempt that no listener saw. */
function longestBackOff(failures: number): number {
  return failures === 0 ? 0 : Math.min(backOffBounds.first * 2 ** failures, backOffBounds.last);
}

/** How long an initiator may wait before it connects. */
export interface BackOff {
  /** Milliseconds after so many connections to a listener. */
  readonly longest: (connections: number) => number;
  /** What to do if it takes longer, in words for whom the initiator belongs to. */
  readonly remedy: string;
}

/** Keeps the connections that come until a step takes them; disposed of, it ends all of them. */
export class ScriptedListener implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #connections: Mailbox<ScriptedConnection>;
  readonly #all: ScriptedConnection[];
  readonly #backOff: BackOff;

  private constructor(
    server: Server,
    port: number,
    connections: Mailbox<ScriptedConnection>,
    all: ScriptedConnection[],
    backOff: BackOff,
  ) {
    this.#server = server;
    this.port = port;
    this.#connections = connections;
    this.#all = all;
    this.#backOff = backOff;
  }

  /**
   * Listens inside a namespace.
   * @param address every one of it by default
   * @param connections one for several listeners, where it doesn't matter which of them accepts
   * @param backOff of the initiator that is expected; by default that of one which the scenario has started
   */
  static async listen(
    namespace: Whereabouts,
    port: number,
    connections = new Mailbox<ScriptedConnection>(),
    address?: string,
    backOff: BackOff = { longest: longestBackOff, remedy: '' },
  ): Promise<ScriptedListener> {
    const all: ScriptedConnection[] = [];
    const accept = (socket: Socket): void => {
      const connection = new ScriptedConnection(socket);
      all.push(connection);
      connections.put(connection);
    };
    const { server, port: bound } = await listenInside(namespace, port, accept, address);
    return new ScriptedListener(server, bound, connections, all, backOff);
  }

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#all.length;
  }

  /** The next connection that nobody took yet. An initiator that has failed is given its longest back-off besides. */
  accept(milliseconds = patience + this.#backOff.longest(this.accepted)): Promise<ScriptedConnection> {
    const what = `a connection to port ${this.port}`;
    return this.#connections.take(milliseconds, what, undefined, () => this.#backOff.remedy);
  }

  /** Who connects from now on is refused; what was accepted stays. */
  stopListening(): void {
    this.#server.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#all) await connection[Symbol.asyncDispose]();
    this.#connections.close(new LabFailure('the listener was closed'));
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
