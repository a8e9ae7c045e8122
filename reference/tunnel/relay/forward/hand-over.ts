/** Hands connections over: from the runtime's sockets, whose octets a node follows, to the thread that only copies. */
import type { Socket } from 'node:net';
import { duplicate } from '../../../libc/descriptors.ts';
import { type Side, sides } from '../../../nodes/effect.ts';
import type { RelayNode } from '../../../nodes/relay.ts';
import type { Connection } from '../../connection.ts';
import type { TransportConnection, TransportEvents } from '../../transport-connection.ts';
import { SocketConnection } from '../../transport-connection.ts';
import type { SpliceReport } from './messages.ts';
import type { Pump } from './pump.ts';

/**
 * Hands two connections over as soon as nothing of theirs is on its way through this thread. Where the runtime does
 * not show a socket's descriptor they stay: all works as before, only slower.
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
    const splice = pump.take(fds, positions, (report) => act(report, events.get(report.side), connection, pump));
    for (const side of sides)
      connection.attach(side, (its) => {
        events.set(side, its);
        return splicedConnection(pump, splice, side);
      });
  });
}

/** A connection that the thread has: each call becomes an order. */
function splicedConnection(pump: Pump, splice: number, side: Side): TransportConnection {
  return {
    send: (octets) => {
      pump.order({ order: 'send', splice, side, octets });
      return true;
    },
    finish: () => pump.order({ order: 'finish', splice, side }),
    disconnect: (abort) => pump.order({ order: 'disconnect', splice, side, abort }),
    // The thread reads only as much as it can send on.
    hold: () => {},
  };
}

function act(report: SpliceReport, events: TransportEvents | undefined, connection: Connection, pump: Pump): void {
  if (report.event === 'close frame' || report.event === 'refused')
    connection.input({ type: 'met', outcome: report.event, side: report.side });
  else if (report.event === 'end of stream') events?.ended();
  else if (report.event === 'lost') events?.failed(report.reason);
  else events?.closed();
  if (connection.transportOf('upstream') === undefined && connection.transportOf('downstream') === undefined)
    pump.forget(report.splice);
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
