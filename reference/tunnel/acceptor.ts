/** What tunnel server and tunnel relay have in common: they accept connections, and end once the last one has ended. */
import { createServer, type Server, type Socket } from 'node:net';
import { isIpv6 } from '../packets/addresses.ts';
import type { Log } from './log.ts';
import { type Endpoint, highWaterMark } from './transport.ts';

export class Acceptor<Accepted> {
  /** Those that have not ended. */
  readonly open = new Set<Accepted>();
  #server: Server | undefined;
  #idle: (() => void) | undefined;

  /**
   * Goes on listening when a connection could not be accepted, such as with EMFILE.
   * @param accept gets the peer's address, and what to call the connection in the log
   * @returns the port. Rejects when it can't listen there
   */
  listen(
    { address: host, port }: Endpoint,
    log: Log,
    accept: (socket: Socket, source: string, name: string) => void,
  ): Promise<number> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark }, (socket) => {
      const source = socket.remoteAddress ?? '';
      accept(socket, source, `${source}:${socket.remotePort ?? 0}`);
    });
    this.#server = server;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (server.listening) log.warn(`a connection could not be accepted: ${error.message}`);
      else {
        const where = `${isIpv6(host) ? `[${host}]` : host}:${port}`;
        reject(new Error(`cannot listen on ${where}: ${listenFault[error.code ?? ''] ?? error.message}`));
      }
    });
    // As many as Linux allows by default: whose SYN is dropped comes again a second later.
    server.listen({ host, port, backlog: 4096 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
    return promise;
  }

  ended(one: Accepted): void {
    this.open.delete(one);
    if (this.open.size === 0) this.#idle?.();
  }

  /** Accepts no more, ends those that are open, and resolves when the last one has ended. */
  async close(end: (one: Accepted) => void): Promise<void> {
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
