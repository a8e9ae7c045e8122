/** Traffic of the stack's own: pings, and TCP transfers whose octets are counted and digested at both ends. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import {
  AF_INET,
  AF_INET6,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  socket as socketOf,
} from '../../../../reference/libc/sockets.ts';
import { patience, within } from '../deadlines/deadline.ts';
import { inContext, LabFailure, Nonconformance } from '../failure.ts';
import { inNamespace } from '../networks/setns.ts';
import { attempt } from '../programs/command.ts';

export interface PingOptions {
  /** As `ip netns` knows it. */
  readonly namespace: string;
  readonly destination: string;
  readonly count?: number;
  /** Octets after the ICMP header. */
  readonly size?: number;
  /** Seconds to wait for each answer. */
  readonly wait?: number;
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

/** A namespace as `ip netns` knows it; undefined for that of this process. */
export type Whereabouts = string | undefined;

/**
 * A connected TCP socket made in a namespace; `connect` may take its time, the socket stays in the namespace.
 * @param localAddress one of the namespace's; the kernel chooses one by default
 */
export function connectInside(namespace: Whereabouts, address: string, port: number, localAddress?: string): Socket {
  const family = address.includes(':') ? AF_INET6 : AF_INET;
  const fd = inNamespace(namespace, () => socketOf(family, SOCK_STREAM | SOCK_NONBLOCK));
  const socket = new Socket({ fd, readable: true, writable: true, allowHalfOpen: true });
  // Only the kernel's send buffer may hold octets back: what a scenario sends is on the wire at once.
  socket.setNoDelay(true);
  // Whoever waits for the socket next is told by socketEvent or written.
  socket.on('error', () => {});
  return socket.connect({ host: address, port, ...(localAddress !== undefined && { localAddress }) });
}

/** Resolves when the kernel has taken the octets. @throws Nonconformance when the connection has broken */
export function written(socket: Socket, octets: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(octets, (error) => (error ? reject(new Nonconformance(`sending: ${error.message}`)) : resolve()));
  });
}

/** The next event of that name. @throws Nonconformance when the connection breaks first: the laboratory's wire loses nothing */
export async function socketEvent(socket: Socket, event: 'connect' | 'data' | 'drain' | 'end'): Promise<void> {
  if (socket.errored) throw new Nonconformance(`the connection broke: ${socket.errored.message}`);
  await once(socket, event).catch((error: Error) => {
    throw new Nonconformance(`the connection broke: ${error.message}`);
  });
}

/** Resolves when a socket of `connectInside` is connected. @throws Nonconformance when nobody accepts in time */
export async function connected(socket: Socket, to: string, milliseconds = patience): Promise<void> {
  await within(milliseconds, 'the connection', socketEvent(socket, 'connect')).catch((error: unknown) => {
    socket.destroy();
    throw inContext(`connecting to ${to}`, error);
  });
}

/** A TCP server that listens in a namespace. @param port 0 for any. @param address every one of it by default */
export function listenInside(
  namespace: Whereabouts,
  port: number,
  onConnection: (socket: Socket) => void,
  address?: string,
): Promise<{ server: Server; port: number }> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
    server.once('error', (error) => reject(new LabFailure(`listening on ${port}: ${error.message}`)));
    server.once('listening', () => resolve({ server, port: (server.address() as AddressInfo).port }));
    // Without a host Node makes the socket within this call, that is, inside the namespace.
    inNamespace(namespace, () => server.listen(port, address));
  });
}

export interface TransferOptions {
  /** Namespaces as `ip netns` knows them. */
  readonly from: string;
  readonly to: string;
  /** Address of the receiving end as the sending end reaches it. */
  readonly address: string;
  /** How many random ones, or which. */
  readonly octets: number | Uint8Array;
  readonly milliseconds?: number;
  /** Told how many octets have arrived so far. Until what it returns is over the receiving end reads no more. */
  readonly progress?: (octets: number) => Promise<void> | undefined;
}

/** What was sent beside what arrived. */
export interface Comparison {
  /** How many arrived. */
  readonly octets: number;
  /** SHA-256 in hexadecimal of what was sent and of what arrived. */
  readonly sent: string;
  readonly arrived: string;
}

export interface TransferResult extends Comparison {
  /** The address that the receiving end saw. */
  readonly source: string;
}

/** Sends octets over one TCP connection and waits until the other end has read them all. */
export async function transfer(options: TransferOptions): Promise<TransferResult> {
  const arrived = createHash('sha256');
  let [count, source] = [0, ''];
  const total = typeof options.octets === 'number' ? options.octets : options.octets.length;
  const next = (left: number): Uint8Array =>
    typeof options.octets === 'number'
      ? randomBytes(Math.min(left, 65_536))
      : options.octets.subarray(total - left).subarray(0, 65_536);
  const done = Promise.withResolvers<void>();
  const broken = (error: Error) => done.reject(new Nonconformance(`transfer: ${error.message}`));
  const { server, port } = await listenInside(options.to, 0, (socket) => {
    source = (socket.remoteAddress ?? '').replace('::ffff:', '');
    socket.on('data', (chunk) => {
      count += chunk.length;
      arrived.update(chunk);
      const pause = options.progress?.(count);
      if (pause === undefined) return;
      socket.pause();
      pause.then(() => socket.resume(), done.reject);
    });
    socket.once('end', () => {
      socket.end();
      done.resolve();
    });
    socket.once('error', broken);
  });
  const sender = connectInside(options.from, options.address, port);
  try {
    const sent = createHash('sha256');
    sender.once('error', broken);
    const answered = new Promise<void>((resolve) => sender.once('end', resolve).resume());
    const sending = (async () => {
      for (let left = total; left > 0; ) {
        const chunk = next(left);
        sent.update(chunk);
        left -= chunk.length;
        await written(sender, chunk);
      }
      sender.end();
    })();
    const hint = () => `${count} octets had arrived`;
    const what = `transfer of ${total} octets`;
    await within(options.milliseconds ?? 30_000, what, Promise.all([sending, done.promise, answered]), hint);
    return { octets: count, source, sent: sent.digest('hex'), arrived: arrived.digest('hex') };
  } finally {
    sender.destroy();
    server.close();
  }
}
