/** From the runtime's sockets, which a node watches octet by octet, to the thread that only copies. */
import type { Socket } from 'node:net';
import { duplicate } from '../../../libc/epoll.ts';
import type { Side } from '../../../nodes/effect.ts';
import type { RelayNode } from '../../../nodes/relay.ts';
import type { Connection } from '../../connection.ts';
import { SocketConnection, type TransportConnection, type TransportEvents } from '../../transport-connection.ts';
import type { Pump, Told } from './pump.ts';

const sides = ['upstream', 'downstream'] as const;

/**
 * Hands a pair of connections over as soon as nothing of theirs is on its way through this thread. Where the runtime does
 * not show a socket's descriptor the pair stays: all of it works as before, only slower.
 */
export function handOver(connection: Connection, node: RelayNode, pump: Pump): void {
  setImmediate(() => {
    const [upstream, downstream] = sides.map((side) => connection.transportOf(side));
    if (!(upstream instanceof SocketConnection && downstream instanceof SocketConnection)) return;
    const waiting = [upstream, downstream].find(({ settled }) => !settled);
    if (waiting !== undefined) {
      if (node.state === 'Forward') waiting.whenSent(() => handOver(connection, node, pump));
      return;
    }
    if (descriptorOf(upstream.socket) === undefined || descriptorOf(downstream.socket) === undefined) return;
    const positions = node.handOver();
    if (positions === undefined) return;
    const fds = { upstream: release(upstream.socket), downstream: release(downstream.socket) };
    const events = new Map<Side, TransportEvents>();
    const pair = pump.take(fds, positions, (told) => report(told, events.get(told.side), connection, pump));
    for (const side of sides)
      connection.attach(side, (its) => {
        events.set(side, its);
        return new PumpedLink(pump, pair, side);
      });
  });
}

/** A connection that the thread has: what is asked of it is passed on. */
class PumpedLink implements TransportConnection {
  readonly #pump: Pump;
  readonly #pair: number;
  readonly #side: Side;

  constructor(pump: Pump, pair: number, side: Side) {
    this.#pump = pump;
    this.#pair = pair;
    this.#side = side;
  }

  send(octets: Uint8Array): boolean {
    this.#pump.order({ order: 'send', pair: this.#pair, side: this.#side, octets });
    return true;
  }

  finish(): void {
    this.#pump.order({ order: 'finish', pair: this.#pair, side: this.#side });
  }

  disconnect(abort: boolean): void {
    this.#pump.order({ order: 'disconnect', pair: this.#pair, side: this.#side, abort });
  }

  /** Nothing comes from here that could be held. */
  hold(): void {}
}

function report(told: Told, events: TransportEvents | undefined, connection: Connection, pump: Pump): void {
  if (told.told === 'close frame' || told.told === 'refused')
    connection.input({ type: 'met', what: told.told, side: told.side });
  else if (told.told === 'end of stream') events?.ended();
  else if (told.told === 'lost') events?.failed(told.reason);
  else events?.closed();
  if (connection.transportOf('upstream') === undefined && connection.transportOf('downstream') === undefined)
    pump.forget(told.pair);
}

/** Undefined where the runtime keeps it to itself. */
function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

/** The connection lives on under another descriptor; the socket object is done. */
function release(socket: Socket): number {
  const fd = duplicate(descriptorOf(socket) as number);
  socket.removeAllListeners();
  socket.on('error', () => {});
  socket.destroy();
  return fd;
}
