/** The reliable transport layer connections under a tunnel ([EP] fig. 4, 70): TCP, nothing else. */
import { createServer, type Server, Socket } from 'node:net';
import { isIpv6 } from '../packets/addresses.ts';

/** `address` is numeric, IPv4 or IPv6. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Octets that a socket holds before its writer is told to wait: enough for one super-segment and the next. */
const highWaterMark = 128 * 1024;

/**
 * Half-open is allowed: the end of a session reads on after it has written its last.
 * @param made told of the socket before it is connected; to destroy it with an error is to fail with it
 */
export function connect(
  { address, port }: Endpoint,
  signal: AbortSignal,
  made: (socket: Socket) => void = () => undefined,
): Promise<Socket> {
  const options = { allowHalfOpen: true, writableHighWaterMark: highWaterMark };
  const socket = new Socket(options);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const settle = (): void => {
    signal.removeEventListener('abort', abort);
    socket.off('error', fail);
    socket.off('connect', succeed);
  };
  const fail = (error: unknown): void => {
    settle();
    socket.destroy();
    reject(error);
  };
  const abort = (): void => fail(signal.reason);
  const succeed = (): void => {
    settle();
    resolve(socket);
  };
  socket.once('error', fail);
  socket.once('connect', succeed);
  signal.addEventListener('abort', abort);
  made(socket);
  socket.connect({ host: address, port });
  return promise;
}

/**
 * Rejects when it can't listen there.
 * @param refused told once it listens why a connection could not be accepted, such as EMFILE; it goes on listening
 */
export function listenOn(
  { address: host, port: wanted }: Endpoint,
  accept: (socket: Socket) => void,
  refused: (reason: string) => void,
): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark }, accept);
  const { promise, resolve, reject } = Promise.withResolvers<{ server: Server; port: number }>();
  server.on('error', (error: NodeJS.ErrnoException) => {
    if (server.listening) refused(error.message);
    else
      reject(
        new Error(
          `cannot listen on ${isIpv6(host) ? `[${host}]` : host}:${wanted}: ${listenFault[error.code ?? ''] ?? error.message}`,
        ),
      );
  });
  server.listen({ host, port: wanted, backlog: 511 }, () => {
    const address = server.address();
    resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  return promise;
}

const listenFault: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there (EADDRINUSE)',
  EADDRNOTAVAIL: 'no interface of this machine has that address (EADDRNOTAVAIL)',
  EACCES: 'ports below 1024 need privileges (EACCES)',
};
