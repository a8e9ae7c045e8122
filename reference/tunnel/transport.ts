/** The reliable transport layer connections under a tunnel ([EP] fig. 4, 70): TCP, nothing else. */
import { once } from 'node:events';
import { Socket } from 'node:net';

/** `address` is numeric, IPv4 or IPv6. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Octets that a socket holds before its writer has to wait: enough for two super-segments. */
export const highWaterMark = 128 * 1024;

/**
 * Half-open is allowed: the end of a session reads on after it has written its last.
 * @param made gets the socket before it is connected: whoever destroys it with an error makes this fail with that error
 */
export async function connect(
  { address, port }: Endpoint,
  signal: AbortSignal,
  made: (socket: Socket) => void = () => undefined,
): Promise<Socket> {
  signal.throwIfAborted();
  const options = { allowHalfOpen: true, writableHighWaterMark: highWaterMark };
  const socket = new Socket(options);
  made(socket);
  socket.connect({ host: address, port });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw signal.aborted ? signal.reason : error;
  }
}
