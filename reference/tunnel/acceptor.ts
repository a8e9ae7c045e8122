/** What tunnel server and tunnel relay have in common: they accept connections, and end once the last one has ended. */
import { BoundSocket, createServer, type Server, type Socket } from 'node:net';
import { isIpv6 } from '../packets/addresses.ts';
import { isAmongTheLast, oneIsLeft, refuseAtOnce } from './descriptors.ts';
import type { LimitedLog } from './limited-log.ts';
import { type Endpoint, highWaterMark } from './transport.ts';

interface AcceptorPorts {
  readonly log: Pick<LimitedLog, 'warn'>;
  /** Gets the peer's address, and what to call the connection in the log. */
  readonly accept: (socket: Socket, source: string, name: string) => void;
  /** A connection was refused, because there are few descriptors left. */
  readonly refused?: () => void;
}

/** Milliseconds without listening while there is no descriptor for a newcomer. */
const pause = 100;
/** Milliseconds between two looks at whether there is one. */
const lookEvery = 1_000;
/** As many as Linux allows by default: whose SYN is dropped comes again a second later. */
const backlog = 4096;
const remedy = 'raise the limit on open files (ulimit -n, LimitNOFILE=)';

/** `Accepted` is what the role keeps of a connection; the role adds it to `open` and takes it out at its end. */
export class Acceptor<Accepted> {
  /** Those that have not ended. */
  readonly open = new Set<Accepted>();
  #server: Server | undefined;
  #watch: NodeJS.Timeout | undefined;
  #waiting: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;

  /**
   * Newcomers are refused while few descriptors are left, so that what runs has some. Should none be left all the same,
   * nobody listens for a while: the kernel would offer the next connection again and again, and the runtime would not tell.
   * @returns the port. Rejects when it can't listen there
   */
  listen(endpoint: Endpoint, { log, accept, refused }: AcceptorPorts): Promise<number> {
    const { address: host } = endpoint;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let port: number | undefined;
    const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark }, (socket) => {
      const source = socket.remoteAddress ?? '';
      const name = `${source}:${socket.remotePort ?? 0}`;
      if (isAmongTheLast(socket)) {
        log.warn('few descriptors are left', `${name}: refused, since few descriptors are left: ${remedy}`);
        refuseAtOnce(socket);
        refused?.();
      } else accept(socket, source, name);
    });
    this.#server = server;
    const begin = (): void => {
      try {
        // Given the address, the server would ask the name service, whose code and patterns take 8 ms of processor time.
        server.listen(new BoundSocket({ host, port: port ?? endpoint.port }), backlog);
      } catch (error) {
        server.emit('error', error);
      }
    };
    const stopForAMoment = (reason: string): void => {
      if (this.#waiting !== undefined) return;
      log.warn(`not listening: ${reason}`, `no connection can be accepted for a moment: ${reason}: ${remedy}`);
      if (server.listening) server.close();
      this.#waiting = setTimeout(() => {
        this.#waiting = undefined;
        begin();
      }, pause);
    };
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (port !== undefined) {
        stopForAMoment(error.message);
        return;
      }
      const where = `${isIpv6(host) ? `[${host}]` : host}:${endpoint.port}`;
      reject(new Error(`cannot listen on ${where}: ${listenFault[error.code ?? ''] ?? error.message}`));
    });
    server.on('listening', () => {
      const address = server.address();
      port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve(port);
    });
    begin();
    this.#watch = setInterval(() => {
      if (server.listening && !oneIsLeft()) stopForAMoment('no descriptor is left');
    }, lookEvery).unref();
    return promise;
  }

  ended(one: Accepted): void {
    this.open.delete(one);
    if (this.open.size === 0) this.#idle?.();
  }

  /** Accepts no more, ends those that are open, and resolves when the last one has ended. */
  async close(end: (one: Accepted) => void): Promise<void> {
    clearInterval(this.#watch);
    clearTimeout(this.#waiting);
    this.#server?.close();
    for (const one of this.open) end(one);
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }
}

const listenFault: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there (EADDRINUSE)',
  EADDRNOTAVAIL: 'no interface of this machine has that address (EADDRNOTAVAIL)',
  EACCES: 'ports below 1024 need privileges (EACCES)',
};
