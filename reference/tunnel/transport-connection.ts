/** One transport layer connection under a node: a socket, or what stands in for one. */
import type { Socket } from 'node:net';
import { duplicate } from '../libc/descriptors.ts';
import { SystemCallFailure } from '../libc/failure.ts';

export interface TransportConnection {
  /** @returns false when it holds more than it should: `relieved` tells when that is over */
  send(octets: Uint8Array): boolean;
  /** Shuts down writing once all is flushed, and reads to the end of the stream: closing unread would reset. */
  finish(): void;
  /** Closes; unless `abort`, what was sent leaves first. */
  disconnect(abort: boolean): void;
  /** Stops reading, or goes on with it. */
  hold(held: boolean): void;
}

export interface TransportEvents {
  readonly octets: (octets: Uint8Array) => void;
  /** The peer has shut down writing. */
  readonly ended: () => void;
  readonly failed: (reason: string) => void;
  readonly closed: () => void;
  readonly relieved: () => void;
}

/** Milliseconds of silence after which TCP asks whether the peer is still there. */
const keepAliveDelay = 60_000;

/** Over a TCP socket that is connected or about to be, with TCP_NODELAY and keep-alives of TCP (FRAME-03, RLY-27). */
export class SocketConnection implements TransportConnection {
  readonly socket: Socket;
  /** Nothing more is written, and what is read is discarded. */
  #finishing = false;
  #corked = false;

  constructor(socket: Socket, events: TransportEvents) {
    this.socket = socket;
    socket.setNoDelay(true);
    // A relay has no other way to notice a peer that is gone without FIN or RST (RFC 9293 §3.8.4).
    socket.setKeepAlive(true, keepAliveDelay);
    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) return;
      // A Buffer's slice() shares memory, a Uint8Array's copies: inside there are only Uint8Arrays.
      events.octets(new Uint8Array(chunk.buffer as ArrayBuffer, chunk.byteOffset, chunk.byteLength));
    });
    socket.on('end', events.ended);
    socket.on('error', (error) => {
      this.#finishing = true;
      events.failed(reasonOf(error));
    });
    socket.on('drain', events.relieved);
    socket.on('close', events.closed);
  }

  /** What one turn of the event loop sends leaves in one system call. */
  send(octets: Uint8Array): boolean {
    const { socket } = this;
    if (!socket.writable) return true;
    if (!this.#corked) {
      this.#corked = true;
      socket.cork();
      process.nextTick(() => this.flush());
    }
    return socket.write(octets);
  }

  /** Gives the kernel now what was sent, as far as it takes it. */
  flush(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.socket.uncork();
  }

  /** Whether all that was sent has left for the kernel, and nothing is being ended. */
  get settled(): boolean {
    const { socket } = this;
    return !this.#corked && !this.#finishing && socket.writableLength === 0 && socket.readableLength === 0;
  }

  /**
   * Lends the connection: nothing is read here meanwhile, and nothing may be sent.
   * @returns a descriptor of its own; undefined where the runtime keeps its own to itself, or none is left
   */
  lend(): number | undefined {
    const handle = handleOf(this.socket);
    if (handle?.fd === undefined || handle.fd < 0 || handle.readStop === undefined) return undefined;
    const fd = duplicateOf(handle.fd);
    if (fd === undefined) return undefined;
    handle.readStop();
    handle.reading = false;
    return fd;
  }

  /** The connection is no longer lent. */
  takeBack(): void {
    const handle = handleOf(this.socket);
    if (handle?.readStart === undefined || this.socket.readableEnded) return;
    handle.reading = true;
    handle.readStart();
  }

  /** Calls once what has been sent so far has left for the kernel; never if that does not happen. */
  whenSent(call: () => void): void {
    this.socket.write(new Uint8Array(0), (error) => error ?? call());
  }

  finish(): void {
    this.#finishing = true;
    this.socket.end();
    this.socket.resume();
  }

  disconnect(abort: boolean): void {
    if (abort) this.socket.destroy();
    else this.socket.destroySoon();
  }

  hold(held: boolean): void {
    if (held) this.socket.pause();
    else this.socket.resume();
  }
}

function duplicateOf(fd: number): number | undefined {
  try {
    return duplicate(fd);
  } catch (error) {
    if (error instanceof SystemCallFailure) return undefined;
    throw error;
  }
}

/** What a socket has of the runtime's own, as far as it shows it. */
interface Handle {
  readonly fd?: number;
  reading?: boolean;
  readStart?(): number;
  readStop?(): number;
}

function handleOf(socket: Socket): Handle | undefined {
  return (socket as unknown as { readonly _handle?: Handle | null })._handle ?? undefined;
}

/** The code of a system call's error, such as ECONNREFUSED, or its message. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
