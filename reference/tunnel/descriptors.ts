/** File descriptors of sockets, and whether there are few left. */
import type { Socket } from 'node:net';
import { close, O_CLOEXEC, open } from '../libc/descriptors.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { descriptorLimit } from '../libc/limits.ts';
import { encodeClose } from '../wire/close.ts';
import { Status } from '../wire/identifiers.ts';

/**
 * So many are kept for what runs already: a relay's connections onward, look-ups of names, the thread that copies, the
 * programs that set routes.
 */
const reserve = 16;

/** Undefined where the runtime keeps it to itself. */
export function descriptorOf(socket: Socket): number | undefined {
  const { _handle: handle } = socket as unknown as { readonly _handle?: { readonly fd?: number } | null };
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

/** Whether the socket has one of the last descriptors: the kernel gives the lowest one that is free. */
export function isAmongTheLast(socket: Socket): boolean {
  const descriptor = descriptorOf(socket);
  return descriptor !== undefined && descriptor >= descriptorLimit() - reserve;
}

/** Whether this process can open another one. */
export function oneIsLeft(): boolean {
  try {
    close(open('/dev/null', O_CLOEXEC));
    return true;
  } catch (error) {
    if (error instanceof SystemCallFailure) return false;
    throw error;
  }
}

/**
 * Refuses without waiting for the peer; the descriptor is free when this returns. If octets of the peer are unread, the
 * CLOSE frame may not reach it.
 */
export function refuseAtOnce(socket: Socket): void {
  socket.on('error', () => {});
  // The kernel takes so few octets within the call.
  socket.write(encodeClose({ type: 'CLOSE', status: Status.resourceLimit }));
  socket.destroy();
}
