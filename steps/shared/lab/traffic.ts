/** Traffic of the stack's own: pings, and TCP transfers whose octets are counted and digested at both ends. */
import { createHash, randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { AF_INET, AF_INET6, SOCK_NONBLOCK, SOCK_STREAM, socket as socketOf } from '../../../reference/libc/sockets.ts';
import { attempt } from './command.ts';
import { within } from './deadline.ts';
import { LabFailure } from './failure.ts';
import { inNamespace } from './setns.ts';

export interface PingOptions {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly destination: string;
  readonly count?: number;
  /** Octets after the ICMP header. */
  readonly size?: number;
  /** Up to 16 octets that fill the packet, in hexadecimal. */
  readonly pattern?: string;
  /** Seconds to wait for each answer. */
  readonly wait?: number;
  readonly dontFragment?: boolean;
}

export interface PingResult {
  readonly sent: number;
  readonly received: number;
  readonly output: string;
}

/**
 * Sends one request after the other, each when the one before it is answered or given up. A process each: of several
 * requests ping gives the last one no more time than twice the others took.
 */
export async function ping(options: PingOptions): Promise<PingResult> {
  const argv = ['ping', '-n', '-c', '1', '-W', String(options.wait ?? 10)];
  if (options.size !== undefined) argv.push('-s', String(options.size));
  if (options.pattern !== undefined) argv.push('-p', options.pattern);
  if (options.dontFragment) argv.push('-M', 'do');
  const total = { sent: 0, received: 0, output: '' };
  for (let left = options.count ?? 1; left > 0; left--) {
    const outcome = await attempt([...argv, options.destination], { namespace: options.namespace });
    const output = outcome.stdout + outcome.stderr;
    // Unreachable networks make ping end without statistics: nothing was sent then.
    const counts = /(\d+) packets transmitted, (\d+) received/.exec(output);
    total.sent += Number(counts?.[1] ?? 0);
    total.received += Number(counts?.[2] ?? 0);
    total.output += output;
  }
  return total;
}

/** A connected TCP socket made in a namespace; `connect` may take its time, the socket stays in the namespace. */
export function connectInside(namespace: string, address: string, port: number, localAddress?: string): Socket {
  const family = address.includes(':') ? AF_INET6 : AF_INET;
  const fd = inNamespace(namespace, () => socketOf(family, SOCK_STREAM | SOCK_NONBLOCK));
  const socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen: true });
  // Only the kernel's send buffer may hold octets back: what a scenario sends is on the wire at once.
  socket.setNoDelay(true);
  return socket.connect({ host: address, port, ...(localAddress === undefined ? {} : { localAddress }) });
}

/** A TCP server that listens in a namespace, on every address of it. @param port 0 for any */
export function listenInside(
  namespace: string,
  port: number,
  onConnection: (socket: Socket) => void,
): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
    server.once('error', (error) => reject(new LabFailure(`listening on ${port}: ${error.message}`)));
    server.once('listening', () => resolve({ server, port: (server.address() as AddressInfo).port }));
    // Without a host Node makes the socket within this call, that is, inside the namespace.
    inNamespace(namespace, () => server.listen(port));
  });
}

export interface TransferOptions {
  /** Namespaces as `ip netns` knows them. */
  readonly from: string;
  readonly to: string;
  /** Address of the receiving end as the sending end reaches it. */
  readonly address: string;
  readonly octets: number;
  readonly milliseconds?: number;
  /** Told how many octets have arrived so far. */
  readonly progress?: (octets: number) => void;
}

export interface TransferResult {
  readonly octets: number;
  /** SHA-256 in hexadecimal of what was sent and of what arrived. */
  readonly sent: string;
  readonly arrived: string;
}

/** Sends random octets over one TCP connection and waits until the other end has read them all. */
export async function transfer(options: TransferOptions): Promise<TransferResult> {
  const arrived = createHash('sha256');
  let count = 0;
  const done = Promise.withResolvers<void>();
  const { server, port } = await listenInside(options.to, 0, (socket) => {
    socket.on('data', (chunk) => {
      count += chunk.length;
      arrived.update(chunk);
      options.progress?.(count);
    });
    socket.once('end', () => {
      socket.end();
      done.resolve();
    });
    socket.once('error', done.reject);
  });
  const sender = connectInside(options.from, options.address, port);
  try {
    const sent = createHash('sha256');
    sender.once('error', done.reject);
    const answered = new Promise<void>((resolve) => sender.once('end', resolve).resume());
    const sending = (async () => {
      for (let left = options.octets; left > 0; ) {
        const chunk = randomBytes(Math.min(left, 65_536));
        sent.update(chunk);
        left -= chunk.length;
        await new Promise<void>((resolve, reject) =>
          sender.write(chunk, (error) => (error ? reject(error) : resolve())),
        );
      }
      sender.end();
    })();
    const hint = () => `${count} octets had arrived`;
    const what = `transfer of ${options.octets} octets`;
    await within(options.milliseconds ?? 30_000, what, Promise.all([sending, done.promise, answered]), hint);
    return { octets: count, sent: sent.digest('hex'), arrived: arrived.digest('hex') };
  } finally {
    sender.destroy();
    server.close();
  }
}
