/** Hands connections over: from the runtime's sockets, whose octets a node follows, to the thread that only copies. */
import type { Socket } from 'node:net';
import { close, duplicate } from '../../../libc/descriptors.ts';
import { SystemCallFailure } from '../../../libc/failure.ts';
import { type Side, sides } from '../../../nodes/effect.ts';
import type { RelayNode } from '../../../nodes/relay.ts';
import type { Connection } from '../../connection.ts';
import { descriptorOf } from '../../descriptors.ts';
import type { TransportConnection, TransportEvents } from '../../transport-connection.ts';
import { SocketConnection } from '../../transport-connection.ts';
import type { SpliceReport } from './messages.ts';
import type { Pump } from './pump.ts';

/**
 * Hands two connections over as soon as nothing of theirs is on its way through this thread. Where the runtime does
 * not show a socket's descriptor, or no descriptors are left for the thread or for a moment of two, they stay: all works
 * as before, only slower.
 */
export function handOver(connection: Connection, node: RelayNode, pump: Pump): void {
  void pump.start().then((runs) => runs && moveSoon(connection, node, pump));
}

function moveSoon(connection: Connection, node: RelayNode, pump: Pump): void {
  setImmediate(() => {
    const [upstream, downstream] = sides.map((side) => connection.transportOf(side));
    if (!(upstream instanceof SocketConnection && downstream instanceof SocketConnection)) return;
    const waiting = [upstream, downstream].find(({ settled }) => !settled);
    if (waiting !== undefined) {
      if (node.state === 'Forward') waiting.whenSent(() => moveSoon(connection, node, pump));
      return;
    }
    const fds = duplicatesOf(upstream.socket, downstream.socket);
    if (fds === undefined) return;
    const positions = node.handOver();
    if (positions === undefined) {
      for (const side of sides) close(fds[side]);
      return;
    }
    for (const { socket } of [upstream, downstream]) forget(socket);
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

/** Undefined where the runtime keeps one to itself, or none are left. */
function duplicatesOf(upstream: Socket, downstream: Socket): Record<Side, number> | undefined {
  const [up, down] = [descriptorOf(upstream), descriptorOf(downstream)];
  if (up === undefined || down === undefined) return undefined;
  const made: number[] = [];
  try {
    for (const fd of [up, down]) made.push(duplicate(fd));
  } catch (error) {
    for (const fd of made) close(fd);
    if (error instanceof SystemCallFailure) return undefined;
    throw error;
  }
  const [one = -1, other = -1] = made;
  return { upstream: one, downstream: other };
}

/** The connection lives on under another descriptor; the socket object is done. */
function forget(socket: Socket): void {
  socket.removeAllListeners();
  socket.on('error', () => {});
  socket.destroy();
}
