/** What tunnel server and tunnel relay have in common: they accept connections, and end once the last one has ended. */
import type { Server, Socket } from 'node:net';
import type { Log } from './log.ts';
import { type Endpoint, listenOn } from './transport.ts';

export class Acceptor<Accepted> {
  /** Those that have not ended. */
  readonly open = new Set<Accepted>();
  #server: Server | undefined;
  #idle: (() => void) | undefined;

  /**
   * @param accept gets the peer's address, and what to call the connection in the log
   * @returns the port. Rejects when nothing can listen there
   */
  async listen(
    where: Endpoint,
    log: Log,
    accept: (socket: Socket, source: string, name: string) => void,
  ): Promise<number> {
    const { server, port } = await listenOn(
      where,
      (socket) => {
        const source = socket.remoteAddress ?? '';
        accept(socket, source, `${source}:${socket.remotePort ?? 0}`);
      },
      (reason) => log.warn(`a connection could not be accepted: ${reason}`),
    );
    this.#server = server;
    return port;
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
